import type { Binding, Destination } from './binding.ts';
import { DestinationBag } from './destination_bag.ts';
import type { Matcher } from './matcher.ts';
import type { RoutedProperties } from './routed_properties.ts';

/** Everything goes everywhere. */
export class FanoutMatcher implements Matcher {
  readonly keyDecides: boolean = true;
  readonly firstKeyOnly = true;
  readonly #destinations = new DestinationBag();

  add(binding: Binding): void {
    this.#destinations.add(binding.destination);
  }

  remove(binding: Binding): void {
    this.#destinations.remove(binding.destination);
  }

  match(_routingKey: string, _properties: RoutedProperties, found: (destination: Destination) => void): void {
    this.#destinations.report(found);
  }
}
