import type { RingPool } from './ring_pool.ts';

const NO_RING = -1;

/**
 * What some numbers of one object were, at regular moments, for a while: a ring for each number that was ever anything but
 * zero. Its place in the ring is the moment modulo the places.
 *
 *     column    0  1  2  3          ring 7   ├ 12 ┼ 12 ┼ 15 ┼ … ┤
 *     ring      7  -  8  -          ring 8   ├  0 ┼  1 ┼  1 ┼ … ┤
 *
 * A moment is a whole number: time divided by the step between two. Moments that nobody saw are as the one before them was.
 */
export class History {
  readonly #pool: RingPool;
  readonly #rings: number[];
  #used = 0;
  #first = 0;
  #last = -1;

  /** Keeps as many moments as rings have places. */
  constructor(columns: number, pool: RingPool) {
    this.#pool = pool;
    this.#rings = new Array<number>(columns).fill(NO_RING);
  }

  get places(): number {
    return this.#pool.places;
  }

  /** Whether there was ever anything to keep. Before that it takes next to nothing. */
  get hasValues(): boolean {
    return this.#used > 0;
  }

  /** What it may come to take. */
  get bytesMax(): number {
    return this.#rings.length * this.places * Float64Array.BYTES_PER_ELEMENT;
  }

  /** The latest moment; -1 before the first. */
  get last(): number {
    return this.#last;
  }

  /** The earliest moment that is kept. */
  get first(): number {
    return Math.max(this.#first, this.#last - this.places + 1);
  }

  /** Notes what the numbers are at a moment, which is later than all before. Answers whether any has changed. */
  note(moment: number, row: Float64Array): boolean {
    if (this.#last < 0) this.#first = moment;
    else if (moment > this.#last + 1) this.#fill(moment);
    const before = this.#last < 0 ? 0 : this.#last % this.places;
    const place = moment % this.places;
    let changed = false;
    for (let column = 0; column < row.length; column++) {
      const value = row[column] as number;
      let ring = this.#rings[column] as number;
      if (ring === NO_RING) {
        if (value === 0) continue;
        ring = this.#take(column);
      }
      if (value !== this.#pool.at(ring, before)) changed = true;
      this.#pool.put(ring, place, value);
    }
    this.#last = moment;
    return changed;
  }

  /** What a number was; before the first moment that is kept, 0. */
  at(moment: number, column: number): number {
    const ring = this.#rings[column] as number;
    if (ring === NO_RING || moment < this.first || this.#last < 0) return 0;
    return this.#pool.at(ring, Math.min(moment, this.#last) % this.places);
  }

  /** Its rings are others' from now on. */
  release(): void {
    for (const [column, ring] of this.#rings.entries()) {
      if (ring !== NO_RING) this.#pool.give(ring);
      this.#rings[column] = NO_RING;
    }
    this.#used = 0;
  }

  /** As before the first moment. */
  clear(): void {
    this.release();
    this.#first = 0;
    this.#last = -1;
  }

  #fill(until: number): void {
    const last = this.#last;
    for (const ring of this.#rings) {
      if (ring === NO_RING) continue;
      const value = this.#pool.at(ring, last % this.places);
      for (let moment = Math.max(last + 1, until - this.places); moment < until; moment++) {
        this.#pool.put(ring, moment % this.places, value);
      }
    }
  }

  #take(column: number): number {
    const ring = this.#pool.take();
    this.#rings[column] = ring;
    this.#used++;
    return ring;
  }
}
