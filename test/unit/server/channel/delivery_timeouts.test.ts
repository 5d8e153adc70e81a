import { expect, test } from 'vitest';
import { bodyFrame, headerFrame, PROTOCOL_HEADER } from '../../../../src/codec/frames.ts';
import { EMPTY_TABLE, fromPlain } from '../../../../src/codec/table.ts';
import { setPolicy } from '../../../../src/core/topology/policies.ts';
import type { VirtualHost } from '../../../../src/core/vhost.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { compilePattern } from '../../../../src/lib/pattern.ts';
import type { Server } from '../../../../src/server/server.ts';
import { FakeClient, frameOf } from '../../../support/fake_client.ts';
import { testServer } from '../../../support/test_server.ts';

type Plain = Parameters<typeof fromPlain>[0];

const CANCELS = fromPlain({ capabilities: { consumer_cancel_notify: true } });
/** A second, and what a channel may be late with it. */
const LATE_MS = 1_600;
const TIMED_OUT =
  "1 channel.close {replyCode:406, replyText:'PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. " +
  "Timeout value used: 1000 ms. This timeout value can be configured, see consumers doc guide to learn more', classId:0, methodId:0}";

class Bench {
  readonly clock = new ManualClock();
  readonly server: Server;
  readonly client: FakeClient;

  constructor(options: Partial<Server> = {}, clientProperties = CANCELS) {
    this.server = { ...testServer(this.clock), ...options };
    this.client = this.join(clientProperties);
  }

  join(clientProperties = CANCELS): FakeClient {
    const client = new FakeClient(this.server);
    client.chunk(
      Buffer.concat([
        PROTOCOL_HEADER,
        frameOf(0, 'connection.start-ok', { clientProperties }),
        frameOf(0, 'connection.tune-ok', { heartbeat: 0 }),
        frameOf(0, 'connection.open'),
        frameOf(1, 'channel.open'),
      ]),
    );
    return client;
  }

  get vhost(): VirtualHost {
    return this.server.vhosts.get('/') as VirtualHost;
  }

  get ready(): number | undefined {
    return this.vhost.queues.get('q')?.readyCount;
  }

  declare(table: Plain = {}, autoDelete = false): void {
    this.client.send(1, 'queue.declare', { queue: 'q', autoDelete, arguments: fromPlain(table) });
  }

  publish(...bodies: readonly string[]): void {
    for (const body of bodies) {
      this.client.send(1, 'basic.publish', { routingKey: 'q' });
      this.client.chunk(Buffer.concat([headerFrame(1, body.length, {}), bodyFrame(1, Buffer.from(body))]));
    }
  }

  /** Subscribes, and reads away what that brings. */
  async consume(client: FakeClient, table: Plain = {}, consumerTag = 'ct'): Promise<void> {
    client.send(1, 'basic.consume', { queue: 'q', consumerTag, arguments: fromPlain(table) });
    await client.seen();
  }

  async after(byMs: number, client = this.client): Promise<string[]> {
    this.clock.advance(byMs);
    return await client.seen();
  }
}

async function withOne(table: Plain, options: Partial<Server> = {}, ofQueue: Plain = {}): Promise<Bench> {
  const bench = new Bench(options);
  bench.declare(ofQueue);
  bench.publish('m');
  await bench.consume(bench.client, table);
  return bench;
}

test('a consumer that does not settle in time is cancelled, and what it had goes to another', async () => {
  const bench = await withOne({ 'x-consumer-timeout': 1_000 });
  const other = bench.join();
  await bench.consume(other);
  expect(await bench.after(999)).toEqual([]);
  expect(await bench.after(LATE_MS - 999)).toEqual(["1 basic.cancel {consumerTag:'ct', noWait:true}"]);
  const [deliver] = await other.seen();
  expect(deliver).toBe(
    "1 basic.deliver {consumerTag:'ct', deliveryTag:1, redelivered:true, exchange:'', routingKey:'q'}",
  );
});

