import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfirmChannel, connect, type GetMessage } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createBroker, ManualClock } from '../../src/index.ts';
import { startBroker, until } from '../support/broker.ts';
import { channelOn, confirmChannelOn, connectTo, refusal } from './amqplib/support.ts';

type Plain = Readonly<Record<string, unknown>>;

const LINEAR = { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 1000, 'x-delayed-retry-max': 2500 };

async function bench(table: Plain) {
  const clock = new ManualClock();
  const broker = await createBroker({ clock });
  onTestFinished(() => broker.close());
  const { connection } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  await channel.assertQueue('q', { arguments: table });
  return { clock, broker, connection, channel };
}

async function put(channel: ConfirmChannel, body: string): Promise<void> {
  channel.sendToQueue('q', Buffer.from(body), { persistent: true });
  await channel.waitForConfirms();
}

async function get(channel: ConfirmChannel, queue = 'q'): Promise<GetMessage> {
  const message = await channel.get(queue);
  if (message === false) throw new Error(`nothing is ready in ${queue}`);
  return message;
}

/** How long it is, in seconds, until something is ready. */
async function wait(channel: ConfirmChannel, clock: ManualClock): Promise<number> {
  for (let waitedMs = 0; waitedMs <= 60_000; waitedMs += 100) {
    if ((await channel.checkQueue('q')).messageCount > 0) return waitedMs / 1000;
    clock.advance(100);
  }
  throw new Error('it does not come back');
}

describe('a message that comes back', () => {
  test.each<[string, Plain, number[]]>([
    ['waits longer each time', LINEAR, [1, 2, 2.5, 2.5]],
    [
      'waits exponentially longer',
      {
        ...LINEAR,
        'x-delayed-retry-backoff': 'exponential',
        'x-delayed-retry-factor': 3,
        'x-delayed-retry-max': 20_000,
      },
      [1, 3, 9, 20],
    ],
    [
      'waits as the list says',
      { 'x-delayed-retry-type': 'all', 'x-delayed-retry-delays': '0s, 2s, 500ms' },
      [0, 2, 0.5, 0.5],
    ],
  ])('%s, in a classic queue too', async (_name, table, waits) => {
    const { clock, channel } = await bench(table);
    await put(channel, 'a');
    const seen: number[] = [];
    for (let returns = 0; returns < 4; returns++) {
      const message = await get(channel);
      expect(message.fields.redelivered).toBe(returns > 0);
      channel.nack(message);
      await channel.checkQueue('q');
      seen.push(await wait(channel, clock));
    }
    expect(seen).toEqual(waits);
  });

  test('does not hold up those behind it, with its consumer still there', async () => {
    const { clock, channel } = await bench(LINEAR);
    const got: string[] = [];
    await channel.prefetch(1);
    await channel.consume('q', (message) => {
      if (message === null) return;
      got.push(message.content.toString());
      if (message.content.toString() === 'bad' && !message.fields.redelivered) channel.reject(message, true);
      else channel.ack(message);
    });
    for (const body of ['bad', 'b', 'c']) await put(channel, body);
    await until(() => got.length === 3);
    clock.advance(1000);
    await until(() => got.length === 4);
    expect(got).toEqual(['bad', 'b', 'c', 'bad']);
  });

  test('because its channel closed has failed, and one that was nacked has not', async () => {
    const { clock, connection, channel } = await bench({ ...LINEAR, 'x-delayed-retry-type': 'failed' });
    await put(channel, 'a');
    const other = await confirmChannelOn(connection);
    await get(other);
    await other.close();
    expect(await wait(channel, clock)).toBe(1);
    channel.nack(await get(channel));
    expect((await get(channel)).content.toString()).toBe('a');
  });

  test('too often is dead-lettered in place of waiting', async () => {
    const table = {
      ...LINEAR,
      'x-delivery-limit': 1,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
    };
    const { clock, channel } = await bench(table);
    await channel.assertQueue('dead');
    await put(channel, 'a');
    channel.nack(await get(channel));
    expect(await wait(channel, clock)).toBe(1);
    channel.nack(await get(channel));
    await channel.checkQueue('q');
    const dead = await get(channel, 'dead');
    expect(dead.properties.headers?.['x-death']?.[0]?.reason).toBe('delivery_limit');
  });

  test('is listed, cancelled and let go by id', async () => {
    const { clock, broker, channel } = await bench(LINEAR);
    for (const body of ['a', 'b']) await put(channel, body);
    for (let i = 0; i < 2; i++) channel.nack(await get(channel));
    await channel.checkQueue('q');
    const scheduled = broker.scheduled({ queue: 'q' });
    expect((await scheduled.list()).map(({ id, redelivered }) => [id, redelivered])).toEqual([
      [1, true],
      [2, true],
    ]);
    expect([await scheduled.cancel([1]), await scheduled.reschedule(2, clock.nowMs())]).toEqual([1, true]);
    clock.advance(0);
    expect((await get(channel)).content.toString()).toBe('b');
  });

  test('does so by a policy, for as long as it is there', async () => {
    const { clock, broker, channel } = await bench({});
    const definition = { 'delayed-retry-type': 'all', 'delayed-retry-delays': '5s' } as const;
    await broker.policies().set('retry', { pattern: '^q$', definition });
    await put(channel, 'a');
    channel.nack(await get(channel));
    await channel.checkQueue('q');
    expect(await wait(channel, clock)).toBe(5);
    channel.nack(await get(channel));
    await channel.checkQueue('q');
    await broker.policies().delete('retry');
    expect(await wait(channel, clock)).toBeLessThan(1);
  });
});

