import type { Position } from '../store/page_table.ts';

/** Bits of an entry's `flags`; a ring keeps three. */
export const REDELIVERED = 1;
/** The message is in the journal for this queue. */
export const DURABLE = 2;

/** One message's place in a queue, for the paths that are not the data plane. */
export interface Entry {
  readonly position: Position;
  /** Place in the queue's order of arrival: 1 for the first message the queue ever took. */
  readonly sequence: number;
  readonly bodyBytes: number;
  readonly flags: number;
  /** 0 where the queue has no priorities. */
  readonly priority: number;
  /** When it expires, in milliseconds since 1970; 0 for never. */
  readonly expiresAtMs: number;
  /** In a queue where messages wait for their time, when it became ready or will; 0 where that is not kept. */
  readonly readyAtMs: number;
}
