import type { Block } from '../lib/arena.ts';
import type { Binding } from './exchange/binding.ts';
import type { Exchange } from './exchange/exchange.ts';
import type { Policy, PolicyKind } from './policy/policy.ts';
import type { Queue } from './queue/queue.ts';
import type { PageTable, Position } from './store/page_table.ts';

/**
 * What the core needs of others. The server implements `QueueConsumer` and `Turn`; the journal, or memory alone, implements
 * the rest. A test implements them with arrays.
 */

/** Keeps message records (see store/record.ts). A position is valid while its page is retained. */
export interface MessageStore {
  readonly pages: PageTable;
  /** Copies a record that lies in two pieces of `bytes` (at most a page in all). The caller retains it at once. */
  append(bytes: Uint8Array, routeStart: number, routeEnd: number, contentStart: number, contentEnd: number): Position;
  /** As append, of a whole record of any length whose route ends at `routeEnd`. */
  keep(record: Uint8Array, routeEnd: number): Position;
  /** Nothing is appended any more. */
  close(): void;
  /** Takes over a block that holds one whole record of `length` bytes. The caller retains it at once. */
  adopt(block: Block, length: number): Position;
}

/** Numbers the steps in which things become durable: what is appended now is on disk once `committed >= gathering`. */
export interface CommitClock {
  readonly gathering: number;
  readonly committed: number;
  /** Why nothing will ever be committed again, or undefined. */
  readonly failure: Error | undefined;
  /** So much waits to be written that publishers should be held until some of it is. */
  readonly congested: boolean;
  /** Calls back once `committed` has reached `commit`, or when it never will. Makes the commit happen soon. */
  whenCommitted(commit: number, waiter: CommitWaiter): void;
}

export interface CommitWaiter {
  /** `clock.committed` was raised, or `clock.failure` set. Answers whether it waits for more. */
  committed(clock: CommitClock): boolean;
}

/** What outlives the process: durable queues with their persistent messages, exchanges, bindings, policies. */
export interface DurableStore extends CommitClock {
  /** As MessageStore.append, in the journal too, for those of `queues` that have a log. Of any length. */
  append(
    queues: readonly Queue[],
    bytes: Uint8Array,
    routeStart: number,
    routeEnd: number,
    contentStart: number,
    contentEnd: number,
    bodyBytes: number,
  ): Position;
  /**
   * What is appended within `appends` is recovered whole or not at all. Returns the commit that holds it: one that is on disk
   * already where nothing was appended.
   */
  atomically(appends: () => void): number;
  queueDeclared(queue: Queue): QueueLog;
  queueDeleted(queue: Queue): void;
  /** The queue delivers nothing for now, or delivers again: as its consumers say. */
  queuePaused(queue: Queue): void;
  exchangeDeclared(exchange: Exchange): void;
  exchangeDeleted(name: string): void;
  bound(binding: Binding): void;
  unbound(binding: Binding): void;
  policySet(kind: PolicyKind, policy: Policy): void;
  policyDeleted(kind: PolicyKind, name: string): void;
  /** A durable queue or exchange drops what comes with this key from now on (deduplication/key.ts); infinity for ever. */
  keyRemembered(owner: Exchange | Queue, key: Uint8Array, expiresAtMs: number): void;
  /** The commit that holds the last change to queues, exchanges, bindings and policies. */
  readonly topologyCommit: number;
}

/** A durable queue's side of the journal: what happens to its persistent messages, by their sequence. */
export interface QueueLog {
  settled(sequence: number): void;
  delivered(sequence: number): void;
  /** The sequence is that of a message which is not kept. */
  skipped(sequence: number): void;
  /** The message came back to the queue for the `acquired`th time, of which so many count against its limit. */
  returned(sequence: number, counted: number, acquired: number): void;
  /** The message becomes ready at this time, and expires at that (0 is never), whatever it asked for. */
  rescheduled(sequence: number, readyAtMs: number, expiresAtMs: number): void;
}

/** A consumer as its queue sees it. */
export interface QueueConsumer {
  readonly priority: number;
  readonly exclusive: boolean;
  /** Whether the consumer stands in its queue's ring, to be looked at when a message is ready. The ring's own note. */
  waiting: boolean;
  /** Deliveries that it has not settled. */
  readonly unacked: number;
  /** Whether one more delivery may be made now: prefetch, channel.flow and the connection's unsent bytes decide. */
  hasRoom(): boolean;
  /**
   * Called only right after `hasRoom` answered true. The consumer tells the queue at once that it holds the message
   * (`delivered`), until it settles or requeues it, or that it is done with it (`drop`).
   */
  deliver(queue: Queue, position: Position, sequence: number, bodyBytes: number, flags: number): void;
  /** The queue is gone: the consumer was removed from it. */
  cancelledByQueue(): void;
}

/** The present turn of the event loop: what has to be done before it ends. */
export interface Turn {
  /** `journal` has gathered something: commit it when this turn ends. Each registers once a turn. */
  commitReady(journal: { commit(): void }): void;
  /** `queue` has ready messages and a consumer with room: drain it before this turn ends. */
  queueReady(queue: Queue): void;
  /** Does something long in parts: the first now, the others as turns have time for them. A part answers whether there is more. */
  inParts(part: () => boolean): void;
}
