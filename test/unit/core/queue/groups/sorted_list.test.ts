import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstSequence, SortedList } from '../../../../../src/core/queue/groups/sorted_list.ts';

test('messages come out by sequence, each as it went in, whatever the order they come in', () => {
  const steps = fc.array(fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined, freq: 2 }), { maxLength: 80 });
  fc.assert(
    fc.property(steps, (plan) => {
      const list = new SortedList();
      let model: number[] = [];
      for (const sequence of plan) {
        if (sequence === undefined) {
          const taken = list.take();
          const expected = model.shift();
          expect(taken).toEqual(expected === undefined ? undefined : entry(expected));
        } else if (!model.includes(sequence)) {
          list.put(entry(sequence));
          model = [...model, sequence].sort((left, right) => left - right);
        }
        expect(list.length).toBe(model.length);
        expect(list.headPosition()).toBe(model[0] === undefined ? undefined : 1000 * model[0]);
        expect(list.headExpiresAtMs()).toBe(model[0] === undefined ? 0 : 7 * model[0]);
        expect(firstSequence(list)).toBe(model[0] ?? Number.POSITIVE_INFINITY);
      }
    }),
  );
});

function entry(sequence: number) {
  return {
    position: 1000 * sequence,
    sequence,
    bodyBytes: sequence % 5,
    flags: sequence % 4,
    priority: 0,
    expiresAtMs: 7 * sequence,
    readyAtMs: 0,
  };
}
