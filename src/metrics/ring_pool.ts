/** Rings of one array. */
const SLAB_RINGS = 256;

/**
 * Rings of so many numbers each, cut from arrays that are shared by many, as an array of its own for each would be slow to make.
 *
 *     slabs   ├ ring 0 ┼ ring 1 ┼ … ┼ ring 255 ┤   ├ ring 256 ┼ …
 */
export class RingPool {
  readonly places: number;
  readonly #slabs: Float64Array[] = [];
  readonly #free: number[] = [];

  constructor(places: number) {
    this.places = places;
  }

  /** A ring of zeros. */
  take(): number {
    if (this.#free.length === 0) this.#grow();
    return this.#free.pop() as number;
  }

  give(ring: number): void {
    const start = this.#startOf(ring);
    this.#slabOf(ring).fill(0, start, start + this.places);
    this.#free.push(ring);
  }

  at(ring: number, place: number): number {
    return this.#slabOf(ring)[this.#startOf(ring) + place] as number;
  }

  put(ring: number, place: number, value: number): void {
    this.#slabOf(ring)[this.#startOf(ring) + place] = value;
  }

  #slabOf(ring: number): Float64Array {
    return this.#slabs[Math.floor(ring / SLAB_RINGS)] as Float64Array;
  }

  #startOf(ring: number): number {
    return (ring % SLAB_RINGS) * this.places;
  }

  #grow(): void {
    const first = this.#slabs.length * SLAB_RINGS;
    this.#slabs.push(new Float64Array(SLAB_RINGS * this.places));
    for (let ring = first + SLAB_RINGS - 1; ring >= first; ring--) this.#free.push(ring);
  }
}
