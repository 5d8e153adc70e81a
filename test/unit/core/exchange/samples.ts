import type { FieldTable, FieldValue } from '../../../../src/codec/table.ts';
import { EMPTY_TABLE } from '../../../../src/codec/table.ts';
import type { Binding, Destination } from '../../../../src/core/exchange/binding.ts';
import { Exchange } from '../../../../src/core/exchange/exchange.ts';
import type { Matcher } from '../../../../src/core/exchange/matcher.ts';

export function text(value: string): FieldValue {
  return { tag: 'S', value: Buffer.from(value) };
}

export function integer(value: number, tag: 'b' | 's' | 'I' | 'l' = 'I'): FieldValue {
  return { tag, value };
}

export const VOID: FieldValue = { tag: 'V', value: undefined };

export function table(entries: Readonly<Record<string, FieldValue>>): FieldTable {
  return new Map(Object.entries(entries));
}

export function queue(name: string): Destination {
  return { kind: 'queue', name };
}

export function bindingOf(destination: Destination, routingKey = '', args: FieldTable = EMPTY_TABLE): Binding {
  return { source: 'x', destination, routingKey, arguments: args };
}

export function exchange(name: string, type: string, alternate?: string): Exchange {
  const args = alternate === undefined ? EMPTY_TABLE : table({ 'alternate-exchange': text(alternate) });
  return new Exchange({ name, type, durable: true, autoDelete: false, internal: false, arguments: args });
}

/** The names of the destinations that a matcher finds, each once, sorted. */
export function matched(matcher: Matcher, routingKey: string, headers?: FieldTable): string[] {
  const names = new Set<string>();
  matcher.match(routingKey, { headers }, (destination) => names.add(destination.name));
  return [...names].sort();
}
