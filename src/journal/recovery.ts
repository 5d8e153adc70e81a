import { PAGE_BYTES } from '../lib/arena.ts';
import { StartError } from '../lib/start_error.ts';
import { type Log, SEGMENT_HEADER_BYTES } from './log.ts';
import { peekBatch } from './batch.ts';
import { readSegment } from './read_segment.ts';
import { RecoveredState } from './recovered.ts';
import {
  type BatchId,
  batchesFrom,
  follows,
  laterBatch,
  type RecordVisitor,
  type ScannedBatch,
  visitRecords,
} from './scan.ts';
import { decodeHeader, FORMAT_VERSION, JournalSegment, type SegmentOwner } from './segment.ts';
import { SegmentIndex } from './segment_index.ts';

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
  readonly index: SegmentIndex;
  readonly damaged: boolean;
}

export interface Recovery {
  readonly state: RecoveredState;
  /** Oldest first. */
  readonly segments: readonly RecoveredSegment[];
  /** Numbers of what may be removed: it holds nothing. */
  readonly empty: readonly number[];
  readonly findings: readonly Finding[];
  readonly epoch: number;
  readonly nextSegment: number;
}

/** Of the first batch of a segment that is known by its index. */
const UNKNOWN_NUMBER: number = Number.MAX_SAFE_INTEGER;

interface Opened {
  readonly number: number;
  readonly epoch: number;
}

/**
 * Reads the log (docs/journal-format.md, *Opening*): what is newer than the newest whole checkpoint is read batch by batch,
 * the rest by its indexes. Rejects with a StartError for a format that is newer than this code.
 */
export async function recover(log: Log, owner: SegmentOwner): Promise<Recovery> {
  const numbers = await log.open();
  const findings: Finding[] = [];
  const opened: Opened[] = [];
  const empty: number[] = [];
  for (const number of numbers) {
    const header = decodeHeader(await log.read(number, 0, SEGMENT_HEADER_BYTES));
    if (header !== undefined && header.version > FORMAT_VERSION) throw newerFormat(header.version);
    if (header?.number === number) opened.push({ number, epoch: header.epoch });
    else {
      findings.push({ kind: 'no segment', segment: number });
      empty.push(number);
    }
  }
  const reading = new Reading(log, owner, findings);
  const base = await findBase(log, opened);
  for (const [i, { number, epoch }] of opened.entries()) {
    if (i >= base || !(await reading.byIndex(number, epoch))) await reading.whole(number, epoch, i >= base);
  }
  reading.end();
  const highest = opened.at(-1);
  return {
    state: reading.state,
    segments: reading.segments,
    empty,
    findings,
    epoch: Math.max(0, ...opened.map(({ epoch }) => epoch)) + 1,
    nextSegment: Math.max(highest?.number ?? 0, numbers.at(-1) ?? 0) + 1,
  };
}

/** The place, among `opened`, of the newest segment that begins with a whole checkpoint; 0 when none does. */
async function findBase(log: Log, opened: readonly Opened[]): Promise<number> {
  for (let i = opened.length - 1; i > 0; i--) {
    const { number, epoch } = opened[i] as Opened;
    const bytes = await readSegment(log, number);
    const state = new RecoveredState();
    const visitor: RecordVisitor = { message: () => {}, other: (record) => state.apply(record) };
    let held: ScannedBatch[] = [];
    for (const batch of batchesFrom(bytes, SEGMENT_HEADER_BYTES, undefined)) {
      if (batch.header.epoch !== epoch) break;
      held.push(batch);
      if (batch.header.joined) continue;
      for (const whole of held) visitRecords(bytes, whole, visitor);
      held = [];
      if (state.complete) return i;
    }
  }
  return 0;
}

function newerFormat(version: number): StartError {
  return new StartError(
    'data-dir',
    `The journal has format ${version}, and this Leveret knows formats up to ${FORMAT_VERSION}: a newer Leveret wrote it.`,
  );
}

/** Reads segments in order; a group of joined batches may begin in one and end in the next. */
class Reading {
  readonly state = new RecoveredState();
  readonly segments: RecoveredSegment[] = [];
  readonly #log: Log;
  readonly #owner: SegmentOwner;
  readonly #findings: Finding[];
  #last: BatchId | undefined;
  /** What joined batches would do, once the last of them is seen. */
  #held: (() => void)[] = [];
  /** The place where the last segment's batches ended, for whoever finds out whether that was the end of the log. */
  #ended: { readonly segment: number; readonly at: number; readonly bytes: Uint8Array } | undefined;

  constructor(log: Log, owner: SegmentOwner, findings: Finding[]) {
    this.#log = log;
    this.#owner = owner;
    this.#findings = findings;
  }

