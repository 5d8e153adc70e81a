import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RangeList, SequenceSet } from '../../../src/journal/sequence_set.ts';
import { seededRandom } from '../../support/seeded_random.ts';

const HIGHEST = 60;
const sequence = fc.integer({ min: 1, max: HIGHEST });
const change = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), first: sequence }),
  fc.record({ kind: fc.constant('range' as const), first: sequence, count: fc.integer({ min: 0, max: 15 }) }),
  fc.record({ kind: fc.constant('raise' as const), first: sequence }),
);

function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
}

function seededShuffle(values: readonly number[]): number[] {
  const random = seededRandom(7);
  return values
    .map((value) => ({ value, by: random() }))
    .sort((a, b) => a.by - b.by)
    .map(({ value }) => value);
}

test('it holds what was added, as a Set does', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), sequence, sequence, (changes, from, to) => {
      const set = new SequenceSet();
      const model = new Set<number>();
      for (const each of changes) {
        if (each.kind === 'add') set.add(each.first);
        else if (each.kind === 'range') set.addRange(each.first, each.count);
        else set.raise(each.first);
        const added =
          each.kind === 'raise'
            ? range(1, each.first)
            : range(each.first, each.first + (each.kind === 'add' ? 1 : each.count));
        for (const one of added) model.add(one);
      }
      const all = range(1, HIGHEST + 20);
      expect(all.filter((one) => set.has(one))).toEqual(all.filter((one) => model.has(one)));
      expect(set.size).toBe(model.size);
      expect(set.end).toBe(Math.max(0, ...model) + 1);
      expect(set.countMissing(from, to)).toBe(range(from, to).filter((one) => !model.has(one)).length);
    }),
    { numRuns: 2000 },
  );
});

test('its ranges are sorted, and apart from each other and from what is below', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(sequence, fc.integer({ min: 1, max: 9 })), { maxLength: 40 }), (added) => {
      const set = new SequenceSet();
      for (const [first, count] of added) set.addRange(first, count);
      let end = set.below;
      for (const { first, count } of set.ranges) {
        expect(first).toBeGreaterThan(end);
        expect(count).toBeGreaterThan(0);
        end = first + count;
      }
    }),
  );
});

test('it holds what was added across many chunks, in any order, with its ranges', () => {
  const top = 5 * 4096;
  // Numbers around the edges of chunks are where mistakes would be.
  const near = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: -3, max: 3 }));
  const place = fc.oneof(
    fc.integer({ min: 1, max: top }),
    near.map(([chunk, offset]) => Math.max(1, chunk * 4096 + offset)),
  );
  const step = fc.oneof(
    fc.record({ kind: fc.constant('range' as const), first: place, end: place }),
    fc.record({ kind: fc.constant('one' as const), first: place, end: place }),
    fc.record({ kind: fc.constant('raise' as const), first: fc.constant(1), end: place }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), place, place, (steps, from, to) => {
      const set = new SequenceSet();
      const model = new Set<number>();
      for (const { kind, first, end } of steps) {
        if (kind === 'raise') set.raise(end);
        else if (kind === 'one') set.add(first);
        else set.addRange(first, Math.max(0, end - first));
        for (const one of kind === 'one' ? [first] : range(first, end)) model.add(one);
      }
      const ranged = range(1, set.below);
      for (const { first, count } of set.ranges) for (let i = 0; i < count; i++) ranged.push(first + i);
      expect(ranged).toEqual([...model].sort((left, right) => left - right));
      expect(range(1, top + 5).every((one) => set.has(one) === model.has(one))).toBe(true);
      expect([set.size, set.end]).toEqual([model.size, (ranged.at(-1) ?? 0) + 1]);
      expect(set.countMissing(from, to)).toBe(range(from, to).filter((one) => !model.has(one)).length);
    }),
    { numRuns: 60 },
  );
});

test('what was added at random is all below in the end, whichever came last', () => {
  const count = 3 * 4096 + 100;
  const shuffled = seededShuffle(range(1, count + 1));
  const set = new SequenceSet();
  for (const one of shuffled.slice(0, -1)) set.add(one);
  expect([set.size, set.countMissing(1, count + 1)]).toEqual([count - 1, 1]);
  set.add(shuffled.at(-1) as number);
  expect([set.below, set.ranges, set.size, set.end]).toEqual([count + 1, [], count, count + 1]);
});

test('a range of any length is one step, and takes no memory for its sequences', () => {
  const set = new SequenceSet();
  set.addRange(10, 2 ** 40);
  expect([set.below, set.ranges]).toEqual([1, [{ first: 10, count: 2 ** 40 }]]);
  expect([set.has(2 ** 40), set.has(2 ** 40 + 10), set.end]).toEqual([true, false, 2 ** 40 + 10]);
  expect(set.countMissing(1, 2 ** 40)).toBe(9);
  set.addRange(1, 9);
  expect([set.below, set.ranges]).toEqual([2 ** 40 + 10, []]);
});

test('what is added in order is one range', () => {
  const set = new SequenceSet();
  for (const one of range(10, 1000)) set.add(one);
  expect([set.below, set.ranges]).toEqual([1, [{ first: 10, count: 990 }]]);
  set.addRange(1, 9);
  expect([set.below, set.ranges]).toEqual([1000, []]);
});

test('a list keeps what was added in order, neighbours in one range, and gives it once', () => {
  fc.assert(
    fc.property(fc.array(sequence), (added) => {
      const list = new RangeList();
      for (const one of added) list.add(one);
      const ranges = list.take();
      expect(ranges.flatMap(({ first, count }) => range(first, first + count))).toEqual(added);
      for (let i = 1; i < ranges.length; i++) {
        const before = ranges[i - 1] as { first: number; count: number };
        expect(ranges[i]?.first).not.toBe(before.first + before.count);
      }
      expect([list.size, list.take()]).toEqual([0, []]);
    }),
  );
});
