import { peekExpiration, peekPriority } from '../../codec/property_peek.ts';
import type { Deadline, Deadlines } from '../../lib/deadlines.ts';
import type { Position } from '../store/page_table.ts';
import { propertiesEnd, propertiesStart, routeEnd } from '../store/record.ts';
import { type QueueType, queueType } from './arguments.ts';
import type { Queue } from './queue.ts';
import type { QueueSettings } from './settings.ts';

/** Why a message is dead-lettered, in RabbitMQ's words. */
export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

/** Why a delivered message comes back: the consumer said so, by nack or by reject, or lost its channel. */
export type ReturnCause = 'nack' | 'reject' | 'lost';

/** What a queue with rules needs of its virtual host. */
export interface QueueHost {
  nowMs(): number;
  readonly deadlines: Deadlines;
  /** Publishes a copy of the message to the queue's dead-letter exchange. The message is readable. */
  deadLetter(queue: Queue, position: Position, bodyBytes: number, flags: number, reason: DeathReason): void;
  /** The queue was not used for as long as x-expires says. */
  expire(queue: Queue): void;
}

/** The time and priority of one message in one queue. */
export interface Placement {
  readonly priority: number;
  /** 0 for never. */
  readonly expiresAtMs: number;
}

const NOWHERE_SPECIAL: Placement = { priority: 0, expiresAtMs: 0 };

/** Whether settings ask for anything at all: a queue without rules pays for none. */
export function hasRules(settings: QueueSettings): boolean {
  const { overflow, singleActiveConsumer, ...numbers } = settings;
  return Object.values(numbers).some((value) => value !== undefined);
}

/** What a message itself asks for: its priority property, and its expiration in milliseconds. */
export function wishOf(bytes: Uint8Array, content: number): { priority: number; ttlMs: number | undefined } {
  const from = propertiesStart(content);
  const to = propertiesEnd(bytes, content);
  const expiration = peekExpiration(bytes, from, to);
  return { priority: peekPriority(bytes, from, to), ttlMs: expiration === undefined ? undefined : Number(expiration) };
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
  #expiry: Deadline | undefined;
  #lease: Deadline | undefined;

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
    const { maxPriority = 0, messageTtlMs } = this.settings;
    const wish = wishOf(bytes, content);
    const priority = Math.min(wish.priority, maxPriority);
    const ttlMs = wish.ttlMs === undefined ? messageTtlMs : Math.min(wish.ttlMs, messageTtlMs ?? wish.ttlMs);
    if (ttlMs === undefined) return priority === 0 ? NOWHERE_SPECIAL : { priority, expiresAtMs: 0 };
    return { priority, expiresAtMs: sinceMs + ttlMs };
  }

  /** A message goes out to a consumer and may come back. */
  remember(sequence: number, priority: number, expiresAtMs: number): void {
    if (priority !== 0 || expiresAtMs !== 0) this.#placements.set(sequence, { priority, expiresAtMs });
  }

  /** What was remembered of a message; it is forgotten. */
  recall(sequence: number): Placement {
    const placement = this.#placements.get(sequence);
    if (placement === undefined) return NOWHERE_SPECIAL;
    this.#placements.delete(sequence);
    return placement;
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
    return cause !== 'nack' || this.#type !== 'quorum';
  }

  get deadLetters(): boolean {
    return this.settings.deadLetterExchange !== undefined;
  }

  /** Makes sure that the queue looks at its first messages when one of them expires. */
  expectExpiry(expiresAtMs: number): void {
    if (expiresAtMs === 0 || (this.#expiry !== undefined && this.#expiry.dueMs <= expiresAtMs)) return;
    this.#expiry?.cancel();
    this.#expiry = this.host.deadlines.at(expiresAtMs, () => {
      this.#expiry = undefined;
      this.#queue.dropExpired();
    });
  }

  /** The queue was used: declared, read with basic.get, or consumed from. Its own time to live begins anew. */
  used(): void {
    const { expiresMs } = this.settings;
    this.#lease?.cancel();
    this.#lease = undefined;
    if (expiresMs === undefined) return;
    this.#lease = this.host.deadlines.at(this.host.nowMs() + expiresMs, () => {
      if (this.#queue.consumers.size > 0) this.used();
      else this.host.expire(this.#queue);
    });
  }

  /** The queue is gone, or has other rules now. */
  stop(): void {
    this.#expiry?.cancel();
    this.#lease?.cancel();
  }
}
