import type { Block } from '../lib/arena.ts';
import type { Queue } from './queue/queue.ts';
import type { PageTable, Position } from './store/page_table.ts';

/**
 * What the core needs of others. The server implements `QueueConsumer` and `Turn`; a store keeps messages. A test
 * implements them with arrays.
 */

/** Keeps message records (see store/record.ts). A position is valid while its page is retained. */
export interface MessageStore {
  readonly pages: PageTable;
  /** Copies a record that lies in two pieces of `bytes` (at most a page in all). The caller retains it at once. */
  append(bytes: Uint8Array, routeStart: number, routeEnd: number, contentStart: number, contentEnd: number): Position;
  /** Takes over a block that holds one whole record of `length` bytes. The caller retains it at once. */
  adopt(block: Block, length: number): Position;
}

/** A consumer as its queue sees it. */
export interface QueueConsumer {
  readonly priority: number;
  readonly exclusive: boolean;
  /** Whether the consumer stands in its queue's ring, to be looked at when a message is ready. The ring's own note. */
  waiting: boolean;
  /** Whether one more delivery may be made now: prefetch, channel.flow and the connection's unsent bytes decide. */
  hasRoom(): boolean;
  /** Called only right after `hasRoom` answered true. The entry is the consumer's until it settles or requeues it. */
  deliver(queue: Queue, position: Position, sequence: number, bodyBytes: number, flags: number): void;
  /** The queue is gone: the consumer was removed from it. */
  cancelledByQueue(): void;
}

/** The present turn of the event loop: what has to be done before it ends. */
export interface Turn {
  /** `queue` has ready messages and a consumer with room: drain it before this turn ends. */
  queueReady(queue: Queue): void;
}
