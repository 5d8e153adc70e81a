/** Upper bounds in seconds, without infinity. */
export const SYNC_BOUNDS: readonly number[] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** How long the writes and syncs of commits took: a histogram. */
export class SyncTimes {
  count = 0;
  sumSeconds = 0;
  /** Told of each. */
  onSync: ((seconds: number) => void) | undefined;
  readonly #counts = new Float64Array(SYNC_BOUNDS.length + 1);

  took(milliseconds: number): void {
    const seconds = milliseconds / 1000;
    let i = 0;
    while (i < SYNC_BOUNDS.length && seconds > (SYNC_BOUNDS[i] as number)) i++;
    this.#counts[i] = (this.#counts[i] as number) + 1;
    this.count++;
    this.sumSeconds += seconds;
    this.onSync?.(seconds);
  }

  /** How many took no longer than each of the bounds. */
  upTo(): readonly number[] {
    let sum = 0;
    return SYNC_BOUNDS.map((_bound, i) => {
      sum += this.#counts[i] as number;
      return sum;
    });
  }
}
