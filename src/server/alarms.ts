import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from './logger.ts';
import type { MemoryMeter } from './memory_meter.ts';

const CHECK_EVERY_MS = 500;
/** Close to the limit the disk is looked at as often as it takes not to miss it at this speed, the fastest a disk may fill. */
const FILL_BYTES_PER_MS = 1_000_000;
const DISK_CHECK_MS_MIN = 20;
/** Publishers go on once this share of the memory limit is free again, so that the alarm does not flicker. */
const RELEASE_SHARE = 0.95;

export interface AlarmsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly memoryLimitBytes: number;
  readonly memory: MemoryMeter;
  /** Undefined where nothing is kept on disk. */
  readonly disk: DiskWatch | undefined;
  readonly onCleared: () => void;
  /** One of the reasons came or went. */
  readonly onChange?: (reason: AlarmName, on: boolean) => void;
}

/** The disk that the journal is on. */
export interface DiskWatch {
  freeLimitBytes: number;
  freeBytes(): Promise<number>;
  /** Why the journal takes nothing any more, or undefined. */
  failure(): Error | undefined;
}

/** Why publishers are held: too little memory, too little disk, or a journal that failed. */
export interface Reasons {
  memory: boolean;
  disk: boolean;
  journal: boolean;
}

export type AlarmName = keyof Reasons;

/** While an alarm is on, connections that publish are held; consumers and acknowledgements go on. */
export class Alarms {
  /** Whether publishers are held. */
  active = false;
  /** As it was when last looked at; undefined before that. */
  diskFreeBytes: number | undefined;
  readonly #options: AlarmsOptions;
  #memoryLimitBytes: number;
  readonly #reasons: Reasons = { memory: false, disk: false, journal: false };
  #timer: Timer | undefined;
  #diskTimer: Timer | undefined;
  #lookingAtDisk = false;
  #stopped = false;

  constructor(options: AlarmsOptions) {
    this.#options = options;
    this.#memoryLimitBytes = options.memoryLimitBytes;
    this.#timer = options.clock.after(CHECK_EVERY_MS, this.#onTimer);
    if (options.disk !== undefined) this.#diskTimer = options.clock.after(CHECK_EVERY_MS, this.#onDiskTimer);
  }

  get memoryLimitBytes(): number {
    return this.#memoryLimitBytes;
  }

  /** Undefined where nothing is kept on disk. */
  get diskFreeLimitBytes(): number | undefined {
    return this.#options.disk?.freeLimitBytes;
  }

  /** Those that are on. */
  get on(): readonly AlarmName[] {
    const reasons = this.#reasons;
    return (['memory', 'disk', 'journal'] as const).filter((name) => reasons[name]);
  }

  /** As connection.blocked gives it, in RabbitMQ's words where it has them. */
  get reason(): string {
    const { memory, disk, journal } = this.#reasons;
    if (journal) return 'journal failed';
    if (memory && disk) return 'low on memory & disk';
    return disk ? 'low on disk' : 'low on memory';
  }

  /** Looks at what is known at once; the read loop asks after every large step, since half a second is long at full speed. */
  check(): void {
    const { logger, memory } = this.#options;
    const memoryLimitBytes = this.#memoryLimitBytes;
    const usedBytes = memory.used();
    if (!this.#reasons.memory && usedBytes > memoryLimitBytes) {
      logger.warn({ usedBytes, memoryLimitBytes }, 'memory alarm: publishers are blocked');
      this.#set('memory', true);
    } else if (this.#reasons.memory && usedBytes < memoryLimitBytes * RELEASE_SHARE) {
      logger.warn({ usedBytes, memoryLimitBytes }, 'memory alarm cleared: publishers go on');
      this.#set('memory', false);
    }
  }

  /** Other limits, where given, by which publishers may be held, or go on, before this returns. */
  async setLimits(memoryLimitBytes: number | undefined, diskFreeLimitBytes: number | undefined): Promise<void> {
    const { disk, memory } = this.#options;
    this.#memoryLimitBytes = memoryLimitBytes ?? this.#memoryLimitBytes;
    memory.measure();
    this.check();
    if (disk === undefined || diskFreeLimitBytes === undefined) return;
    disk.freeLimitBytes = diskFreeLimitBytes;
    await this.checkDisk();
  }

  /** The journal failed: it will not recover before a restart. */
  journalFailed(): void {
    this.#set('journal', true);
  }

  /** Asks how much disk is free; the answer may set or clear the alarm. Asks again by itself, the sooner the less it is. */
  async checkDisk(): Promise<void> {
    const { disk, logger } = this.#options;
    if (disk === undefined || this.#lookingAtDisk) return;
    this.#lookingAtDisk = true;
    let soonMs = CHECK_EVERY_MS;
    try {
      const freeBytes = await disk.freeBytes();
      this.diskFreeBytes = freeBytes;
      soonMs = Math.max(DISK_CHECK_MS_MIN, (freeBytes - disk.freeLimitBytes) / FILL_BYTES_PER_MS);
      const { freeLimitBytes } = disk;
      if (freeBytes < freeLimitBytes && !this.#reasons.disk) {
        logger.warn({ freeBytes, freeLimitBytes }, 'disk alarm: publishers are blocked');
        this.#set('disk', true);
      } else if (freeBytes >= freeLimitBytes && this.#reasons.disk) {
        logger.warn({ freeBytes, freeLimitBytes }, 'disk alarm cleared: publishers go on');
        this.#set('disk', false);
      }
    } finally {
      this.#lookingAtDisk = false;
      this.#diskTimer?.cancel();
      const delayMs = this.#reasons.disk ? CHECK_EVERY_MS : Math.min(CHECK_EVERY_MS, soonMs);
      if (!this.#stopped) this.#diskTimer = this.#options.clock.after(delayMs, this.#onDiskTimer);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#diskTimer?.cancel();
  }

  #set(reason: AlarmName, on: boolean): void {
    if (this.#reasons[reason] !== on) this.#options.onChange?.(reason, on);
    this.#reasons[reason] = on;
    const { memory, disk, journal } = this.#reasons;
    const wasActive = this.active;
    this.active = memory || disk || journal;
    if (wasActive && !this.active) this.#options.onCleared();
  }

  readonly #onTimer = (): void => {
    this.#timer = this.#options.clock.after(CHECK_EVERY_MS, this.#onTimer);
    this.#options.memory.measure();
    this.check();
  };

  readonly #onDiskTimer = (): void => {
    this.checkDisk().catch((error: Error) => {
      this.#options.logger.error({ err: error }, 'cannot tell how much disk is free');
    });
  };
}
