const NONE = -1;
const CAPACITY_MIN = 256;

/** The numbers of a posting, one behind the other. Those that are free are a chain too. */
const [NEXT, PREVIOUS, HASH, NUMBER, FIELDS] = [0, 1, 2, 3, 4] as const;

/**
 * Which numbers go with which hashes, as many for each as there are: a hash table with chains, in two typed arrays, so that a
 * million of them is nothing to the garbage collector. A posting is a number under a hash.
 */
export class Postings {
  /** By the high bits of the hash: the first posting of the chain. */
  #heads = new Int32Array(CAPACITY_MIN).fill(NONE);
  #postings = new Int32Array(CAPACITY_MIN * FIELDS);
  /** There are as many buckets as there is room for postings: a power of two. */
  #shift = shiftOf(CAPACITY_MIN);
  #free = NONE;
  /** Postings below this have been in use. */
  #used = 0;

  /** Returns the posting, by which it is removed. */
  add(hash: number, number: number): number {
    const posting = this.#take();
    this.#postings[posting * FIELDS + HASH] = hash;
    this.#postings[posting * FIELDS + NUMBER] = number;
    this.#link(posting);
    return posting;
  }

  remove(posting: number): void {
    const postings = this.#postings;
    const at = posting * FIELDS;
    const next = postings[at + NEXT]!;
    const previous = postings[at + PREVIOUS]!;
    if (previous === NONE) this.#heads[postings[at + HASH]! >>> this.#shift] = next;
    else postings[previous * FIELDS + NEXT] = next;
    if (next !== NONE) postings[next * FIELDS + PREVIOUS] = previous;
    postings[at + NEXT] = this.#free;
    this.#free = posting;
  }

  /** Calls back with each number under the hash; it must add and remove nothing. */
  each(hash: number, visit: (number: number) => void): void {
    const postings = this.#postings;
    for (let posting = this.#heads[hash >>> this.#shift]!; posting !== NONE; ) {
      const at = posting * FIELDS;
      if (postings[at + HASH] === hash) visit(postings[at + NUMBER]!);
      posting = postings[at + NEXT]!;
    }
  }

  #link(posting: number): void {
    const postings = this.#postings;
    const at = posting * FIELDS;
    const bucket = postings[at + HASH]! >>> this.#shift;
    const next = this.#heads[bucket]!;
    postings[at + NEXT] = next;
    postings[at + PREVIOUS] = NONE;
    if (next !== NONE) postings[next * FIELDS + PREVIOUS] = posting;
    this.#heads[bucket] = posting;
  }

  #take(): number {
    if (this.#free !== NONE) {
      const posting = this.#free;
      this.#free = this.#postings[posting * FIELDS + NEXT]!;
      return posting;
    }
    if (this.#used === this.#heads.length) this.#grow();
    return this.#used++;
  }

  /** All are in use then. */
  #grow(): void {
    const capacity = this.#heads.length * 2;
    const postings = new Int32Array(capacity * FIELDS);
    postings.set(this.#postings);
    this.#postings = postings;
    this.#heads = new Int32Array(capacity).fill(NONE);
    this.#shift = shiftOf(capacity);
    for (let posting = 0; posting < this.#used; posting++) this.#link(posting);
  }
}

function shiftOf(buckets: number): number {
  return Math.clz32(buckets) + 1;
}
