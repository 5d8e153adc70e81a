import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Postings } from '../../../../src/core/exchange/postings.ts';

it('has the numbers of each hash that were added and not removed', () => {
  // Few hashes, so that they have many numbers each, with some that share a bucket.
  const hashes = fc.constantFrom(0, 1, -1, 0x1234_5678, 0x1234_5679, -0x8000_0000);
  const steps = fc.array(fc.tuple(hashes, fc.nat(1_000), fc.boolean()), { maxLength: 2_000, size: 'max' });
  fc.assert(
    fc.property(steps, (operations) => {
      const postings = new Postings();
      const present: (readonly [posting: number, hash: number, number: number])[] = [];
      for (const [hash, number, remove] of operations) {
        const gone = remove ? present.splice(number % Math.max(1, present.length), 1)[0] : undefined;
        if (gone !== undefined) postings.remove(gone[0]);
        else present.push([postings.add(hash, number), hash, number]);
      }
      for (const hash of [0, 1, -1, 0x1234_5678, 0x1234_5679, -0x8000_0000, 5]) {
        const found: number[] = [];
        postings.each(hash, (number) => found.push(number));
        const expected = present.filter((posting) => posting[1] === hash).map((posting) => posting[2]);
        expect(found.sort()).toEqual(expected.sort());
      }
    }),
    { numRuns: 30 },
  );
});
