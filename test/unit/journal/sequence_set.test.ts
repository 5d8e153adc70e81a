import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RangeList, SequenceSet } from '../../../src/journal/sequence_set.ts';

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
