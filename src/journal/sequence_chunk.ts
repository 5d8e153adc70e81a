export const CHUNK_SEQUENCES = 4096;

const WORD_BITS = 32;

/** Which of 4096 neighbouring sequences are in a set: a bit for each, by its place among them. */
export class SequenceChunk {
  /** How many are. */
  count = 0;
  readonly #words = new Uint32Array(CHUNK_SEQUENCES / WORD_BITS);

  /** The place behind the last one. */
  get end(): number {
    let index = this.#words.length - 1;
    while (index >= 0 && this.#words[index] === 0) index--;
    return index < 0 ? 0 : (index + 1) * WORD_BITS - Math.clz32(this.#words[index] as number);
  }

  has(place: number): boolean {
    return ((this.#words[place >>> 5] as number) & (1 << (place & 31))) !== 0;
  }

  /** False where it was there already. */
  add(place: number): boolean {
    const index = place >>> 5;
    const bit = 1 << (place & 31);
    const word = this.#words[index] as number;
    if ((word & bit) !== 0) return false;
    this.#words[index] = word | bit;
    this.count++;
    return true;
  }

  addRange(start: number, end: number): void {
    for (let place = start; place < end; place++) this.add(place);
  }

  /** How many are there from `start` on, below `end`. */
  countIn(start: number, end: number): number {
    let count = 0;
    for (let place = start; place < end; place++) if (this.has(place)) count++;
    return count;
  }

  /** The first place from `start` on that is in the set, or is not: 4096 where there is none. */
  next(start: number, present: boolean): number {
    // With the bits turned where what is missing is looked for, it is the first 1.
    const turn = present ? 0 : -1;
    for (let index = start >>> 5; index < this.#words.length; index++) {
      let word = (this.#words[index] as number) ^ turn;
      if (index === start >>> 5) word &= -1 << (start & 31);
      if (word !== 0) return index * WORD_BITS + WORD_BITS - 1 - Math.clz32(word & -word);
    }
    return CHUNK_SEQUENCES;
  }

  /** Calls back for each run of places that are in the set, from `from` on. */
  eachRun(from: number, run: (start: number, end: number) => void): void {
    let start = this.next(from, true);
    while (start < CHUNK_SEQUENCES) {
      const end = this.next(start, false);
      run(start, end);
      start = this.next(end, true);
    }
  }
}
