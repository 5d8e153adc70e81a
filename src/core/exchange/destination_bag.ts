import { assert } from '../../lib/assert.ts';
import type { Destination } from './binding.ts';

/**
 * Destinations, each counted as often as it was added: bindings that differ only in what the holder of the bag does
 * not look at (arguments, say) lead to one destination, which stays until the last of them is gone. Most bags hold one.
 */
export class DestinationBag {
  /** As long as there was no other one. */
  #only: Destination | undefined;
  #onlyCount = 0;
  #counts: Map<Destination, number> | undefined;

  get isEmpty(): boolean {
    return this.#only === undefined && (this.#counts === undefined || this.#counts.size === 0);
  }

  add(destination: Destination): void {
    if (this.#counts === undefined) {
      if (this.#only === undefined || this.#only === destination) {
        this.#only = destination;
        this.#onlyCount += 1;
        return;
      }
      this.#counts = new Map([[this.#only, this.#onlyCount]]);
      this.#only = undefined;
    }
    this.#counts.set(destination, (this.#counts.get(destination) ?? 0) + 1);
  }

  remove(destination: Destination): void {
    const count = this.#counts === undefined ? this.#countOfOnly(destination) : this.#counts.get(destination);
    assert(count !== undefined, 'a destination is removed as often as it was added');
    if (this.#counts === undefined) {
      this.#onlyCount -= 1;
      if (count === 1) this.#only = undefined;
    } else if (count === 1) this.#counts.delete(destination);
    else this.#counts.set(destination, count - 1);
  }

  /** Each destination once. */
  *values(): Generator<Destination, void, undefined> {
    if (this.#only !== undefined) yield this.#only;
    if (this.#counts !== undefined) yield* this.#counts.keys();
  }

  report(found: (destination: Destination) => void): void {
    if (this.#only !== undefined) found(this.#only);
    else if (this.#counts !== undefined) for (const destination of this.#counts.keys()) found(destination);
  }

  #countOfOnly(destination: Destination): number | undefined {
    return this.#only === destination ? this.#onlyCount : undefined;
  }
}
