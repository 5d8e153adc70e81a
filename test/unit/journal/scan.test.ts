import { describe, expect, test } from 'vitest';
import type { JournalRecord } from '../../../src/journal/record.ts';
import { batchesFrom, firstBatch, follows, laterBatch, visitRecords } from '../../../src/journal/scan.ts';
import { batchBytes, checkpoint, EPOCH, message, segmentBytes, settled } from '../../support/segment_bytes.ts';

function numbersFrom(bytes: Uint8Array, at: number, before?: { epoch: number; number: number }): number[] {
  return [...batchesFrom(bytes, at, before)].map(({ header }) => header.number);
}

test('a batch follows the one before it, or opens a higher epoch', () => {
  const before = { epoch: 2, number: 9 };
  expect(follows({ epoch: 2, number: 10 }, before)).toBe(true);
  expect(follows({ epoch: 3, number: 1 }, before)).toBe(true);
  expect(follows({ epoch: 1, number: 10 }, undefined)).toBe(true);
  for (const [epoch, number] of [
    [2, 9],
    [2, 11],
    [3, 2],
    [1, 10],
    [1, 1],
  ] as const) {
    expect(follows({ epoch, number }, before)).toBe(false);
  }
});

test('batches are read up to the first that does not follow', () => {
  const batches = [1, 2, 3, 5].map((number) => ({ number, records: checkpoint(1) }));
  expect(numbersFrom(segmentBytes(1, batches), 32)).toEqual([1, 2, 3]);
  expect(numbersFrom(segmentBytes(1, batches), 32, { epoch: EPOCH, number: 0 })).toEqual([1, 2, 3]);
  expect(numbersFrom(segmentBytes(1, batches), 32, { epoch: EPOCH, number: 1 })).toEqual([]);
  expect(numbersFrom(new Uint8Array(100), 0)).toEqual([]);
});

describe('the first batch of a segment', () => {
  test('begins a checkpoint that names it', () => {
    const bytes = segmentBytes(3, [{ number: 40, records: checkpoint(3) }]);
    expect(firstBatch(bytes, 3)).toMatchObject({ start: 32, end: bytes.length, header: { number: 40 } });
  });

  test('is not one of another segment, nor one without a checkpoint, nor a damaged one', () => {
    expect(firstBatch(segmentBytes(3, [{ number: 40, records: checkpoint(2) }]), 3)).toBeUndefined();
    expect(firstBatch(segmentBytes(3, [{ number: 40, records: [settled(3, 1)] }]), 3)).toBeUndefined();
    expect(firstBatch(segmentBytes(3, [{ number: 40, records: checkpoint(3), lost: true }]), 3)).toBeUndefined();
    expect(firstBatch(new Uint8Array(10), 3)).toBeUndefined();
  });
});

describe('a later batch', () => {
  const last = { epoch: EPOCH, number: 5 };
  const batch = (number: number, epoch: number) => batchBytes({ number, epoch, records: [settled(1, 1)] });

  test('is found behind anything', () => {
    const before = Buffer.from('LVBT and LVBLVBT, but no batch');
    const bytes = Buffer.concat([before, batch(4, EPOCH), batch(7, EPOCH)]);
    const found = laterBatch(bytes, 0, last);
    expect([found?.header.number, found?.end]).toEqual([7, bytes.length]);
  });

  test('is none of an earlier number, of another epoch, or one that is damaged', () => {
    const damaged = batch(8, EPOCH).fill(0xff, 33);
    const bytes = Buffer.concat([batch(5, EPOCH), batch(9, EPOCH - 1), batch(1, EPOCH + 1), damaged]);
    expect(laterBatch(bytes, 0, last)).toBeUndefined();
  });

  test('may be of a later epoch, where that is asked for', () => {
    const bytes = Buffer.concat([batch(9, EPOCH - 1), batch(1, EPOCH + 1)]);
    expect(laterBatch(bytes, 0, last, true)?.header.epoch).toBe(EPOCH + 1);
  });
});

test('records are told one by one, a message once for each of its queues', () => {
  const copies = {
    type: 'message',
    body: 'body',
    places: [
      { queue: 1, sequence: 2 ** 40 },
      { queue: 7, sequence: 3 },
    ],
  } as const;
  const bytes = segmentBytes(1, [{ number: 1, records: [settled(1, 5), copies, message(2, 1, ''), settled(2, 6)] }]);
  const told: unknown[] = [];
  const [batch] = batchesFrom(bytes, 32, undefined);
  visitRecords(bytes, batch!, {
    message: (content, bodyBytes, queue, sequence, receivedAtMs) => {
      // The content begins with the exchange, which is the default one, and the routing key.
      expect([bytes[content], bytes[content + 1], bytes[content + 2]]).toEqual([0, 1, 'q'.charCodeAt(0)]);
      told.push([queue, sequence, bodyBytes, receivedAtMs]);
    },
    other: (record: JournalRecord) => told.push(record),
  });
  expect(told).toEqual([settled(1, 5), [1, 2 ** 40, 4, 0], [7, 3, 4, 0], [2, 1, 0, 0], settled(2, 6)]);
});
