import { describe, expect, test } from 'vitest';
import type { Queue } from '../../../../src/core/queue/queue.ts';
import { pauseQueue, resumeQueue } from '../../../../src/core/topology/pause.ts';
import { FakeConsumer } from './fake_consumer.ts';
import { RuleBench, requeue } from './rule_bench.ts';

function bodiesOf(bench: RuleBench, queue: Queue, skip = 0, count = 100): string[] {
  return queue.contents.ready(skip, count).map((entry) => bench.see(entry).body);
}

describe('looking at what is in a queue', () => {
  test('shows it in the order of delivery, and changes nothing', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q');
    for (const body of ['a', 'b', 'c', 'd']) bench.publish(queue, body);
    const first = bench.take(queue);
    const second = bench.take(queue);
    if (first !== undefined) requeue(queue, first);
    if (second !== undefined) requeue(queue, second);
    expect(bodiesOf(bench, queue)).toEqual(['a', 'b', 'c', 'd']);
    expect(bodiesOf(bench, queue, 1, 2)).toEqual(['b', 'c']);
    expect(queue.contents.ready(0, 4).map(({ flags }) => flags & 1)).toEqual([1, 1, 0, 0]);
    expect(bench.bodies(queue)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('the highest priority comes first', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', { 'x-max-priority': 5 });
    for (const [body, priority] of [
      ['low', 1],
      ['high', 5],
      ['middle', 3],
    ] as const)
      bench.publish(queue, body, { priority });
    expect(bodiesOf(bench, queue)).toEqual(['high', 'middle', 'low']);
    expect(bodiesOf(bench, queue, 1, 1)).toEqual(['middle']);
  });

  test('what waits for its time is apart', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', { 'x-scheduled-delivery': true });
    bench.publish(queue, 'later', { headers: { 'x-delay': 2000 } });
    bench.publish(queue, 'soon', { headers: { 'x-delay': 1000 } });
    bench.publish(queue, 'now');
    expect(bodiesOf(bench, queue)).toEqual(['now']);
    expect(queue.contents.scheduled(0, 10).map((entry) => bench.see(entry).body)).toEqual(['soon', 'later']);
  });
});

describe('taking out of the middle', () => {
  test('leaves the rest, and what it counts', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q');
    for (const body of ['a', 'bb', 'ccc']) bench.publish(queue, body);
    const { contents } = queue;
    const taken = contents.take(new Set([2, 9]));
    expect(taken.map(({ sequence }) => sequence)).toEqual([2]);
    for (const entry of taken) contents.drop(entry);
    expect([queue.readyCount, queue.readyBytes]).toEqual([2, 4]);
    expect(bench.bodies(queue)).toEqual(['a', 'ccc']);
  });

  test('finds what came back, and what waits for its time', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', { 'x-scheduled-delivery': true });
    for (const body of ['a', 'b']) bench.publish(queue, body);
    bench.publish(queue, 'c', { headers: { 'x-delay': 1000 } });
    const first = bench.take(queue);
    if (first !== undefined) requeue(queue, first);
    expect(queue.contents.find(new Set([1, 3])).map(({ sequence }) => sequence)).toEqual([1, 3]);
    for (const entry of queue.contents.take(new Set([1, 3]))) queue.contents.drop(entry);
    expect([queue.readyCount, queue.waiting.length]).toEqual([1, 0]);
  });

  test('in front of what has expired, lets that go', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q');
    bench.publish(queue, 'for ever');
    bench.publish(queue, 'short', { expiration: '10' });
    bench.clock.advance(20);
    expect(queue.readyCount).toBe(2);
    for (const entry of queue.contents.take(new Set([1]))) queue.contents.drop(entry);
    expect(queue.readyCount).toBe(0);
  });

  test('of a queue with groups, lets the group go on', () => {
    const bench = new RuleBench();
    const queue = bench.declare('q', { 'x-group-by': 'group' });
    for (const body of ['a', 'b', 'c']) bench.publish(queue, body, { headers: { group: 'g' } });
    for (const entry of queue.contents.take(new Set([1, 2]))) queue.contents.drop(entry);
    expect(bench.bodies(queue)).toEqual(['c']);
  });
});

test('a paused queue delivers nothing to a consumer, and all when it goes on', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q');
  const consumer = new FakeConsumer('a');
  queue.addConsumer(consumer);
  pauseQueue(bench.vhost, queue);
  for (const body of ['a', 'b']) bench.publish(queue, body);
  bench.endTurn();
  expect([consumer.held.length, queue.readyCount]).toEqual([0, 2]);
  resumeQueue(bench.vhost, queue);
  bench.endTurn();
  expect([consumer.held.length, queue.readyCount]).toEqual([2, 0]);
});
