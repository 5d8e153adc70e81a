import { expect, test } from 'vitest';
import { Arrivals } from '../../../src/journal/arrivals.ts';
import { SegmentIndex } from '../../../src/journal/segment_index.ts';

function indexOf(...messages: readonly (readonly [queue: number, sequence: number])[]): SegmentIndex {
  const index = new SegmentIndex();
  for (const [queue, sequence] of messages) index.add(0, 0, 1, queue, sequence);
  return index;
}

test('queues whose messages do not come in order are found, within a segment and across them', () => {
  const arrivals = new Arrivals();
  arrivals.note(indexOf([1, 1], [2, 5], [3, 2], [3, 1], [1, 2]));
  arrivals.note(indexOf([1, 7], [2, 4], [4, 1], [4, 1]));
  expect([1, 2, 3, 4, 5].map((queue) => arrivals.inOrder(queue))).toEqual([true, false, false, false, true]);
  expect([1, 2, 3, 4, 5].map((queue) => arrivals.highestSequence(queue))).toEqual([7, 5, 2, 1, 0]);
  expect(arrivals.highestQueueId).toBe(4);
});
