import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfirmChannel, connect, type GetMessage, type Options } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { createBroker, ManualClock } from '../../src/index.ts';
import { until } from '../support/broker.ts';

const DURABLE = { durable: true };
const TO_GRAVE = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };

/** A folder, and a clock that goes on while the broker does not. */
class Home {
  readonly clock = new ManualClock();
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'leveret-restart-rules-'));

  constructor() {
    onTestFinished(() => rmSync(this.#dataDir, { recursive: true, force: true }));
  }

  /** Starts a broker, does something with a channel of it, and stops it in good order. */
  async life(what: (channel: ConfirmChannel) => Promise<void>): Promise<void> {
    const broker = await createBroker({ dataDir: this.#dataDir, clock: this.clock });
    try {
      const connection = await connect(broker.url, {});
      await what(await connection.createConfirmChannel());
      await connection.close();
    } finally {
      await broker.close();
    }
  }
}

async function put(channel: ConfirmChannel, queue: string, body: string, options: Options.Publish = {}): Promise<void> {
  channel.sendToQueue(queue, Buffer.from(body), { persistent: true, ...options });
  await channel.waitForConfirms();
}

async function get(channel: ConfirmChannel, queue: string): Promise<GetMessage | undefined> {
  const message = await channel.get(queue);
  return message === false ? undefined : message;
}

/** Bodies of all that is there, acknowledged. */
async function drain(channel: ConfirmChannel, queue: string): Promise<string[]> {
  const bodies: string[] = [];
  for (let message = await get(channel, queue); message !== undefined; message = await get(channel, queue)) {
    bodies.push(message.content.toString());
    channel.ack(message);
  }
  return bodies;
}

test('time goes on while the broker is down', async () => {
  const home = new Home();
  await home.life(async (channel) => {
    await channel.assertQueue('dead', DURABLE);
    await channel.assertQueue('q', { ...DURABLE, arguments: { 'x-message-ttl': 1000, ...TO_GRAVE } });
    await channel.assertQueue('plain', DURABLE);
    await put(channel, 'q', 'q');
    await put(channel, 'plain', 'own', { expiration: '2000' });
    await put(channel, 'plain', 'none');
  });
  home.clock.advance(999);
  await home.life(async (channel) => {
    expect((await channel.checkQueue('q')).messageCount).toBe(1);
    home.clock.advance(1);
    // It is read from disk first.
    await until(async () => (await channel.checkQueue('dead')).messageCount === 1);
    expect((await channel.checkQueue('q')).messageCount).toBe(0);
  });
  home.clock.advance(5000);
  await home.life(async (channel) => {
    home.clock.advance(0);
    expect(await drain(channel, 'plain')).toEqual(['none']);
    expect(await drain(channel, 'dead')).toEqual(['q']);
  });
});

test('priorities are the same afterwards, and so is the order in each', async () => {
  const home = new Home();
  await home.life(async (channel) => {
    await channel.assertQueue('classic', { ...DURABLE, arguments: { 'x-max-priority': 5 } });
    await channel.assertQueue('quorum', { ...DURABLE, arguments: { 'x-queue-type': 'quorum' } });
    for (const queue of ['classic', 'quorum']) {
      for (const priority of [1, 9, undefined, 5, 0, 1, 4]) {
        await put(channel, queue, `${priority}`, priority === undefined ? {} : { priority });
      }
    }
  });
  await home.life(async (channel) => {
    expect(await drain(channel, 'classic')).toEqual(['9', '5', '4', '1', '1', 'undefined', '0']);
    expect(await drain(channel, 'quorum')).toEqual(['9', '5', 'undefined', '4', '1', '1', '0']);
  });
});

test('a message knows how often it came back, and dies of it', async () => {
  const home = new Home();
  await home.life(async (channel) => {
    await channel.assertQueue('dead', DURABLE);
    const table = { 'x-queue-type': 'quorum', 'x-delivery-limit': 2, ...TO_GRAVE };
    await channel.assertQueue('q', { ...DURABLE, arguments: table });
    await put(channel, 'q', 'poison');
    // A nack does not count in a quorum queue.
    for (let i = 0; i < 3; i++) channel.nack((await get(channel, 'q')) as GetMessage, false, true);
    for (let i = 0; i < 2; i++) channel.reject((await get(channel, 'q')) as GetMessage, true);
    await channel.checkQueue('q');
  });
  await home.life(async (channel) => {
    const message = (await get(channel, 'q')) as GetMessage;
    expect(message.fields.redelivered).toBe(true);
    expect(message.properties.headers).toEqual({ 'x-acquired-count': 5, 'x-delivery-count': 2 });
    channel.reject(message, true);
    expect((await channel.checkQueue('q')).messageCount).toBe(0);
    const dead = (await get(channel, 'dead')) as GetMessage;
    expect(dead.properties.headers?.['x-death']?.[0]?.reason).toBe('delivery_limit');
    channel.ack(dead);
  });
});

test('a dead letter outlives its broker, and its deaths go on being counted', async () => {
  const home = new Home();
  const count = async (channel: ConfirmChannel): Promise<number | undefined> => {
    const message = (await get(channel, 'work')) as GetMessage;
    channel.nack(message, false, false);
    await channel.checkQueue('work');
    return message.properties.headers?.['x-death']?.find(({ reason }) => reason === 'rejected')?.count;
  };
  const counts: (number | undefined)[] = [];
  await home.life(async (channel) => {
    const to = (queue: string) => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue });
    await channel.assertQueue('work', { ...DURABLE, arguments: to('wait') });
    await channel.assertQueue('wait', { ...DURABLE, arguments: { ...to('work'), 'x-message-ttl': 100 } });
    await put(channel, 'work', 'm');
    counts.push(await count(channel));
  });
  for (let round = 0; round < 3; round++) {
    home.clock.advance(60);
    await home.life(async (channel) => {
      home.clock.advance(60);
      await until(async () => (await channel.checkQueue('work')).messageCount === 1);
      counts.push(await count(channel));
    });
  }
  expect(counts).toEqual([undefined, 1, 2, 3]);
});

test('a queue that is full is as full afterwards', async () => {
  const home = new Home();
  await home.life(async (channel) => {
    await channel.assertQueue('drop', { ...DURABLE, arguments: { 'x-max-length': 2 } });
    await channel.assertQueue('refuse', {
      ...DURABLE,
      arguments: { 'x-max-length': 2, 'x-overflow': 'reject-publish' },
    });
    for (const body of ['1', '2', '3']) await put(channel, 'drop', body);
    for (const body of ['1', '2']) await put(channel, 'refuse', body);
  });
  await home.life(async (channel) => {
    await put(channel, 'drop', '4');
    await expect(put(channel, 'refuse', '3')).rejects.toThrow('nacked');
    expect(await drain(channel, 'drop')).toEqual(['3', '4']);
    expect(await drain(channel, 'refuse')).toEqual(['1', '2']);
  });
});

test('a life of a queue begins anew with its broker', async () => {
  const home = new Home();
  await home.life(async (channel) => {
    await channel.assertQueue('q', { ...DURABLE, arguments: { 'x-expires': 1000 } });
  });
  home.clock.advance(5000);
  await home.life(async (channel) => {
    home.clock.advance(999);
    await channel.checkQueue('q');
    home.clock.advance(1000);
    channel.on('error', () => {});
    await expect(channel.checkQueue('q')).rejects.toThrow('404');
  });
});

test('a message that is larger than a page is refused by a queue that is full, and dead-lettered whole', async () => {
  const home = new Home();
  await home.life(async (channel) => {
    await channel.assertQueue('dead', DURABLE);
    const table = { 'x-max-length': 1, 'x-overflow': 'reject-publish-dlx', ...TO_GRAVE };
    await channel.assertQueue('q', { ...DURABLE, arguments: table });
    await put(channel, 'q', 'small');
    const body = 'x'.repeat(700_000);
    await expect(put(channel, 'q', body)).rejects.toThrow('nacked');
    expect(await drain(channel, 'dead')).toEqual([body]);
  });
});
