import { RangeSet } from './range_set.ts';
import type { Range } from './record.ts';
import { CHUNK_SEQUENCES, SequenceChunk } from './sequence_chunk.ts';

/**
 * A set of sequences that fills up from below. Queues are mostly settled in order, and then adding is raising `below`; where
 * they are not, a sequence costs a bit, wherever it is added.
 *
 *     1 ............ below ........................................
 *     all of them    │ chunk, a bit each │ no chunk: none │ full chunks: their numbers, as runs │ chunk │ none
 */
export class SequenceSet {
  /** Everything under it is in the set. */
  below = 1;
  /** By number; chunk n has the sequences from n * 4096 on. In the one that `below` is in, the bits under it mean nothing. */
  readonly #chunks: Map<number, SequenceChunk> = new Map();
  /** Numbers of chunks that are in the set as a whole. */
  readonly #full = new RangeSet();
  /** The chunk that was added to last, where it is still there: the next sequence is mostly its neighbour. */
  #added: SequenceChunk | undefined;
  #addedNumber = -1;

  /** What is in it above `below`: sorted, apart from one another and from `below`. */
  get ranges(): readonly Range[] {
    const ranges: { first: number; count: number }[] = [];
    const append = (start: number, end: number): void => {
      const last = ranges[ranges.length - 1];
      if (last !== undefined && last.first + last.count === start) last.count += end - start;
      else ranges.push({ first: start, count: end - start });
    };
    for (const number of [...this.#chunks.keys(), ...this.#full.starts].sort((left, right) => left - right)) {
      const chunk = this.#chunks.get(number);
      const base = number * CHUNK_SEQUENCES;
      if (chunk === undefined) append(base, (this.#full.endOf(number) as number) * CHUNK_SEQUENCES);
      else chunk.eachRun(Math.max(0, this.below - base), (start, end) => append(base + start, base + end));
    }
    return ranges;
  }

  /** How many sequences are in it. */
  get size(): number {
    const { end } = this;
    return end - 1 - this.countMissing(1, end);
  }

  /** The lowest sequence above all that are in it. */
  get end(): number {
    let end = Math.max(this.below, (this.#full.ends.at(-1) ?? 0) * CHUNK_SEQUENCES);
    for (const [number, chunk] of this.#chunks) end = Math.max(end, number * CHUNK_SEQUENCES + chunk.end);
    return end;
  }

  has(sequence: number): boolean {
    if (sequence < this.below) return true;
    const number = Math.floor(sequence / CHUNK_SEQUENCES);
    const chunk = this.#chunks.get(number);
    if (chunk !== undefined) return chunk.has(sequence - number * CHUNK_SEQUENCES);
    return this.#full.endOf(number) !== undefined;
  }

  /** How many from `first` on, below `end`, are not in it. */
  countMissing(first: number, end: number): number {
    let missing = 0;
    let at = Math.max(first, this.below);
    while (at < end) {
      const number = Math.floor(at / CHUNK_SEQUENCES);
      const base = number * CHUNK_SEQUENCES;
      const fullEnd = this.#full.endOf(number);
      const until = Math.min(end, (fullEnd ?? number + 1) * CHUNK_SEQUENCES);
      if (fullEnd === undefined) {
        missing += until - at - (this.#chunks.get(number)?.countIn(at - base, until - base) ?? 0);
      }
      at = until;
    }
    return missing;
  }

  add(sequence: number): void {
    if (sequence <= this.below) {
      if (sequence === this.below) this.raise(sequence + 1);
      return;
    }
    const number = Math.floor(sequence / CHUNK_SEQUENCES);
    const place = sequence - number * CHUNK_SEQUENCES;
    const chunk = number === this.#addedNumber ? this.#added : this.#chunkOf(number);
    if (chunk?.add(place) === true && chunk.count === CHUNK_SEQUENCES) this.#fill(number);
  }

  addRange(first: number, count: number): void {
    const start = Math.max(first, this.below);
    const end = first + count;
    if (end <= start) return;
    if (start === this.below) {
      this.raise(end);
      return;
    }
    const number = Math.floor(start / CHUNK_SEQUENCES);
    const last = Math.floor((end - 1) / CHUNK_SEQUENCES);
    const place = start - number * CHUNK_SEQUENCES;
    const lastEnd = end - last * CHUNK_SEQUENCES;
    if (number === last) {
      this.#addIn(number, place, lastEnd);
      return;
    }
    this.#addIn(number, place, CHUNK_SEQUENCES);
    if (last > number + 1) {
      this.#forget(number + 1, last);
      this.#full.add(number + 1, last);
    }
    this.#addIn(last, 0, lastEnd);
  }

  /** Everything under `below` is in the set. */
  raise(below: number): void {
    if (below <= this.below) return;
    const from = this.below;
    this.below = below;
    if (this.#chunks.size > 0 || this.#full.starts.length > 0) this.#raised(from);
  }

  /** `below` moves on over what was in the set above it, and what is under it needs no bits. */
  #raised(from: number): void {
    let number = Math.floor(this.below / CHUNK_SEQUENCES);
    for (;;) {
      const fullEnd = this.#full.endOf(number);
      const base = number * CHUNK_SEQUENCES;
      if (fullEnd !== undefined) this.below = fullEnd * CHUNK_SEQUENCES;
      else this.below = base + (this.#chunks.get(number)?.next(this.below - base, false) ?? this.below - base);
      const reached = Math.floor(this.below / CHUNK_SEQUENCES);
      if (reached === number) break;
      number = reached;
    }
    const first = Math.floor(from / CHUNK_SEQUENCES);
    if (first === number) return;
    this.#forget(first, number);
    this.#full.dropBelow(number);
  }

  #addIn(number: number, start: number, end: number): void {
    const chunk = this.#chunkOf(number);
    chunk?.addRange(start, end);
    if (chunk?.count === CHUNK_SEQUENCES) this.#fill(number);
  }

  /** The bits of a chunk; undefined where it is in the set as a whole. */
  #chunkOf(number: number): SequenceChunk | undefined {
    let chunk = this.#chunks.get(number);
    if (chunk === undefined) {
      if (this.#full.endOf(number) !== undefined) return undefined;
      chunk = new SequenceChunk();
      this.#chunks.set(number, chunk);
    }
    this.#added = chunk;
    this.#addedNumber = number;
    return chunk;
  }

  #fill(number: number): void {
    this.#forget(number, number + 1);
    this.#full.add(number, number + 1);
  }

  /** Lets go of the bits of chunks `first` to `end - 1`. */
  #forget(first: number, end: number): void {
    this.#addedNumber = -1;
    if (end - first < this.#chunks.size) {
      for (let number = first; number < end; number++) this.#chunks.delete(number);
    } else {
      for (const number of this.#chunks.keys()) if (number >= first && number < end) this.#chunks.delete(number);
    }
  }
}

/** Sequences gathered since the last commit: ranges in the order in which they came, neighbours joined. */
export class RangeList {
  readonly #ranges: { first: number; count: number }[] = [];

  get size(): number {
    return this.#ranges.length;
  }

  add(sequence: number): void {
    const last = this.#ranges[this.#ranges.length - 1];
    if (last !== undefined && last.first + last.count === sequence) last.count++;
    else this.#ranges.push({ first: sequence, count: 1 });
  }

  /** What was gathered; nothing is afterwards. */
  take(): readonly Range[] {
    return this.#ranges.splice(0);
  }
}
