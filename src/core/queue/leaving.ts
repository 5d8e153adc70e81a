import type { Position } from '../store/page_table.ts';
import type { Entry } from './entry.ts';
import type { Queue } from './queue.ts';
import type { ReadyList } from './ready_list.ts';
import type { WaitingMessages } from './waiting.ts';

/** What is emptied one by one, and in no order. */
interface Heap {
  takeAny(): Entry | undefined;
  relocate(moved: (position: Position) => Position | undefined): void;
}

/**
 * What was taken out of a queue all at once, to be dropped: nobody will have it. The queue is empty from then on; letting go
 * of very many messages takes its time, and is done in parts.
 */
export class Leaving {
  /** How many messages there were. */
  readonly count: number;
  readonly #queue: Queue;
  readonly #lists: readonly Pick<ReadyList, 'ring' | 'returned'>[];
  readonly #heaps: readonly Heap[];

  constructor(queue: Queue, lists: readonly Pick<ReadyList, 'ring' | 'returned'>[], waiting: WaitingMessages) {
    this.#queue = queue;
    this.#lists = lists;
    this.#heaps = [...lists.map(({ returned }) => returned), waiting];
    this.count = lists.reduce((sum, { ring, returned }) => sum + ring.length + returned.length, waiting.length);
  }

  /** Drops so many messages, if there are so many. Answers whether there are more. */
  drop(count: number): boolean {
    let left = count;
    for (const { ring } of this.#lists) {
      for (; ring.length > 0; left--) {
        if (left === 0) return true;
        this.#queue.drop(ring.headPosition(), ring.headSequence(), ring.headBodyBytes(), ring.headFlags());
        ring.shift();
      }
    }
    for (const heap of this.#heaps) {
      for (; ; left--) {
        if (left === 0) return true;
        const entry = heap.takeAny();
        if (entry === undefined) break;
        this.#queue.drop(entry.position, entry.sequence, entry.bodyBytes, entry.flags);
      }
    }
    return false;
  }

  /** As ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    for (const { ring } of this.#lists) ring.relocate(moved);
    for (const heap of this.#heaps) heap.relocate(moved);
  }
}
