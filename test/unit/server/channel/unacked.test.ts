import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Queue } from '../../../../src/core/queue/queue.ts';
import type { Consumer } from '../../../../src/server/channel/consumer.ts';
import { UnackedRing } from '../../../../src/server/channel/unacked.ts';
import type { Delivery } from '../../../../src/server/channel/unacked_block.ts';

const QUEUES = ['q', 'r'].map((name) => ({ name }) as Queue);
const CONSUMERS = [undefined, { tag: 'a' } as Consumer];

function delivery(tag: number): Delivery {
  return {
    tag,
    queue: QUEUES[tag % 2] as Queue,
    consumer: CONSUMERS[tag % 2],
    position: tag * 3,
    sequence: tag * 5,
    bodyBytes: tag * 7,
    flags: tag % 4,
  };
}

function add(ring: UnackedRing, of: Delivery): void {
  ring.add(of.tag, of.queue, of.consumer, of.position, of.sequence, of.bodyBytes, of.flags);
}

type Step =
  | { readonly kind: 'add'; readonly skip: number; readonly count: number }
  | { readonly kind: 'take' | 'remove' | 'upTo'; readonly which: number }
  | { readonly kind: 'restore' | 'takeAll' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), skip: fc.nat(3), count: fc.nat(30) }) },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constantFrom('take' as const, 'remove' as const), which: fc.nat(99) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('upTo' as const), which: fc.nat(99) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restore' as const, 'takeAll' as const) }) },
  ),
  { maxLength: 80 },
);

test('it holds what a map by tag would hold, with tags that skip, come out in any order, and are put back', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(16, 32, undefined), (plan, capacityMax) => {
      const ring = new UnackedRing(capacityMax);
      const remove = (tag: number): unknown => (ring.isStraggler(tag) ? ring.take(tag) : ring.remove(tag));
      const model = new Map<number, Delivery>();
      const taken: Delivery[] = [];
      let last = 0;
      const some = (which: number): number | undefined => [...model.keys()][which % Math.max(1, model.size)];
      const step = (of: Step): void => {
        if (of.kind === 'add') {
          last += of.skip;
          for (let i = 0; i < of.count; i++) {
            const next = delivery(++last);
            add(ring, next);
            model.set(next.tag, next);
          }
        } else if (of.kind === 'takeAll') {
          expect(ring.takeAll()).toEqual([...model.values()].sort((left, right) => left.tag - right.tag));
          model.clear();
        } else if (of.kind === 'restore') {
          ring.restore(taken);
          for (const back of taken.splice(0)) model.set(back.tag, back);
        } else if ('which' in of) {
          const tag = some(of.which);
          if (tag === undefined) return;
          if (of.kind === 'take') {
            expect(ring.take(tag)).toEqual(model.get(tag));
            taken.push(model.get(tag) as Delivery);
            model.delete(tag);
          } else if (of.kind === 'remove') {
            remove(tag);
            model.delete(tag);
          } else {
            for (let first = ring.firstTag; first !== undefined && first <= tag; first = ring.firstTag) {
              remove(first);
              model.delete(first);
            }
          }
        }
      };
      for (const of of plan) {
        step(of);
        expect(ring.count).toBe(model.size);
        expect(ring.firstTag).toBe(model.size === 0 ? undefined : Math.min(...model.keys()));
        for (let tag = Math.max(0, last - 60); tag <= last + 2; tag++) expect(ring.has(tag)).toBe(model.has(tag));
      }
      const seen: number[] = [];
      ring.eachUpTo(last, (tag) => seen.push(tag) > 0);
      expect(seen).toEqual([...model.keys()].sort((left, right) => left - right));
      ring.relocate((position) => position + 1);
      for (const { tag, queue, consumer, position, sequence, bodyBytes, flags } of model.values()) {
        if (ring.isStraggler(tag)) {
          expect(ring.take(tag)).toEqual({ tag, queue, consumer, position: position + 1, sequence, bodyBytes, flags });
          continue;
        }
        expect(ring.queueOf(tag)).toBe(queue);
        expect(ring.consumerOf(tag)).toBe(consumer);
        const numbers = [ring.positionOf(tag), ring.sequenceOf(tag), ring.bodyBytesOf(tag), ring.flagsOf(tag)];
        expect(numbers).toEqual([position + 1, sequence, bodyBytes, flags]);
      }
    }),
    { numRuns: 300 },
  );
});

test('a few deliveries kept while a million others come and go cost little, and are all still there', () => {
  const ring = new UnackedRing();
  const kept = [1, 2, 500, 70_000, 400_000];
  const before = process.memoryUsage().arrayBuffers;
  for (let tag = 1; tag <= 1_000_000; tag++) {
    add(ring, delivery(tag));
    if (!kept.includes(tag)) ring.remove(tag);
  }
  // A place for every tag since the first would be some 37 MB.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  expect([ring.count, ring.firstTag, ring.has(3), ring.has(70_000)]).toEqual([kept.length, 1, false, true]);
  expect(ring.takeAll()).toEqual(kept.map(delivery));
  expect(ring.count).toBe(0);
});

test('a tag that is not held cannot be taken', () => {
  const ring = new UnackedRing();
  expect(() => ring.take(1)).toThrow('took a tag that is not held');
});

test.each([0, -1, 2, 2 ** 53, 2 ** 64, Number.NaN])('tag %d is not held', (tag) => {
  const ring = new UnackedRing();
  add(ring, delivery(1));
  expect(ring.has(tag)).toBe(false);
});

test('a delivery far behind the last one held is taken in, whatever came between', () => {
  const ring = new UnackedRing();
  for (let tag = 1; tag <= 70_000; tag++) add(ring, delivery(tag));
  for (let tag = 2; tag <= 70_000; tag++) ring.remove(tag);
  add(ring, delivery(10_000_000));
  expect(ring.takeAll()).toEqual([1, 10_000_000].map(delivery));
});

test('stragglers come back from a rolled back transaction in their old order', () => {
  const ring = new UnackedRing();
  const kept = [1, 2, 500, 70_000, 400_000];
  for (let tag = 1; tag <= 1_000_000; tag++) {
    add(ring, delivery(tag));
    if (!kept.includes(tag)) ring.remove(tag);
  }
  const taken = ring.take(500);
  ring.restore([taken]);
  expect(ring.takeAll()).toEqual(kept.map(delivery));
});

test("one queue's deliveries are found among as many tags as are looked at, stragglers first", () => {
  const ring = new UnackedRing();
  for (const tag of [2, 4]) add(ring, delivery(tag));
  // So far apart that the first two are put aside.
  const far = 1_000_000;
  for (let tag = far; tag < far + 6; tag++) add(ring, delivery(tag));
  expect(ring.isStraggler(2)).toBe(true);
  const q = QUEUES[0] as Queue;
  const found = (tagsMax: number): readonly number[] => ring.of(q, tagsMax).map(({ tag }) => tag);
  expect(ring.span).toBe(8);
  expect(found(Number.POSITIVE_INFINITY)).toEqual([2, 4, far, far + 2, far + 4]);
  expect([0, 1, 2, 3, 4, 5].map((tagsMax) => found(tagsMax).length)).toEqual([0, 1, 2, 3, 3, 4]);
  expect(ring.of(q, 1)).toEqual([delivery(2)]);
  ring.takeAll();
  expect([ring.span, found(9)]).toEqual([0, []]);
});
