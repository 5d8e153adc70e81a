import { EMPTY_TABLE } from '../../codec/table.ts';
import type { AmqpUrl } from './amqp_url.ts';
import { Client } from './client.ts';

const CHANNEL = 1;
const OTHER_CHANNEL = 2;
const EXCHANGE = 'amq.direct';

/** What is done and undone again and again, by several at a time. */
export interface Churn {
  /** What each of them needs before it begins; undone at the end. */
  readonly setUp: (url: AmqpUrl, name: string) => Promise<Worker>;
}

interface Worker {
  once(turn: number): Promise<void>;
  tearDown(): Promise<void>;
}

export interface ChurnOptions {
  readonly url: AmqpUrl;
  readonly seconds: number;
  readonly concurrency: number;
  /** The run ends when so many are done. */
  readonly max: number | undefined;
}

export interface ChurnFigures {
  readonly seconds: number;
  readonly count: number;
  readonly perSecond: number;
}

export type ChurnName = 'connection-churn' | 'channel-churn' | 'queue-churn' | 'bind-churn' | 'consumer-churn';

export const CHURNS: Readonly<Record<ChurnName, Churn>> = {
  'connection-churn': {
    setUp: async (url: AmqpUrl): Promise<Worker> => ({
      once: async () => {
        const client = await Client.open(url, { readBytes: 4096 });
        await client.openChannel(CHANNEL);
        await client.close();
      },
      tearDown: async () => {},
    }),
  },
  'channel-churn': {
    setUp: onConnection((client) => async () => {
      await client.openChannel(OTHER_CHANNEL);
      const close = { name: 'channel.close', replyCode: 200, replyText: '', classId: 0, methodId: 0 } as const;
      await client.call(OTHER_CHANNEL, close, 'channel.close-ok');
    }),
  },
  'queue-churn': {
    setUp: onConnection((client, name) => async (turn) => {
      await declare(client, `${name}-${turn}`);
      await remove(client, `${name}-${turn}`);
    }),
  },
  'bind-churn': {
    setUp: onQueue((client, queue) => async (turn) => {
      const binding = { queue, exchange: EXCHANGE, routingKey: `${queue}-${turn}`, arguments: EMPTY_TABLE };
      await client.call(CHANNEL, { name: 'queue.bind', noWait: false, ...binding }, 'queue.bind-ok');
      await client.call(CHANNEL, { name: 'queue.unbind', ...binding }, 'queue.unbind-ok');
    }),
  },
  'consumer-churn': {
    setUp: onQueue((client, queue) => async (turn) => {
      const consumerTag = `c${turn}`;
      const how = { noLocal: false, noAck: true, exclusive: false, noWait: false, arguments: EMPTY_TABLE };
      await client.call(CHANNEL, { name: 'basic.consume', queue, consumerTag, ...how }, 'basic.consume-ok');
      await client.call(CHANNEL, { name: 'basic.cancel', consumerTag, noWait: false }, 'basic.cancel-ok');
    }),
  },
};

type Once = (turn: number) => Promise<void>;

function onConnection(onceOf: (client: Client, name: string) => Once): Churn['setUp'] {
  return async (url, name) => {
    const client = await Client.open(url, { readBytes: 4096 });
    await client.openChannel(CHANNEL);
    return { once: onceOf(client, name), tearDown: () => client.close() };
  };
}

function onQueue(onceOf: (client: Client, queue: string) => Once): Churn['setUp'] {
  return async (url, name) => {
    const client = await Client.open(url, { readBytes: 4096 });
    await client.openChannel(CHANNEL);
    await declare(client, name);
    const tearDown = async (): Promise<void> => {
      await remove(client, name).catch(() => {});
      await client.close();
    };
    return { once: onceOf(client, name), tearDown };
  };
}

async function declare(client: Client, queue: string): Promise<void> {
  const how = { passive: false, durable: true, exclusive: false, autoDelete: false, noWait: false };
  await client.call(CHANNEL, { name: 'queue.declare', queue, ...how, arguments: EMPTY_TABLE }, 'queue.declare-ok');
}

async function remove(client: Client, queue: string): Promise<void> {
  const how = { ifUnused: false, ifEmpty: false, noWait: false };
  await client.call(CHANNEL, { name: 'queue.delete', queue, ...how }, 'queue.delete-ok');
}

/** Does it until the time is over, or it was done often enough. */
export async function runChurn(churn: Churn, { url, seconds, concurrency, max }: ChurnOptions): Promise<ChurnFigures> {
  const workers: Worker[] = [];
  try {
    for (let i = 0; i < concurrency; i++) {
      workers.push(await churn.setUp(url, `leveret-perf-${process.pid}-${Date.now()}-${i}`));
    }
    const startedAt = performance.now();
    const endsAt = startedAt + seconds * 1000;
    let turns = 0;
    let count = 0;
    await Promise.all(
      workers.map(async (worker) => {
        while (performance.now() < endsAt && turns < (max ?? Number.POSITIVE_INFINITY)) {
          await worker.once(turns++);
          count++;
        }
      }),
    );
    const passed = (performance.now() - startedAt) / 1000;
    return { seconds: passed, count, perSecond: Math.round(count / passed) };
  } finally {
    for (const worker of workers) await worker.tearDown();
  }
}
