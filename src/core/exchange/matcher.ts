import type { FieldTable } from '../../codec/table.ts';
import type { Binding, Destination } from './binding.ts';

/** What an exchange type is: an index of the exchange's bindings that finds those a message satisfies. */
export interface Matcher {
  /** True when `match` looks at headers; a route may then not be remembered by routing key alone. */
  readonly usesHeaders: boolean;

  /** Refuses a binding that this type cannot hold with an AmqpError. Asked before `add`. */
  validate?(binding: Binding): void;

  /** The caller adds a binding once and removes only what it added: see BindingTable. */
  add(binding: Binding): void;
  remove(binding: Binding): void;

  /**
   * Calls `found` for the destination of every binding that matches, perhaps more than once for one destination.
   * `found` must not add or remove bindings, nor match on the same matcher.
   */
  match(routingKey: string, headers: FieldTable | undefined, found: (destination: Destination) => void): void;
}
