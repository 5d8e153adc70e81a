import { describe, expect, test } from 'vitest';
import { fromPlain, toPlain } from '../../../../src/codec/table.ts';
import { enqueueRecord } from '../../../../src/core/enqueue.ts';
import { deleteQueue } from '../../../../src/core/topology/queues.ts';
import { dropAll } from '../../../support/empty_queue.ts';
import { messageBytes } from '../../../support/message_bytes.ts';
import { FakeConsumer } from './fake_consumer.ts';
import { RuleBench, reject, requeue, settle } from './rule_bench.ts';

const SCHEDULED = { 'x-scheduled-delivery': true };

function delay(value: number | string) {
  return { headers: { 'x-delay': value } };
}

function at(value: number) {
  return { headers: { 'x-deliver-at': value } };
}

type Headers = { readonly headers: { readonly [name: string]: number | string } };

/** Publishes as the broker itself does. */
function publishTo(bench: RuleBench, exchange: string, routingKey: string, body: string, fields?: Headers): void {
  const message = messageBytes({ exchange, routingKey, persistent: false, ...fields, body: Buffer.from(body) });
  const { queues } = bench.vhost.route(exchange, routingKey, { headers: fromPlain(fields?.headers ?? {}) });
  const { bytes, routeEnd: content, bodyBytes } = message;
  enqueueRecord(bench.vhost, queues, { bytes, start: 0, content, end: bytes.length }, bodyBytes, false);
}

describe('a queue with scheduled delivery', () => {
  test('gives messages when they are due, in the order of their times', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', SCHEDULED);
    const start = bench.clock.nowMs();
    bench.publish(queue, 'later', delay(2000));
    bench.publish(queue, 'now');
    bench.publish(queue, 'soon', delay('1000'));
    bench.publish(queue, 'at', at(start + 1500));
    expect([queue.readyCount, queue.waiting.length]).toEqual([1, 3]);
    expect(bench.bodies(queue)).toEqual(['now']);
    bench.clock.advance(999);
    expect(bench.bodies(queue)).toEqual([]);
    bench.clock.advance(1);
    expect(bench.bodies(queue)).toEqual(['soon']);
    bench.clock.advance(1000);
    expect(bench.bodies(queue)).toEqual(['at', 'later']);
    expect(queue.waiting.length).toBe(0);
  });

  test('takes no delay, a negative one and a time that has passed for now', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', SCHEDULED);
    bench.publish(queue, 'zero', delay(0));
    bench.publish(queue, 'negative', delay(-5));
    bench.publish(queue, 'past', at(1));
    bench.publish(queue, 'none');
    expect(bench.bodies(queue)).toEqual(['zero', 'negative', 'past', 'none']);
  });

  test('lets a message that became due keep its place before one that is published then', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', SCHEDULED);
    for (let i = 0; i < 10_000; i++) bench.publish(queue, `due ${i}`, delay(10));
    bench.clock.advance(10);
    bench.publish(queue, 'new');
    while (queue.waiting.length > 0) bench.clock.advance(1);
    const bodies = bench.bodies(queue);
    expect([bodies.length, bodies[0], bodies[9_999], bodies[10_000]]).toEqual([10_001, 'due 0', 'due 9999', 'new']);
  });

  test('lets messages age from when they are ready', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', { ...SCHEDULED, 'x-message-ttl': 100 });
    bench.publish(queue, 'a', delay(1000));
    bench.clock.advance(1099);
    expect(queue.readyCount).toBe(1);
    bench.clock.advance(1);
    expect(queue.readyCount).toBe(0);
  });

  test('gives a message that lives for no time to a consumer who waits when it is due', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', { ...SCHEDULED, 'x-message-ttl': 0 });
    const consumer = new FakeConsumer('c', 1);
    queue.addConsumer(consumer);
    bench.publish(queue, 'a', delay(1000));
    bench.publish(queue, 'b', delay(1000));
    bench.clock.advance(1000);
    expect(consumer.held.map((entry) => bench.see(entry).body)).toEqual(['a']);
    expect([queue.readyCount, queue.waiting.length]).toEqual([0, 0]);
  });

  test('gives a message back to its place among those that were due before it', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', SCHEDULED);
    bench.publish(queue, 'second', delay(20));
    bench.publish(queue, 'first', delay(10));
    bench.clock.advance(20);
    const [first, second] = [bench.take(queue), bench.take(queue)];
    if (first === undefined || second === undefined) throw new Error('two are due');
    requeue(queue, second);
    requeue(queue, first);
    expect(bench.bodies(queue)).toEqual(['first', 'second']);
  });

  test('counts what waits against its limits, and drops it last', () => {
    const bench = new RuleBench();
    bench.declare('dead');
    const queue = bench.declare('q', {
      ...SCHEDULED,
      'x-max-length': 2,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
    });
    bench.publish(queue, 'waits', delay(1000));
    bench.publish(queue, 'a');
    bench.publish(queue, 'b');
    bench.publish(queue, 'waits longer', delay(2000));
    bench.publish(queue, 'waits longest', delay(3000));
    const dead = bench.vhost.queue('dead');
    expect(bench.deaths(dead)).toEqual(['a maxlen', 'b maxlen', 'waits maxlen']);
    bench.clock.advance(3000);
    expect(bench.bodies(queue)).toEqual(['waits longer', 'waits longest']);
  });

  test('purged, is empty of what waits too; and is not empty while something waits', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', SCHEDULED);
    bench.publish(queue, 'a');
    bench.publish(queue, 'b', delay(10));
    expect(dropAll(queue.purge())).toBe(2);
    bench.publish(queue, 'c', delay(10));
    const request = { queue: 'q', ifUnused: false, ifEmpty: true };
    expect(() => deleteQueue(bench.vhost, request, bench.client)).toThrow("queue 'q' in vhost '/' not empty");
  });

  test('lists, cancels and reschedules what waits', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', { ...SCHEDULED, 'x-message-ttl': 1000 });
    for (let i = 1; i <= 5; i++) bench.publish(queue, `m${i}`, delay(1000 * i));
    expect(queue.waiting.first(1, 2).map((entry) => bench.see(entry).body)).toEqual(['m2', 'm3']);
    const [, second, third] = queue.waiting.first(0, 3);
    if (second === undefined || third === undefined) throw new Error('five wait');
    expect(queue.contents.cancelWaiting(new Set([second.sequence, 99]))).toBe(1);
    const now = bench.clock.nowMs();
    expect(queue.reschedule(third.sequence, now + 4500)).toBe(true);
    expect(queue.reschedule(second.sequence, now)).toBe(false);
    bench.clock.advance(1000);
    expect(bench.bodies(queue)).toEqual(['m1']);
    bench.clock.advance(3500);
    expect(bench.bodies(queue)).toEqual(['m4', 'm3']);
    bench.clock.advance(1000);
    expect(bench.bodies(queue)).toEqual(['m5']);
  });

  test('gives what waits at once when its policy is taken away', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 50 });
    const settings = queue.rules?.settings;
    if (settings === undefined) throw new Error('the queue has rules');
    queue.applySettings({ ...settings, scheduled: true });
    bench.publish(queue, 'a', delay(1000));
    bench.publish(queue, 'again');
    const again = bench.take(queue);
    if (again === undefined) throw new Error('one is ready');
    requeue(queue, again);
    queue.applySettings(settings);
    expect(bench.bodies(queue)).toEqual(['a']);
    bench.clock.advance(50);
    expect(bench.bodies(queue)).toEqual(['again']);
  });

  test('and priorities gives the highest of what is due', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', { ...SCHEDULED, 'x-max-priority': 5 });
    bench.publish(queue, 'low', { ...delay(10), priority: 1 });
    bench.publish(queue, 'high', { ...delay(10), priority: 5 });
    bench.clock.advance(10);
    expect(bench.bodies(queue)).toEqual(['high', 'low']);
  });
});

