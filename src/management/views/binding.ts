import { EMPTY_TABLE, toPlain } from '../../codec/table.ts';
import type { Binding } from '../../core/exchange/binding.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { argumentsHash } from './arguments_hash.ts';

/**
 * What tells a binding from others between the same two ends: its routing key, as in the body of a form, with `~` written `%7E`,
 * and, where it has arguments, `~` and a hash of these. `~` alone stands for neither.
 */
export function propertiesKey({ routingKey, arguments: table }: Binding): string {
  const key = quotePlus(routingKey);
  if (table.size > 0) return `${key}~${argumentsHash(table)}`;
  return key === '' ? '~' : key;
}

function quotePlus(text: string): string {
  return encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/[!'()*~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * Whether a path that ends in this means the binding. Its properties_key is written for a path already, and some programs put it
 * there as it is, while others write it for a path once more: RabbitMQ finds the binding for both.
 */
export function isMeant(binding: Binding, key: string): boolean {
  if (key === '~') return binding.routingKey === '' && binding.arguments.size === 0;
  const [routingKey = '', hash] = key.split('~', 2);
  if (unquotePlus(routingKey) !== binding.routingKey) return false;
  return binding.arguments.size === 0 ? hash === undefined : hash === argumentsHash(binding.arguments);
}

/** What is not written for a path stands as it is. */
function unquotePlus(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

export function bindingView(vhost: VirtualHost, binding: Binding): Readonly<Record<string, unknown>> {
  const { source, destination, routingKey, arguments: table } = binding;
  return {
    source,
    vhost: vhost.name,
    destination: destination.name,
    destination_type: destination.kind,
    routing_key: routingKey,
    arguments: toPlain(table),
    properties_key: propertiesKey(binding),
  };
}

/** Every queue is bound to the default exchange by its name, though nobody bound it. */
export function defaultBinding(queue: Pick<Queue, 'name' | 'kind'>): Binding {
  return { source: '', destination: queue, routingKey: queue.name, arguments: EMPTY_TABLE };
}
