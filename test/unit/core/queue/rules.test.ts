import { expect, test } from 'vitest';
import { getInteger } from '../../../../src/codec/table.ts';
import { withDeliveryCounts } from '../../../../src/core/queue/delivery_counts.ts';
import type { Entry } from '../../../../src/core/queue/entry.ts';
import type { Queue } from '../../../../src/core/queue/queue.ts';
import { offsetOf } from '../../../../src/core/store/page_table.ts';
import { FakeConsumer } from './fake_consumer.ts';
import { RuleBench, requeue, settle } from './rule_bench.ts';

const QUORUM = { 'x-queue-type': 'quorum' };

test('a message expires by its own time, its queue’s, or whichever is shorter, to the millisecond', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-message-ttl': 100 });
  bench.publish(queue, 'queue');
  bench.publish(queue, 'own', { expiration: '5000' });
  bench.clock.advance(99);
  expect(queue.readyCount).toBe(2);
  bench.clock.advance(1);
  expect(queue.readyCount).toBe(0);
});

test('a message with an expiration expires in a queue that has no rules', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q');
  expect(queue.rules).toBeUndefined();
  bench.publish(queue, 'a', { expiration: '10' });
  bench.clock.advance(10);
  expect(queue.readyCount).toBe(0);
});

test('what expired behind a message that lives goes as soon as that one goes', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q');
  bench.publish(queue, 'long');
  bench.publish(queue, 'short', { expiration: '10' });
  bench.clock.advance(1000);
  expect(queue.readyCount, 'it waits, and is counted').toBe(2);
  const long = bench.take(queue) as Entry;
  expect(queue.readyCount).toBe(0);
  settle(queue, long);
});

test('a TTL of 0 delivers to a consumer with room, and to nobody else', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-message-ttl': 0 });
  const consumer = new FakeConsumer('a', 1);
  queue.addConsumer(consumer);
  bench.publish(queue, 'taken');
  bench.publish(queue, 'gone');
  expect(consumer.held.map((entry) => bench.see(entry).body)).toEqual(['taken']);
  expect(queue.readyCount).toBe(0);
});

test('a full queue gives messages to a consumer before it drops or refuses any', () => {
  for (const overflow of ['drop-head', 'reject-publish']) {
    const bench = new RuleBench();
    const queue = bench.declare('q', { 'x-max-length': 1, 'x-overflow': overflow });
    const consumer = new FakeConsumer('a', 5);
    queue.addConsumer(consumer);
    for (let i = 0; i < 7; i++) bench.publish(queue, `${i}`);
    bench.endTurn();
    expect(consumer.held.map((entry) => bench.see(entry).body)).toEqual(['0', '1', '2', '3', '4']);
    expect(bench.bodies(queue)).toEqual([overflow === 'drop-head' ? '6' : '5']);
  }
});

test('a limit that is lowered applies to what is there, unless the queue refuses in place of dropping', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-max-length': 4 });
  for (let i = 0; i < 4; i++) bench.publish(queue, `${i}`);
  const settings = queue.rules?.settings as NonNullable<Queue['rules']>['settings'];
  queue.applySettings({ ...settings, maxLength: 2, overflow: 'reject-publish' });
  expect(queue.readyCount).toBe(4);
  queue.applySettings({ ...settings, maxLength: 2 });
  expect(bench.bodies(queue)).toEqual(['2', '3']);
});

test('a queue with x-expires lives from its last use, for as long as it has a consumer, and no longer', () => {
  const bench = new RuleBench();
  const there = (): boolean => bench.vhost.queues.has('q');
  const queue = bench.declare('q', { 'x-expires': 1000 });
  for (let i = 0; i < 3; i++) {
    bench.clock.advance(900);
    bench.declare('q', { 'x-expires': 1000 });
  }
  const consumer = new FakeConsumer('a');
  queue.addConsumer(consumer);
  bench.clock.advance(10_000);
  expect(there()).toBe(true);
  queue.removeConsumer(consumer);
  bench.clock.advance(999);
  expect(there()).toBe(true);
  bench.clock.advance(1);
  expect([there(), queue.deleted]).toEqual([false, true]);
});

