import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AgeMarks } from '../../../src/metrics/age_marks.ts';

test('a message is never older than told, nor younger by more than the marks around it leave open', () => {
  const step = fc.record({
    laterMs: fc.integer({ min: 1, max: 10_000 }),
    come: fc.integer({ min: 0, max: 5 }),
    go: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 200 }), (steps) => {
      const marks = new AgeMarks();
      const cameAtMs: number[] = [];
      let first = 0;
      let nowMs = 0;
      let lookedAtMs = 0;
      marks.note(0, 0, nowMs);
      for (const { laterMs, come, go } of steps) {
        nowMs += laterMs;
        for (let i = 0; i < come; i++) cameAtMs.push(nowMs - (laterMs >> 1));
        first = Math.min(cameAtMs.length, first + go);
        if (first < cameAtMs.length) {
          const told = marks.cameAfterMs(first);
          expect(told).toBeLessThanOrEqual(cameAtMs[first] as number);
        }
        marks.note(first, cameAtMs.length, nowMs);
        if (first === cameAtMs.length) expect(marks.cameAfterMs(first)).toBe(nowMs);
        lookedAtMs = nowMs;
      }
      cameAtMs.push(nowMs + 1);
      expect(marks.cameAfterMs(cameAtMs.length - 1)).toBe(lookedAtMs);
    }),
  );
});

test('the older a message, the coarser its age, but within a half', () => {
  const marks = new AgeMarks();
  const everyMs = 5_000;
  const count = 2_000;
  for (let i = 0; i <= count; i++) marks.note(0, i, i * everyMs);
  for (const age of [10, 100, 1_000]) {
    const sequence = count - age;
    const told = count * everyMs - (marks.cameAfterMs(sequence) ?? 0);
    expect(told).toBeGreaterThanOrEqual(age * everyMs);
    expect(told).toBeLessThan(age * everyMs * 1.5);
  }
});
