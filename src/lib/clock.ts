/**
 * Time comes in through a port, so that a test can hold it still and move it.
 *
 * `nowMs` is wall-clock time in milliseconds since 1970; `monotonicMs` never goes back and is what intervals are
 * measured with. A timer fires once; `cancel` on a fired timer does nothing.
 */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
  after(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** The machine's clock. Its timers do not keep the process alive: a listening socket does that. */
export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, callback: () => void): Timer {
    const handle = setTimeout(callback, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  }
}

interface ManualTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it: `advance(ms)` fires what falls due, in order of due time. */
export class ManualClock implements Clock {
  readonly #startMs: number;
  #elapsedMs = 0;
  #order = 0;
  #timers: ManualTimer[] = [];

  constructor(startMs = 1_700_000_000_000) {
    this.#startMs = startMs;
  }

  nowMs(): number {
    return this.#startMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  advance(byMs: number): void {
    const untilMs = this.#elapsedMs + byMs;
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.dueMs <= untilMs)
        .sort((left, right) => left.dueMs - right.dueMs || left.order - right.order)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#elapsedMs = next.dueMs;
      next.callback();
    }
    this.#elapsedMs = untilMs;
  }
}
