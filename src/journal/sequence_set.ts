import type { Range } from './record.ts';

/**
 * A set of sequences that fills up from below: everything under `below`, and ranges above it. Queues are mostly settled in
 * order, so there are few ranges, and adding is mostly raising `below` or the end of the last range.
 */
export class SequenceSet {
  below = 1;
  /** Sorted, apart from one another and from `below`: starts[i] .. ends[i] - 1. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  get ranges(): readonly Range[] {
    return this.#starts.map((first, i) => ({ first, count: (this.#ends[i] as number) - first }));
  }

  /** How many sequences are in it. */
  get size(): number {
    return this.#starts.reduce((size, start, i) => size + (this.#ends[i] as number) - start, this.below - 1);
  }

  /** The lowest sequence above all that are in it. */
  get end(): number {
    return this.#ends[this.#ends.length - 1] ?? this.below;
  }

  has(sequence: number): boolean {
    if (sequence < this.below) return true;
    const index = this.#search(sequence);
    return index >= 0 && sequence < (this.#ends[index] as number);
  }

  /** How many from `first` on, below `end`, are not in it. */
  countMissing(first: number, end: number): number {
    let missing = 0;
    let at = Math.max(first, this.below);
    for (let index = Math.max(0, this.#search(at)); at < end; index++) {
      const start = this.#starts[index] ?? end;
      if (start > at) missing += Math.min(start, end) - at;
      at = Math.max(at, this.#ends[index] ?? end);
    }
    return missing;
  }

  add(sequence: number): void {
    this.addRange(sequence, 1);
  }

  addRange(first: number, count: number): void {
    let start = Math.max(first, this.below);
    let end = first + count;
    if (end <= start) return;
    if (start === this.below) {
      this.raise(end);
      return;
    }
    const starts = this.#starts;
    const ends = this.#ends;
    const last = ends.length - 1;
    if (last < 0 || start > (ends[last] as number)) {
      starts.push(start);
      ends.push(end);
      return;
    }
    if (start === ends[last]) {
      ends[last] = end;
      return;
    }
    // Whatever overlaps or touches becomes one range.
    let from = this.#search(start);
    if (from < 0 || (ends[from] as number) < start) from++;
    let to = from;
    while (to < starts.length && (starts[to] as number) <= end) {
      start = Math.min(start, starts[to] as number);
      end = Math.max(end, ends[to] as number);
      to++;
    }
    starts.splice(from, to - from, start);
    ends.splice(from, to - from, end);
  }

  /** Everything under `below` is in the set. */
  raise(below: number): void {
    if (below <= this.below) return;
    this.below = below;
    let covered = 0;
    while (covered < this.#starts.length && (this.#starts[covered] as number) <= this.below) {
      this.below = Math.max(this.below, this.#ends[covered] as number);
      covered++;
    }
    if (covered === 0) return;
    this.#starts.splice(0, covered);
    this.#ends.splice(0, covered);
  }

  /** Index of the last range that starts at or before `sequence`, or -1. */
  #search(sequence: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low - 1;
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
