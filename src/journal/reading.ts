import { wishOf } from '../core/queue/rules.ts';
import { routeEnd } from '../core/store/record.ts';
import { PAGE_BYTES } from '../lib/arena.ts';
import { StartError } from '../lib/start_error.ts';
import { Arrivals } from './arrivals.ts';
import { peekBatch } from './batch.ts';
import { type Doubt, Doubts } from './doubts.ts';
import { type LogReader, SEGMENT_HEADER_BYTES } from './log.ts';
import { readSegment } from './read_segment.ts';
import { RecoveredState } from './recovered.ts';
import type { Finding, RecoveredSegment } from './recovery.ts';
import { type BatchId, batchesFrom, firstBatch, laterBatch, type ScannedBatch, visitRecords } from './scan.ts';
import { JournalSegment, type SegmentOwner } from './segment.ts';
import { NO_PRIORITY, SegmentIndex } from './segment_index.ts';

/** What is done with the records of a segment that is read whole. */
interface Target {
  readonly bytes: Uint8Array;
  readonly segment: JournalSegment;
  readonly index: SegmentIndex;
  /** Whether what they say of the topology, and of what is settled, counts: from the base on. */
  readonly applies: boolean;
}

/** Reads segments in order, and keeps what they hold. */
export class Reading {
  readonly state: RecoveredState = new RecoveredState();
  readonly segments: RecoveredSegment[] = [];
  readonly arrivals: Arrivals = new Arrivals();
  /** What holds nothing. */
  readonly empty: number[] = [];
  highestEpoch = 0;
  readonly #log: LogReader;
  readonly #owner: SegmentOwner;
  readonly #doubts = new Doubts();
  readonly #findings: Finding[] = [];
  #last: BatchId | undefined;
  /** The segment before, where its batches ended, and whether the next of them was begun there. */
  #ended: { readonly segment: JournalSegment; readonly at: number; readonly torn: boolean } | undefined;
  /** Of joined batches those that were seen, until the last of them is. */
  #held: ScannedBatch[] = [];

  constructor(log: LogReader, owner: SegmentOwner) {
    this.#log = log;
    this.#owner = owner;
  }

