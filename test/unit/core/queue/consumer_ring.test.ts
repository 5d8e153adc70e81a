import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConsumerRing } from '../../../../src/core/queue/consumer_ring.ts';
import { FakeConsumer } from './fake_consumer.ts';

function ringOf(...consumers: FakeConsumer[]): ConsumerRing {
  const ring = new ConsumerRing();
  for (const consumer of consumers) ring.add(consumer);
  return ring;
}

/** Who gets the next `count` deliveries; a `-` where nobody has room. */
function served(ring: ConsumerRing, count: number): string {
  let names = '';
  for (let i = 0; i < count; i++) {
    const consumer = ring.next() as FakeConsumer | undefined;
    if (consumer !== undefined) consumer.room--;
    names += consumer?.name ?? '-';
  }
  return names;
}

test('equals are served in turn, in the order in which they came', () => {
  expect(served(ringOf(new FakeConsumer('a'), new FakeConsumer('b'), new FakeConsumer('c')), 7)).toBe('abcabca');
});

test('who comes in the middle of a round is served at its end', () => {
  const ring = ringOf(new FakeConsumer('a'), new FakeConsumer('b'), new FakeConsumer('c'));
  served(ring, 1);
  ring.add(new FakeConsumer('d'));
  expect(served(ring, 8)).toBe('bcadbcad');
});

test('a full consumer is passed over, and asked again only when it says that it has room', () => {
  const full = new FakeConsumer('b', 0);
  const ring = ringOf(new FakeConsumer('a'), full, new FakeConsumer('c'));
  expect(served(ring, 6)).toBe('acacac');
  expect(full.asked).toBe(1);
  full.room = 2;
  ring.wake(full);
  expect(served(ring, 6)).toBe('acbacb');
});

test('the highest priority with room comes first', () => {
  const high = new FakeConsumer('h', 2, 10);
  const ring = ringOf(new FakeConsumer('l', 1, -5), new FakeConsumer('m'), high);
  expect(served(ring, 4)).toBe('hhmm');
  high.room = 1;
  ring.wake(high);
  expect(served(ring, 3)).toBe('hmm');
});

test('when nobody has room there is nobody, until one wakes', () => {
  const consumer = new FakeConsumer('a', 1);
  const ring = ringOf(consumer);
  expect(served(ring, 2)).toBe('a-');
  expect(ring.hasWaiting).toBe(false);
  consumer.room = 1;
  ring.wake(consumer);
  expect(ring.hasWaiting).toBe(true);
  expect(served(ring, 1)).toBe('a');
});

test('who left is not served, woken or counted', () => {
  const gone = new FakeConsumer('b');
  const ring = ringOf(new FakeConsumer('a'), gone, new FakeConsumer('c'));
  served(ring, 1);
  expect(ring.remove(gone)).toBe(true);
  expect(ring.remove(gone)).toBe(false);
  ring.wake(gone);
  expect(served(ring, 4)).toBe('caca');
  expect(ring.size).toBe(2);
});

test('consumers that come and go with ever new priorities leave nothing behind to look through', () => {
  const ring = new ConsumerRing();
  for (let priority = 1; priority <= 20_000; priority++) {
    const consumer = new FakeConsumer('x', 1, priority);
    ring.add(consumer);
    ring.remove(consumer);
  }
  ring.add(new FakeConsumer('a'));
  const started = performance.now();
  for (let i = 0; i < 100_000; i++) ring.next();
  // Twenty thousand empty levels in front of each would take seconds.
  expect(performance.now() - started).toBeLessThan(1_000);
});

type Step = { readonly kind: 'add' | 'remove' | 'wake' | 'next'; readonly index: number };
const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('add', 'remove', 'wake', 'next', 'next', 'next'),
    index: fc.nat(5),
  }),
  { maxLength: 120 },
);