test('what it had may still be settled, which means nothing', async () => {
  const bench = await withOne({ 'x-consumer-timeout': 1_000 });
  await bench.after(LATE_MS);
  bench.client.send(1, 'basic.ack', { deliveryTag: 1 });
  expect(await bench.client.seen()).toEqual([]);
  expect(bench.ready).toBe(1);
  bench.client.send(1, 'basic.ack', { deliveryTag: 1 });
  expect((await bench.client.seen())[0]).toContain('unknown delivery tag 1');
});

test('late and in time can be settled at once', async () => {
  const bench = await withOne({ 'x-consumer-timeout': 1_000 });
  await bench.after(LATE_MS);
  await bench.consume(bench.client, {}, 'again');
  bench.client.send(1, 'basic.ack', { deliveryTag: 2, multiple: true });
  bench.client.send(1, 'basic.ack', { deliveryTag: 1 });
  expect((await bench.client.seen())[0]).toContain('unknown delivery tag 1');
  expect(bench.vhost.queues.get('q')?.counts.unacked).toBe(0);
});

test('a late tag settles what is below it too', async () => {
  const bench = new Bench();
  bench.declare();
  bench.publish('m', 'n');
  bench.client.send(1, 'basic.get', { queue: 'q' });
  await bench.consume(bench.client, { 'x-consumer-timeout': 1_000 });
  await bench.after(LATE_MS);
  bench.client.send(1, 'basic.ack', { deliveryTag: 2, multiple: true });
  expect(await bench.client.seen()).toEqual([]);
  expect([bench.ready, bench.vhost.queues.get('q')?.counts.unacked]).toEqual([1, 0]);
});

test('a client that knows no cancellation loses its channel', async () => {
  const bench = new Bench({}, EMPTY_TABLE);
  bench.declare();
  bench.publish('m');
  await bench.consume(bench.client, { 'x-consumer-timeout': 1_000 });
  expect(await bench.after(LATE_MS)).toEqual([TIMED_OUT]);
  expect(bench.ready).toBe(1);
});

test('so does one that was cancelled by itself and still holds its messages', async () => {
  const bench = await withOne({ 'x-consumer-timeout': 1_000 });
  bench.client.send(1, 'basic.cancel', { consumerTag: 'ct' });
  await bench.client.seen();
  expect(await bench.after(LATE_MS)).toEqual([TIMED_OUT]);
});

test('so does one that has got a message', async () => {
  const bench = new Bench();
  bench.declare({ 'x-consumer-timeout': 1_000 });
  bench.publish('m');
  bench.client.send(1, 'basic.get', { queue: 'q' });
  await bench.client.seen();
  expect(await bench.after(999)).toEqual([]);
  expect(await bench.after(LATE_MS - 999)).toEqual([TIMED_OUT]);
});

test('what is settled in time is not late, however long that goes on', async () => {
  const bench = await withOne({ 'x-consumer-timeout': 1_000 });
  for (let tag = 1; tag <= 40; tag++) {
    expect(await bench.after(900)).toEqual([]);
    bench.client.send(1, 'basic.ack', { deliveryTag: tag });
    bench.publish('m');
    expect(await bench.client.seen()).toHaveLength(3);
  }
});

test('only what is late goes back, and the rest when it is late', async () => {
  const bench = await withOne({ 'x-consumer-timeout': 2_000 });
  await bench.after(1_500);
  bench.publish('n');
  await bench.client.seen();
  expect(await bench.after(1_000)).toEqual(["1 basic.cancel {consumerTag:'ct', noWait:true}"]);
  expect([bench.ready, bench.vhost.queues.get('q')?.counts.unacked]).toEqual([1, 1]);
  expect(await bench.after(2_000)).toEqual([]);
  expect([bench.ready, bench.vhost.queues.get('q')?.counts.unacked]).toEqual([2, 0]);
});

test.each<[string, Plain, Partial<Server>, Plain]>([
  ['its queue', {}, {}, { 'x-consumer-timeout': 1_000 }],
  ['the broker', {}, { consumerTimeoutMs: 1_000 }, {}],
  ['itself rather than its queue', { 'x-consumer-timeout': 1_000 }, {}, { 'x-consumer-timeout': 60_000 }],
  ['its queue rather than the broker', {}, { consumerTimeoutMs: 60_000 }, { 'x-consumer-timeout': 1_000 }],
])('a consumer has the timeout of %s', async (_of, table, options, ofQueue) => {
  const bench = await withOne(table, options, ofQueue);
  expect(await bench.after(LATE_MS)).toEqual(["1 basic.cancel {consumerTag:'ct', noWait:true}"]);
});

