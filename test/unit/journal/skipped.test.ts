import { expect, test } from 'vitest';
import type { Queue } from '../../../src/core/queue/queue.ts';
import { JournalQueue } from '../../../src/journal/journal_queue.ts';

test('transient messages between persistent ones leave no gaps that pile up', () => {
  const log = new JournalQueue(1, { nextSequence: 1 } as Queue, () => {});
  for (let sequence = 1; sequence <= 10_000; sequence += 2) {
    log.skipped(sequence);
    log.settled(sequence + 1);
  }
  expect(log.settledSet.below).toBe(10_001);
  expect(log.settledSet.ranges).toEqual([]);
});