test('without the argument x-delay means nothing', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-message-ttl': 10_000 });
  bench.publish(queue, 'a', delay(1000));
  expect(bench.bodies(queue)).toEqual(['a']);
});

describe('a queue with delayed retry', () => {
  const RETRY = { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 100, 'x-delayed-retry-max': 250 };

  test('keeps a message that comes back from its consumers, and lets those behind it pass', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', RETRY);
    bench.publish(queue, 'a');
    bench.publish(queue, 'b');
    const waits: number[] = [];
    for (let returns = 1; returns <= 4; returns++) {
      const entry = bench.take(queue);
      if (entry === undefined) throw new Error('it is there');
      expect(bench.see(entry).body).toBe('a');
      requeue(queue, entry);
      if (returns === 1) expect(bench.bodies(queue)).toEqual(['b']);
      const since = bench.clock.nowMs();
      while (queue.readyCount === 0) bench.clock.advance(1);
      waits.push(bench.clock.nowMs() - since);
    }
    expect(waits).toEqual([100, 200, 250, 250]);
  });

  test('dead-letters what comes back more often than its limit', () => {
    const bench = new RuleBench();
    const dead = bench.declare('dead');
    const to = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
    const queue = bench.declare('q', { ...RETRY, ...to, 'x-delivery-limit': 2 });
    bench.publish(queue, 'a');
    for (let returns = 1; returns <= 3; returns++) {
      const entry = bench.take(queue);
      if (entry === undefined) throw new Error('it is there');
      requeue(queue, entry, 'reject');
      bench.clock.advance(1000);
    }
    expect([queue.readyCount, queue.waiting.length]).toEqual([0, 0]);
    expect(bench.deaths(dead)).toEqual(['a delivery_limit']);
  });

  test('in a quorum queue, linear waits do not grow with nacks, which do not count, and others do', () => {
    const wait = (table: Record<string, string | number>): number[] => {
      const bench = new RuleBench();
      const queue = bench.declare('q', { 'x-queue-type': 'quorum', 'x-delayed-retry-type': 'all', ...table });
      bench.publish(queue, 'a');
      return [1, 2, 3].map(() => {
        const entry = bench.take(queue);
        if (entry === undefined) throw new Error('it is there');
        requeue(queue, entry, 'nack');
        const since = bench.clock.nowMs();
        while (queue.readyCount === 0) bench.clock.advance(1);
        return bench.clock.nowMs() - since;
      });
    };
    expect(wait({ 'x-delayed-retry-min': 10, 'x-delayed-retry-max': 100 })).toEqual([10, 10, 10]);
    expect(wait({ 'x-delayed-retry-delays': '10ms,20ms,30ms' })).toEqual([10, 20, 30]);
  });

  test('settles what is refused for good at once', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', RETRY);
    bench.publish(queue, 'a');
    bench.publish(queue, 'b');
    const [a, b] = [bench.take(queue), bench.take(queue)];
    if (a === undefined || b === undefined) throw new Error('they are there');
    reject(queue, a);
    settle(queue, b);
    expect([queue.waiting.length, queue.counts.unacked]).toEqual([0, 0]);
  });
});

