import type { Clock, Timer } from './clock.ts';

/**
 * Many timers that need no precision, from one clock timer: a ring of slots, one of which falls due each tick.
 *
 *     slot  0   1   2   …   255      a timer further off than one round of the ring goes round as often as it must
 *               ▲ now
 */
const SLOTS = 256;

interface WheelTimer {
  readonly callback: () => void;
  rounds: number;
}

export class TimerWheel {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #slots: Set<WheelTimer>[] = Array.from({ length: SLOTS }, () => new Set<WheelTimer>());
  #now = 0;
  /** When the wheel came to `#now`. */
  #nowAtMs = 0;
  #count = 0;
  #tick: Timer | undefined;

  constructor(clock: Clock, tickMs: number) {
    this.#clock = clock;
    this.#tickMs = tickMs;
  }

  /** Calls back once, `delayMs` to `delayMs + tickMs` milliseconds from now. */
  after(delayMs: number, callback: () => void): Timer {
    const sinceTickMs = this.#tick === undefined ? 0 : this.#clock.monotonicMs() - this.#nowAtMs;
    const ticks = Math.max(1, Math.ceil((sinceTickMs + delayMs) / this.#tickMs));
    const timer: WheelTimer = { callback, rounds: Math.floor((ticks - 1) / SLOTS) };
    const slot = this.#slots[(this.#now + ticks) % SLOTS] as Set<WheelTimer>;
    slot.add(timer);
    this.#count++;
    if (this.#tick === undefined) {
      this.#nowAtMs = this.#clock.monotonicMs();
      this.#tick = this.#clock.after(this.#tickMs, this.#onTick);
    }
    return {
      cancel: () => {
        if (slot.delete(timer)) this.#count--;
      },
    };
  }

  stop(): void {
    this.#tick?.cancel();
    this.#tick = undefined;
    for (const slot of this.#slots) slot.clear();
    this.#count = 0;
  }

  readonly #onTick = (): void => {
    // The next tick is set first: a callback may set a timer.
    this.#tick = this.#clock.after(this.#tickMs, this.#onTick);
    this.#nowAtMs = this.#clock.monotonicMs();
    this.#now = (this.#now + 1) % SLOTS;
    const slot = this.#slots[this.#now] as Set<WheelTimer>;
    for (const timer of [...slot]) {
      if (timer.rounds > 0) {
        timer.rounds--;
      } else if (slot.delete(timer)) {
        this.#count--;
        timer.callback();
      }
    }
    if (this.#count === 0) {
      this.#tick?.cancel();
      this.#tick = undefined;
    }
  };
}
