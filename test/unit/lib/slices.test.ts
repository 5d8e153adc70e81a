import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eachInSlices, filterInSlices, mergeInSlices, sortInSlices } from '../../../src/lib/slices.ts';
import { NO_TIME } from '../../support/no_time.ts';

interface Card {
  readonly rank: number;
  readonly place: number;
}

const byRank = (a: Card, b: Card): number => a.rank - b.rank;
const cards = fc
  .array(fc.nat(40), { maxLength: 1_500 })
  .map((ranks) => ranks.map((rank, place): Card => ({ rank, place })));

test('what is sorted in slices is as sorted at once, and equals keep their order', async () => {
  const check = async (deck: readonly Card[]): Promise<void> => {
    expect(await sortInSlices(deck, byRank, NO_TIME)).toEqual(deck.toSorted(byRank));
  };
  await fc.assert(fc.asyncProperty(cards, check), { numRuns: 30 });
});

test('of two sorted lists one is made, and of equals those of the first come first', async () => {
  const check = async (deck: readonly Card[], cut: number): Promise<void> => {
    const [first, second] = [deck.slice(0, cut).sort(byRank), deck.slice(cut).sort(byRank)];
    expect(await mergeInSlices(first, second, byRank, NO_TIME)).toEqual(deck.toSorted(byRank));
  };
  await fc.assert(fc.asyncProperty(cards, fc.nat(1_500), check), { numRuns: 30 });
});

test('others have their turn while a long list is looked through', async () => {
  const numbers = Array.from({ length: 1_000 }, (_, i) => i);
  let turns = 0;
  let done = false;
  const count = (): void => {
    turns++;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  const seen: number[] = [];
  await eachInSlices(numbers, (number) => seen.push(number), NO_TIME);
  expect(await filterInSlices(numbers, (number) => number % 100 === 0, NO_TIME)).toHaveLength(10);
  done = true;
  expect(seen).toEqual(numbers);
  expect(turns).toBeGreaterThan(10);
});
