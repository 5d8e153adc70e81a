import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SpareTime } from '../../../src/lib/spare_time.ts';

function use(milliseconds: number): void {
  const endMs = performance.now() + milliseconds;
  while (performance.now() < endMs);
}

test('time is over for all when one has used it, and there is more in the next turn', async () => {
  const time = new SpareTime();
  expect(time.isOver).toBe(false);
  use(2);
  expect(time.isOver).toBe(true);
  await nextTurn();
  await nextTurn();
  expect(time.isOver).toBe(false);
});

test('one of those that wait goes on in each turn, in the order in which they came', async () => {
  const time = new SpareTime();
  let turn = 0;
  const went: [string, number][] = [];
  const waiter = async (name: string): Promise<void> => {
    await time.later();
    went.push([name, turn]);
  };
  const all = Promise.all(['a', 'b', 'c'].map(waiter));
  for (; turn < 6; turn++) await nextTurn();
  await all;
  expect(went.map(([name]) => name)).toEqual(['a', 'b', 'c']);
  expect(new Set(went.map(([, at]) => at)).size).toBe(3);
});
