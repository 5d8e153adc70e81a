import type { CommitClock, CommitWaiter, Turn } from '../core/ports.ts';
import type { Page, PageTable } from '../core/store/page_table.ts';
import { type Block, PAGE_BYTES } from '../lib/arena.ts';
import { assert } from '../lib/assert.ts';
import type { Clock, Timer } from '../lib/clock.ts';
import { BATCH_HEADER_BYTES, sealBatch } from './batch.ts';
import type { JournalEvents } from './journal.ts';
import { type Log, SEGMENT_HEADER_BYTES } from './log.ts';
import { JournalSegment, type SegmentOwner } from './segment.ts';
import { SegmentIndex } from './segment_index.ts';
import { SyncTimes } from './sync_times.ts';

export interface JournalWriterOptions {
  readonly log: Log;
  readonly pages: PageTable;
  readonly turn: Turn;
  readonly events: JournalEvents;
  readonly clock: Clock;
  readonly segmentBytes: number;
  /** Appends what has to go with the commit: called before each. */
  readonly beforeCommit: () => void;
  /** Appends the records of a checkpoint: called when a segment is begun. */
  readonly checkpoint: () => void;
  /** A commit is done: the moment to look whether segments can go. */
  readonly afterCommit: () => void;
  /** A page is full, and all of it is written. */
  readonly pageWritten: (page: Page) => void;
  /** A page was read back before it was asked for. */
  readonly pageLoaded: (page: Page) => void;
  /** A page that was read back is damaged. */
  readonly pageDamaged: (segment: JournalSegment, slot: number) => Promise<void>;
}

/** What the disk is to do, in this order. */
type Step =
  | { readonly kind: 'begin'; readonly segment: JournalSegment; readonly bytes: number }
  | { readonly kind: 'append'; readonly page: Page; readonly start: number; readonly end: number }
  | { readonly kind: 'close'; readonly page: Page };

/** Gathered and unwritten bytes beyond which publishers are held. */
const BACKLOG_BYTES_MAX = 32 * 1024 * 1024;
/** What nobody waits for is synced this often all the same. */
const SYNC_EVERY_MS = 200;

/**
 * The commit loop: one writer, one write and sync under way, and everything that gathers meanwhile goes next.
 *
 *     room() ─▶ records in the page ─▶ batch sealed ─▶ steps ─▶ log.append ─▶ sync ─▶ committed, waiters told
 *               └──── gathering ────┘  └───────────── one commit, at most one under way ─────────────┘
 */
export class JournalWriter implements CommitClock, SegmentOwner {
  readonly log: Log;
  gathering = 1;
  committed = 0;
  failure: Error | undefined;
  readonly syncs: SyncTimes = new SyncTimes();
  bytesWritten = 0;
  readonly segments: Map<number, JournalSegment> = new Map();
  readonly #options: JournalWriterOptions;
  readonly #pages: PageTable;
  #epoch = 0;
  #segment: JournalSegment | undefined;
  #page: Page | undefined;
  /** Offset in the page where the open batch begins, or -1. */
  #batchStart = -1;
  #batchNumber = 0;
  /** The last batch known to be on disk, and the last one handed to the disk. */
  #syncedBatch = 0;
  #writtenBatch = 0;
  /** Above 0, batches are joined with the next. */
  #joining = 0;
  /** The last batch sealed was joined with the next. */
  #joined = false;
  #steps: Step[] = [];
  #backlogBytes = 0;
  #writing = false;
  #urgent = false;
  #unsynced = false;
  #syncedAtMs = 0;
  #syncTimer: Timer | undefined;
  /** Something was gathered since the commit under way began. */
  #pending = false;
  #registered = false;
  #waiters = new Set<CommitWaiter>();

  constructor(options: JournalWriterOptions) {
    this.#options = options;
    this.log = options.log;
    this.#pages = options.pages;
  }

