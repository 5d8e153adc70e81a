import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfirmChannel, connect, type Options } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Broker, createBroker, ManualClock } from '../../src/index.ts';
import { until } from '../support/broker.ts';
import { channelOn, confirmChannelOn, connectTo, refusal } from './amqplib/support.ts';

const SCHEDULED = { 'x-scheduled-delivery': true };
const LATER = { arguments: { 'x-delayed-type': 'direct' } };

interface Bench {
  readonly clock: ManualClock;
  readonly broker: Broker;
  readonly channel: ConfirmChannel;
}

async function bench(): Promise<Bench> {
  const clock = new ManualClock();
  const broker = await createBroker({ clock });
  onTestFinished(() => broker.close());
  const channel = await confirmChannelOn((await connectTo(broker)).connection);
  return { clock, broker, channel };
}

/** A folder, and a clock that goes on while the broker does not. */
class Home {
  readonly clock = new ManualClock();
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'leveret-scheduling-'));

  constructor() {
    onTestFinished(() => rmSync(this.#dataDir, { recursive: true, force: true }));
  }

  async life(what: (channel: ConfirmChannel, broker: Broker) => Promise<void>): Promise<void> {
    const broker = await createBroker({ dataDir: this.#dataDir, clock: this.clock });
    try {
      const connection = await connect(broker.url);
      await what(await connection.createConfirmChannel(), broker);
      await connection.close();
    } finally {
      await broker.close();
    }
  }
}

function delay(value: unknown): Options.Publish {
  return { headers: { 'x-delay': value } };
}

async function put(channel: ConfirmChannel, queue: string, body: string, options: Options.Publish = {}): Promise<void> {
  await publish(channel, '', queue, body, options);
}

async function publish(
  channel: ConfirmChannel,
  exchange: string,
  key: string,
  body: string,
  options: Options.Publish = {},
): Promise<void> {
  channel.publish(exchange, key, Buffer.from(body), { persistent: true, ...options });
  await channel.waitForConfirms();
}

async function bodies(channel: ConfirmChannel, queue: string): Promise<string[]> {
  const found: string[] = [];
  for (let message = await channel.get(queue); message !== false; message = await channel.get(queue)) {
    found.push(message.content.toString());
    channel.ack(message);
  }
  return found;
}

describe('a queue with scheduled delivery', () => {
  test('confirms at once, and delivers to its consumer when the time has come', async () => {
    const { clock, channel } = await bench();
    await channel.assertQueue('q', { arguments: SCHEDULED });
    const got: string[] = [];
    await channel.consume('q', (message) => got.push(message?.content.toString() ?? 'cancelled'), { noAck: true });
    await put(channel, 'q', 'in two', delay(2000));
    await put(channel, 'q', 'at one', { headers: { 'x-deliver-at': clock.nowMs() + 1000 } });
    await put(channel, 'q', 'now');
    await until(() => got.length === 1);
    clock.advance(1000);
    await until(() => got.length === 2);
    clock.advance(1000);
    await until(() => got.length === 3);
    expect(got).toEqual(['now', 'at one', 'in two']);
  });

  test('is one as long as a policy says so', async () => {
    const { clock, broker, channel } = await bench();
    await channel.assertQueue('q');
    await put(channel, 'q', 'before', delay(1000));
    await broker.policies().set('later', { pattern: '^q$', definition: { 'scheduled-delivery': true } });
    await put(channel, 'q', 'while', delay(1000));
    await put(channel, 'q', 'too late', delay(100_000));
    expect(await bodies(channel, 'q')).toEqual(['before']);
    clock.advance(1000);
    expect(await bodies(channel, 'q')).toEqual(['while']);
    await broker.policies().delete('later');
    clock.advance(0);
    expect(await bodies(channel, 'q')).toEqual(['too late']);
  });

  test('takes what waits for routed: nothing comes back that was mandatory', async () => {
    const { clock, channel } = await bench();
    await channel.assertQueue('q', { arguments: SCHEDULED });
    const returned: unknown[] = [];
    channel.on('return', (message) => returned.push(message));
    await put(channel, 'q', 'a', { ...delay(1000), mandatory: true });
    clock.advance(1000);
    expect([await bodies(channel, 'q'), returned]).toEqual([['a'], []]);
  });

  test('counts what waits neither as ready nor as unacknowledged, and purges it', async () => {
    const { channel } = await bench();
    await channel.assertQueue('q', { arguments: SCHEDULED });
    await put(channel, 'q', 'a', delay(1000));
    expect((await channel.checkQueue('q')).messageCount).toBe(0);
    expect((await channel.purgeQueue('q')).messageCount).toBe(1);
  });

  test('delays what a transaction commits from when it is committed', async () => {
    const { clock, broker, channel } = await bench();
    await channel.assertQueue('q', { arguments: SCHEDULED });
    const connection = (await connectTo(broker)).connection;
    const transaction = (await channelOn(connection)) as unknown as {
      sendToQueue: ConfirmChannel['sendToQueue'];
      rpc(method: number, fields: object, expected: number): Promise<unknown>;
    };
    const [select, selected, commit, committed] = [0x5a_000a, 0x5a_000b, 0x5a_0014, 0x5a_0015];
    await transaction.rpc(select, {}, selected);
    transaction.sendToQueue('q', Buffer.from('a'), delay(1000));
    clock.advance(5000);
    await transaction.rpc(commit, {}, committed);
    expect(broker.scheduled({ queue: 'q' }).length).toBe(1);
    clock.advance(999);
    expect(await bodies(channel, 'q')).toEqual([]);
    clock.advance(1);
    expect(await bodies(channel, 'q')).toEqual(['a']);
  });

  test('does not let a dead letter wait a second time', async () => {
    const { clock, channel } = await bench();
    await channel.assertQueue('dead', { arguments: SCHEDULED });
    const table = { ...SCHEDULED, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
    await channel.assertQueue('q', { arguments: table });
    await put(channel, 'q', 'a', delay(1000));
    clock.advance(1000);
    const message = await channel.get('q');
    if (message === false) throw new Error('it is due');
    channel.nack(message, false, false);
    const dead = await channel.get('dead');
    expect(dead !== false && dead.properties.headers?.['x-delay']).toBe(-1000);
  });

  test('serves an exclusive and a transient queue as any other', async () => {
    const home = new Home();
    await home.life(async (channel) => {
      await channel.assertQueue('mine', { exclusive: true, durable: false, arguments: SCHEDULED });
      await channel.assertQueue('passing', { durable: true, arguments: SCHEDULED });
      await put(channel, 'mine', 'a', delay(1000));
      await put(channel, 'passing', 'transient', { ...delay(1000), persistent: false });
      home.clock.advance(1000);
      expect([await bodies(channel, 'mine'), await bodies(channel, 'passing')]).toEqual([['a'], ['transient']]);
      await put(channel, 'passing', 'lost', { ...delay(1000), persistent: false });
    });
    home.clock.advance(1000);
    await home.life(async (channel) => {
      expect(await bodies(channel, 'passing')).toEqual([]);
    });
  });

  test.each<[string, unknown, string]>([
    ['x-delay', 'soon', 'no_integer'],
    ['x-delay', true, '{unacceptable_type,bool}'],
    ['x-deliver-at', 'tomorrow', 'no_integer'],
    ['x-deliver-at', { '!': 'long', value: '253402300800000' }, '{value_too_large,253402300800000}'],
  ])('refuses %s %j', async (header, value, problem) => {
    const { broker, channel } = await bench();
    await channel.assertQueue('q', { arguments: SCHEDULED });
    const plain = await channelOn((await connectTo(broker)).connection);
    const options = { headers: { [header]: value } };
    const text = await refusal(plain, (offender) => offender.sendToQueue('q', Buffer.from('a'), options));
    expect(text).toBe(
      `406 (PRECONDITION-FAILED) with message PRECONDITION_FAILED - invalid header '${header}': ${problem}`,
    );
  });

  test('refuses them where only a carbon copy goes there, and leaves them alone where none does', async () => {
    const { broker, channel } = await bench();
    await channel.assertQueue('q', { arguments: SCHEDULED });
    await channel.assertQueue('plain');
    await put(channel, 'plain', 'a', delay('soon'));
    const offender = await channelOn((await connectTo(broker)).connection);
    const options = { ...delay('soon'), CC: 'q' };
    const text = await refusal(offender, (it) => it.sendToQueue('plain', Buffer.from('b'), options));
    expect(text).toContain("406 (PRECONDITION-FAILED) with message PRECONDITION_FAILED - invalid header 'x-delay'");
    expect(await bodies(channel, 'plain')).toEqual(['a']);
  });

  test('is declared with a boolean', async () => {
    const { broker } = await bench();
    const offender = await channelOn((await connectTo(broker)).connection);
    const text = await refusal(offender, (it) => it.assertQueue('q', { arguments: { 'x-scheduled-delivery': 'yes' } }));
    expect(text).toBe(
      "406 (PRECONDITION-FAILED) with message PRECONDITION_FAILED - invalid arg 'x-scheduled-delivery' for queue 'q' in vhost '/': {unacceptable_type,longstr}",
    );
  });
});

describe('what waits', () => {
  test('is listed with all that is known of it', async () => {
    const { clock, broker, channel } = await bench();
    await channel.assertExchange('x', 'fanout');
    await channel.assertQueue('q', { arguments: SCHEDULED });
    await channel.bindQueue('q', 'x', '');
    for (const seconds of [3, 1, 2]) {
      await publish(channel, 'x', `key ${seconds}`, `body ${seconds}`, {
        ...delay(seconds * 1000),
        messageId: `m${seconds}`,
      });
    }
    const scheduled = broker.scheduled({ queue: 'q' });
    expect([scheduled.length, scheduled.bytes]).toEqual([3, 18]);
    const [first, ...others] = await scheduled.list();
    expect(first).toEqual({
      id: 2,
      readyAtMs: clock.nowMs() + 1000,
      redelivered: false,
      exchange: 'x',
      routingKey: 'key 1',
      properties: { deliveryMode: 2, messageId: 'm1' },
      headers: { 'x-delay': 1000 },
      bodyBytes: 6,
    });
    expect(others.map(({ id }) => id)).toEqual([3, 1]);
    expect((await scheduled.list({ skip: 1, count: 1 })).map(({ id }) => id)).toEqual([3]);
    expect(await scheduled.list({ skip: 3 })).toEqual([]);
  });

  test('is cancelled and rescheduled by its id, once', async () => {
    const { clock, broker, channel } = await bench();
    await channel.assertQueue('q', { arguments: SCHEDULED });
    for (const name of ['a', 'b', 'c']) await put(channel, 'q', name, delay(1000));
    const scheduled = broker.scheduled({ queue: 'q' });
    expect(await scheduled.cancel([1, 1, 99])).toBe(1);
    expect(await scheduled.cancel([1])).toBe(0);
    expect(await scheduled.reschedule(3, 0)).toBe(true);
    clock.advance(0);
    expect(await bodies(channel, 'q')).toEqual(['c']);
    expect(await scheduled.reschedule(3, clock.nowMs())).toBe(false);
    expect(await scheduled.reschedule(2, clock.nowMs() + 5000)).toBe(true);
    clock.advance(4999);
    expect(await bodies(channel, 'q')).toEqual([]);
    clock.advance(1);
    expect(await bodies(channel, 'q')).toEqual(['b']);
  });

  test.each([-1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER])('is not rescheduled to %d', async (readyAtMs) => {
    const { broker, channel } = await bench();
    await channel.assertQueue('q', { arguments: SCHEDULED });
    await put(channel, 'q', 'a', delay(1000));
    await expect(broker.scheduled({ queue: 'q' }).reschedule(1, readyAtMs)).rejects.toThrow(RangeError);
  });

  test('is looked for in queues and exchanges that there are', async () => {
    const { broker, channel } = await bench();
    expect(() => broker.scheduled({ queue: 'nope' })).toThrow("no queue 'nope' in vhost '/'");
    expect(() => broker.scheduled({ exchange: 'nope' })).toThrow("no exchange 'nope' in vhost '/'");
    await channel.assertQueue('q', { arguments: SCHEDULED });
    const scheduled = broker.scheduled({ queue: 'q' });
    await put(channel, 'q', 'a', delay(1000));
    await channel.deleteQueue('q');
    expect([scheduled.length, await scheduled.list(), await scheduled.cancel([1])]).toEqual([0, [], 0]);
  });
});

test('what waits outlives the broker, with what was done about it', async () => {
  const home = new Home();
  await home.life(async (channel, broker) => {
    await channel.assertQueue('q', { arguments: SCHEDULED });
    for (let seconds = 1; seconds <= 6; seconds++) await put(channel, 'q', `${seconds}`, delay(seconds * 1000));
    const scheduled = broker.scheduled({ queue: 'q' });
    await scheduled.cancel([2]);
    await scheduled.reschedule(1, home.clock.nowMs() + 5500);
  });
  home.clock.advance(4500);
  await home.life(async (channel, broker) => {
    expect(await bodies(channel, 'q')).toEqual(['3', '4']);
    expect((await broker.scheduled({ queue: 'q' }).list()).map(({ id }) => id)).toEqual([5, 1, 6]);
    home.clock.advance(1000);
    expect(await bodies(channel, 'q')).toEqual(['5', '1']);
  });
  await home.life(async (channel) => {
    home.clock.advance(500);
    expect(await bodies(channel, 'q')).toEqual(['6']);
  });
});

describe('an exchange of type x-delayed-message', () => {
  test('keeps messages and routes them by its type, through other exchanges too', async () => {
    const { clock, channel } = await bench();
    await channel.assertExchange('later', 'x-delayed-message', { arguments: { 'x-delayed-type': 'topic' } });
    await channel.assertExchange('all', 'fanout');
    await channel.assertQueue('q');
    await channel.assertQueue('copy');
    await channel.bindQueue('q', 'later', 'a.*');
    await channel.bindExchange('all', 'later', '#');
    await channel.bindQueue('copy', 'all', '');
    await publish(channel, 'later', 'a.b', 'two', delay(2000));
    await publish(channel, 'later', 'a.c', 'one', delay(1000));
    await publish(channel, 'later', 'b', 'only copied', delay(1500));
    expect(await bodies(channel, 'q')).toEqual([]);
    clock.advance(2000);
    await until(async () => (await channel.checkQueue('q')).messageCount === 2);
    expect([await bodies(channel, 'q'), await bodies(channel, 'copy')]).toEqual([
      ['one', 'two'],
      ['one', 'only copied', 'two'],
    ]);
  });

  test('is a destination of other exchanges', async () => {
    const { clock, channel } = await bench();
    await channel.assertExchange('in', 'fanout');
    await channel.assertExchange('later', 'x-delayed-message', LATER);
    await channel.bindExchange('later', 'in', '');
    await channel.assertQueue('q');
    await channel.bindQueue('q', 'later', 'k');
    await publish(channel, 'in', 'k', 'a', delay(1000));
    expect(await bodies(channel, 'q')).toEqual([]);
    clock.advance(1000);
    await until(async () => (await channel.checkQueue('q')).messageCount === 1);
  });

  test('does not return a mandatory message that has to wait, and gives one that leads nowhere to its alternate', async () => {
    const { clock, channel } = await bench();
    await channel.assertExchange('lost', 'fanout');
    await channel.assertQueue('found');
    await channel.bindQueue('found', 'lost', '');
    const table = { 'x-delayed-type': 'direct', 'alternate-exchange': 'lost' };
    await channel.assertExchange('later', 'x-delayed-message', { arguments: table });
    const returned: unknown[] = [];
    channel.on('return', (message) => returned.push(message));
    await publish(channel, 'later', 'nowhere', 'a', { ...delay(1000), mandatory: true });
    clock.advance(1000);
    await until(async () => (await channel.checkQueue('found')).messageCount === 1);
    expect(returned).toEqual([]);
  });

  test('lists, cancels and lets go at once what it keeps', async () => {
    const { clock, broker, channel } = await bench();
    await channel.assertExchange('later', 'x-delayed-message', LATER);
    await channel.assertQueue('q');
    await channel.bindQueue('q', 'later', 'k');
    const scheduled = broker.scheduled({ exchange: 'later' });
    expect([scheduled.length, await scheduled.list()]).toEqual([0, []]);
    await publish(channel, 'later', 'k', 'cancelled', delay(1000));
    await publish(channel, 'later', 'k', 'early', { headers: { 'x-deliver-at': clock.nowMs() + 9000 } });
    const ids = (await scheduled.list()).map(({ id, routingKey }) => [id, routingKey]);
    expect(ids).toEqual([
      [1, 'k'],
      [2, 'k'],
    ]);
    expect(await scheduled.cancel([1])).toBe(1);
    expect(await scheduled.reschedule(2, 0)).toBe(true);
    clock.advance(0);
    await until(async () => (await channel.checkQueue('q')).messageCount === 1);
    clock.advance(10_000);
    expect(await bodies(channel, 'q')).toEqual(['early']);
  });

  test('has what it kept after a restart, and what came due meanwhile in the order of its times', async () => {
    const home = new Home();
    await home.life(async (channel) => {
      await channel.assertExchange('later', 'x-delayed-message', LATER);
      await channel.assertQueue('q');
      await channel.bindQueue('q', 'later', 'k');
      for (const seconds of [3, 9, 1, 2]) await publish(channel, 'later', 'k', `${seconds}`, delay(seconds * 1000));
      await publish(channel, 'later', 'k', 'transient', { ...delay(1000), persistent: false });
    });
    home.clock.advance(5000);
    await home.life(async (channel, broker) => {
      await until(async () => (await channel.checkQueue('q')).messageCount === 3);
      expect(await bodies(channel, 'q')).toEqual(['1', '2', '3']);
      expect(broker.scheduled({ exchange: 'later' }).length).toBe(1);
    });
    home.clock.advance(5000);
    await home.life(async (channel) => {
      await until(async () => (await channel.checkQueue('q')).messageCount === 1);
      expect(await bodies(channel, 'q')).toEqual(['9']);
    });
  });
});
