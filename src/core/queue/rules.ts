import { peekExpiration, peekPriority } from '../../codec/property_peek.ts';
import type { Deadline, Deadlines } from '../../lib/deadlines.ts';
import type { DeathCounts } from '../counts.ts';
import type { Position } from '../store/page_table.ts';
import { propertiesEnd, propertiesStart, routeEnd } from '../store/record.ts';
import { type QueueType, queueType } from './arguments.ts';
import type { Entry } from './entry.ts';
import type { Queue } from './queue.ts';
import { isLinear, retryDelayMs, waitsAfter } from './retry.ts';
import { readyAtOf } from './schedule.ts';
import type { QueueSettings } from './settings.ts';

/** Why a message is dead-lettered, in RabbitMQ's words. */
export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

/** Why a delivered message comes back: the consumer said so, by nack (or recover) or by reject, or lost its channel. */
export type ReturnCause = 'nack' | 'reject' | 'lost';

/** What a queue with rules needs of its virtual host. */
export interface QueueHost {
  nowMs(): number;
  /** From 0 to 1, without 1. */
  random(): number;
  readonly deadlines: Deadlines;
  /** Nobody uses it any more: what is not done by now is left. */
  readonly stopped: boolean;
  readonly deaths: DeathCounts;
  /** Publishes a copy of the message to the queue's dead-letter exchange. The message is readable. */
  deadLetter(queue: Queue, position: Position, bodyBytes: number, reason: DeathReason): void;
  /** The queue was not used for as long as x-expires says. */
  expire(queue: Queue): void;
}

/** The times and priority of one message in one queue. */
export interface Placement {
  readonly priority: number;
  /** 0 for never. */
  readonly expiresAtMs: number;
  /** When it became ready or will, in a queue where messages may wait for that; 0 elsewhere. */
  readonly readyAtMs: number;
}

/** That of nearly all messages. */
export const NOWHERE_SPECIAL: Placement = { priority: 0, expiresAtMs: 0, readyAtMs: 0 };

/** Of a message that says none, in a quorum queue. */
const QUORUM_PRIORITY = 4;

/** Whether settings ask for anything at all: a queue without rules pays for none. */
export function hasRules(settings: QueueSettings): boolean {
  const { overflow, singleActiveConsumer, consumerTimeoutMs, scheduled, forwards, ...others } = settings;
  return scheduled || forwards || Object.values(others).some((value) => value !== undefined);
}

/** What a message itself asks for; undefined where it does not. */
export interface Wish {
  readonly priority: number | undefined;
  /** Its expiration. */
  readonly ttlMs: number | undefined;
  readonly readyAtMs: number | undefined;
}

/** Of the message whose content (core/store/record.ts) begins at `content`, taken in at `sinceMs`; its time only if it may wait. */
export function wishOf(bytes: Uint8Array, content: number, sinceMs: number, mayWait: boolean): Wish {
  const from = propertiesStart(content);
  const to = propertiesEnd(bytes, content);
  const expiration = peekExpiration(bytes, from, to);
  return {
    priority: peekPriority(bytes, from, to),
    ttlMs: expiration === undefined ? undefined : Number(expiration),
    readyAtMs: mayWait ? readyAtOf(bytes, from, to, sinceMs) : undefined,
  };
}

/**
 * What a queue does beyond keeping messages in order: when messages expire, how many there may be, what becomes of those that
 * go, how long the queue itself lives. The queue asks; this answers from its settings, which a policy may change.
 */
export class QueueRules {
  settings: QueueSettings;
  readonly host: QueueHost;
  readonly #queue: Queue;
  readonly #type: QueueType;
  /** Of messages that are out with consumers and have one: what they get back when they come back. */
  readonly #placements: Map<number, Placement> = new Map();
  /** Of messages that came back and are not settled: how often. */
  readonly #acquired: Map<number, number> = new Map();
  /** When the first message expires, if any does, and the deadline for it. */
  #expiresAtMs = Number.POSITIVE_INFINITY;
  #expiry: Deadline | undefined;
  /** For the first message that waits for its time. */
  #release: Deadline | undefined;
  #lease: Deadline | undefined;
  #usedAtMs = 0;