  /** The segment that is appended to. */
  get segment(): JournalSegment {
    assert(this.#segment !== undefined, 'the journal has begun no segment');
    return this.#segment;
  }

  /** The page that `room` was made in. */
  get page(): Page {
    return this.#page as Page;
  }

  get congested(): boolean {
    return this.#backlogBytes > BACKLOG_BYTES_MAX;
  }

  /** Makes room for a record of `length` bytes, at `page.used`, which the caller raises when it has written it. */
  room(length: number): Page {
    let page = this.#page;
    const needed = length + (this.#batchStart < 0 ? BATCH_HEADER_BYTES : 0);
    if (page === undefined || page.used + needed > PAGE_BYTES || isLarge(page)) {
      page = this.#openPage(length + BATCH_HEADER_BYTES);
    }
    if (this.#batchStart < 0) {
      this.#batchStart = page.used;
      page.used += BATCH_HEADER_BYTES;
    }
    return page;
  }

  /** Something was gathered: it is committed when the turn ends, or the commit under way is done. */
  appended(): void {
    this.#pending = true;
    if (this.#registered || this.#writing || this.failure !== undefined) return;
    this.#registered = true;
    this.#options.turn.commitReady(this);
  }

  joined(appends: () => void): void {
    this.#joining++;
    appends();
    this.#joining--;
  }

  whenCommitted(commit: number, waiter: CommitWaiter): void {
    if ((this.committed >= commit || this.failure !== undefined) && !waiter.committed(this)) return;
    this.#waiters.add(waiter);
    this.#urgent = true;
    this.appended();
  }

  /** Begins to write, in a segment of its own. */
  start(epoch: number, segment: number): void {
    this.#epoch = epoch;
    this.#beginSegment(segment, this.#options.segmentBytes);
  }

  /** Begins a new segment, with a checkpoint. */
  #beginSegment(number: number, bytes: number): void {
    const previous = this.#segment;
    this.#closePage();
    if (previous !== undefined) {
      previous.sealed = true;
      previous.sealedAtMs = this.#options.clock.monotonicMs();
    }
    const segment = new JournalSegment(number, this.#epoch, this, new SegmentIndex());
    this.#segment = segment;
    this.segments.set(number, segment);
    this.#steps.push({ kind: 'begin', segment, bytes });
    // The checkpoint stands for what earlier segments say of the topology once it is on disk: until then they are kept.
    if (previous !== undefined) previous.supersededBy = this.gathering;
    this.joined(this.#options.checkpoint);
    segment.checkpointBytes = segment.usedBytes + (this.#page?.used ?? 0);
    this.#urgent = true;
  }

  /** Called by the turn: writes what has gathered, unless the commit before is still under way. */
  commit(): void {
    this.#registered = false;
    if (this.#writing || this.failure !== undefined) return;
    this.#pending = false;
    this.#options.beforeCommit();
    this.#sealBatch();
    const sync = this.#urgent || this.#syncIsDue();
    if (this.#steps.length === 0 && !sync) return;
    const steps = this.#steps;
    this.#steps = [];
    this.#urgent = false;
    this.#writing = true;
    this.#writtenBatch = this.#batchNumber;
    const commit = this.gathering++;
    if (steps.length === 0 && !this.#unsynced) this.#performed(steps, true, commit, undefined);
    else {
      const beganAtMs = this.#options.clock.monotonicMs();
      this.#perform(steps, 0, sync, (error) => {
        if (sync) this.syncs.took(this.#options.clock.monotonicMs() - beganAtMs);
        this.#performed(steps, sync, commit, error);
      });
    }
  }

  /** Resolves when everything gathered is on disk, or cannot be. */
  flush(): Promise<void> {
    const target = this.gathering;
    return new Promise((done) => {
      const committed = (clock: CommitClock): boolean => {
        if (clock.failure === undefined && clock.committed < target) return true;
        done();
        return false;
      };
      this.whenCommitted(target, { committed });
    });
  }

  /** No timer is left behind. */
  stop(): void {
    this.#syncTimer?.cancel();
  }

  /** The log is closed for good: lets go of the page that was appended to. */
  discard(): void {
    this.failure ??= new Error('the virtual host was deleted');
    const page = this.#page;
    this.#page = undefined;
    if (page === undefined) return;
    this.#pages.seal(page);
    this.#pages.releasePage(page);
  }

  segmentEmptied(segment: JournalSegment): void {
    // What emptied it may be part of a transaction that is not on disk yet, and then did not happen.
    segment.supersededBy = Math.max(segment.supersededBy, this.gathering);
    this.#urgent = true;
    this.appended();
  }

  blockFor(length: number): Block {
    return this.#pages.arena.takeFor(length);
  }

  pageReadAhead(page: Page, block: Block): void {
    this.#pages.fill(page, block);
    this.#options.pageLoaded(page);
  }

  pageDamaged(segment: JournalSegment, slot: number): Promise<void> {
    return this.#options.pageDamaged(segment, slot);
  }

  /** Does the steps from `from` on: runs of appends in one call each, and begins between them. */
  #perform(steps: readonly Step[], from: number, sync: boolean, done: (error: Error | undefined) => void): void {
    const pieces: Uint8Array[] = [];
    let index = from;
    for (; index < steps.length; index++) {
      const step = steps[index] as Step;
      if (step.kind === 'begin') break;
      if (step.kind === 'append') pieces.push(pieceOf(step.page, step.start, step.end));
    }
    const last = index === steps.length;
    const next = (error: Error | undefined): void => {
      if (error !== undefined || last) done(error);
      else this.#begin(steps, index, sync, done);
    };
    // A segment begins with a checkpoint, which must not be on disk before what it tells of.
    const syncs = last ? sync : pieces.length > 0 || this.#unsynced;
    if (pieces.length === 0 && !syncs) next(undefined);
    else this.log.append(pieces, syncs, next);
  }

  #begin(steps: readonly Step[], index: number, sync: boolean, done: (error: Error | undefined) => void): void {
    const { segment, bytes } = steps[index] as Step & { kind: 'begin' };
    this.log.begin(segment.number, bytes, segment.header()).then(
      () => this.#perform(steps, index + 1, sync, done),
      (error: Error) => done(error),
    );
  }

  #performed(steps: readonly Step[], sync: boolean, commit: number, error: Error | undefined): void {
    this.#writing = false;
    if (error !== undefined) {
      this.#fail(error);
      return;
    }
    for (const step of steps) {
      if (step.kind === 'append') this.#backlogBytes -= step.end - step.start;
      else if (step.kind === 'close') this.#closed(step.page);
    }
    this.#unsynced = !sync;
    if (sync) {
      this.#syncedAtMs = this.#options.clock.monotonicMs();
      this.#syncedBatch = this.#writtenBatch;
      this.committed = commit;
    } else {
      this.#syncTimer ??= this.#options.clock.after(SYNC_EVERY_MS, () => {
        this.#syncTimer = undefined;
        this.#urgent = true;
        this.appended();
      });
    }
    this.#tellWaiters();
    this.#options.afterCommit();
    if (this.#pending || this.#urgent) this.appended();
  }

  /** Written to its end, the page is no longer held for that, and can be read back. */
  #closed(page: Page): void {
    this.#pages.releasePage(page);
    if (page.references > 0) this.#options.pageWritten(page);
  }

  #tellWaiters(): void {
    for (const waiter of this.#waiters) if (!waiter.committed(this)) this.#waiters.delete(waiter);
    if (this.#waiters.size > 0) this.#urgent = true;
  }

  /** A write or a sync failed: what the system did with the bytes cannot be known, so nothing is tried again. */
  #fail(error: Error): void {
    this.failure = error;
    this.#options.events.failed(error);
    this.#tellWaiters();
    this.#waiters.clear();
  }

  #syncIsDue(): boolean {
    return this.#steps.length > 0 && this.#options.clock.monotonicMs() - this.#syncedAtMs >= SYNC_EVERY_MS;
  }

  #sealBatch(): void {
    const page = this.#page;
    if (page === undefined || this.#batchStart < 0) return;
    const start = this.#batchStart;
    const end = page.used;
    this.#batchStart = -1;
    const segment = this.segment;
    const number = ++this.#batchNumber;
    segment.lastBatchNumber = number;
    const lag = number - 1 - this.#syncedBatch;
    sealBatch(page.bytes, page.base + start, page.base + end, {
      joined: this.#joining > 0,
      continued: this.#joined,
      lag,
      epoch: this.#epoch,
      number,
    });
    this.#joined = this.#joining > 0;
    this.#steps.push({ kind: 'append', page, start, end });
    this.#backlogBytes += end - start;
    this.bytesWritten += end - start;
  }

  #openPage(length: number): Page {
    this.#closePage();
    const bytes = Math.max(length, PAGE_BYTES);
    const { usedBytes, checkpointBytes, number } = this.segment;
    const { segmentBytes } = this.#options;
    // A segment is full, or goes on if most of it is its checkpoint. What belongs together stays in one.
    const limitBytes = Math.max(segmentBytes, 4 * checkpointBytes);
    if (this.#joining === 0 && usedBytes + bytes > limitBytes) {
      this.#beginSegment(number + 1, Math.max(segmentBytes, SEGMENT_HEADER_BYTES + bytes));
      // The checkpoint left a page that is not full; it will do, unless the record is too large for it.
      const page = this.#page;
      if (page !== undefined && page.used + length <= PAGE_BYTES && !isLarge(page)) return page;
      this.#closePage();
    }
    const segment = this.segment;
    const page = this.#pages.adopt(this.#pages.arena.takeFor(bytes), segment);
    // Held until its last byte is written, even if its messages are gone by then.
    page.references++;
    segment.addPage(page);
    this.#page = page;
    return page;
  }

  #closePage(): void {
    const page = this.#page;
    if (page === undefined) return;
    this.#sealBatch();
    this.#page = undefined;
    const segment = this.segment;
    segment.closePage(page);
    this.#pages.seal(page);
    this.#steps.push({ kind: 'close', page });
  }
}

function isLarge(page: Page): boolean {
  return (page.block?.capacity ?? 0) > PAGE_BYTES;
}

function pieceOf(page: Page, start: number, end: number): Uint8Array {
  return new Uint8Array(page.bytes.buffer, page.bytes.byteOffset + page.base + start, end - start);
}
