import { readdir, readFile } from 'node:fs/promises';
import type { Clock } from '../lib/clock.ts';

const STALE_MS = 5_000;

/** Open files and sockets, and how many there may be, where the system tells (Linux). */
export class FileDescriptors {
  used = 0;
  max = 0;
  readonly #clock: Clock;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Looks again if that was some time ago. */
  async refresh(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lookedAtMs < STALE_MS) return;
    this.#lookedAtMs = nowMs;
    try {
      // One is that of the folder itself.
      this.used = (await readdir('/proc/self/fd')).length - 1;
      const limits = await readFile('/proc/self/limits', 'utf8');
      this.max = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0);
    } catch {
      // Elsewhere nobody knows.
    }
  }
}
