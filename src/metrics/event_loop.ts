import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock, Timer } from '../lib/clock.ts';

/** How often Node looks. */
const RESOLUTION_MS = 20;
/** When nobody has asked for so long, nobody is looking any more. */
const IDLE_MS = 60_000;

/** Of the time since it began to be measured. */
export interface EventLoopDelays {
  readonly count: number;
  readonly meanSeconds: number;
  readonly p50Seconds: number;
  readonly p99Seconds: number;
  readonly maxSeconds: number;
}

/** How late the event loop is. Measuring costs a timer, and so is done only while somebody asks. */
export class EventLoop {
  readonly #clock: Clock;
  #histogram: IntervalHistogram | undefined;
  #askedAtMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The first time, there is nothing to tell yet. */
  look(): EventLoopDelays | undefined {
    this.#askedAtMs = this.#clock.monotonicMs();
    const histogram = this.#histogram;
    if (histogram === undefined) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#histogram.enable();
      this.#timer = this.#clock.after(IDLE_MS, this.#onTimer);
      return undefined;
    }
    if (histogram.count === 0) return undefined;
    // What is measured is the whole time from one look to the next.
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
    return {
      count: histogram.count,
      meanSeconds: late(histogram.mean),
      p50Seconds: late(histogram.percentile(50)),
      p99Seconds: late(histogram.percentile(99)),
      maxSeconds: late(histogram.max),
    };
  }

  stop(): void {
    this.#timer?.cancel();
    this.#histogram?.disable();
    this.#histogram = undefined;
  }

  readonly #onTimer = (): void => {
    if (this.#clock.monotonicMs() - this.#askedAtMs >= IDLE_MS) this.stop();
    else this.#timer = this.#clock.after(IDLE_MS, this.#onTimer);
  };
}
