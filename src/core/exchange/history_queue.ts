import { EMPTY_TABLE } from '../../codec/table.ts';
import { assert } from '../../lib/assert.ts';
import type { Turn } from '../ports.ts';
import { Queue } from '../queue/queue.ts';
import type { PageTable, Position } from '../store/page_table.ts';

/**
 * What an exchange remembers: a queue that nobody sees or consumes from, which the router adds to where a message goes. So
 * messages are kept where queues keep them, and moved and counted with them, but not in the journal.
 */
export class HistoryQueue extends Queue {
  readonly #length: number;

  /** Keeps no more than the last `length` messages. */
  constructor(length: number, pages: PageTable, turn: Turn) {
    // No queue that a client declares has an empty name.
    const kind = { durable: false, autoDelete: false, exclusiveOwner: undefined, arguments: EMPTY_TABLE };
    super({ name: '', ...kind }, pages, turn);
    this.#length = length;
  }

  override push(position: Position, bodyBytes: number, flags: number): void {
    super.push(position, bodyBytes, flags);
    while (this.readyCount > this.#length) {
      const oldest = this.take();
      assert(oldest !== undefined, 'a history that is too long has an oldest message');
      this.settle(oldest.position, oldest.sequence, oldest.flags);
    }
  }

  /** Where its messages are, oldest first. */
  positions(): readonly Position[] {
    const positions: Position[] = [];
    this.relocate((position) => {
      positions.push(position);
      return undefined;
    });
    return positions;
  }
}
