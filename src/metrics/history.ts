/**
 * What some numbers of one object were, at regular moments, for a while: a ring for each number that was ever anything but zero,
 * behind one another in one array.
 *
 *     column    0  1  2  3         ring     0            1            2
 *     slot      0  -  1  2         values   ├─ places ──┼─ places ──┼─ places ──┤   place = moment modulo places
 *
 * A moment is a whole number: time divided by the step between two. Moments that nobody saw are as the one before them was.
 */
export class History {
  readonly places: number;
  readonly #slots: Int8Array;
  #rings = 0;
  #values = NOTHING;
  #first = 0;
  #last = -1;

  /** Keeps the last `places` moments. */
  constructor(columns: number, places: number) {
    this.places = places;
    this.#slots = new Int8Array(columns).fill(-1);
  }

  /** Whether there was ever anything to keep. Before that it takes next to nothing. */
  get hasValues(): boolean {
    return this.#rings > 0;
  }

  /** What it may come to take. */
  get bytesMax(): number {
    return this.#slots.length * this.places * Float64Array.BYTES_PER_ELEMENT;
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
    else this.#fill(moment);
    let changed = false;
    for (let column = 0; column < row.length; column++) {
      const value = row[column] as number;
      if (value !== this.at(this.#last, column)) changed = true;
      const slot = value === 0 ? (this.#slots[column] as number) : this.#slotOf(column);
      if (slot >= 0) this.#values[slot * this.places + (moment % this.places)] = value;
    }
    this.#last = moment;
    return changed;
  }

  /** What a number was; before the first moment that is kept, 0. */
  at(moment: number, column: number): number {
    const slot = this.#slots[column] as number;
    if (slot < 0 || moment < this.first || this.#last < 0) return 0;
    const kept = Math.min(moment, this.#last);
    return this.#values[slot * this.places + (kept % this.places)] as number;
  }

  #fill(until: number): void {
    const last = this.#last;
    for (let moment = Math.max(last + 1, until - this.places); moment < until; moment++) {
      for (let ring = 0; ring < this.#rings; ring++) {
        const start = ring * this.places;
        this.#values[start + (moment % this.places)] = this.#values[start + (last % this.places)] as number;
      }
    }
  }

  #slotOf(column: number): number {
    const known = this.#slots[column] as number;
    if (known >= 0) return known;
    const slot = this.#rings++;
    const larger = new Float64Array(this.#rings * this.places);
    larger.set(this.#values);
    this.#values = larger;
    this.#slots[column] = slot;
    return slot;
  }
}

const NOTHING = new Float64Array(0);
