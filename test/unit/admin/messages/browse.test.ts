import { describe, expect, test } from 'vitest';
import { type Browsed, type BrowseRequest, browse } from '../../../../src/admin/messages/browse.ts';
import type { Queue } from '../../../../src/core/queue/queue.ts';
import { purgeQueue } from '../../../../src/core/topology/queues.ts';
import { RuleBench } from '../../core/queue/rule_bench.ts';
import { MessageBench } from './bench.ts';

function look(bench: RuleBench, queue: Queue, request: Partial<BrowseRequest> = {}): Promise<Browsed> {
  const all = { state: 'ready', from: 0, count: 100, bodyBytesMax: 1000, ...request } as const;
  return browse(bench.vhost, queue, new Set(), all);
}

function bodies({ messages }: Browsed): string[] {
  return messages.map(({ body }) => body.toString());
}

function filled(count: number, table = {}): { bench: RuleBench; queue: Queue } {
  const bench = new RuleBench();
  const queue = bench.declare('q', table);
  for (let n = 0; n < count; n++) {
    const body = JSON.stringify({ n, order: { id: n % 3 } });
    bench.publish(queue, body, {
      headers: { colour: n % 2 === 0 ? 'red' : 'blue' },
      properties: { messageId: `m${n}` },
    });
  }
  return { bench, queue };
}

test('a range is shown with where it is, and where to go on', async () => {
  const { bench, queue } = filled(5);
  const { messages, next, examined } = await look(bench, queue, { from: 1, count: 2 });
  expect(messages.map(({ position, place }) => [position, place.sequence])).toEqual([
    [1, 2],
    [2, 3],
  ]);
  expect([next, examined]).toEqual([3, 2]);
  expect((await look(bench, queue, { from: 3, count: 2 })).next).toBeUndefined();
  expect((await look(bench, queue, { from: 9 })).messages).toEqual([]);
});

test('nothing changes by it', async () => {
  const { bench, queue } = filled(4);
  await look(bench, queue);
  expect(queue.contents.ready(0, 9).map(({ sequence, flags }) => [sequence, flags])).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 0],
  ]);
});

test('a body is cut at so many bytes', async () => {
  const bench = new RuleBench();
  const queue = bench.declare('q');
  bench.publish(queue, 'hello');
  const [message] = (await look(bench, queue, { bodyBytesMax: 3 })).messages;
  expect([message?.body.toString(), message?.place.bodyBytes]).toEqual(['hel', 5]);
});

describe('a filter', () => {
  test.each([
    ['a header', { headers: { colour: 'blue' } }, [1, 3, 5]],
    ['a property', { properties: { message_id: 'm4' } }, [4]],
    ['a path in the body', { body: { '$.order.id': 2 } }, [2, 5]],
    ['an object in the body', { body: { '$.order': { id: 0 } } }, [0, 3]],
    ['all of that', { headers: { colour: 'red' }, body: { '$.order.id': 0 } }, [0]],
    ['a routing key', { routing_key: 'q' }, [0, 1, 2, 3, 4, 5]],
    ['an exchange', { exchange: 'x' }, []],
    ['a header that has another type', { headers: { colour: 1 } }, []],
  ])('by %s finds those', async (_what, filter, found) => {
    const { bench, queue } = filled(6);
    const { messages, examined } = await look(bench, queue, { filter });
    expect(messages.map(({ position }) => position)).toEqual(found);
    expect(examined).toBe(6);
  });

  test('goes on from where it found enough', async () => {
    const { bench, queue } = filled(6);
    const filter = { headers: { colour: 'blue' } };
    const { next } = await look(bench, queue, { filter, count: 2 });
    expect(next).toBe(4);
    const rest = await look(bench, queue, { filter, count: 2, from: 4 });
    expect([rest.messages.map(({ position }) => position), rest.next]).toEqual([[5], undefined]);
  });

  test('looks at so many messages and no more', async () => {
    const { bench, queue } = filled(0);
    for (let n = 0; n < 10_050; n++) bench.publish(queue, 'x');
    bench.publish(queue, 'last', { headers: { last: true } });
    const filter = { headers: { last: true } };
    const first = await look(bench, queue, { filter });
    expect([first.messages.length, first.examined, first.next]).toEqual([0, 10_000, 10_000]);
    expect(bodies(await look(bench, queue, { filter, from: 10_000 }))).toEqual(['last']);
  });

  test('with a path that is none is refused', async () => {
    const { bench, queue } = filled(1);
    await expect(look(bench, queue, { filter: { body: { 'order.id': 1 } } })).rejects.toThrow("'order.id' is no path");
  });

  test('passes over bodies that are no JSON', async () => {
    const bench = new RuleBench();
    const queue = bench.declare('q');
    bench.publish(queue, '{');
    expect(bodies(await look(bench, queue, { filter: { body: { $: 1 } } }))).toEqual([]);
  });
});

test('what waits for its time is shown in the order in which it is due', async () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-scheduled-delivery': true });
  bench.publish(queue, 'later', { headers: { 'x-delay': 2000 } });
  bench.publish(queue, 'soon', { headers: { 'x-delay': 1000 } });
  expect(bodies(await look(bench, queue, { state: 'scheduled' }))).toEqual(['soon', 'later']);
  expect(bodies(await look(bench, queue))).toEqual([]);
});

test('what is only on disk is read for this, and nothing else: what is in memory stays what it is', async () => {
  const home = new MessageBench();
  const { bench, host } = await home.open();
  const queue = bench.declare('q');
  for (let n = 0; n < 40; n++) bench.publish(queue, `${n} `.padEnd(20_000));
  await host.settle();
  await host.close();
  const again = await home.open(1024 * 1024);
  const restored = again.bench.vhost.queue('q');
  const { pages } = again.bench.vhost.store;
  const before = [pages.residentBytes, pages.absentCount];
  const { messages } = await look(again.bench, restored, { bodyBytesMax: 3 });
  expect(messages.map(({ body }) => body.toString().trim())).toEqual(Array.from({ length: 40 }, (_, n) => `${n}`));
  expect([pages.residentBytes, pages.absentCount]).toEqual(before);
  expect(pages.absentCount).toBeGreaterThan(1);
});

test('messages that go while they are looked at are shown, as they were there', async () => {
  const { bench, queue } = filled(3);
  const looking = look(bench, queue);
  purgeQueue(bench.vhost, queue);
  expect(bodies(await looking)).toHaveLength(3);
});