test.each<[string, Plain, Partial<Server>, Plain]>([
  ['nobody asks for one', {}, {}, {}],
  ['it asks for 0', { 'x-consumer-timeout': 0 }, { consumerTimeoutMs: 1_000 }, { 'x-consumer-timeout': 1_000 }],
  ['its queue asks for 0', {}, { consumerTimeoutMs: 1_000 }, { 'x-consumer-timeout': 0 }],
])('a consumer has no timeout where %s', async (_why, table, options, ofQueue) => {
  const bench = await withOne(table, options, ofQueue);
  expect(await bench.after(10_000_000)).toEqual([]);
});

test('a policy gives a timeout to who consumes from then on', async () => {
  const bench = new Bench();
  bench.declare();
  const policy = {
    name: 'p',
    pattern: '',
    applyTo: 'all' as const,
    priority: 0,
    definition: new Map([['consumer-timeout', 1_000]]),
  };
  setPolicy(bench.vhost, 'policy', policy, await compilePattern(''));
  bench.publish('m');
  await bench.consume(bench.client);
  expect(await bench.after(LATE_MS)).toEqual(["1 basic.cancel {consumerTag:'ct', noWait:true}"]);
  expect(bench.vhost.queues.get('q')?.rules).toBeUndefined();
});

test('an auto-delete queue whose last consumer is cancelled goes', async () => {
  const bench = new Bench();
  bench.declare({}, true);
  bench.publish('m');
  await bench.consume(bench.client, { 'x-consumer-timeout': 1_000 });
  await bench.after(LATE_MS);
  expect(bench.vhost.queues.has('q')).toBe(false);
});

test('what consumers of different timeouts share is told apart', async () => {
  const bench = new Bench();
  bench.declare();
  await bench.consume(bench.client, { 'x-consumer-timeout': 60_000 }, 'slow');
  await bench.consume(bench.client, { 'x-consumer-timeout': 1_000 }, 'fast');
  bench.publish('m', 'n');
  await bench.client.seen();
  expect(await bench.after(LATE_MS)).toEqual([
    "1 basic.cancel {consumerTag:'fast', noWait:true}",
    expect.stringContaining("consumerTag:'slow', deliveryTag:3, redelivered:true"),
    expect.anything(),
    expect.anything(),
  ]);
  expect(await bench.after(50_000)).toEqual([]);
  expect(await bench.after(20_000)).toEqual(["1 basic.cancel {consumerTag:'slow', noWait:true}"]);
  expect(bench.ready).toBe(2);
});

test('a straggler among very many that were settled is late all the same, and no sooner', async () => {
  const bench = await withOne({ 'x-consumer-timeout': 600_000 });
  let tag = 1;
  for (let second = 0; second < 600; second += 2) {
    bench.publish('n');
    expect(await bench.client.seen()).toHaveLength(3);
    bench.client.send(1, 'basic.ack', { deliveryTag: ++tag });
    expect(await bench.after(1_990)).toEqual([]);
  }
  expect(await bench.after(3_000 + 2 * (600_000 / 16))).toEqual(["1 basic.cancel {consumerTag:'ct', noWait:true}"]);
});

test.each<[string, Plain, string]>([
  ['a text', { 'x-consumer-timeout': '1' }, '"expected integer, got longstr"'],
  ['a negative number', { 'x-consumer-timeout': -1 }, '{value_negative,-1}'],
])('%s is refused', async (_what, table, problem) => {
  const bench = new Bench();
  bench.declare();
  await bench.client.seen();
  bench.client.send(1, 'basic.consume', { queue: 'q', consumerTag: 'ct', arguments: fromPlain(table) });
  const text = `PRECONDITION_FAILED - invalid arg 'x-consumer-timeout' for queue 'q' in vhost '/': ${problem}`;
  expect((await bench.client.seen())[0]).toContain(text);
});
