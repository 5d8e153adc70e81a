import type { Binding, Destination } from './binding.ts';
import type { RoutedProperties } from './routed_properties.ts';

/** What an exchange type is: an index of the exchange's bindings that finds those a message satisfies. */
export interface Matcher {
  /** True when nothing but the routing key decides: the route may then be remembered by it. */
  readonly keyDecides: boolean;

  /** True when `match` is called for the first routing key only, and not for those of CC and BCC. */
  readonly firstKeyOnly: boolean;

  /** Refuses a binding that this type cannot hold with an AmqpError. Asked before `add`. */
  validate?(binding: Binding): void;

  /** The caller adds a binding once and removes only what it added: see BindingTable. */
  add(binding: Binding): void;
  remove(binding: Binding): void;

  /** Does some of what `add` left to do, where it takes long; until it is done `match` takes longer. Returns whether there is more. */
  indexSome?(): boolean;

  /**
   * Calls `found` for the destination of every binding that matches, perhaps more than once for one destination.
   * `found` must not add or remove bindings, nor match on the same matcher.
   */
  match(routingKey: string, properties: RoutedProperties, found: (destination: Destination) => void): void;

  /** True when a message may have to wait before it is routed (delayed_message.ts). */
  readonly delays?: boolean;
  /** In place of `match`, for a message with several routing keys: all of them together decide. */
  matchAll?(
    routingKeys: readonly string[],
    properties: RoutedProperties,
    found: (destination: Destination) => void,
  ): void;

  /** Whether a message is one to be kept in the exchange's history (history_queue.ts). */
  remembers?(properties: RoutedProperties): boolean;
}