  /** False when there is no index, or it is not sound. */
  async byIndex(number: number, epoch: number): Promise<boolean> {
    const raw = await this.#log.readIndex(number);
    const decoded = raw === undefined ? undefined : SegmentIndex.decode(raw, number);
    if (decoded === undefined) return false;
    const { index, summary } = decoded;
    this.#judgeEnd({ epoch: summary.epoch, number: UNKNOWN_NUMBER, lag: 0 });
    const segment = new JournalSegment(number, epoch, this.#owner, undefined);
    for (const { offset, length } of index.pages) segment.places.push({ offset, length });
    segment.usedBytes = summary.usedBytes;
    segment.lastBatchNumber = summary.batchNumber;
    this.segments.push({ segment, index, damaged: false });
    this.#last = { epoch: summary.epoch, number: summary.batchNumber };
    return true;
  }

  /** Reads every batch; what they say of the topology counts only from the base on. */
  async whole(number: number, epoch: number, applies: boolean): Promise<void> {
    const bytes = await readSegment(this.#log, number);
    const index = new SegmentIndex();
    const segment = new JournalSegment(number, epoch, this.#owner, index);
    let at = SEGMENT_HEADER_BYTES;
    let damaged = false;
    // Between epochs, or behind a gap, a segment begins anew with whatever batch it begins with.
    let before: BatchId | undefined = this.#startOf(bytes, epoch);
    for (;;) {
      for (const batch of batchesFrom(bytes, at, before)) {
        if (batch.header.epoch !== epoch) break;
        this.#batch(bytes, batch, segment, index, applies);
        before = batch.header;
        at = batch.end;
      }
      const later = before === undefined ? undefined : laterBatch(bytes, at, before);
      if (later === undefined) break;
      // The missing batch is the one behind `before`; the later one knows whether it had been synced.
      const wasSynced = later.header.number - 1 - later.header.lag > (before?.number ?? 0);
      if (wasSynced) this.#findings.push({ kind: 'damage', segment: number, at, until: later.start });
      else this.#findings.push({ kind: 'torn tail', segment: number, at });
      damaged ||= wasSynced;
      this.#held = [];
      before = { epoch, number: later.header.number - 1 };
      at = later.start;
    }
    segment.usedBytes = at;
    segment.lastBatchNumber = before?.number ?? 0;
    for (const { offset, length } of segment.places) index.pages.push({ offset, length });
    this.segments.push({ segment, index, damaged });
    this.#ended = { segment: number, at, bytes };
  }

  /** The log ends here. Joined batches without their last one never happened. */
  end(): void {
    this.#held = [];
    if (this.#ended !== undefined) this.#noteTorn();
  }

  /** What a segment's first batch has to follow: the last one read, unless it belongs elsewhere. */
  #startOf(bytes: Uint8Array, epoch: number): BatchId | undefined {
    const first = batchesFrom(bytes, SEGMENT_HEADER_BYTES, undefined).next().value;
    if (first === undefined || first.header.epoch !== epoch) return this.#last;
    this.#judgeEnd(first.header);
    if (this.#last === undefined || !follows(first.header, this.#last)) this.#held = [];
    return undefined;
  }

  /** Where the segment before ended is judged by what comes next: the following batch, a new epoch, or a gap. */
  #judgeEnd(next: BatchId & { readonly lag: number }): void {
    const last = this.#last;
    if (this.#ended === undefined || last === undefined) return;
    if (next.epoch > last.epoch) {
      this.#noteTorn();
      this.#held = [];
    } else if (!follows(next, last) && next.number !== UNKNOWN_NUMBER) {
      const { segment, at } = this.#ended;
      const wasSynced = next.number - 1 - next.lag > last.number;
      if (wasSynced) this.#findings.push({ kind: 'damage', segment, at, until: undefined });
      else this.#findings.push({ kind: 'torn tail', segment, at });
    }
    this.#ended = undefined;
  }

  /** Zeros, and what an earlier segment left, are the clean end of a file; what begins as the next batch is a torn one. */
  #noteTorn(): void {
    const { segment, at, bytes } = this.#ended as { segment: number; at: number; bytes: Uint8Array };
    const next = peekBatch(bytes, at);
    if (next !== undefined && this.#last !== undefined && follows(next, this.#last)) {
      this.#findings.push({ kind: 'torn tail', segment, at });
    }
  }

  #batch(bytes: Uint8Array, batch: ScannedBatch, segment: JournalSegment, index: SegmentIndex, applies: boolean): void {
    this.#last = batch.header;
    const slot = addToPage(segment, batch);
    const { offset } = segment.places[slot] as { offset: number };
    const apply = (): void =>
      visitRecords(bytes, batch, {
        message: (content, bodyBytes, queue, sequence) =>
          index.add(slot, content - offset, bodyBytes, queue, sequence),
        other: (record) => {
          if (applies) this.state.apply(record);
        },
      });
    if (batch.header.joined) {
      this.#held.push(apply);
      return;
    }
    for (const held of this.#held) held();
    this.#held = [];
    apply();
  }

}

/** Batches that lie together in at most PAGE_BYTES are one page, to be read at once. Returns its slot. */
function addToPage(segment: JournalSegment, batch: ScannedBatch): number {
  const slot = segment.places.length - 1;
  const last = segment.places[slot];
  if (last !== undefined && last.offset + last.length === batch.start && batch.end - last.offset <= PAGE_BYTES) {
    last.length = batch.end - last.offset;
    return slot;
  }
  return segment.places.push({ offset: batch.start, length: batch.end - batch.start }) - 1;
}
