import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SegmentIndex } from '../../../src/journal/segment_index.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u48 = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const entry = fc.tuple(
  fc.integer({ min: 0, max: 0xffff }),
  u32,
  u32,
  u32,
  u48,
  fc.integer({ min: 0, max: 255 }),
  fc.oneof(fc.constant(0), u48),
  fc.oneof(fc.constant(0), u48),
);
const page = fc.record({ offset: u32, length: u32 });
const summary = fc.record({
  segment: u32,
  epoch: fc.maxSafeNat(),
  batchNumber: fc.maxSafeNat(),
  usedBytes: fc.maxSafeNat(),
});

type Entry = [number, number, number, number, number, number, number, number];

function indexOf(entries: readonly Entry[]): SegmentIndex {
  const index = new SegmentIndex();
  for (const fields of entries) index.add(...fields);
  return index;
}

function entriesOf(index: SegmentIndex): Entry[] {
  return Array.from({ length: index.length }, (_, i) => [
    index.pageOf(i),
    index.offsetOf(i),
    index.bodyBytesOf(i),
    index.queueOf(i),
    index.sequenceOf(i),
    index.priorityOf(i),
    index.expiresAtMsOf(i),
    index.readyAtMsOf(i),
  ]);
}

const ABOUT = { segment: 4, epoch: 5, batchNumber: 6, usedBytes: 7 };

test('an index is read as it was written', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.array(page), summary, (entries, pages, about) => {
      const index = indexOf(entries);
      index.pages.push(...pages);
      const decoded = SegmentIndex.decode(index.encode(about), about.segment);
      expect(decoded?.summary).toEqual(about);
      expect(decoded?.index.pages).toEqual(pages);
      expect(entriesOf(decoded!.index)).toEqual(entries);
    }),
  );
});

test('each kind of time has its bytes only where an entry has one', () => {
  const size = (expiresAtMs: number, readyAtMs: number): number =>
    indexOf([
      [0, 0, 0, 1, 1, 0, 0, 0],
      [0, 9, 0, 1, 2, 0, expiresAtMs, readyAtMs],
    ]).encode(ABOUT).length;
  const without = size(0, 0);
  expect([size(1, 0), size(0, 1), size(1, 1)].map((bytes) => bytes - without)).toEqual([12, 12, 24]);
});

test('it grows as it is added to', () => {
  const entries = Array.from(
    { length: 5000 },
    (_, i): Entry => [i % 60, i * 7, i, i % 5, i + 2 ** 33, i % 10, i * 1000, i < 3000 ? 0 : i],
  );
  expect(entriesOf(indexOf(entries))).toEqual(entries);
});

function sample(): Buffer {
  const index = indexOf([
    [0, 45, 10, 1, 1, 0, 0, 0],
    [1, 45, 20, 2, 2 ** 40, 3, 1_700_000_000_000, 1_700_000_000_001],
  ]);
  index.pages.push({ offset: 32, length: 100 }, { offset: 132, length: 90 });
  return index.encode(ABOUT);
}

test('an index with any bit changed is none', () => {
  const bytes = sample();
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >>> 3] = (changed[bit >>> 3] as number) ^ (1 << (bit & 7));
    expect(SegmentIndex.decode(changed, ABOUT.segment), `bit ${bit}`).toBeUndefined();
  }
});

test('an index that is cut short, or goes on behind its end, is none', () => {
  const bytes = sample();
  for (let length = 0; length < bytes.length; length++) {
    expect(SegmentIndex.decode(bytes.subarray(0, length), ABOUT.segment), `${length} bytes`).toBeUndefined();
  }
  expect(SegmentIndex.decode(Buffer.concat([bytes, Buffer.alloc(1)]), ABOUT.segment)).toBeUndefined();
});

test('an index of another segment is none', () => {
  expect(SegmentIndex.decode(sample(), ABOUT.segment + 1)).toBeUndefined();
});
