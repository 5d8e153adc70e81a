import { StartError } from '../lib/start_error.ts';
import type { Arrivals } from './arrivals.ts';
import { type LogReader, SEGMENT_HEADER_BYTES } from './log.ts';
import { readSegment } from './read_segment.ts';
import { Reading } from './reading.ts';
import type { RecoveredState } from './recovered.ts';
import { batchesFrom, firstBatch } from './scan.ts';
import { decodeHeader, FORMAT_VERSION, type JournalSegment, type SegmentOwner } from './segment.ts';
import type { SegmentIndex } from './segment_index.ts';

/** What was found on the way, for the operator. */
export type Finding =
  /** The last write was cut short: it confirmed nothing. */
  | { readonly kind: 'torn tail'; readonly segment: number; readonly at: number }
  /** Bytes in the middle are not what was written. */
  | { readonly kind: 'damage'; readonly segment: number; readonly at: number; readonly until: number | undefined }
  /** A file that is no segment, or the beginning of one that never came to be. */
  | { readonly kind: 'no segment'; readonly segment: number };

export interface RecoveredSegment {
  readonly segment: JournalSegment;
  /** That of a segment which has one on disk is read when it is asked for: all of them are too much for memory. */
  readonly readIndex: () => Promise<SegmentIndex>;
}

export interface Recovery {
  readonly state: RecoveredState;
  /** Oldest first. */
  readonly segments: readonly RecoveredSegment[];
  readonly arrivals: Arrivals;
  /** Numbers of what may be removed: it holds nothing. */
  readonly empty: readonly number[];
  readonly findings: readonly Finding[];
  /** Higher than any that was seen. */
  readonly epoch: number;
  readonly nextSegment: number;
}

interface Opened {
  readonly number: number;
  /** As the header has it; undefined where there is no header, or another segment's. */
  readonly epoch: number | undefined;
}

/**
 * Reads the log (docs/journal-format.md, *Opening*): what is newer than the newest whole checkpoint is read batch by batch,
 * the rest by its indexes. Rejects with a StartError for a format that is newer than this code.
 */
export async function recover(log: LogReader, owner: SegmentOwner): Promise<Recovery> {
  const opened: Opened[] = [];
  for (const number of await log.open()) {
    const header = decodeHeader(await log.read(number, 0, SEGMENT_HEADER_BYTES));
    if (header !== undefined && header.version > FORMAT_VERSION) throw newerFormat(header.version);
    opened.push({ number, epoch: header?.number === number ? header.epoch : undefined });
  }
  const reading = new Reading(log, owner);
  const base = await findBase(log, opened);
  for (const [i, { number, epoch }] of opened.entries()) {
    if (epoch === undefined) await reading.withoutHeader(number, i >= base);
    else if (i >= base || !(await reading.byIndex(number, epoch))) await reading.whole(number, epoch, i >= base);
  }
  const { state, segments, arrivals, empty, highestEpoch } = reading;
  const findings = reading.end();
  const nextSegment = (opened.at(-1)?.number ?? 0) + 1;
  return { state, segments, arrivals, empty, findings, epoch: highestEpoch + 1, nextSegment };
}

/** The place, among `opened`, of the newest segment that begins with a whole checkpoint; 0 when none does. */
async function findBase(log: LogReader, opened: readonly Opened[]): Promise<number> {
  for (let i = opened.length - 1; i > 0; i--) {
    const { number, epoch } = opened[i] as Opened;
    if (hasCheckpoint(await readSegment(log, number), number, epoch)) return i;
  }
  return 0;
}

function hasCheckpoint(bytes: Uint8Array, number: number, epoch: number | undefined): boolean {
  const first = firstBatch(bytes, number);
  if (first === undefined || (epoch !== undefined && epoch !== first.header.epoch)) return false;
  for (const { header } of batchesFrom(bytes, first.start, undefined)) {
    if (header.epoch !== first.header.epoch) return false;
    if (!header.joined) return true;
  }
  return false;
}

function newerFormat(version: number): StartError {
  return new StartError(
    'data-dir',
    `The journal has format ${version}, and this Leveret knows formats up to ${FORMAT_VERSION}: a newer Leveret wrote it.`,
  );
}