describe('an exchange of type x-delayed-message', () => {
  function delayed(type: string) {
    const bench = new RuleBench();
    const queue = bench.declare('q');
    bench.client.declareExchange('later', 'x-delayed-message', true, fromPlain({ 'x-delayed-type': type }));
    bench.client.bindQueue('later', 'q', 'key');
    return { bench, queue };
  }

  test('routes by its type when the time has come, and tells how long it was', () => {
    const { bench, queue } = delayed('direct');
    publishTo(bench, 'later', 'key', 'in two', delay(2000));
    publishTo(bench, 'later', 'key', 'in one', delay(1000));
    publishTo(bench, 'later', 'other', 'nowhere', delay(1000));
    publishTo(bench, 'later', 'key', 'at once');
    expect(bench.bodies(queue)).toEqual(['at once']);
    bench.clock.advance(1000);
    bench.endTurn();
    expect(bench.drain(queue).map(({ body, headers }) => [body, toPlain(headers)])).toEqual([
      ['in one', { 'x-delay': -1000 }],
    ]);
    bench.client.unbindQueue('later', 'q', 'key');
    bench.client.bindQueue('later', 'q', 'key');
    bench.clock.advance(1000);
    bench.endTurn();
    expect(bench.bodies(queue)).toEqual(['in two']);
  });

  test('routes at once what is rescheduled to now, whatever its headers say', () => {
    const { bench, queue } = delayed('direct');
    publishTo(bench, 'later', 'key', 'at', at(bench.clock.nowMs() + 5000));
    publishTo(bench, 'later', 'key', 'in', delay(5000));
    const pending = bench.vhost.delayQueues.get('later');
    if (pending === undefined) throw new Error('two wait');
    for (const { sequence } of pending.waiting.first(0, 2)) pending.reschedule(sequence, bench.clock.nowMs());
    bench.clock.advance(0);
    bench.endTurn();
    expect([bench.bodies(queue), pending.waiting.length]).toEqual([['at', 'in'], 0]);
  });

  test('does not delay what has waited before, in another', () => {
    const { bench, queue } = delayed('direct');
    publishTo(bench, 'later', 'key', 'waited', delay(-1000));
    expect(bench.bodies(queue)).toEqual(['waited']);
  });

  test('deleted, takes with it what waits', () => {
    const { bench, queue } = delayed('fanout');
    publishTo(bench, 'later', 'key', 'a', delay(1000));
    bench.client.deleteExchange('later');
    bench.clock.advance(1000);
    bench.endTurn();
    expect([bench.bodies(queue), [...bench.vhost.delayQueues.keys()]]).toEqual([[], []]);
  });

  test.each<[string, Record<string, string | number>, string]>([
    ['without a type', {}, "Invalid argument, 'x-delayed-type' must be an existing exchange type"],
    [
      'of its own type',
      { 'x-delayed-type': 'x-delayed-message' },
      "Invalid argument, 'x-delayed-type' must be an existing exchange type",
    ],
    ['of a type that there is not', { 'x-delayed-type': 'nope' }, "unknown exchange type 'nope'"],
  ])('is not declared %s', (_name, table, text) => {
    const bench = new RuleBench();
    expect(() => bench.client.declareExchange('x', 'x-delayed-message', true, fromPlain(table))).toThrow(text);
  });
});
