import type { FieldTable } from '../../codec/table.ts';
import type { Binding, Destination } from './binding.ts';
import { DestinationBag } from './destination_bag.ts';
import type { Matcher } from './matcher.ts';

/** Everything goes everywhere. */
export class FanoutMatcher implements Matcher {
  readonly usesHeaders = false;
  readonly #destinations = new DestinationBag();

  add(binding: Binding): void {
    this.#destinations.add(binding.destination);
  }

  remove(binding: Binding): void {
    this.#destinations.remove(binding.destination);
  }

  match(_routingKey: string, _headers: FieldTable | undefined, found: (destination: Destination) => void): void {
    this.#destinations.report(found);
  }
}
