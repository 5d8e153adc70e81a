import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReadyRing } from '../../../../src/core/queue/ready_ring.ts';

type Row = [number, number, number, number];

function head(ring: ReadyRing): Row {
  return [ring.headPosition(), ring.headSequence(), ring.headBodyBytes(), ring.headFlags()];
}

function rows(ring: ReadyRing): Row[] {
  const seen: Row[] = [];
  ring.each((...row) => seen.push(row));
  return seen;
}

function rowOf(sequence: number): Row {
  return [sequence * 2 ** 20, sequence, sequence % 2 ** 32, sequence % 4];
}

test('what is pushed comes out in the same order, whatever the bursts', () => {
  const bursts = fc.array(fc.tuple(fc.nat(9_000), fc.nat(9_000), fc.boolean()), { maxLength: 12 });
  fc.assert(
    fc.property(bursts, (plan) => {
      const ring = new ReadyRing();
      let pushed = 0;
      let shifted = 0;
      for (const [pushes, shifts, clear] of plan) {
        for (let i = 0; i < pushes; i++) ring.push(...rowOf(++pushed));
        for (let i = 0; i < shifts && shifted < pushed; i++) {
          if (head(ring).join() !== rowOf(++shifted).join()) throw new Error(`${head(ring)} is not ${shifted}`);
          ring.shift();
        }
        if (clear) {
          ring.clear();
          shifted = pushed;
        }
        expect(ring.length).toBe(pushed - shifted);
      }
      expect(rows(ring)).toEqual(Array.from({ length: pushed - shifted }, (_, index) => rowOf(shifted + index + 1)));
    }),
    { numRuns: 30 },
  );
});

test('large numbers survive: positions and sequences to 2^53, body sizes to 2^32', () => {
  const ring = new ReadyRing();
  const row: Row = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1, 2 ** 32 - 1, 255];
  ring.push(...row);
  expect(head(ring)).toEqual(row);
});

test('taking from an empty ring is our own mistake and stops', () => {
  const ring = new ReadyRing();
  expect(() => ring.shift()).toThrow('shift of an empty ring');
  ring.push(...rowOf(1));
  ring.shift();
  expect(() => ring.shift()).toThrow('shift of an empty ring');
});
