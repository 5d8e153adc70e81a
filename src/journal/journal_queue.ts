import type { QueueLog } from '../core/ports.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { JournalRecord, Range } from './record.ts';
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
  /** Of messages that wait for another time than the one they asked for, or have waited: when it comes, or came. */
  readonly times: Map<number, number>;
  readonly #dirty: (queue: JournalQueue) => void;
  readonly #settled = new RangeList();
  readonly #delivered = new RangeList();
  #returned = new Map<number, Returns>();
  #rescheduled = new Map<number, number>();
  #isDirty = false;

  constructor(
    id: number,
    queue: Queue,
    dirty: (queue: JournalQueue) => void,
    settled: SequenceSet = new SequenceSet(),
    delivered: SequenceSet = new SequenceSet(),
    returns: Map<number, Returns> = new Map(),
    times: Map<number, number> = new Map(),
  ) {
    this.id = id;
    this.queue = queue;
    this.#dirty = dirty;
    this.settledSet = settled;
    this.deliveredSet = delivered;
    this.returns = returns;
    this.times = times;
  }

  settled(sequence: number): void {
    this.settledSet.add(sequence);
    this.#settled.add(sequence);
    if (this.returns.size > 0) {
      this.returns.delete(sequence);
      this.#returned.delete(sequence);
    }
    if (this.times.size > 0) {
      this.times.delete(sequence);
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

  rescheduled(sequence: number, readyAtMs: number): void {
    this.times.set(sequence, readyAtMs);
    this.#rescheduled.set(sequence, readyAtMs);
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
      const times = this.#rescheduled;
      this.#rescheduled = new Map();
      writeTimes(queue, times, write);
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
    if (this.times.size > 0) writeTimes(queue, this.times, write);
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
  eachPart(returns, (part) => write({ type: 'returned', queue, returns: part }));
}

function writeTimes(queue: number, times: ReadonlyMap<number, number>, write: (record: JournalRecord) => void): void {
  eachPart(times, (part) => write({ type: 'rescheduled', queue, times: part }));
}

function eachPart(bySequence: ReadonlyMap<number, number>, write: (part: ReadonlyMap<number, number>) => void): void {
  const all = [...bySequence];
  for (let at = 0; at < all.length; at += RANGES_PER_RECORD) write(new Map(all.slice(at, at + RANGES_PER_RECORD)));
}
