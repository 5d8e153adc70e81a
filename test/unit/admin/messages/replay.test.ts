import { describe, expect, test } from 'vitest';
import { type Replayed, type ReplayRequest, replay } from '../../../../src/admin/messages/replay.ts';
import { AmqpError } from '../../../../src/codec/errors.ts';
import { type Access, FULL_ACCESS } from '../../../../src/core/access.ts';
import type { Queue } from '../../../../src/core/queue/queue.ts';
import { RuleBench } from '../../core/queue/rule_bench.ts';
import { kill, MessageBench } from './bench.ts';

const DEAD = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };

function replayed(
  bench: RuleBench,
  queue: Queue,
  request: Partial<ReplayRequest> = {},
  access: Access = FULL_ACCESS,
): Promise<Replayed> {
  return replay(bench.vhost, queue, access, { to: 'queue', from: 0, count: 1000, dryRun: false, ...request });
}

/** Two queues, of each of which two messages have died. */
function withDead(bench: RuleBench = new RuleBench()): { bench: RuleBench; a: Queue; b: Queue; dead: Queue } {
  const dead = bench.declare('dead');
  const a = bench.declare('a', DEAD);
  const b = bench.declare('b', DEAD);
  for (const queue of [a, b]) {
    for (const n of [1, 2]) {
      bench.publish(queue, `${queue.name}${n}`, { headers: { n }, exchange: 'x', routingKey: 'k' });
      kill(bench, queue);
    }
  }
  return { bench, a, b, dead };
}

test('each message goes back to the queue where it died, as it was published', async () => {
  const { bench, a, b, dead } = withDead();
  const { examined, replayed: count, destinations, skipped, next } = await replayed(bench, dead);
  expect([examined, count, skipped.size, next]).toEqual([4, 4, 0, undefined]);
  expect(destinations).toEqual([
    { queue: 'a', exchange: 'x', routingKeys: ['k'], queues: ['a'], messages: 2 },
    { queue: 'b', exchange: 'x', routingKeys: ['k'], queues: ['b'], messages: 2 },
  ]);
  expect(dead.readyCount).toBe(0);
  expect(bench.drain(a)).toMatchObject([
    { body: 'a1', exchange: 'x', routingKey: 'k', died: true },
    { body: 'a2', exchange: 'x', routingKey: 'k', died: true },
  ]);
  expect(bench.bodies(b)).toEqual(['b1', 'b2']);
});

test('a dry run tells the same, and moves nothing', async () => {
  const { bench, dead } = withDead();
  const { replayed: count, destinations, next } = await replayed(bench, dead, { dryRun: true });
  expect([count, destinations.length, next, dead.readyCount]).toEqual([4, 2, undefined, 4]);
});

test('only what the filter lets through goes, and no more than was asked for', async () => {
  const { bench, a, b, dead } = withDead();
  const filter = { headers: { n: 2 } };
  const first = await replayed(bench, dead, { filter, count: 1 });
  expect([first.replayed, first.examined, first.next]).toEqual([1, 2, 1]);
  const second = await replayed(bench, dead, { filter, from: first.next ?? 0 });
  expect([second.replayed, bench.bodies(a), bench.bodies(b), bench.bodies(dead)]).toEqual([
    1,
    ['a2'],
    ['b2'],
    ['a1', 'b1'],
  ]);
});

test('to the exchange, what was published there is routed again', async () => {
  const bench = new RuleBench();
  const dead = bench.declare('dead');
  const queue = bench.declare('q', DEAD);
  const other = bench.declare('other');
  bench.client.declareExchange('x', 'fanout');
  bench.client.bindQueue('x', 'q');
  bench.client.bindQueue('x', 'other');
  bench.publish(queue, 'body', { exchange: 'x', routingKey: 'k' });
  kill(bench, queue);
  const { destinations } = await replayed(bench, dead, { to: 'exchange' });
  expect(destinations).toMatchObject([{ exchange: 'x', queues: ['q', 'other'] }]);
  expect([bench.bodies(queue), bench.bodies(other)]).toEqual([['body'], ['body']]);
});

