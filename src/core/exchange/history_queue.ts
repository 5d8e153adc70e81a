import type { FieldTable } from '../../codec/table.ts';
import { getString } from '../../codec/table.ts';
import { assert } from '../../lib/assert.ts';
import type { Turn } from '../ports.ts';
import { Queue } from '../queue/queue.ts';
import type { PageTable, Position } from '../store/page_table.ts';
import type { ExchangeProperties } from './exchange.ts';

/** No queue that a client declares is called so. */
const NO_NAME = '';
const EXCHANGE = 'exchange';

/**
 * What an exchange remembers: a queue that nobody sees or consumes from, which the router adds to where a message goes. So
 * messages are kept where queues keep them, and moved and counted with them; and in the journal, if the exchange is durable.
 */
export class HistoryQueue extends Queue {
  readonly #length: number;

  /** Keeps no more than the last `length` messages. */
  constructor({ name, durable }: ExchangeProperties, length: number, pages: PageTable, turn: Turn) {
    const table: FieldTable = new Map([[EXCHANGE, { tag: 'S', value: Buffer.from(name) }]]);
    super({ name: NO_NAME, durable, autoDelete: false, exclusiveOwner: undefined, arguments: table }, pages, turn);
    this.#length = length;
  }

  override push(position: Position, bodyBytes: number, flags: number): void {
    super.push(position, bodyBytes, flags);
    while (this.readyCount > this.#length) {
      const oldest = this.take();
      assert(oldest !== undefined, 'a history that is too long has an oldest message');
      this.drop(oldest.position, oldest.sequence, oldest.bodyBytes, oldest.flags);
    }
  }

  /** Where its messages are, oldest first. */
  positions(): readonly Position[] {
    const positions: Position[] = [];
    this.relocate((position) => {
      positions.push(position);
      return undefined;
    });
    // Of what was found after a crash, the oldest may be one too many.
    return positions.slice(-this.#length);
  }
}

/** The exchange whose history a queue is, by the queue's name and arguments; undefined for any other queue. */
export function exchangeOfHistory(name: string, table: FieldTable): string | undefined {
  return name === NO_NAME ? getString(table, EXCHANGE) : undefined;
}
