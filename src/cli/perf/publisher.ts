// What a publisher writes again and again, encoded once:
//
//     basic.publish │ content header │ body: time stamp f64, then x x x ...
//
// As fast as it can, it writes batches of these; at a rate, one by one with the time of writing in the body.

import { bodyFrames, FRAME_HEADER_BYTES, FRAME_METHOD, headerFrame, methodFrame } from '../../codec/frames.ts';
import { METHOD_IDS } from '../../codec/methods.gen.ts';
import { Client } from './client.ts';
import { type Counters, nowMicroseconds } from './counters.ts';
import type { LoadOptions } from './load_options.ts';

const CHANNEL = 1;
const BATCH_BYTES = 64 * 1024;
/** Written before the other connections get their turn. */
const BATCHES_PER_TURN = 4;
const STAMP_BYTES = 8;
const TICK_MS = 1;
const PERSISTENT = 2;

export interface PublishTarget {
  readonly exchange: string;
  readonly routingKey: string;
}

export class Publisher {
  readonly client: Client;
  readonly #options: LoadOptions;
  readonly #counters: Counters;
  readonly #message: Buffer;
  readonly #stampOffset: number;
  readonly #batch: Buffer;
  readonly #batchMessages: number;
  readonly #window: number;
  #unconfirmed = 0;
  #confirmedTag = 0;
  #isPumping = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  static async open(options: LoadOptions, target: PublishTarget, counters: Counters): Promise<Publisher> {
    const client = await Client.open(options.url);
    await client.openChannel(CHANNEL);
    if (options.unconfirmedMax !== undefined) {
      await client.call(CHANNEL, { name: 'confirm.select', noWait: false }, 'confirm.select-ok');
    }
    return new Publisher(client, options, target, counters);
  }

  private constructor(client: Client, options: LoadOptions, target: PublishTarget, counters: Counters) {
    this.client = client;
    this.#options = options;
    this.#counters = counters;
    const frames = messageFrames(options, target, client.frameMaxBytes);
    this.#message = Buffer.concat(frames);
    this.#stampOffset = (frames[0]?.length ?? 0) + (frames[1]?.length ?? 0) + FRAME_HEADER_BYTES;
    this.#window = options.unconfirmedMax ?? Number.POSITIVE_INFINITY;
    const fits = Math.floor(BATCH_BYTES / this.#message.length);
    this.#batchMessages = Math.max(1, Math.min(fits, Math.floor(this.#window / 4)));
    this.#batch = Buffer.concat(new Array<Buffer>(this.#batchMessages).fill(this.#message));
    client.onFrame = (type, bytes, offset) => this.#frame(type, bytes, offset);
    client.socket.on('drain', () => this.#pump());
  }

  start(): void {
    if (this.#options.publishRate === undefined) this.#pump();
    else this.#pace(this.#options.publishRate);
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  /** Whether it waits for confirms that have not come. */
  get isUnconfirmed(): boolean {
    return this.#options.unconfirmedMax !== undefined && this.#unconfirmed > 0;
  }

  #pump(): void {
    this.#isPumping = false;
    if (this.#options.publishRate !== undefined) return;
    const { socket } = this.client;
    for (let i = 0; i < BATCHES_PER_TURN; i++) {
      const count = Math.min(this.#batchMessages, this.#left());
      if (this.#isStopped || count === 0 || this.#unconfirmed + count > this.#window) return;
      this.#unconfirmed += count;
      this.#counters.published += count;
      if (!socket.write(this.#batch.subarray(0, count * this.#message.length))) return;
    }
    this.#pumpLater();
  }

  #pumpLater(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => this.#pump());
  }

  /** What is due is written at every tick of a clock, so that a late tick is made up for. */
  #pace(perSecond: number): void {
    const startedAt = performance.now();
    let sent = 0;
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
      for (; sent < due && this.#left() > 0 && this.#unconfirmed < this.#window; sent++) this.#sendStamped();
    }, TICK_MS);
  }

  #sendStamped(): void {
    const message = Buffer.from(this.#message);
    if (this.#options.bodyBytes >= STAMP_BYTES) message.writeDoubleBE(nowMicroseconds(), this.#stampOffset);
    this.#unconfirmed++;
    this.#counters.published++;
    this.client.socket.write(message);
  }

  #left(): number {
    return (this.#options.publishMax ?? Number.POSITIVE_INFINITY) - this.#counters.published;
  }

  #frame(type: number, bytes: Buffer, offset: number): void {
    if (type !== FRAME_METHOD) return;
    const id = bytes.readUInt32BE(offset);
    if (id !== METHOD_IDS['basic.ack'] && id !== METHOD_IDS['basic.nack']) return;
    // Class and method, the delivery tag (of which the lower half is enough), then the bit that says multiple.
    const tag = bytes.readUInt32BE(offset + 8);
    const multiple = ((bytes[offset + 12] ?? 0) & 1) !== 0;
    const settled = multiple ? tag - this.#confirmedTag : 1;
    this.#confirmedTag = multiple ? tag : this.#confirmedTag + 1;
    this.#unconfirmed -= settled;
    if (id === METHOD_IDS['basic.ack']) this.#counters.confirmed += settled;
    else this.#counters.refused += settled;
    if (!this.client.socket.writableNeedDrain) this.#pumpLater();
  }
}

function messageFrames({ bodyBytes, persistent }: LoadOptions, target: PublishTarget, frameMaxBytes: number): Buffer[] {
  const { exchange, routingKey } = target;
  const properties = persistent ? { deliveryMode: PERSISTENT } : {};
  const body = Buffer.alloc(bodyBytes, 'x');
  // Without a time in it, as long as nobody writes one.
  body.fill(0, 0, Math.min(STAMP_BYTES, bodyBytes));
  return [
    methodFrame(CHANNEL, { name: 'basic.publish', exchange, routingKey, mandatory: false, immediate: false }),
    headerFrame(CHANNEL, bodyBytes, properties),
    ...bodyFrames(CHANNEL, body, frameMaxBytes),
  ];
}
