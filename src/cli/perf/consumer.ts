import { FRAME_BODY, FRAME_METHOD } from '../../codec/frames.ts';
import { METHOD_IDS } from '../../codec/methods.gen.ts';
import { EMPTY_TABLE } from '../../codec/table.ts';
import { Client } from './client.ts';
import { type Counters, nowMicroseconds } from './counters.ts';
import type { LoadOptions } from './load_options.ts';

const CHANNEL = 1;
const CONSUMER_TAG = 'c';
/** Class, method, consumer tag with its length, then the delivery tag, of which the lower half is enough. */
const DELIVERY_TAG_OFFSET = 4 + 1 + CONSUMER_TAG.length + 4;

/** A connection that consumes from a queue, and counts. */
export class Consumer {
  readonly client: Client;
  readonly #counters: Counters;
  readonly #options: LoadOptions;
  #unacknowledged = 0;

  static async open(options: LoadOptions, queue: string, counters: Counters): Promise<Consumer> {
    const client = await Client.open(options.url);
    await client.openChannel(CHANNEL);
    const { prefetch, ackEvery } = options;
    if (prefetch !== undefined) {
      const qos = { name: 'basic.qos', prefetchSize: 0, prefetchCount: prefetch, global: false } as const;
      await client.call(CHANNEL, qos, 'basic.qos-ok');
    }
    const consumer = new Consumer(client, options, counters);
    const consume = {
      name: 'basic.consume',
      queue,
      consumerTag: CONSUMER_TAG,
      noLocal: false,
      noAck: ackEvery === undefined,
      exclusive: false,
      noWait: false,
      arguments: EMPTY_TABLE,
    } as const;
    await client.call(CHANNEL, consume, 'basic.consume-ok');
    return consumer;
  }

  private constructor(client: Client, options: LoadOptions, counters: Counters) {
    this.client = client;
    this.#options = options;
    this.#counters = counters;
    client.onFrame = (type, bytes, offset, size) => this.#frame(type, bytes, offset, size);
  }

  #frame(type: number, bytes: Buffer, offset: number, size: number): void {
    if (type === FRAME_METHOD) {
      if (bytes.readUInt32BE(offset) === METHOD_IDS['basic.deliver']) this.#deliver(bytes, offset);
    } else if (type === FRAME_BODY && size >= 8) {
      const sentAt = bytes.readDoubleBE(offset);
      if (sentAt > 0) this.#counters.latency.record(nowMicroseconds() - sentAt);
    }
  }

  #deliver(bytes: Buffer, offset: number): void {
    this.#counters.consumed++;
    const { ackEvery } = this.#options;
    if (ackEvery === undefined || ++this.#unacknowledged < ackEvery) return;
    this.#unacknowledged = 0;
    const deliveryTag = bytes.readUInt32BE(offset + DELIVERY_TAG_OFFSET);
    this.client.send(CHANNEL, { name: 'basic.ack', deliveryTag, multiple: ackEvery > 1 });
  }
}