  /** False when there is no index, or it is not sound. */
  async byIndex(number: number, epoch: number): Promise<boolean> {
    const decoded = await this.#readIndex(number);
    if (decoded === undefined || decoded.summary.epoch !== epoch) return false;
    const { index, summary } = decoded;
    const segment = new JournalSegment(number, epoch, this.#owner, undefined);
    for (const { offset, length } of index.pages) segment.places.push({ offset, length });
    segment.usedBytes = summary.usedBytes;
    segment.lastBatchNumber = summary.batchNumber;
    this.arrivals.note(index);
    this.segments.push({
      segment,
      readIndex: async () => {
        const again = await this.#readIndex(number);
        if (again !== undefined) return again.index;
        throw new StartError(
          'data-dir',
          `The index of segment ${number} of the journal was sound, and is not any more.`,
        );
      },
    });
    this.#last = { epoch, number: summary.batchNumber };
    this.#ended = undefined;
    this.#doubts.synced(epoch, summary.batchNumber);
    this.#sawEpoch(epoch);
    return true;
  }

  /** A file whose header is damaged or was never written; what is in it may all the same be this segment. */
  async withoutHeader(number: number, applies: boolean): Promise<void> {
    const bytes = await readSegment(this.#log, number);
    const last = this.#last ?? { epoch: 0, number: 0 };
    const first = firstBatch(bytes, number) ?? laterBatch(bytes, SEGMENT_HEADER_BYTES, last, true);
    if (first === undefined) {
      this.#findings.push({ kind: 'no segment', segment: number });
      this.empty.push(number);
      return;
    }
    const { epoch } = first.header;
    const before = last.epoch === epoch ? last.number : 0;
    const segment = this.#read(number, epoch, bytes, applies);
    this.#doubts.add({ segment, at: 0, until: first.start, epoch, number: before });
  }

  async whole(number: number, epoch: number, applies: boolean): Promise<void> {
    const bytes = await readSegment(this.#log, number);
    this.#read(number, epoch, bytes, applies);
  }

  /** The log ends here: what was found can be judged, and damaged segments are known. */
  end(): readonly Finding[] {
    const findings = this.#doubts.judged();
    const damaged = findings.some(({ kind }) => kind === 'damage');
    // Without any checkpoint nothing is known of queues, so that every message seems dead: it is kept for people to look at.
    if (damaged && !this.state.complete) for (const { segment } of this.segments) segment.damaged = true;
    return [...this.#findings, ...findings];
  }

  #read(number: number, epoch: number, bytes: Uint8Array, applies: boolean): JournalSegment {
    const index = new SegmentIndex();
    const segment = new JournalSegment(number, epoch, this.#owner, index);
    const target = { bytes, segment, index, applies };
    let before = this.#startOf(target);
    let at = SEGMENT_HEADER_BYTES;
    this.#held = [];
    for (;;) {
      for (const batch of batchesFrom(bytes, at, before)) {
        if (batch.header.epoch !== epoch) break;
        this.#batch(batch, target);
        before = batch.header;
        at = batch.end;
      }
      const later = laterBatch(bytes, at, before);
      if (later === undefined) break;
      this.#doubts.add({ segment, at, until: later.start, epoch, number: before.number });
      // Joined batches of which one is missing never happened.
      this.#held = [];
      before = { epoch, number: later.header.number - 1 };
      at = later.start;
    }
    segment.usedBytes = at;
    segment.lastBatchNumber = before.number;
    for (const { offset, length } of segment.places) index.pages.push({ offset, length });
    this.arrivals.note(index);
    this.segments.push({ segment, readIndex: async () => index });
    this.#sawEpoch(epoch);
    this.#last = before;
    this.#endOf(target, at, before);
    return segment;
  }

  /** What the first batch has to follow. Where it does not follow the last one of the segment before, something is missing. */
  #startOf({ bytes, segment: { number, epoch } }: Target): BatchId {
    const last = this.#last?.epoch === epoch ? this.#last : { epoch, number: 0 };
    const first = firstBatch(bytes, number)?.header;
    if (first === undefined || first.epoch !== epoch) return last;
    const ended = this.#ended;
    const gap =
      ended?.segment.epoch === epoch && ended.segment.number === number - 1 && first.number !== last.number + 1;
    if (gap && !ended.torn) this.#doubts.add({ ...ended, until: undefined, epoch, number: last.number });
    return { epoch, number: first.number - 1 };
  }

  /** Zeros, and what an earlier segment left, are the clean end of a file; what begins as the next batch is a torn one. */
  #endOf({ bytes, segment }: Target, at: number, last: BatchId): void {
    const next = peekBatch(bytes, at);
    const torn = next !== undefined && next.epoch === last.epoch && next.number === last.number + 1;
    const { epoch, number } = last;
    if (torn) this.#doubts.add({ segment, at, until: undefined, epoch, number } satisfies Doubt);
    this.#ended = { segment, at, torn };
  }

  #batch(batch: ScannedBatch, target: Target): void {
    const { header } = batch;
    const { epoch, number, lag, joined, continued } = header;
    this.#doubts.synced(epoch, number - 1 - lag);
    addToPage(target.segment, batch);
    if (!continued) this.#held = [];
    else if (this.#held.length === 0) return;
    this.#held.push(batch);
    if (joined) return;
    for (const held of this.#held) apply(held, target, this.state);
    this.#held = [];
  }

  async #readIndex(number: number): Promise<ReturnType<typeof SegmentIndex.decode>> {
    const raw = await this.#log.readIndex(number);
    return raw === undefined ? undefined : SegmentIndex.decode(raw, number);
  }

  #sawEpoch(epoch: number): void {
    this.highestEpoch = Math.max(this.highestEpoch, epoch);
  }
}

function apply(batch: ScannedBatch, { bytes, segment, index, applies }: Target, state: RecoveredState): void {
  const slot = slotOf(segment, batch);
  const { offset } = segment.places[slot] as { offset: number };
  visitRecords(bytes, batch, {
    message: (content, bodyBytes, queue, sequence, receivedAtMs) => {
      const { priority = NO_PRIORITY, ttlMs, readyAtMs } = wishOf(bytes, routeEnd(bytes, content), receivedAtMs, true);
      const expiresAtMs = ttlMs === undefined ? 0 : receivedAtMs + ttlMs;
      // A time before all times asks for nothing more than 1 ms after it.
      const wishedAtMs = readyAtMs === undefined ? 0 : Math.max(1, readyAtMs);
      const at = content - offset;
      index.add(slot, at, bodyBytes, queue, sequence, priority, expiresAtMs, wishedAtMs, receivedAtMs);
    },
    other: (record) => {
      if (applies) state.apply(record);
    },
  });
}

/** Batches that lie together in at most PAGE_BYTES are one page, to be read at once. */
function addToPage(segment: JournalSegment, batch: ScannedBatch): void {
  const last = segment.places[segment.places.length - 1];
  if (last !== undefined && last.offset + last.length === batch.start && batch.end - last.offset <= PAGE_BYTES) {
    last.length = batch.end - last.offset;
  } else {
    segment.places.push({ offset: batch.start, length: batch.end - batch.start });
  }
}

/** The page of a batch, which is one of the last: joined batches wait for the last of them. */
function slotOf(segment: JournalSegment, batch: ScannedBatch): number {
  let slot = segment.places.length - 1;
  while ((segment.places[slot] as { offset: number }).offset > batch.start) slot--;
  return slot;
}