  constructor(queue: Queue, settings: QueueSettings, host: QueueHost) {
    this.#queue = queue;
    this.#type = queueType(queue.properties);
    this.settings = settings;
    this.host = host;
  }

  /** Of the message whose record begins at `start`. */
  placementOf(bytes: Uint8Array, start: number): Placement {
    return this.placementOfContent(bytes, routeEnd(bytes, start));
  }

  /** Of the message whose content (core/store/record.ts) begins at `content`, taken in at `sinceMs`. */
  placementOfContent(bytes: Uint8Array, content: number, sinceMs: number = this.host.nowMs()): Placement {
    return this.placementFor(wishOf(bytes, content, sinceMs, this.settings.scheduled), sinceMs);
  }

  /** Of a message taken in at `sinceMs`. One that waits for its time begins to age when that has come. */
  placementFor(wish: Wish, sinceMs: number): Placement {
    const { messageTtlMs, scheduled, forwards } = this.settings;
    const priority = this.priorityOf(wish.priority);
    const readyAtMs = scheduled ? Math.max(wish.readyAtMs ?? sinceMs, sinceMs) : 0;
    const ttlMs = wish.ttlMs === undefined ? messageTtlMs : Math.min(wish.ttlMs, messageTtlMs ?? wish.ttlMs);
    const expiresAtMs = ttlMs === undefined || forwards ? 0 : Math.max(readyAtMs, sinceMs) + ttlMs;
    if (priority === 0 && expiresAtMs === 0 && readyAtMs === 0) return NOWHERE_SPECIAL;
    return { priority, expiresAtMs, readyAtMs };
  }

