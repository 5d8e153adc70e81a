import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../../../src/cli/perf/histogram.ts';

test('percentiles are right within 2%', () => {
  const values = fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.95, 0.99, 1), (recorded, share) => {
      const histogram = new Histogram();
      for (const value of recorded) histogram.record(value);
      const sorted = recorded.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      const found = histogram.percentile(share) ?? -1;
      expect(found).toBeLessThanOrEqual(exact);
      expect(found).toBeGreaterThanOrEqual(exact * 0.98 - 1);
      expect(histogram.max).toBe(sorted.at(-1));
    }),
  );
});

test('without anything recorded there is no percentile', () => {
  expect(new Histogram().percentile(0.5)).toBeUndefined();
});
