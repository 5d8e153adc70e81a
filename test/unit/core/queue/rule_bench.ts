import { readProperties } from '../../../../src/codec/properties.ts';
import { bytesToText, type FieldTable, fromPlain, getString } from '../../../../src/codec/table.ts';
import { enqueueRecord } from '../../../../src/core/enqueue.ts';
import type { Entry } from '../../../../src/core/queue/entry.ts';
import type { Queue } from '../../../../src/core/queue/queue.ts';
import { offsetOf, PageTable } from '../../../../src/core/store/page_table.ts';
import {
  bodyFrameStart,
  hasDied,
  propertiesEnd,
  propertiesStart,
  routeEnd,
} from '../../../../src/core/store/record.ts';
import type { VirtualHost } from '../../../../src/core/vhost.ts';
import type { Log } from '../../../../src/journal/log.ts';
import { Arena } from '../../../../src/lib/arena.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { HostClient } from '../../../support/host_client.ts';
import { JournalHost, memoryHost } from '../../../support/journal_host.ts';
import { type MessageFields, messageBytes } from '../../../support/message_bytes.ts';
import { MicrotaskTurn } from '../../../support/microtask_turn.ts';
import { messagesAt, positionsIn } from '../../../support/queue_messages.ts';

/** What a test looks at of a message. */
export interface Seen {
  readonly body: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly headers: FieldTable;
  readonly expiration: string | undefined;
  /** Whether its x-death is the broker's. */
  readonly died: boolean;
}

/** Queues are drained when the test says so. */
class HeldTurn extends MicrotaskTurn {
  readonly ready: Queue[] = [];

  override queueReady(queue: Queue): void {
    this.ready.push(queue);
  }
}

/** A virtual host whose clock and turns are the test's: in memory, or the one of a journal. */
export class RuleBench {
  readonly clock: ManualClock;
  readonly ready: Queue[];
  readonly vhost: VirtualHost;
  readonly client: HostClient;
  readonly #journalled: boolean;

  constructor(clock: ManualClock = new ManualClock(), turn: HeldTurn = new HeldTurn(), host?: JournalHost) {
    this.clock = clock;
    this.ready = turn.ready;
    const pages = new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 1 }));
    this.vhost = host?.vhost ?? memoryHost(pages, turn, undefined, clock);
    this.client = host?.client ?? new HostClient(this.vhost);
    this.#journalled = host !== undefined;
  }

  /** With what the log holds, all of it in memory. */
  static async open(log: Log, clock: ManualClock): Promise<{ bench: RuleBench; host: JournalHost }> {
    const turn = new HeldTurn();
    const host = await JournalHost.open({ log, clock }, turn);
    for (const queue of host.vhost.queues.values()) await messagesAt(host, () => positionsIn(queue));
    return { bench: new RuleBench(clock, turn, host), host };
  }

  get pages(): PageTable {
    return this.vhost.store.pages;
  }

  declare(name: string, table: Parameters<typeof fromPlain>[0] = {}): Queue {
    return this.client.declareQueue(name, true, fromPlain(table));
  }

  /** Publishes to the queue of that name, as the broker itself does: a full queue may refuse it. */
  publish(queue: Queue, body: string, fields: Partial<MessageFields> = {}): void {
    const message = {
      exchange: '',
      routingKey: queue.name,
      persistent: this.#journalled,
      ...fields,
      body: Buffer.from(body),
    };
    const { bytes, routeEnd: content, bodyBytes } = messageBytes(message);
    if (fields.expiration !== undefined) queue.expectExpirations();
    enqueueRecord(this.vhost, [queue], { bytes, start: 0, content, end: bytes.length }, bodyBytes, this.#journalled);
  }

  endTurn(): void {
    for (let queue = this.ready.shift(); queue !== undefined; queue = this.ready.shift()) queue.drain();
  }

  see({ position, bodyBytes }: Pick<Entry, 'position' | 'bodyBytes'>): Seen {
    const { bytes, base } = this.pages.of(position);
    const start = base + offsetOf(position);
    const content = routeEnd(bytes, start);
    const key = start + 1 + (bytes[start] as number);
    const body = bodyFrameStart(bytes, content) + 7;
    const properties = readProperties(bytes, propertiesStart(content), propertiesEnd(bytes, content));
    return {
      body: bytesToText(bytes.subarray(body, body + bodyBytes)),
      exchange: bytesToText(bytes.subarray(start + 1, key)),
      routingKey: bytesToText(bytes.subarray(key + 1, content)),
      headers: properties.headers ?? new Map(),
      expiration: properties.expiration,
      died: hasDied(bytes, content),
    };
  }

  /** Takes a message as basic.get does. */
  take(queue: Queue): Entry | undefined {
    queue.readyToTake(() => {});
    const entry = queue.take();
    if (entry !== undefined) queue.delivered(entry.sequence, entry.bodyBytes, entry.flags);
    return entry;
  }

  /** Takes everything out of a queue. */
  drain(queue: Queue): Seen[] {
    const seen: Seen[] = [];
    for (let entry = this.take(queue); entry !== undefined; entry = this.take(queue)) {
      seen.push(this.see(entry));
      settle(queue, entry);
    }
    return seen;
  }

  bodies(queue: Queue): string[] {
    return this.drain(queue).map(({ body }) => body);
  }

  /** Body and reason of every dead letter. */
  deaths(queue: Queue): string[] {
    return this.drain(queue).map(({ body, headers }) => `${body} ${getString(headers, 'x-last-death-reason')}`);
  }
}

export function requeue(queue: Queue, entry: Entry, cause: 'nack' | 'reject' | 'lost' = 'nack'): void {
  queue.requeue(entry.position, entry.sequence, entry.bodyBytes, entry.flags, cause);
}

export function reject(queue: Queue, entry: Entry): void {
  queue.reject(entry.position, entry.sequence, entry.bodyBytes, entry.flags);
}

export function settle(queue: Queue, entry: Entry): void {
  queue.settle(entry.position, entry.sequence, entry.bodyBytes, entry.flags);
}
