import { peekBatch } from './batch.ts';
import { SEGMENT_HEADER_BYTES } from './log.ts';
import { type BatchId, batchesFrom, follows, laterBatch, type ScannedBatch } from './scan.ts';
import type { SegmentHeader } from './segment.ts';

/** A place where the next batch should be and is not. */
export interface Gap {
  readonly at: number;
  /** Where the next sound batch begins; undefined when there is none in the segment. */
  readonly until: number | undefined;
  /** Whether a later batch says that what is missing had been synced: then it is damage. */
  readonly synced: boolean;
}

export interface SegmentScan {
  readonly batches: readonly ScannedBatch[];
  readonly gaps: readonly Gap[];
  /** Behind the last batch. */
  readonly end: number;
  /** Whether what looks like the beginning of the next batch is at the end: a write that was cut short. */
  readonly torn: boolean;
}

/** Reads every batch of a segment's bytes; `before` is the last batch of the segment before, if there is one. */
export function scanSegment(bytes: Uint8Array, { epoch }: SegmentHeader, before: BatchId | undefined): SegmentScan {
  const batches: ScannedBatch[] = [];
  const gaps: Gap[] = [];
  // Behind segments that are gone, the first batch has any number.
  const first = batchesFrom(bytes, SEGMENT_HEADER_BYTES, undefined).next().value;
  let last: BatchId = before?.epoch === epoch ? before : { epoch, number: 0 };
  if (first?.header.epoch === epoch) {
    const gap = before?.epoch === epoch ? missing(SEGMENT_HEADER_BYTES, before, first) : undefined;
    if (gap !== undefined) gaps.push(gap);
    last = { epoch, number: first.header.number - 1 };
  }
  let at = SEGMENT_HEADER_BYTES;
  for (;;) {
    for (const batch of batchesFrom(bytes, at, last)) {
      if (batch.header.epoch !== epoch) break;
      batches.push(batch);
      last = batch.header;
      at = batch.end;
    }
    const later = laterBatch(bytes, at, last);
    if (later === undefined) break;
    gaps.push({ at, until: later.start, synced: wasSynced(last, later) });
    last = { epoch, number: later.header.number - 1 };
    at = later.start;
  }
  const next = peekBatch(bytes, at);
  return { batches, gaps, end: at, torn: next !== undefined && next.epoch === epoch && follows(next, last) };
}

/** What is missing between two segments of an epoch. */
function missing(at: number, before: BatchId, first: ScannedBatch): Gap | undefined {
  if (follows(first.header, before)) return undefined;
  return { at, until: first.start, synced: wasSynced(before, first) };
}

/** The batch behind `last` is missing, and `later` knows up to where all had been synced when it was sealed. */
function wasSynced(last: BatchId, { header }: ScannedBatch): boolean {
  return header.number - 1 - header.lag > last.number;
}
