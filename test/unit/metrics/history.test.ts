import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { History } from '../../../src/metrics/history.ts';
import { RingPool } from '../../../src/metrics/ring_pool.ts';

const COLUMNS = 3;
const PLACES = 5;
const pool = new RingPool(PLACES);

test('what was noted is there as long as it is kept, and moments that nobody saw are as the one before', () => {
  const step = fc.record({
    later: fc.integer({ min: 1, max: 2 * PLACES }),
    row: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: COLUMNS, maxLength: COLUMNS }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
      const history = new History(COLUMNS, pool);
      const all: number[][] = [];
      const begin = 1_000;
      let moment = begin - 1;
      for (const { later, row } of steps) {
        moment += all.length === 0 ? 1 : later;
        while (all.length > 0 && begin + all.length < moment) all.push(all.at(-1) as number[]);
        const changed = history.note(moment, Float64Array.from(row));
        expect(changed).toBe(`${all.at(-1) ?? [0, 0, 0]}` !== `${row}`);
        all.push(row);
        for (let column = 0; column < COLUMNS; column++) {
          const kept = all.slice(-PLACES);
          const seen = kept.map((_row, i) => history.at(moment - kept.length + 1 + i, column));
          expect(seen).toEqual(kept.map((values) => values[column]));
          expect(history.at(moment - PLACES, column)).toBe(0);
          expect(history.at(moment + 3, column)).toBe(row[column]);
        }
      }
      // What it leaves must be no part of others.
      history.release();
    }),
  );
});

test('a history of zeros takes nothing', () => {
  const history = new History(COLUMNS, pool);
  history.note(1, new Float64Array(COLUMNS));
  expect(history.hasValues).toBe(false);
  history.note(2, Float64Array.of(0, 7, 0));
  expect(history.hasValues).toBe(true);
});
