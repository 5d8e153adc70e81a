import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Queue } from '../../../../src/core/queue/queue.ts';
import { RuleBench, settle } from './rule_bench.ts';

/** Some more than go at once, of those that are dropped and of those that are dead-lettered. */
const MANY = 1_200;
const SOME = 60;

/** What is under way in parts is done. */
async function done(bench: RuleBench): Promise<void> {
  for (let part = 0; part < 200; part++) {
    await Promise.resolve();
    bench.endTurn();
  }
}

function lowered(queue: Queue, maxLength: number): void {
  const settings = queue.rules?.settings;
  if (settings !== undefined) queue.applySettings({ ...settings, maxLength });
}

test('a limit that is set on a long queue holds after some turns, and the newest stay', async () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-max-length': 10_000 });
  for (let i = 0; i < MANY; i++) bench.publish(queue, `${i}`);
  lowered(queue, 10);
  expect(queue.readyCount).toBe(200);
  bench.publish(queue, 'late');
  expect(queue.readyCount, 'each that comes makes room for more than itself').toBe(199);
  await done(bench);
  expect(bench.bodies(queue)).toEqual([...Array.from({ length: 9 }, (_, i) => `${MANY - 9 + i}`), 'late']);
});

test('what is in no queue any more, as it is deleted on the way, is let go', async () => {
  const bench = new RuleBench();
  bench.declare('dead');
  const arguments_ = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
  const queue = bench.declare('q', arguments_);
  for (let i = 0; i < SOME; i++) bench.publish(queue, `${i}`, { expiration: '10' });
  bench.clock.advance(10);
  expect(queue.pause.on).toBe(true);
  bench.client.deleteQueue('q');
  await done(bench);
  expect(queue.pause.on).toBe(false);
  bench.drain(bench.vhost.queue('dead'));
  bench.vhost.store.close();
  expect(bench.pages.pageCount).toBe(0);
});

test('a virtual host that stops leaves what has expired, and keeps nothing waiting for it', async () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-dead-letter-exchange': 'amq.fanout' });
  for (let i = 0; i < SOME; i++) bench.publish(queue, `${i}`, { expiration: '10' });
  bench.clock.advance(10);
  bench.vhost.stop();
  await done(bench);
  expect([queue.readyCount > 0, queue.pause.on]).toEqual([true, false]);
});

type Step =
  | { readonly kind: 'publish'; readonly count: number; readonly ttlMs: number }
  | { readonly kind: 'take' | 'advance' | 'part' | 'limit'; readonly count: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('publish' as const),
      count: fc.integer({ min: 1, max: SOME }),
      ttlMs: fc.integer({ min: 1, max: 40 }),
    }),
    fc.record({
      kind: fc.constantFrom('take' as const, 'advance' as const, 'part' as const, 'limit' as const),
      count: fc.integer({ min: 1, max: 30 }),
    }),
  ),
  { minLength: 5, maxLength: 40 },
);

test('however they come, go, expire and are too many in parts, each message is had or dies once, in order, and none too old is had', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const bench = new RuleBench();
      const dead = bench.declare('dead');
      const queue = bench.declare('q', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
      const expiresAtMs: number[] = [];
      const had: number[] = [];
      for (const { kind, count, ...rest } of plan) {
        if (kind === 'publish' && 'ttlMs' in rest) {
          for (let i = 0; i < count; i++) {
            const body = `${expiresAtMs.push(bench.clock.nowMs() + rest.ttlMs) - 1}`;
            bench.publish(queue, body, { expiration: `${rest.ttlMs}` });
          }
        } else if (kind === 'take') {
          for (let i = 0; i < count && queue.readyToTake(() => {}); i++) {
            const entry = queue.take();
            if (entry === undefined) break;
            const message = Number(bench.see(entry).body);
            expect(expiresAtMs[message]).toBeGreaterThan(bench.clock.nowMs());
            had.push(message);
            queue.delivered(entry.sequence, entry.bodyBytes, entry.flags);
            settle(queue, entry);
          }
        } else if (kind === 'advance') bench.clock.advance(count);
        else if (kind === 'limit') lowered(queue, count);
        else await Promise.resolve();
      }
      await done(bench);
      expect(queue.pause.on).toBe(false);
      bench.clock.advance(100);
      await done(bench);
      expect(queue.readyCount).toBe(0);
      const died = bench.bodies(dead).map(Number);
      expect(had).toEqual([...had].sort((left, right) => left - right));
      expect(died).toEqual([...died].sort((left, right) => left - right));
      expect([...had, ...died].sort((left, right) => left - right)).toEqual(expiresAtMs.map((_, index) => index));
    }),
    { numRuns: 200 },
  );
});
