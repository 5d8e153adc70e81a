import type { Finding } from './recovery.ts';
import type { JournalSegment } from './segment.ts';

/** A place where a batch is missing. */
export interface Doubt {
  readonly segment: JournalSegment;
  readonly at: number;
  /** Where the next batch was found; undefined when there is none in the segment. */
  readonly until: number | undefined;
  /** Of the last batch before the place. */
  readonly epoch: number;
  readonly number: number;
}

/**
 * Places where a batch is missing, until it is known what to think of them: if any later batch says that the missing one had
 * been on disk, it was damaged, and otherwise never written.
 */
export class Doubts {
  readonly #doubts: Doubt[] = [];
  /** By epoch, the last batch of which another one says that it was on disk. */
  readonly #synced = new Map<number, number>();

  add(doubt: Doubt): void {
    this.#doubts.push(doubt);
  }

  /** Batches of this epoch up to this number were on disk. */
  synced(epoch: number, number: number): void {
    this.#synced.set(epoch, Math.max(number, this.#synced.get(epoch) ?? 0));
  }

  /** Marks damaged segments. */
  judged(): readonly Finding[] {
    return this.#doubts.map(({ segment, at, until, epoch, number }): Finding => {
      const wasSynced = (this.#synced.get(epoch) ?? 0) > number;
      if (!wasSynced) return { kind: 'torn tail', segment: segment.number, at };
      segment.damaged = true;
      return { kind: 'damage', segment: segment.number, at, until };
    });
  }
}
