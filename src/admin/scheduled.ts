import type { BasicProperties } from '../codec/properties.ts';
import { EMPTY_TABLE, type PlainTable, toPlain } from '../codec/table.ts';
import { type Entry, REDELIVERED } from '../core/queue/entry.ts';
import type { Queue } from '../core/queue/queue.ts';
import { TIME_MS_MAX } from '../core/queue/schedule.ts';
import { messageAt } from '../core/store/message.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { untilCommitted } from './committed.ts';

/** Where messages wait: in a queue, or in an exchange of type x-delayed-message. */
export type ScheduledPlace = { readonly queue: string } | { readonly exchange: string };

/** A message that waits for its time. */
export interface ScheduledMessage {
  /** Its own in this queue or exchange, also after a restart. */
  readonly id: number;
  /** When it becomes ready, in milliseconds since 1970. */
  readonly readyAtMs: number;
  /** Whether it was delivered before, and waits to be tried again. */
  readonly redelivered: boolean;
  /** Where it was published to, and by which key. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: Omit<BasicProperties, 'headers'>;
  readonly headers: PlainTable;
  readonly bodyBytes: number;
}

/** The messages that wait in one place. */
export interface Scheduled {
  /** How many there are. */
  readonly length: number;
  /** Bytes of their bodies. */
  readonly bytes: number;
  /** Those that are due first, in that order: 100 of them unless `count` says otherwise, behind the first `skip`. */
  list(range?: { readonly skip?: number; readonly count?: number }): Promise<readonly ScheduledMessage[]>;
  /** Drops those of these ids that still wait, and resolves to how many they were when that will survive a restart. */
  cancel(ids: Iterable<number>): Promise<number>;
  /**
   * Lets a message wait for another time, in milliseconds since 1970; one that has passed makes it ready now. Resolves when that
   * will survive a restart; to false if none of that id waits any more.
   */
  reschedule(id: number, readyAtMs: number): Promise<boolean>;
}

const LISTED_DEFAULT = 100;

/** Throws AmqpError 404 where there is no such queue or exchange. */
export function scheduledIn(vhost: VirtualHost, place: ScheduledPlace): Scheduled {
  if ('queue' in place) {
    const queue = vhost.queue(place.queue);
    return new ScheduledMessages(vhost, () => (queue.deleted ? undefined : queue));
  }
  const exchange = vhost.exchange(place.exchange);
  return new ScheduledMessages(vhost, () => vhost.delayQueues.get(exchange.name));
}

class ScheduledMessages implements Scheduled {
  readonly #vhost: VirtualHost;
  readonly #find: () => Queue | undefined;

  /** `find` answers the queue itself, or where the exchange keeps what it delays, if it has had anything to. */
  constructor(vhost: VirtualHost, find: () => Queue | undefined) {
    this.#vhost = vhost;
    this.#find = find;
  }

  get length(): number {
    return this.#find()?.waiting.length ?? 0;
  }

  get bytes(): number {
    return this.#find()?.waiting.bytes ?? 0;
  }

  async list({
    skip = 0,
    count = LISTED_DEFAULT,
  }: {
    skip?: number;
    count?: number;
  } = {}): Promise<readonly ScheduledMessage[]> {
    const { pages } = this.#vhost.store;
    const entries = this.#find()?.waiting.first(skip, count) ?? [];
    for (const { position } of entries) pages.retain(position, 1);
    try {
      const messages: ScheduledMessage[] = [];
      for (const entry of entries) {
        if (!pages.isReadable(entry.position)) {
          await new Promise<void>((done) => pages.whenReadable(entry.position, done));
        }
        // What was lost on disk is found out when its turn comes.
        if (!pages.isLost(entry.position)) messages.push(this.#read(entry));
      }
      return messages;
    } finally {
      for (const { position } of entries) pages.release(position);
    }
  }

  async cancel(ids: Iterable<number>): Promise<number> {
    const cancelled = this.#find()?.contents.cancelWaiting(new Set(ids)) ?? 0;
    await this.#committed();
    return cancelled;
  }

  async reschedule(id: number, readyAtMs: number): Promise<boolean> {
    if (!Number.isInteger(readyAtMs) || readyAtMs < 0 || readyAtMs > TIME_MS_MAX) {
      throw new RangeError(
        `a time is a whole number of milliseconds since 1970, before the year 10000; not ${readyAtMs}`,
      );
    }
    const rescheduled = this.#find()?.reschedule(id, readyAtMs) ?? false;
    await this.#committed();
    return rescheduled;
  }

  #read({ position, sequence, bodyBytes, flags, readyAtMs }: Entry): ScheduledMessage {
    const { exchange, routingKey, properties: all } = messageAt(this.#vhost.store.pages, position);
    const { headers = EMPTY_TABLE, ...properties } = all;
    return {
      id: sequence,
      readyAtMs,
      redelivered: (flags & REDELIVERED) !== 0,
      exchange,
      routingKey,
      properties,
      headers: toPlain(headers),
      bodyBytes,
    };
  }

  async #committed(): Promise<void> {
    const { durable } = this.#vhost;
    if (durable !== undefined) await untilCommitted(durable, durable.gathering);
  }
}
