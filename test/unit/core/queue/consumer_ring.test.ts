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
