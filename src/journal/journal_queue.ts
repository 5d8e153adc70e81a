import type { QueueLog } from '../core/ports.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { JournalRecord, Range } from './record.ts';
import { type Rescheduled, Reschedules } from './reschedules.ts';
import { packReturns, type Returns } from './returns.ts';
import { RangeList, SequenceSet } from './sequence_set.ts';

/** Ranges in one record at most, so that a record stays far below a page. */
const RANGES_PER_RECORD = 10_000;

/** A durable queue as the journal knows it. */
export class JournalQueue implements QueueLog {
  readonly id: number;
  readonly queue: Queue;
  readonly settledSet: SequenceSet;
  readonly deliveredSet: SequenceSet;
  /** Of messages that came back. */
  readonly returns: Map<number, Returns>;
  readonly reschedules: Reschedules;
  readonly #dirty: (queue: JournalQueue) => void;
  readonly #settled = new RangeList();
  readonly #delivered = new RangeList();
  #returned = new Map<number, Returns>();
  #rescheduled = new Set<number>();
  #isDirty = false;

  constructor(
    id: number,
    queue: Queue,
    dirty: (queue: JournalQueue) => void,
    settled: SequenceSet = new SequenceSet(),
    delivered: SequenceSet = new SequenceSet(),
    returns: Map<number, Returns> = new Map(),
    reschedules: Reschedules = new Reschedules(),
  ) {
    this.id = id;
    this.queue = queue;
    this.#dirty = dirty;
    this.settledSet = settled;
    this.deliveredSet = delivered;
    this.returns = returns;
    this.reschedules = reschedules;
  }

  settled(sequence: number): void {
    this.settledSet.add(sequence);
    this.#settled.add(sequence);
    if (this.returns.size > 0) {
      this.returns.delete(sequence);
      this.#returned.delete(sequence);
    }
    if (this.reschedules.size > 0) {
      this.reschedules.delete(sequence);
      this.#rescheduled.delete(sequence);
    }
    if (!this.#isDirty) this.#markDirty();
  }

  /** Nobody has to be told: after a crash, what is not found is taken for settled. */
  skipped(sequence: number): void {
    this.settledSet.add(sequence);
  }

  delivered(sequence: number): void {
    this.deliveredSet.add(sequence);
    this.#delivered.add(sequence);
    if (!this.#isDirty) this.#markDirty();
  }

  returned(sequence: number, counted: number, acquired: number): void {
    const returns = packReturns(counted, acquired);
    this.returns.set(sequence, returns);
    this.#returned.set(sequence, returns);
    if (!this.#isDirty) this.#markDirty();
  }

  rescheduled(sequence: number, readyAtMs: number, expiresAtMs: number): void {
    this.reschedules.set(sequence, readyAtMs, expiresAtMs);
    this.#rescheduled.add(sequence);
    if (!this.#isDirty) this.#markDirty();
  }

  /** The records of what happened since the last time. */
  takeChanges(write: (record: JournalRecord) => void): void {
    this.#isDirty = false;
    const queue = this.id;
    eachChunk(this.#settled.take(), (ranges) => write({ type: 'settled', queue, ranges }));
    eachChunk(this.#delivered.take(), (ranges) => write({ type: 'delivered', queue, ranges }));
    if (this.#returned.size > 0) {
      const returned = this.#returned;
      this.#returned = new Map();
      writeReturns(queue, returned, write);
    }
    if (this.#rescheduled.size > 0) {
      const sequences = this.#rescheduled;
      this.#rescheduled = new Set();
      this.#writeReschedules(sequences, write);
    }
  }

  /** The records that say everything, for a checkpoint; what happened so far is told by them. */
  writeState(write: (record: JournalRecord) => void): void {
    this.takeChanges(() => {});
    // What is settled needs no mark that it was delivered.
    this.deliveredSet.raise(this.settledSet.below);
    const queue = this.id;
    write({
      type: 'queue state',
      queue,
      nextSequence: this.queue.nextSequence,
      settledBelow: this.settledSet.below,
      deliveredBelow: this.deliveredSet.below,
    });
    eachChunk(this.settledSet.ranges, (ranges) => write({ type: 'settled', queue, ranges }));
    eachChunk(this.deliveredSet.ranges, (ranges) => write({ type: 'delivered', queue, ranges }));
    if (this.returns.size > 0) writeReturns(queue, this.returns, write);
    this.#writeReschedules(this.reschedules.sequences(), write);
  }

  #writeReschedules(sequences: Iterable<number>, write: (record: JournalRecord) => void): void {
    const queue = this.id;
    const all = Array.from(sequences, (sequence) => this.reschedules.get(sequence) as Rescheduled);
    for (let at = 0; at < all.length; at += RANGES_PER_RECORD) {
      write({ type: 'rescheduled', queue, messages: all.slice(at, at + RANGES_PER_RECORD) });
    }
  }

  #markDirty(): void {
    this.#isDirty = true;
    this.#dirty(this);
  }
}

function eachChunk(ranges: readonly Range[], write: (ranges: readonly Range[]) => void): void {
  for (let at = 0; at < ranges.length; at += RANGES_PER_RECORD) write(ranges.slice(at, at + RANGES_PER_RECORD));
}

function writeReturns(
  queue: number,
  returns: ReadonlyMap<number, Returns>,
  write: (record: JournalRecord) => void,
): void {
  let some = new Map<number, Returns>();
  for (const [sequence, count] of returns) {
    some.set(sequence, count);
    if (some.size < RANGES_PER_RECORD) continue;
    write({ type: 'returned', queue, returns: some });
    some = new Map();
  }
  if (some.size > 0) write({ type: 'returned', queue, returns: some });
}
