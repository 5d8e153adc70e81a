import type { FieldTable } from '../../codec/table.ts';
import { tableKey } from './field_key.ts';

/** What a binding leads to. Queues and exchanges are destinations. */
export interface Destination {
  readonly kind: 'queue' | 'exchange';
  readonly name: string;
  /** What it was declared as. */
  readonly properties?: { readonly arguments: FieldTable; readonly durable?: boolean };
}

export interface Binding {
  /** The name of the exchange that messages come from. */
  readonly source: string;
  readonly destination: Destination;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/**
 * The identity of a binding: source, destination, routing key and arguments. Two bindings with the same key are one
 * binding, so binding again changes nothing, and unbinding must name the same arguments. Arguments are compared as
 * RabbitMQ does, by type and value and whatever their order: an int32 1 and an int64 1 make two bindings.
 */
export function bindingKey(binding: Binding): string {
  return bindingEnds(binding) + tableKey(binding.arguments);
}

/** What of it is not arguments. */
export function bindingEnds({ source, destination, routingKey }: Binding): string {
  const { kind, name } = destination;
  // Names may hold any character, so each is told from the next by its length. Joined, it is one string; by `+`, it would be as
  // many as it has parts for as long as it is kept.
  return [source.length, source, kind, name.length, name, routingKey.length, routingKey].join(':');
}
