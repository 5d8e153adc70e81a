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
  return [sequence * 2 ** 20, sequence, sequence % 2 ** 29, sequence % 8];
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

test('large numbers survive: positions and sequences to 2^53, body sizes to 2^29, three flags', () => {
  const ring = new ReadyRing();
  const row: Row = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1, 2 ** 29 - 1, 7];
  ring.push(...row);
  expect(head(ring)).toEqual(row);
});

test('sequences may leave gaps of any size, with whatever follows', () => {
  const gaps = fc.array(fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 ** 40 })), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(gaps, fc.nat(200), (plan, shifts) => {
      const ring = new ReadyRing();
      const model: Row[] = [];
      let sequence = 0;
      for (const [index, gap] of plan.entries()) {
        sequence += gap;
        const row: Row = [index, sequence, index, index % 8];
        ring.push(...row);
        model.push(row);
        if (index % 3 === 0 && index < shifts) {
          expect(head(ring)).toEqual(model.shift());
          ring.shift();
        }
      }
      expect(rows(ring)).toEqual(model);
      while (ring.length > 0) {
        expect(head(ring)).toEqual(model.shift());
        ring.shift();
      }
    }),
  );
});

test('entries are moved where they are told to be, and only those', () => {
  const ring = new ReadyRing();
  for (let sequence = 1; sequence <= 10_000; sequence++) ring.push(sequence, sequence, 0, 0);
  for (let i = 0; i < 10; i++) ring.shift();
  ring.relocate((position) => (position % 5 === 0 ? position + 1_000_000 : undefined));
  const wrong = rows(ring).filter(
    ([position, sequence]) => position !== sequence + (sequence % 5 === 0 ? 1_000_000 : 0),
  );
  expect([wrong, ring.length]).toEqual([[], 9_990]);
});

test('taking from an empty ring is our own mistake and stops', () => {
  const ring = new ReadyRing();
  expect(() => ring.shift()).toThrow('shift of an empty ring');
  ring.push(...rowOf(1));
  ring.shift();
  expect(() => ring.shift()).toThrow('shift of an empty ring');
});

test('what is taken out of the middle leaves the rest in order, wherever it was, and whatever comes after', () => {
  const steps = fc.array(
    fc.record({ pushes: fc.nat(6000), shifts: fc.nat(3000), removed: fc.array(fc.nat(9000), { maxLength: 40 }) }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(steps, fc.nat(50), fc.nat(50), (plan, skip, count) => {
      const ring = new ReadyRing();
      let model: number[] = [];
      let pushed = 0;
      for (const { pushes, shifts, removed } of plan) {
        for (let i = 0; i < pushes; i++) {
          const [position, sequence, bodyBytes, flags] = rowOf(++pushed);
          ring.push(position, sequence, bodyBytes, flags, sequence % 3 === 0 ? sequence : 0, 0);
          model.push(sequence);
        }
        for (let i = 0; i < Math.min(shifts, model.length); i++) ring.shift();
        model = model.slice(shifts);
        const wanted = new Set([...removed.map((nth) => model[nth] ?? -1), ...model.slice(4000, 4100)]);
        const taken = ring.remove(wanted, 0).map(({ sequence }) => sequence);
        expect(taken).toEqual(model.filter((sequence) => wanted.has(sequence)));
        model = model.filter((sequence) => !wanted.has(sequence));
        expect(ring.length).toBe(model.length);
        expect(ring.entries(skip, count, 7)).toEqual(
          model.slice(skip, skip + count).map((sequence) => entryOf(sequence)),
        );
      }
      expect(rows(ring)).toEqual(model.map(rowOf));
      for (const sequence of model) expect(ring.take(7)).toEqual(entryOf(sequence));
    }),
    { numRuns: 12 },
  );
});

function entryOf(sequence: number): object {
  const [position, , bodyBytes, flags] = rowOf(sequence);
  const expiresAtMs = sequence % 3 === 0 ? sequence : 0;
  return { position, sequence, bodyBytes, flags, priority: 7, expiresAtMs, readyAtMs: 0 };
}