test('a life that is made shorter ends sooner, and one without an end does not', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-expires': 1000 });
  const settings = queue.rules?.settings as NonNullable<Queue['rules']>['settings'];
  queue.applySettings({ ...settings, expiresMs: undefined });
  bench.clock.advance(5000);
  expect(queue.deleted).toBe(false);
  queue.applySettings({ ...settings, expiresMs: 10 });
  bench.clock.advance(10);
  expect(queue.deleted).toBe(true);
});

test('a queue of 255 priorities is first in, first out in each of them', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-max-priority': 255 });
  for (const priority of [3, 255, 0, 255, undefined, 3, 128]) {
    bench.publish(queue, `${priority}`, { priority });
  }
  expect(bench.bodies(queue)).toEqual(['255', '255', '128', '3', '3', '0', 'undefined']);
});

test('a quorum queue has 32 priorities, and no priority is the fourth', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', QUORUM);
  for (const priority of [3, undefined, 5, 40, 31, 4]) bench.publish(queue, `${priority}`, { priority });
  expect(bench.bodies(queue)).toEqual(['40', '31', '5', 'undefined', '4', '3']);
});

test('a nack does not count in a quorum queue, a reject and a lost channel do, and everything does in a classic one', () => {
  for (const [table, counts] of [
    [
      { ...QUORUM, 'x-delivery-limit': 1 },
      { nack: false, reject: true, lost: true },
    ],
    [{ 'x-delivery-limit': 1 }, { nack: true, reject: true, lost: true }],
  ] as const) {
    for (const cause of ['nack', 'reject', 'lost'] as const) {
      const bench = new RuleBench();
      const queue = bench.declare('q', table);
      bench.publish(queue, 'a');
      for (let i = 0; i < 2; i++) requeue(queue, bench.take(queue) as Entry, cause);
      expect([cause, queue.readyCount]).toEqual([cause, counts[cause] ? 0 : 1]);
    }
  }
});

test('a negative delivery limit is none', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { ...QUORUM, 'x-delivery-limit': -1 });
  bench.publish(queue, 'a');
  for (let i = 0; i < 50; i++) requeue(queue, bench.take(queue) as Entry, 'reject');
  expect(queue.readyCount).toBe(1);
});

test('a message that came back says how often, where there is a limit, and nothing is kept of it when it is gone', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', QUORUM);
  const plain = bench.declare('plain');
  const counts = (of: Queue, { position, sequence, bodyBytes }: Entry): (number | undefined)[] | undefined => {
    const { bytes, base } = bench.pages.of(position);
    const counted = withDeliveryCounts(of, sequence, bytes, base + offsetOf(position), bodyBytes);
    if (counted === undefined) return undefined;
    const at = bench.vhost.store.keep(counted.bytes.subarray(0, counted.end), counted.content);
    bench.pages.retain(at, 1);
    const { headers, body } = bench.see({ position: at, bodyBytes });
    expect(body).toBe('a');
    return ['own', 'x-acquired-count', 'x-delivery-count'].map((name) => getInteger(headers, name));
  };
  bench.publish(queue, 'a', { headers: { own: 1, 'x-delivery-count': 99 } });
  bench.publish(plain, 'a');
  const take = (): Entry => bench.take(queue) as Entry;
  requeue(queue, take(), 'nack');
  requeue(queue, take(), 'reject');
  const entry = take();
  expect(counts(queue, entry)).toEqual([1, 2, 1]);
  settle(queue, entry);
  expect([queue.returnsOf(entry.sequence), queue.rules?.acquiredCount(entry.sequence)]).toEqual([0, 0]);
  requeue(plain, bench.take(plain) as Entry);
  expect(counts(plain, bench.take(plain) as Entry)).toBeUndefined();
});

test('a queue that is gone leaves no deadline behind', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-expires': 1000, 'x-message-ttl': 100 });
  bench.publish(queue, 'a');
  queue.addConsumer(new FakeConsumer('a', 0));
  bench.client.deleteQueue('q');
  const again = bench.declare('q');
  bench.clock.advance(10_000);
  expect([again.deleted, bench.vhost.queues.get('q') === again]).toEqual([false, true]);
});
