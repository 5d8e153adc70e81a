import { expect, test } from 'vitest';
import { acquiredOf, countedOf, packReturns } from '../../../src/journal/returns.ts';

test.each([
  [0, 1, 0, 1],
  [3, 70, 3, 70],
  [65_535, 65_535, 65_535, 65_535],
  [65_536, 1_000_000, 65_535, 65_535],
  [0, 65_536, 0, 65_535],
])('%d of %d returns are remembered as %d of %d', (counted, acquired, countedThen, acquiredThen) => {
  const returns = packReturns(counted, acquired);
  expect([countedOf(returns), acquiredOf(returns)]).toEqual([countedThen, acquiredThen]);
  expect(returns).toBeLessThan(2 ** 32);
});
