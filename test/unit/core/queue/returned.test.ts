import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../../../src/core/queue/entry.ts';
import { ReturnedHeap } from '../../../../src/core/queue/returned.ts';

function entry(sequence: number): Entry {
  return { position: sequence * 10, sequence, bodyBytes: 1, flags: 0, priority: 0, expiresAtMs: 0, readyAtMs: 0 };
}

/** A number is pushed; undefined takes the first. */
const steps = fc.array(fc.option(fc.nat(1_000), { nil: undefined, freq: 3 }), { maxLength: 200 });

test('the lowest sequence comes first, however pushes and shifts mix', () => {
  fc.assert(
    fc.property(steps, (plan) => {
      const heap = new ReturnedHeap();
      const model: number[] = [];
      for (const step of plan) {
        if (step === undefined) {
          expect(heap.shift()?.sequence).toBe(model.shift());
        } else {
          heap.push(entry(step));
          model.push(step);
          model.sort((left, right) => left - right);
        }
        expect(heap.length).toBe(model.length);
        expect(heap.peek()?.sequence).toBe(model[0]);
      }
      expect(
        heap
          .entries()
          .map(({ sequence }) => sequence)
          .sort((a, b) => a - b),
      ).toEqual(model);
    }),
  );
});

test('an entry comes back with all its fields', () => {
  const heap = new ReturnedHeap();
  const given: Entry = { position: 7, sequence: 3, bodyBytes: 99, flags: 3, priority: 2, expiresAtMs: 5, readyAtMs: 0 };
  heap.push(given);
  heap.push(entry(9));
  expect(heap.shift()).toEqual(given);
});

test('cleared, it is empty', () => {
  const heap = new ReturnedHeap();
  heap.push(entry(1));
  heap.clear();
  expect([heap.length, heap.shift(), heap.peek()]).toEqual([0, undefined, undefined]);
});
