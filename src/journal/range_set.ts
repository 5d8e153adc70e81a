/** A set of whole numbers in few, long runs: sorted, apart from one another, `starts[i]` to `ends[i] - 1`. */
export class RangeSet {
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** The end of the run that `value` is in, or undefined where it is in none. */
  endOf(value: number): number | undefined {
    const end = this.ends[this.#search(value)];
    return end !== undefined && value < end ? end : undefined;
  }

  /** Adds `start` to `end - 1`: whatever that overlaps or touches becomes one run with it. */
  add(start: number, end: number): void {
    const { starts, ends } = this;
    let from = this.#search(start);
    if (from < 0 || (ends[from] as number) < start) from++;
    let to = from;
    let low = start;
    let high = end;
    while (to < starts.length && (starts[to] as number) <= end) {
      low = Math.min(low, starts[to] as number);
      high = Math.max(high, ends[to] as number);
      to++;
    }
    starts.splice(from, to - from, low);
    ends.splice(from, to - from, high);
  }

  /** Forgets all under `value`, where no run reaches from under it beyond it. */
  dropBelow(value: number): void {
    const count = this.#search(value - 1) + 1;
    if (count === 0) return;
    this.starts.splice(0, count);
    this.ends.splice(0, count);
  }

  /** Index of the last run that starts at or before `value`, or -1. */
  #search(value: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
