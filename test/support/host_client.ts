import { EMPTY_TABLE, type FieldTable } from '../../src/codec/table.ts';
import { type Access, FULL_ACCESS } from '../../src/core/access.ts';
import type { DurableStore } from '../../src/core/ports.ts';
import { DURABLE, type Entry } from '../../src/core/queue/entry.ts';
import type { Queue } from '../../src/core/queue/queue.ts';
import { offsetOf, type PageTable, type Position } from '../../src/core/store/page_table.ts';
import { contentEnd, routeEnd } from '../../src/core/store/record.ts';
import { bind, declareExchange, deleteExchange, unbind } from '../../src/core/topology/exchanges.ts';
import { declareQueue, deleteQueue } from '../../src/core/topology/queues.ts';
import type { VirtualHost } from '../../src/core/vhost.ts';
import { type MessageBytes, type MessageFields, messageBytes } from './message_bytes.ts';

/** A delivery that was not settled yet. */
export interface Held {
  readonly queue: Queue;
  readonly entry: Entry;
}

/** What a channel does, as far as the virtual host and its store know of it. */
export class HostClient {
  readonly vhost: VirtualHost;
  readonly access: Access = FULL_ACCESS;
  readonly #pages: PageTable;
  /** Mutable in place, as messages move. */
  readonly #held = new Set<{ queue: Queue; entry: Entry }>();

  constructor(vhost: VirtualHost) {
    this.vhost = vhost;
    this.#pages = vhost.store.pages;
  }

  /** What was delivered and not settled. */
  get held(): Iterable<Held> {
    return this.#held;
  }

  declareQueue(name: string, durable = true, table: FieldTable = EMPTY_TABLE): Queue {
    const request = { queue: name, passive: false, durable, exclusive: false, autoDelete: false, arguments: table };
    return declareQueue(this.vhost, request, this);
  }

  deleteQueue(name: string): void {
    deleteQueue(this.vhost, { queue: name, ifUnused: false, ifEmpty: false }, this);
  }

  declareExchange(name: string, type: string, durable = true, table: FieldTable = EMPTY_TABLE): void {
    const flags = { passive: false, durable, autoDelete: false, internal: false };
    declareExchange(this.vhost, { exchange: name, type, ...flags, arguments: table }, this);
  }

  deleteExchange(name: string): void {
    deleteExchange(this.vhost, name, false, this);
  }

  bindQueue(source: string, queue: string, routingKey = ''): void {
    bind(this.vhost, bindingRequest(source, queue, routingKey), this);
  }

  unbindQueue(source: string, queue: string, routingKey = ''): void {
    unbind(this.vhost, bindingRequest(source, queue, routingKey), this);
  }

  /** Publishes to the default exchange unless told otherwise. Returns the message as it has to lie in the store. */
  publish(fields: Partial<MessageFields> & { readonly routingKey: string }): MessageBytes {
    const message = messageBytes({ exchange: '', persistent: true, body: new Uint8Array(0), ...fields });
    const { exchange = '', routingKey } = fields;
    this.enqueue(this.vhost.route(exchange, routingKey).queues, message);
    return message;
  }

  /** Puts a message into queues, as a channel does when it has found them. */
  enqueue(queues: readonly Queue[], { bytes, routeEnd: content, bodyBytes, persistent }: MessageBytes): void {
    if (queues.length === 0) return;
    const { durable, store } = this.vhost;
    const journalled = persistent && durable !== undefined && queues.some(({ log }) => log !== undefined);
    const position = journalled
      ? durable.append(queues, bytes, 0, content, content, bytes.length, bodyBytes)
      : store.keep(bytes, content);
    this.#pages.retain(position, queues.length);
    for (const queue of queues) queue.push(position, bodyBytes, journalled && queue.log !== undefined ? DURABLE : 0);
  }

  /** Takes the first message of a queue, to be settled; undefined when there is none. */
  async take(queue: Queue): Promise<Held | undefined> {
    for (;;) {
      let readable: (() => void) | undefined;
      const waiting = new Promise<void>((resolve) => {
        readable = resolve;
      });
      if (queue.readyToTake(() => readable?.())) break;
      await waiting;
    }
    const entry = queue.take();
    if (entry === undefined) return undefined;
    const held = { queue, entry };
    this.#held.add(held);
    queue.delivered(entry.sequence, entry.bodyBytes, entry.flags);
    return held;
  }

  ack(held: Held): void {
    this.#held.delete(held);
    const { position, sequence, bodyBytes, flags } = held.entry;
    held.queue.settle(position, sequence, bodyBytes, flags);
  }

  requeue(held: Held): void {
    this.#held.delete(held);
    const { position, sequence, bodyBytes, flags } = held.entry;
    held.queue.requeue(position, sequence, bodyBytes, flags);
  }

  /** Refuses it for good. */
  reject(held: Held): void {
    this.#held.delete(held);
    const { position, sequence, bodyBytes, flags } = held.entry;
    held.queue.reject(position, sequence, bodyBytes, flags);
  }

  /** Whole or not at all, where there is anything to outlive the process. */
  atomically(work: () => void): void {
    const { durable } = this.vhost;
    if (durable === undefined) work();
    else durable.atomically(work);
  }

  /** The bytes of a message as they lie in the store; its page must be readable. */
  bytesOf({ position, bodyBytes }: Pick<Entry, 'position' | 'bodyBytes'>): Uint8Array {
    const page = this.#pages.of(position);
    const start = page.base + offsetOf(position);
    return page.bytes.slice(start, contentEnd(page.bytes, routeEnd(page.bytes, start), bodyBytes));
  }

  bodyOf(entry: Pick<Entry, 'position' | 'bodyBytes'>): Uint8Array {
    const bytes = this.bytesOf(entry);
    // The octet that ends the frame is behind it.
    return bytes.subarray(bytes.length - 1 - entry.bodyBytes, bytes.length - 1);
  }

  relocate(moved: (position: Position) => Position | undefined): void {
    for (const queue of this.vhost.allQueues()) queue.relocate(moved);
    for (const holder of this.vhost.departing) holder.relocate(moved);
    for (const held of this.#held) {
      const position = moved(held.entry.position);
      if (position !== undefined) held.entry = { ...held.entry, position };
    }
  }
}

/** Resolves when what is gathered now is on disk; rejects when it cannot be. */
export function committed(store: DurableStore): Promise<void> {
  const target = store.gathering;
  return new Promise((resolve, reject) => {
    store.whenCommitted(target, {
      committed: (clock) => {
        if (clock.committed >= target) resolve();
        else if (clock.failure !== undefined) reject(clock.failure);
        else return true;
        return false;
      },
    });
  });
}

function bindingRequest(source: string, destination: string, routingKey: string) {
  return { source, destination, destinationKind: 'queue', routingKey, arguments: EMPTY_TABLE } as const;
}
