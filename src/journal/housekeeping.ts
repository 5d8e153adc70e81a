import type { Position } from '../core/store/page_table.ts';
import type { Clock, Timer } from '../lib/clock.ts';
import { compact } from './compaction.ts';
import type { Journal, JournalEvents } from './journal.ts';
import type { Log } from './log.ts';
import type { JournalSegment } from './segment.ts';
import { SegmentIndex } from './segment_index.ts';

/** What sealed segments occupy beyond this share of their live bytes is won back; indexes and spares come on top of it. */
const DISK_PER_LIVE_MAX = 1.5;
/** How often it is looked whether that is so, and how old segments are by then: younger ones may be dead in a moment. */
const CHECK_EVERY_MS = 1_000;

export interface HousekeepingOptions {
  readonly log: Log;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly events: JournalEvents;
  /** As ReadyRing.relocate, for everybody who refers to messages: queues, and channels with deliveries out. */
  readonly relocate: (moved: (position: Position) => Position | undefined) => void;
}

/** What happens to segments when they are full: indexed if they live on, compacted when mostly dead, removed when dead. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #busy = false;
  #step: Promise<void> = Promise.resolve();
  /** The segment that was written when a step failed: nothing is tried until there is another. */
  #failedAt = 0;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /** A commit is done; one step is taken if none is under way. */
  afterCommit(): void {
    if (this.#busy || this.#stopped) return;
    const step = this.#nextStep();
    if (step === undefined) return;
    this.#busy = true;
    this.#step = step().then(
      () => this.#stepDone(undefined),
      (error: Error) => this.#stepDone(error),
    );
  }

  /** Resolves when no step is under way. */
  async idle(): Promise<void> {
    await this.#step;
  }

  /** No step is begun any more. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async pageDamaged(segment: JournalSegment, slot: number): Promise<void> {
    // An index that cannot be read either has nothing to say.
    const index = await this.#indexOf(segment).catch(() => undefined);
    this.#options.events.pageLost(segment.number, this.#liveIn(index, slot));
  }

  async #indexOf(segment: JournalSegment): Promise<SegmentIndex | undefined> {
    if (segment.index !== undefined) return segment.index;
    const raw = await this.#options.log.readIndex(segment.number);
    return raw === undefined ? undefined : SegmentIndex.decode(raw, segment.number)?.index;
  }

  /** How many messages of a page each queue still needs. */
  #liveIn(index: SegmentIndex | undefined, slot: number): ReadonlyMap<string, number> {
    const messages = new Map<string, number>();
    const { queues } = this.#options.journal;
    for (let i = 0; index !== undefined && i < index.length; i++) {
      if (index.pageOf(i) !== slot) continue;
      const log = queues.get(index.queueOf(i));
      if (log === undefined || log.settledSet.has(index.sequenceOf(i))) continue;
      messages.set(log.queue.name, (messages.get(log.queue.name) ?? 0) + 1);
    }
    return messages;
  }

  #stepDone(error: Error | undefined): void {
    this.#busy = false;
    if (error === undefined) {
      this.afterCommit();
      return;
    }
    // Everything is still there: it costs disk, and is tried again when the next segment is begun.
    this.#failedAt = this.#options.journal.writer.segment.number;
    this.#options.events.housekeepingFailed(error);
  }

  #nextStep(): (() => Promise<void>) | undefined {
    const { journal, log, events } = this.#options;
    const current = journal.writer.segment.number;
    if (this.#failedAt === current) return undefined;
    for (const segment of journal.segments.values()) {
      if (!segment.sealed || segment.supersededBy > journal.committed) continue;
      if (segment.pages.size === 0) {
        return async () => {
          if (segment.damaged) events.setAside(segment.number, await log.setAside(segment.number));
          else await log.remove(segment.number);
          journal.writer.segments.delete(segment.number);
        };
      }
      if (segment.damaged && !segment.compacted) return () => compact(segment, this.#options);
      // One that was sealed just now may be dead in a moment, and then needs no index.
      if (segment.index !== undefined && segment.number < current - 1) return () => this.#writeIndex(segment);
    }
    const worst = this.#checkIsDue() ? this.#worthCompacting(this.#checkedAtMs - CHECK_EVERY_MS) : undefined;
    if (worst === undefined) return undefined;
    // There may be more: the next look is at once.
    this.#checkedAtMs = Number.NEGATIVE_INFINITY;
    return () => compact(worst, this.#options);
  }

  async #writeIndex(segment: JournalSegment): Promise<void> {
    const { index } = segment;
    if (index === undefined) return;
    segment.index = undefined;
    index.pages.length = 0;
    index.pages.push(...segment.places);
    const { number, epoch, lastBatchNumber: batchNumber, usedBytes } = segment;
    await this.#options.log.writeIndex(number, index.encode({ segment: number, epoch, batchNumber, usedBytes }));
  }

  /** If it is not, a timer sees to it that it will be, even if nothing else happens until then. */
  #checkIsDue(): boolean {
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const dueMs = this.#checkedAtMs + CHECK_EVERY_MS;
    if (nowMs >= dueMs) {
      this.#checkedAtMs = nowMs;
      return true;
    }
    this.#checkIn(dueMs - nowMs);
    return false;
  }

  #checkIn(delayMs: number): void {
    this.#timer ??= this.#options.clock.after(delayMs, () => {
      this.#timer = undefined;
      this.afterCommit();
    });
  }

  /** The segment with the least left in it, of those sealed up to then, if they occupy too much as a whole. */
  #worthCompacting(sealedUntilMs: number): JournalSegment | undefined {
    const { journal } = this.#options;
    let used = 0;
    let live = 0;
    let worst: JournalSegment | undefined;
    let worstShare = 1;
    for (const segment of journal.segments.values()) {
      if (!segment.sealed || segment.supersededBy > journal.committed) continue;
      if (segment.sealedAtMs > sealedUntilMs) {
        this.#checkIn(CHECK_EVERY_MS);
        continue;
      }
      used += segment.usedBytes;
      live += segment.liveBytes;
      const share = segment.liveBytes / segment.usedBytes;
      if (share >= worstShare || segment.compacted) continue;
      worst = segment;
      worstShare = share;
    }
    return used > live * DISK_PER_LIVE_MAX ? worst : undefined;
  }
}
