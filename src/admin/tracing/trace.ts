import type { FileHandle } from 'node:fs/promises';
import { EMPTY_TABLE, fromPlain } from '../../codec/table.ts';
import type { Access, Actor } from '../../core/access.ts';
import { ChannelDeliveries } from '../../core/counts.ts';
import type { QueueConsumer } from '../../core/ports.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { messageAt } from '../../core/store/message.ts';
import type { Position } from '../../core/store/page_table.ts';
import { bind } from '../../core/topology/exchanges.ts';
import { declareQueue, removeQueue } from '../../core/topology/queues.ts';
import { TRACE_EXCHANGE } from '../../core/trace.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import type { Server } from '../../server/server.ts';
import { jsonRecord } from './json.ts';
import { readRecord } from './record.ts';
import { textRecord } from './text.ts';
import { TraceLog } from './trace_log.ts';

export type TraceFormat = 'json' | 'text';

/** What an operator asks for. */
export interface TraceSettings {
  readonly name: string;
  readonly format: TraceFormat;
  /** Of the firehose's routing keys: `publish.#`, `deliver.QUEUE`. */
  readonly pattern: string;
  /** Bytes of each body that are written; unless given, as many as there are. */
  readonly maxPayloadBytes: number | undefined;
  /** Whom it was asked to do it as. */
  readonly userName: string | undefined;
}

/** Of what waits to be written: beyond it the oldest is lost. */
const WAITING = { 'x-max-length': 20_000, 'x-max-length-bytes': 64 * 1024 * 1024 };

/** More of a body is never written. */
const PAYLOAD_BYTES_MAX = 64 * 1024 * 1024;

/** How long its last messages may take to be written. */
const CLOSE_GRACE_MS = 2_000;

const FORMATS = { json: jsonRecord, text: textRecord } as const;

/** Copies of messages, from the firehose to a file, by way of a queue that is its own and is dropped with it. */
export class Trace implements QueueConsumer, Actor {
  readonly settings: TraceSettings;
  readonly vhost: VirtualHost;
  readonly access: Access;
  readonly queue: Queue;
  readonly priority = 0;
  readonly exclusive = false;
  readonly unacked = 0;
  waiting = false;
  readonly #server: Server;
  readonly #log: TraceLog;
  readonly #onEnd: () => void;
  readonly #payloadBytesMax: number;
  readonly #deliveries: ChannelDeliveries;
  #nextSequence: number;
  #lost = 0;
  #ending: Promise<void> | undefined;

  /** Throws AmqpError where `access` is not enough, or there may be no more queues; the file is the caller's still. */
  constructor(
    server: Server,
    vhost: VirtualHost,
    settings: TraceSettings,
    access: Access,
    file: FileHandle,
    onEnd: () => void,
  ) {
    this.#server = server;
    this.vhost = vhost;
    this.settings = settings;
    this.access = access;
    this.#onEnd = onEnd;
    this.#payloadBytesMax = Math.min(settings.maxPayloadBytes ?? PAYLOAD_BYTES_MAX, PAYLOAD_BYTES_MAX);
    this.queue = this.#openQueue();
    this.#nextSequence = this.queue.nextSequence;
    this.#deliveries = new ChannelDeliveries(this.queue);
    this.queue.counts.deliveries.open(this.#deliveries);
    this.#log = new TraceLog(file, {
      written: () => this.#written(),
      failed: (error) => this.#fail({ err: error }, 'a trace ends: its file cannot be written'),
    });
    this.queue.addConsumer(this);
  }

  hasRoom(): boolean {
    return !this.#log.full;
  }

  deliver(queue: Queue, position: Position, sequence: number, bodyBytes: number, flags: number): void {
    const message = messageAt(this.vhost.store.pages, position);
    const payloadBytes = Math.min(bodyBytes, this.#payloadBytesMax);
    const record = readRecord(message, payloadBytes, this.#server.clock.nowMs());
    queue.drop(position, sequence, bodyBytes, flags);
    this.#deliveries.deliverNoAck++;
    this.vhost.counts.deliveries[queue.type].deliverNoAck++;
    this.#countLost(sequence);
    this.#log.append(FORMATS[this.settings.format](record));
  }

  cancelledByQueue(): void {
    void this.end();
  }

  /** Resolves when what it was given is in its file. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const { vhost, queue } = this;
    this.#onEnd();
    queue.removeConsumer(this);
    removeQueue(vhost, queue);
    const fields = { ...this.#names(), lost: this.#lost };
    // Real time, not the clock's, as for a broker that closes.
    const grace = new Promise<'late'>((resolve) => setTimeout(resolve, CLOSE_GRACE_MS, 'late').unref());
    const closed = this.#log.close().catch((error: Error) => error);
    const outcome = await Promise.race([closed, grace]);
    const { logger } = this.#server;
    if (outcome === undefined) logger.info(fields, 'a trace ended');
    else logger.error({ ...fields, reason: String(outcome) }, 'a trace ended without its last messages');
  }

  #openQueue(): Queue {
    const { vhost, access, settings } = this;
    const kind = { passive: false, durable: false, exclusive: true, autoDelete: false };
    const queue = declareQueue(vhost, { queue: '', ...kind, arguments: fromPlain(WAITING) }, this);
    try {
      const binding = { source: TRACE_EXCHANGE, destination: queue.name, destinationKind: 'queue' } as const;
      bind(vhost, { ...binding, routingKey: settings.pattern, arguments: EMPTY_TABLE }, this);
      access.check('read', 'queue', queue.name);
      return queue;
    } catch (error) {
      removeQueue(vhost, queue);
      throw error;
    }
  }

  /** Messages are numbered as they come: those that are left out were too many. */
  #countLost(sequence: number): void {
    const lost = sequence - this.#nextSequence;
    this.#nextSequence = sequence + 1;
    if (lost <= 0) return;
    if (this.#lost === 0) {
      this.#server.logger.warn(this.#names(), 'a trace loses messages: they come faster than its file is written');
    }
    this.#lost += lost;
  }

  /** Room on the disk is for messages first. */
  #written(): void {
    if (this.#ending !== undefined) return;
    if (this.#server.alarms.on.includes('disk')) this.#fail({}, 'a trace ends: there is too little disk left');
    else this.queue.wake(this);
  }

  #fail(fields: object, text: string): void {
    this.#server.logger.error({ ...this.#names(), ...fields }, text);
    void this.end();
  }

  #names(): { readonly vhost: string; readonly trace: string } {
    return { vhost: this.vhost.name, trace: this.settings.name };
  }
}
