import type { Binding, Destination } from './binding.ts';
import { DestinationBag } from './destination_bag.ts';
import type { Matcher } from './matcher.ts';
import type { RoutedProperties } from './routed_properties.ts';

/** The routing key equals the binding's. */
export class DirectMatcher implements Matcher {
  readonly keyDecides = true;
  readonly firstKeyOnly = false;
  readonly #byKey = new Map<string, DestinationBag>();

  add(binding: Binding): void {
    let bag = this.#byKey.get(binding.routingKey);
    if (bag === undefined) {
      bag = new DestinationBag();
      this.#byKey.set(binding.routingKey, bag);
    }
    bag.add(binding.destination);
  }

  remove(binding: Binding): void {
    const bag = this.#byKey.get(binding.routingKey);
    bag?.remove(binding.destination);
    if (bag?.isEmpty) this.#byKey.delete(binding.routingKey);
  }

  match(routingKey: string, _properties: RoutedProperties, found: (destination: Destination) => void): void {
    this.#byKey.get(routingKey)?.report(found);
  }
}