test('whoever has room and said so is served before anybody is served a second time', () => {
  fc.assert(
    fc.property(steps, (plan) => {
      const ring = new ConsumerRing();
      const members = new Map<number, FakeConsumer>();
      // Served since each member last could have been: nobody may be in another's list twice.
      const passedOver = new Map<FakeConsumer, FakeConsumer[]>();
      for (const { kind, index } of plan) {
        const member = members.get(index);
        if (kind === 'add' && member === undefined) {
          const consumer = new FakeConsumer(`${index}`, 3);
          members.set(index, consumer);
          passedOver.set(consumer, []);
          ring.add(consumer);
        } else if (kind === 'remove' && member !== undefined) {
          ring.remove(member);
          members.delete(index);
          passedOver.delete(member);
        } else if (kind === 'wake' && member !== undefined) {
          member.room = 3;
          if (!member.waiting) passedOver.set(member, []);
          ring.wake(member);
        } else if (kind === 'next') {
          const next = ring.next() as FakeConsumer | undefined;
          const ready = [...members.values()].filter(({ room, waiting }) => room > 0 && waiting);
          expect(next === undefined).toBe(ready.length === 0);
          if (next === undefined) continue;
          next.room--;
          passedOver.set(next, []);
          for (const other of ready) if (other !== next) passedOver.get(other)?.push(next);
        }
        for (const list of passedOver.values()) expect(new Set(list).size).toBe(list.length);
        expect(ring.size).toBe(members.size);
        expect(ring.hasWaiting).toBe([...members.values()].some(({ waiting }) => waiting));
      }
    }),
    { numRuns: 200 },
  );
});

function singleOf(byPriority: boolean, ...consumers: FakeConsumer[]): ConsumerRing {
  const ring = new ConsumerRing(true, byPriority);
  for (const consumer of consumers) ring.add(consumer);
  return ring;
}

/** Leaves a delivery with the consumer, which it settles when `held` is emptied. */
function give(consumer: FakeConsumer): void {
  consumer.held.push({ position: 1, sequence: 1, bodyBytes: 0, flags: 0, priority: 0, expiresAtMs: 0, readyAtMs: 0 });
}

test('a single active consumer is the first, and then the first of the highest priority', () => {
  const [a, b, c, d] = [
    new FakeConsumer('a'),
    new FakeConsumer('b'),
    new FakeConsumer('c', 9, 5),
    new FakeConsumer('d', 9, 5),
  ] as const;
  const ring = singleOf(false, a, b, c, d);
  expect(served(ring, 3)).toBe('aaa');
  let order = '';
  for (const consumer of [a, c, d, b]) {
    ring.remove(consumer);
    order += served(ring, 1);
  }
  expect(order).toBe('cdb-');
});

test('who is not active is not served, and does not become so by waking', () => {
  const [a, b] = [new FakeConsumer('a', 1), new FakeConsumer('b')];
  const ring = singleOf(false, a, b);
  expect(served(ring, 2)).toBe('a-');
  ring.wake(b);
  expect([ring.hasWaiting, served(ring, 1)]).toEqual([false, '-']);
});

test('by priority, the active consumer gives way to a higher one: at once, or when it has settled what it has', () => {
  const [idle, high] = [new FakeConsumer('a'), new FakeConsumer('h', 9, 1)];
  const ring = singleOf(true, idle);
  ring.add(high);
  expect(served(ring, 1)).toBe('h');
  const [busy, higher] = [high, new FakeConsumer('H', 9, 2)];
  give(busy);
  ring.add(higher);
  expect(served(ring, 1)).toBe('-');
  ring.wake(busy);
  expect(served(ring, 1), 'it has something still').toBe('-');
  busy.held.length = 0;
  ring.wake(busy);
  expect(served(ring, 2)).toBe('HH');
});

test('a consumer that gives way and leaves is followed at once', () => {
  const [busy, high] = [new FakeConsumer('a'), new FakeConsumer('h', 9, 1)];
  const ring = singleOf(true, busy);
  give(busy);
  ring.add(high);
  ring.remove(busy);
  expect(served(ring, 1)).toBe('h');
});

test('nobody is served while the ring is paused, whoever comes or has room; then all are again', () => {
  const high = new FakeConsumer('h', 1, 10);
  const ring = ringOf(new FakeConsumer('a'), high);
  ring.pause();
  ring.add(new FakeConsumer('b'));
  ring.wake(high);
  expect([served(ring, 2), ring.hasWaiting, ring.someHasRoom(), ring.paused]).toEqual(['--', false, false, true]);
  ring.resume();
  expect([served(ring, 5), ring.paused]).toEqual(['habab', false]);
});

test('of a single active consumer that goes while the ring is paused, another takes the place', () => {
  const ring = new ConsumerRing(true);
  const first = new FakeConsumer('a');
  ring.add(first);
  ring.add(new FakeConsumer('b'));
  ring.pause();
  ring.remove(first);
  expect(served(ring, 1)).toBe('-');
  ring.resume();
  expect(served(ring, 2)).toBe('bb');
});
