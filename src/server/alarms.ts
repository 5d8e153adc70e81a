import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from './logger.ts';
import type { MemoryMeter } from './memory_meter.ts';

const CHECK_EVERY_MS = 500;
/** Publishers go on once this share of the limit is free again, so that the alarm does not flicker. */
const RELEASE_SHARE = 0.95;

export interface AlarmsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly memoryLimitBytes: number;
  readonly memory: MemoryMeter;
  readonly onCleared: () => void;
}

/** The memory alarm: while it is on, connections that publish are held. */
export class Alarms {
  /** Whether publishers are held. */
  active = false;
  readonly #options: AlarmsOptions;
  #timer: Timer | undefined;

  constructor(options: AlarmsOptions) {
    this.#options = options;
    this.#timer = options.clock.after(CHECK_EVERY_MS, this.#onTimer);
  }

  /** As connection.blocked gives it. */
  get reason(): string {
    return 'low on memory';
  }

  /** Looks now; the read loop asks after every large step, since half a second is long at full speed. */
  check(): void {
    const { logger, memoryLimitBytes, memory, onCleared } = this.#options;
    const usedBytes = memory.used();
    if (!this.active && usedBytes > memoryLimitBytes) {
      this.active = true;
      logger.warn({ usedBytes, memoryLimitBytes }, 'memory alarm: publishers are blocked');
    } else if (this.active && usedBytes < memoryLimitBytes * RELEASE_SHARE) {
      this.active = false;
      logger.warn({ usedBytes, memoryLimitBytes }, 'memory alarm cleared: publishers go on');
      onCleared();
    }
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #onTimer = (): void => {
    this.#timer = this.#options.clock.after(CHECK_EVERY_MS, this.#onTimer);
    this.#options.memory.measure();
    this.check();
  };
}
