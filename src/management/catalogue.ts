import { eachInSlices, filterInSlices, mergeInSlices, sortInSlices } from '../lib/slices.ts';
import { type Slices, spareTime } from '../lib/spare_time.ts';

/** What there was in one place at some version of it: in the order in which it came, and sorted. */
interface Edition<T> {
  readonly version: number;
  readonly present: readonly T[];
  readonly sorted: readonly T[];
}

/**
 * What there is in each of some places, such as the queues of each virtual host, sorted. The last edition is kept, and the next is
 * made from it when somebody asks and the place has changed: what has gone is taken out, and what has come is put in.
 */
export class Catalogue<T extends object> {
  readonly #compare: (a: T, b: T) => number;
  readonly #time: Slices;
  readonly #editions = new WeakMap<object, Edition<T>>();

  constructor(compare: (a: T, b: T) => number, time: Slices = spareTime) {
    this.#compare = compare;
    this.#time = time;
  }

  /**
   * All that `present` tells now, sorted; of equal things, those that came first come first. `version` is a number that grows
   * whenever something comes or goes.
   */
  async of(place: object, version: number, present: () => readonly T[]): Promise<readonly T[]> {
    const last = this.#editions.get(place);
    if (last?.version === version) return last.sorted;
    const things = present();
    const sorted = await this.#revised(last, things);
    // Others may ask meanwhile, and of a later version.
    const known = this.#editions.get(place)?.version ?? -1;
    if (known < version) this.#editions.set(place, { version, present: things, sorted });
    return sorted;
  }

  async #revised(last: Edition<T> | undefined, present: readonly T[]): Promise<readonly T[]> {
    if (last === undefined) return await sortInSlices(present, this.#compare, this.#time);
    const gone = new Set<T>();
    // What stays stays in its order, and what comes comes after it.
    let stayed = 0;
    const look = (thing: T): void => {
      if (thing === present[stayed]) stayed++;
      else gone.add(thing);
    };
    await eachInSlices(last.present, look, this.#time);
    const isHere = (thing: T): boolean => !gone.has(thing);
    const rest = gone.size === 0 ? last.sorted : await filterInSlices(last.sorted, isHere, this.#time);
    if (stayed === present.length) return rest;
    const come = await sortInSlices(present.slice(stayed), this.#compare, this.#time);
    return await mergeInSlices(rest, come, this.#compare, this.#time);
  }
}