test('after a replay, the next death is counted on', async () => {
  const { bench, a, dead } = withDead();
  await replayed(bench, dead);
  kill(bench, a);
  const [message] = bench.drain(dead);
  const deaths = message?.headers.get('x-death');
  const latest = deaths?.tag === 'A' ? deaths.value[0] : undefined;
  expect(latest?.tag === 'F' ? latest.value.get('count')?.value : undefined).toBe(2);
});

describe('a message stays where it is', () => {
  async function reasons(
    change: (parts: ReturnType<typeof withDead>) => void,
    request: Partial<ReplayRequest> = {},
    access: Access = FULL_ACCESS,
  ): Promise<object> {
    const parts = withDead();
    change(parts);
    const before = parts.dead.readyCount;
    const { skipped, replayed: count } = await replayed(parts.bench, parts.dead, request, access);
    expect(parts.dead.readyCount).toBe(before - count);
    return Object.fromEntries(skipped);
  }

  test('whose queue is gone', async () => {
    expect(await reasons(({ bench }) => bench.client.deleteQueue('a'))).toEqual({ 'its queue is gone': 2 });
  });

  test('whose exchange is gone', async () => {
    expect(await reasons(() => {}, { to: 'exchange' })).toEqual({ 'its exchange is gone': 4 });
  });

  test('that would reach no queue', async () => {
    expect(await reasons(({ bench }) => bench.client.declareExchange('x', 'fanout'), { to: 'exchange' })).toEqual({
      'leads nowhere': 4,
    });
  });

  test('that nobody but a client says has died', async () => {
    const change = ({ bench, dead }: ReturnType<typeof withDead>): void => {
      const death = { queue: 'a', reason: 'rejected', exchange: '', 'routing-keys': ['a'] };
      bench.publish(dead, 'forged', { headers: { 'x-death': [death] } });
      bench.publish(dead, 'alive');
    };
    expect(await reasons(change)).toEqual({ 'has not died': 2 });
  });

  test('whose queue is full', async () => {
    const bench = new RuleBench();
    const dead = bench.declare('dead');
    const queue = bench.declare('q', { ...DEAD, 'x-max-length': 1, 'x-overflow': 'reject-publish' });
    bench.publish(queue, 'a');
    kill(bench, queue);
    bench.publish(queue, 'b');
    const { skipped } = await replayed(bench, dead);
    expect([Object.fromEntries(skipped), dead.readyCount]).toEqual([{ 'a queue is full': 1 }, 1]);
  });

  test('whose queue he may not write to', async () => {
    const access: Access = {
      check: (_permission, _kind, name) => {
        if (name === 'a') throw new AmqpError(403, 'refused');
      },
      checkAny: () => {},
      checkTopic: () => {},
    };
    expect(await reasons(() => {}, {}, access)).toEqual({ 'access refused': 2 });
  });
});

test('a replay of what is on disk loses and doubles nothing, whenever the process ends', async () => {
  const home = new MessageBench();
  const { bench, host } = await home.open();
  withDead(bench);
  await host.settle();
  await replayed(bench, bench.vhost.queue('dead'));
  host.kill();
  const { bench: again } = await home.open();
  const all = ['a', 'b', 'dead'].flatMap((name) => again.bodies(again.vhost.queue(name)));
  expect(all.sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect(again.vhost.queue('dead').readyCount).toBe(0);
});

test('very many are replayed in order, also when their pages were dropped from memory', async () => {
  const home = new MessageBench();
  const { bench, host } = await home.open();
  const dead = bench.declare('dead');
  const queue = bench.declare('q', DEAD);
  for (let n = 0; n < 300; n++) {
    bench.publish(queue, `${n}`.padEnd(5_000));
    kill(bench, queue);
  }
  expect(dead.readyCount).toBe(300);
  await host.close();
  const { bench: again, host: second } = await home.open(1024 * 1024);
  const source = again.vhost.queue('dead');
  expect((await replayed(again, source)).replayed).toBe(300);
  const target = again.vhost.queue('q');
  const bodies: string[] = [];
  for (let held = await second.client.take(target); held !== undefined; held = await second.client.take(target)) {
    bodies.push(Buffer.from(second.client.bodyOf(held.entry)).toString().trim());
  }
  expect(bodies).toEqual(Array.from({ length: 300 }, (_, n) => `${n}`));
  expect(source.readyCount).toBe(0);
});