test('the count and the wait of a message outlive the broker', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-retry-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const clock = new ManualClock();
  const life = async (what: (channel: ConfirmChannel) => Promise<void>): Promise<void> => {
    const broker = await createBroker({ dataDir, clock });
    const connection = await connect(broker.url);
    await what(await connection.createConfirmChannel());
    await connection.close();
    await broker.close();
  };
  await life(async (channel) => {
    await channel.assertQueue('q', { arguments: { ...LINEAR, 'x-delivery-limit': 3 } });
    await put(channel, 'a');
    channel.nack(await get(channel));
    await channel.checkQueue('q');
    clock.advance(400);
  });
  await life(async (channel) => {
    expect(await wait(channel, clock)).toBe(0.6);
    const message = await get(channel);
    expect([message.fields.redelivered, message.properties.headers]).toEqual([
      true,
      { 'x-acquired-count': 1, 'x-delivery-count': 1 },
    ]);
    channel.nack(message);
    await channel.checkQueue('q');
  });
  await life(async (channel) => {
    expect(await wait(channel, clock)).toBe(2);
    channel.ack(await get(channel));
  });
});

describe('a queue is not declared', () => {
  const ALL = { 'x-delayed-retry-type': 'all' };
  const MIN = { ...ALL, 'x-delayed-retry-min': 10 };
  const DELAYS = { ...ALL, 'x-delayed-retry-delays': '1s' };
  const double = (value: number) => ({ '!': 'double', value });
  test.each<[Plain, string, string]>([
    [{ 'x-delayed-retry-type': 'some' }, 'type', 'is none of all, failed, returned, disabled'],
    [{ 'x-delayed-retry-type': 1 }, 'type', '{unacceptable_type,byte}'],
    [ALL, 'type', "needs 'x-delayed-retry-min' or 'x-delayed-retry-delays'"],
    [{ 'x-delayed-retry-min': 10 }, 'min', "needs 'x-delayed-retry-type' to be all, failed or returned"],
    [
      { 'x-delayed-retry-type': 'disabled', 'x-delayed-retry-min': 10 },
      'min',
      "needs 'x-delayed-retry-type' to be all, failed or returned",
    ],
    [{ ...ALL, 'x-delayed-retry-min': '10' }, 'min', 'expected integer, got longstr'],
    [{ ...ALL, 'x-delayed-retry-min': -1 }, 'min', '{value_negative,-1}'],
    [{ ...ALL, 'x-delayed-retry-min': 0 }, 'min', '{value_zero,0}'],
    [{ ...ALL, 'x-delayed-retry-min': 315_360_000_001 }, 'min', '{value_too_large,315360000001}'],
    [{ 'x-delayed-retry-max': 10 }, 'max', "needs 'x-delayed-retry-type' to be all, failed or returned"],
    [{ ...MIN, 'x-delayed-retry-max': 'x' }, 'max', 'expected integer, got longstr'],
    [{ ...MIN, 'x-delayed-retry-max': 9 }, 'max', "is less than 'x-delayed-retry-min'"],
    [{ ...ALL, 'x-delayed-retry-delays': 5 }, 'delays', '{unacceptable_type,byte}'],
    [{ ...ALL, 'x-delayed-retry-delays': '5' }, 'delays', 'is no list of times such as 10s, 1m, 15m'],
    [{ 'x-delayed-retry-delays': '5s' }, 'delays', "needs 'x-delayed-retry-type' to be all, failed or returned"],
    [{ ...MIN, 'x-delayed-retry-delays': '5s' }, 'delays', "contradicts 'x-delayed-retry-min'"],
    [{ ...DELAYS, 'x-delayed-retry-max': 10 }, 'delays', "contradicts 'x-delayed-retry-max'"],
    [{ ...DELAYS, 'x-delayed-retry-backoff': 'exponential' }, 'delays', "contradicts 'x-delayed-retry-backoff'"],
    [{ ...DELAYS, 'x-delayed-retry-factor': 2 }, 'delays', "contradicts 'x-delayed-retry-factor'"],
    [{ ...MIN, 'x-delayed-retry-backoff': 'steep' }, 'backoff', 'is none of linear, exponential'],
    [{ 'x-delayed-retry-backoff': 'linear' }, 'backoff', "needs 'x-delayed-retry-type' to be all, failed or returned"],
    [{ ...MIN, 'x-delayed-retry-factor': 2 }, 'factor', "needs 'x-delayed-retry-backoff' to be exponential"],
    [
      { ...MIN, 'x-delayed-retry-backoff': 'exponential', 'x-delayed-retry-factor': double(0.5) },
      'factor',
      'is not from 1 to 1000',
    ],
    [
      { ...MIN, 'x-delayed-retry-backoff': 'exponential', 'x-delayed-retry-factor': '2' },
      'factor',
      '{unacceptable_type,longstr}',
    ],
    [{ ...MIN, 'x-delayed-retry-jitter': double(1.5) }, 'jitter', 'is not from 0 to 1'],
    [{ 'x-delayed-retry-jitter': 1 }, 'jitter', "needs 'x-delayed-retry-type' to be all, failed or returned"],
    [
      { 'x-queue-type': 'quorum', 'x-delayed-retry-delays': '1s', ...MIN },
      'delays',
      "contradicts 'x-delayed-retry-min'",
    ],
  ])('with %j', async (table, argument, problem) => {
    const broker = await startBroker();
    const channel = await channelOn((await connectTo(broker)).connection);
    const text = await refusal(channel, (it) => it.assertQueue('q', { arguments: table }));
    const where = `invalid arg 'x-delayed-retry-${argument}' for queue 'q' in vhost '/'`;
    expect(text).toBe(`406 (PRECONDITION-FAILED) with message PRECONDITION_FAILED - ${where}: ${problem}`);
  });

  test('a quorum queue takes what RabbitMQ takes there', async () => {
    const broker = await startBroker();
    const channel = await channelOn((await connectTo(broker)).connection);
    const table = { 'x-queue-type': 'quorum', 'x-delayed-retry-type': 'some', 'x-delayed-retry-max': -5 };
    expect((await channel.assertQueue('q', { arguments: table })).queue).toBe('q');
  });
});
