import { assert } from '../../lib/assert.ts';
import type { Destination } from './binding.ts';

/**
 * Destinations, each counted as often as it was added: bindings that differ only in what the holder of the bag does
 * not look at (arguments, say) lead to one destination, which stays until the last of them is gone.
 */
export class DestinationBag {
  readonly #counts = new Map<Destination, number>();

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  add(destination: Destination): void {
    this.#counts.set(destination, (this.#counts.get(destination) ?? 0) + 1);
  }

  remove(destination: Destination): void {
    const count = this.#counts.get(destination);
    assert(count !== undefined, 'a destination is removed as often as it was added');
    if (count === 1) this.#counts.delete(destination);
    else this.#counts.set(destination, count - 1);
  }

  /** Each destination once. */
  values(): Iterable<Destination> {
    return this.#counts.keys();
  }

  report(found: (destination: Destination) => void): void {
    for (const destination of this.#counts.keys()) found(destination);
  }
}