  /** Which of the queue's priorities a message has that asks for this one, or for none. */
  priorityOf(wish: number | undefined): number {
    return Math.min(wish ?? (this.#isQuorum ? QUORUM_PRIORITY : 0), this.settings.maxPriority ?? 0);
  }

  /** A message goes out to a consumer and may come back. */
  remember({ sequence, priority, expiresAtMs, readyAtMs }: Entry): void {
    if (priority === 0 && expiresAtMs === 0 && readyAtMs === 0) return;
    this.#placements.set(sequence, { priority, expiresAtMs, readyAtMs });
  }

  /** What was remembered of a message; it is forgotten. */
  recall(sequence: number): Placement {
    const placement = this.#placements.get(sequence);
    if (placement === undefined) return NOWHERE_SPECIAL;
    this.#placements.delete(sequence);
    return placement;
  }

  /** What is done about what is too much. A quorum queue knows no reject-publish-dlx, and drops. */
  get overflow(): QueueSettings['overflow'] {
    const { overflow } = this.settings;
    return this.#isQuorum && overflow === 'reject-publish-dlx' ? 'drop-head' : overflow;
  }

  /**
   * Whether a queue that holds `length` ready messages of `bytes` has no room for one more. A quorum queue takes one too many, as
   * RabbitMQ's do.
   */
  isFull(length: number, bytes: number, bodyBytes: number): boolean {
    return this.#isQuorum ? this.isOver(length, bytes) : this.isOver(length + 1, bytes + bodyBytes);
  }

  /** Whether `length` messages of `bytes` in all are more than the queue may hold ready. */
  isOver(length: number, bytes: number): boolean {
    const { maxLength, maxLengthBytes } = this.settings;
    return (maxLength !== undefined && length > maxLength) || (maxLengthBytes !== undefined && bytes > maxLengthBytes);
  }

  /** A message that came back for the `returns`th time has come back too often. */
  isPoison(returns: number): boolean {
    const { deliveryLimit } = this.settings;
    return deliveryLimit !== undefined && returns > deliveryLimit;
  }

  /** Whether a return counts against the limit: in a quorum queue a nack does not, as in RabbitMQ since 4.3. */
  counts(cause: ReturnCause): boolean {
    return cause !== 'nack' || !this.#isQuorum;
  }

  /** When a message that has come back is ready again: undefined for at once. `returns` as far as they count. */
  retryAtMs(cause: ReturnCause, sequence: number, returns: number): number | undefined {
    const { retry } = this.settings;
    if (retry === undefined || !waitsAfter(retry, cause)) return undefined;
    // RabbitMQ's linear waits grow with what counts, which a nack of a quorum queue does not; the others with every return.
    const nth = this.#isQuorum && !isLinear(retry) ? this.acquiredCount(sequence) : returns;
    const delayMs = retryDelayMs(retry, nth, this.host.random());
    return delayMs === 0 ? undefined : this.host.nowMs() + delayMs;
  }

  /** Whether messages that come back say so in their headers. */
  get tellsReturns(): boolean {
    return this.#isQuorum || this.settings.deliveryLimit !== undefined;
  }

  /** A message came back, whether or not that counts against the limit. */
  cameBack(sequence: number): void {
    if (this.tellsReturns) this.#acquired.set(sequence, this.acquiredCount(sequence) + 1);
  }

  restoreAcquired(sequence: number, count: number): void {
    this.#acquired.set(sequence, count);
  }

  acquiredCount(sequence: number): number {
    return this.#acquired.get(sequence) ?? this.#queue.returnsOf(sequence);
  }

  /** A message is gone. */
  forget(sequence: number): void {
    if (this.#placements.size > 0) this.#placements.delete(sequence);
    if (this.#acquired.size > 0) this.#acquired.delete(sequence);
  }

  get deadLetters(): boolean {
    return this.settings.deadLetterExchange !== undefined;
  }

  /** Makes sure that the queue looks at its first messages when one of them expires. 0 is never. */
  expectExpiry(expiresAtMs: number): void {
    if (expiresAtMs === 0 || expiresAtMs >= this.#expiresAtMs) return;
    this.#expiry?.cancel();
    this.#expiresAtMs = expiresAtMs;
    this.#expiry = this.host.deadlines.at(expiresAtMs, () => this.#queue.dropExpired());
  }

  /** Makes sure that the queue looks at what waits for its time when the first is due. Infinity is never. */
  expectRelease(readyAtMs: number): void {
    if (this.#release?.dueMs === readyAtMs) return;
    this.#release?.cancel();
    this.#release = undefined;
    if (readyAtMs === Number.POSITIVE_INFINITY) return;
    this.#release = this.host.deadlines.at(readyAtMs, () => {
      this.#release = undefined;
      this.#queue.releaseDue();
    });
  }

  /** Whether a first message expired. If so, the queue sees to it, and says what it expects next. */
  expiryIsDue(): boolean {
    if (this.#expiresAtMs > this.host.nowMs()) return false;
    this.#expiresAtMs = Number.POSITIVE_INFINITY;
    this.#expiry?.cancel();
    this.#expiry = undefined;
    return true;
  }

  /** The queue was used: declared, read with basic.get, or consumed from. Its own time to live begins anew. */
  used(): void {
    this.#usedAtMs = this.host.nowMs();
    const { expiresMs } = this.settings;
    const endsAtMs = this.#usedAtMs + (expiresMs ?? Number.POSITIVE_INFINITY);
    // A lease that ends too early is renewed when it ends, so that use costs no more than a look at the clock.
    if (this.#lease !== undefined && this.#lease.dueMs <= endsAtMs) return;
    this.#lease?.cancel();
    this.#lease = expiresMs === undefined ? undefined : this.#leaseUntil(endsAtMs);
  }

  /** The queue is gone. */
  stop(): void {
    this.#expiry?.cancel();
    this.#release?.cancel();
    this.#lease?.cancel();
  }

  get #isQuorum(): boolean {
    return this.#type === 'quorum';
  }

  #leaseUntil(endsAtMs: number): Deadline {
    return this.host.deadlines.at(endsAtMs, () => {
      this.#lease = undefined;
      const { expiresMs } = this.settings;
      if (expiresMs === undefined || this.#queue.deleted) return;
      if (this.#queue.consumers.size > 0) this.#usedAtMs = this.host.nowMs();
      const renewedMs = this.#usedAtMs + expiresMs;
      if (renewedMs > this.host.nowMs()) this.#lease = this.#leaseUntil(renewedMs);
      else this.host.expire(this.#queue);
    });
  }
}
