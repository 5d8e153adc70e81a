import type { Clock, Timer } from './clock.ts';

/** One thing that is to happen at a time. */
export interface Deadline {
  readonly dueMs: number;
  cancel(): void;
}

interface Entry extends Deadline {
  callback: (() => void) | undefined;
}

/** A timer does not notice that the time of day was set, or that the machine slept: it is looked at that often. */
const TIMER_MS_MAX = 60_000;

/** Fewer cancelled deadlines than this are left where they are. */
const CANCELLED_MIN = 64;

/**
 * Any number of deadlines, exact to the clock's millisecond, from one timer: a binary heap by time, of which only the first
 * is waited for. Cancelled deadlines leave the heap when their turn comes, or when they are the most of it.
 */
export class Deadlines {
  readonly #clock: Clock;
  #heap: Entry[] = [];
  #cancelled = 0;
  #paused = false;
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back once, at `dueMs` of the clock's `nowMs`, or at once after if that has passed. */
  at(dueMs: number, callback: () => void): Deadline {
    const entry: Entry = {
      dueMs,
      callback,
      cancel: () => this.#cancel(entry),
    };
    this.#push(entry);
    this.#wait();
    return entry;
  }

  /** Nothing is called back until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#timer?.cancel();
    this.#timerDueMs = Number.POSITIVE_INFINITY;
  }

  resume(): void {
    this.#paused = false;
    this.#wait();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#heap = [];
  }

  #cancel(entry: Entry): void {
    if (entry.callback === undefined) return;
    entry.callback = undefined;
    this.#cancelled++;
    if (this.#cancelled < CANCELLED_MIN || this.#cancelled * 2 < this.#heap.length) return;
    const left = this.#heap.filter(({ callback }) => callback !== undefined);
    this.#heap = [];
    this.#cancelled = 0;
    for (const other of left) this.#push(other);
  }

  #wait(): void {
    const first = this.#heap[0];
    if (this.#paused || first === undefined || first.dueMs >= this.#timerDueMs) return;
    this.#timer?.cancel();
    this.#timerDueMs = first.dueMs;
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(0, first.dueMs - this.#clock.nowMs()));
    this.#timer = this.#clock.after(delayMs, this.#fire);
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.nowMs();
    for (let first = this.#heap[0]; first !== undefined && first.dueMs <= nowMs; first = this.#heap[0]) {
      this.#shift();
      const { callback } = first;
      first.callback = undefined;
      if (callback === undefined) this.#cancelled--;
      else callback();
    }
    this.#wait();
  };

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Entry;
      if (above.dueMs <= entry.dueMs) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #shift(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Entry).dueMs < (heap[child] as Entry).dueMs) child++;
      const below = heap[child] as Entry;
      if (below.dueMs >= last.dueMs) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}
