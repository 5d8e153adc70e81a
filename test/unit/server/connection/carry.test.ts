import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arena } from '../../../../src/lib/arena.ts';
import { Carry } from '../../../../src/server/connection/carry.ts';

test('what was kept and gathered stands before the chunk, in the read region or, too large for that, elsewhere', () => {
  const sizes = fc.record({ kept: fc.nat(300), gathered: fc.array(fc.nat(200), { maxLength: 6 }), chunk: fc.nat(900) });
  fc.assert(
    fc.property(sizes, fc.nat(2_000), ({ kept, gathered, chunk }, needed) => {
      const arena = new Arena({ readBytes: 1_000, slots: 0, pages: 0 });
      const carry = new Carry();
      const bytes = Uint8Array.from({ length: 3_000 }, (_, index) => index % 251);
      carry.needed = needed;
      carry.keep(bytes, 0, kept);
      let at = kept;
      for (const size of gathered) {
        carry.append(bytes.subarray(at, at + size));
        at += size;
      }
      const joined = carry.join(bytes.subarray(at, at + chunk), arena);
      expect(joined.end).toBe(at + chunk);
      expect(joined.bytes === arena.bytes).toBe(joined.end <= 1_000);
      expect(joined.bytes.subarray(0, joined.end)).toEqual(bytes.subarray(0, joined.end));
    }),
  );
});

test('a frame that comes octet by octet is looked at once, when it is there', () => {
  const carry = new Carry();
  carry.keep(Uint8Array.of(1, 2, 3), 0, 3);
  carry.needed = 10;
  for (let i = 3; i < 9; i++) {
    expect(carry.completedBy(1)).toBe(false);
    carry.append(Uint8Array.of(i));
  }
  expect(carry.completedBy(1)).toBe(true);
});

test('with nothing kept, whatever comes is looked at, though an earlier frame needed more', () => {
  const carry = new Carry();
  carry.keep(Uint8Array.of(1), 0, 1);
  carry.needed = 5_000;
  carry.clear();
  carry.keep(Uint8Array.of(1, 2, 3), 0, 3);
  expect(carry.completedBy(0)).toBe(true);
});

test('what two connections keep is not mixed up, though they use the same buffers in turn', () => {
  const sizes = fc.record({
    first: fc.boolean(),
    kept: fc.nat(40_000),
    gathered: fc.array(fc.nat(40_000), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(sizes, { minLength: 4, maxLength: 12 }), (frames) => {
      const arena = new Arena({ readBytes: 200_000, slots: 0, pages: 0 });
      const carries = [new Carry(), new Carry()] as const;
      const expected: [number[], number[]] = [[], []];
      let fill = 0;
      const next = (length: number): Uint8Array => new Uint8Array(length).fill(++fill % 251);
      for (const { first, kept, gathered } of frames) {
        const which = first ? 0 : 1;
        const carry = carries[which];
        if (expected[which].length > 0) {
          const { bytes, end } = carry.join(next(1), arena);
          expect(Buffer.compare(bytes.subarray(0, end - 1), Uint8Array.from(expected[which]))).toBe(0);
        }
        const pieces = [next(kept), ...gathered.map(next)];
        carry.keep(pieces[0] as Uint8Array, 0, kept);
        for (const piece of pieces.slice(1)) carry.append(piece);
        expected[which] = pieces.flatMap((piece) => [...piece]);
      }
    }),
    { numRuns: 20 },
  );
});
