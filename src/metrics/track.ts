import { firstSequence } from '../core/queue/groups/sorted_list.ts';
import type { Queue } from '../core/queue/queue.ts';
import { AgeMarks } from './age_marks.ts';
import { History } from './history.ts';
import type { RingPool } from './ring_pool.ts';

/** What is known of an object from looking at it at regular moments. */
export class Track {
  history: History;
  /** Whether its history is part of what histories may take in all. */
  charged = false;
  /** The moment at which it was last there. */
  seen = 0;
  /** When its numbers last changed, as far as looking at moments can tell. */
  changedAtMs: number;

  constructor(columns: number, pool: RingPool, nowMs: number) {
    this.history = new History(columns, pool);
    this.changedAtMs = nowMs;
  }

  /** The object is gone. */
  release(): void {
    this.history.release();
  }

  /** What was seen is forgotten; the object is still there. */
  clear(): void {
    this.history.clear();
  }

  note(moment: number, row: Float64Array, atMs: number): void {
    this.seen = moment;
    if (this.history.note(moment, row)) this.changedAtMs = atMs;
  }
}

const CAPACITY_BITS = 16;

/** Of a queue, also how old its messages are, and whether its consumers keep up. */
export class QueueTrack extends Track {
  readonly #ages = new AgeMarks();
  /** One bit a moment, the latest lowest: whether a message could have been delivered at once. */
  #capacity = 0;
  #capacityBits = 0;

  look(queue: Queue, atMs: number): void {
    const first = queue.readyCount > 0 ? firstSequence(queue.oldestList) : queue.nextSequence;
    this.#ages.note(first, queue.nextSequence, atMs);
    const { hasWaiting, size } = queue.consumers;
    if (size === 0) {
      this.#capacityBits = 0;
      return;
    }
    this.#capacity = ((this.#capacity << 1) | (hasWaiting ? 1 : 0)) & ((1 << CAPACITY_BITS) - 1);
    this.#capacityBits = Math.min(CAPACITY_BITS, this.#capacityBits + 1);
  }

  /** At how many of the latest moments a message could have been delivered at once, from 0 to 1; undefined before the first. */
  get capacity(): number | undefined {
    if (this.#capacityBits === 0) return undefined;
    let ones = 0;
    for (let bit = 0; bit < this.#capacityBits; bit++) ones += (this.#capacity >>> bit) & 1;
    return ones / this.#capacityBits;
  }

  /** How long its first ready message has been there, at most; 0 for a queue without one. */
  oldestAgeMs(queue: Queue, nowMs: number): number {
    if (queue.readyCount === 0) return 0;
    const sinceMs = this.#ages.cameAfterMs(firstSequence(queue.oldestList)) ?? nowMs;
    return Math.max(0, nowMs - sinceMs);
  }
}
