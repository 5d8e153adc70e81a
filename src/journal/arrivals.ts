import type { SegmentIndex } from './segment_index.ts';

interface Arrival {
  highestSequence: number;
  inOrder: boolean;
}

/** What has to be known of all messages of a journal before the first of them is restored, gathered segment by segment. */
export class Arrivals {
  /** Of the queues that messages name, whether or not they are there. */
  highestQueueId = 0;
  readonly #queues: Map<number, Arrival> = new Map();

  note(index: SegmentIndex): void {
    for (let i = 0; i < index.length; i++) {
      const id = index.queueOf(i);
      const sequence = index.sequenceOf(i);
      const queue = this.#queues.get(id);
      if (queue === undefined) {
        this.highestQueueId = Math.max(this.highestQueueId, id);
        this.#queues.set(id, { highestSequence: sequence, inOrder: true });
      } else if (sequence > queue.highestSequence) queue.highestSequence = sequence;
      else queue.inOrder = false;
    }
  }

  /** Whether a queue's messages come in the order of their sequences, which they do until compaction has moved some. */
  inOrder(queue: number): boolean {
    return this.#queues.get(queue)?.inOrder ?? true;
  }

  /** Of the queue's messages that were found, whether or not they are settled; 0 where there is none. */
  highestSequence(queue: number): number {
    return this.#queues.get(queue)?.highestSequence ?? 0;
  }
}
