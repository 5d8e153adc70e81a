import type { Clock, Timer } from '../lib/clock.ts';
import type { Disk, DiskFile } from './disk.ts';

/** A segment that took longer to fill was not written under load: there is time to make the next one's file. */
const SLOW_FILL_MS = 2_000;
/** Small enough not to be in the way of the appends' syncs, which share the device. */
const CHUNK_BYTES = 256 * 1024;
/** Between two chunks. A whole file of 16 MiB takes about 3 s. */
const PAUSE_MS = 50;
/** A virtual host that is hardly written to gets no file: one is begun when this part of the segment is full. */
const BEGIN_AT_SHARE = 1 / 16;
/** With less room on the disk than this many segments, the space is left to the appends. */
const FREE_SEGMENTS_MIN = 8;
/** Bytes appended for each byte of zeros, beyond the first file: what bounds the write amplification. */
const APPENDED_PER_ZERO = 4;

const ZEROS: Uint8Array = new Uint8Array(CHUNK_BYTES);

export interface SpareMakerOptions {
  readonly disk: Disk;
  readonly dir: string;
  readonly clock: Clock;
  readonly segmentBytes: number;
  /** False when a spare has come from elsewhere meanwhile. */
  readonly wanted: () => boolean;
  /** The path of the file to make. */
  readonly nextPath: () => string;
  readonly made: (path: string) => void;
}

/**
 * Writes files of zeros in the background, for segments to be written over: an fdatasync of bytes that a file has already
 * is two to three times cheaper than of bytes that it grows by, as no metadata changes. It makes one only where segments
 * fill slowly, goes on only while appends are few, and writes no more than the length of one segment and a quarter of
 * what is appended. An error ends the making of one file and does no harm.
 */
export class SpareMaker {
  readonly #options: SpareMakerOptions;
  #enabled = false;
  #beganAtMs: number | undefined;
  #appended = 0;
  #appendedToSegment = 0;
  #appendedAtStep = 0;
  #zeroed = 0;
  #timer: Timer | undefined;
  #step: Promise<void> | undefined;
  #stopped = false;
  #making: { readonly path: string; readonly file: DiskFile; bytes: number } | undefined;

  constructor(options: SpareMakerOptions) {
    this.#options = options;
  }

  get usedBytes(): number {
    return this.#making?.bytes ?? 0;
  }

  segmentBegun(): void {
    const nowMs = this.#options.clock.monotonicMs();
    this.#enabled = this.#beganAtMs === undefined || nowMs - this.#beganAtMs > SLOW_FILL_MS;
    this.#beganAtMs = nowMs;
    this.#appendedToSegment = 0;
  }

  appended(bytes: number): void {
    this.#appended += bytes;
    this.#appendedToSegment += bytes;
    if (this.#enabled && this.#appendedToSegment >= this.#options.segmentBytes * BEGIN_AT_SHARE) this.#begin();
  }

  /** Resolves when nothing is under way. A file that is not complete stays, and is a spare of its length or none. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#step;
    await this.#making?.file.close().catch(() => {});
    this.#making = undefined;
  }

  #begin(): void {
    // Looked at once for each segment.
    this.#enabled = false;
    const running = this.#timer !== undefined || this.#step !== undefined;
    const affordable = this.#zeroed * APPENDED_PER_ZERO <= this.#appended;
    if (!running && affordable && this.#options.wanted()) this.#wait();
  }

  #wait(): void {
    if (this.#stopped) return;
    this.#appendedAtStep = this.#appended;
    this.#timer = this.#options.clock.after(PAUSE_MS, () => {
      this.#timer = undefined;
      const step = this.#take().finally(() => {
        // The next one may have begun by then.
        if (this.#step === step) this.#step = undefined;
      });
      this.#step = step;
    });
  }

  async #take(): Promise<void> {
    const heavyBytes = (this.#options.segmentBytes * PAUSE_MS) / SLOW_FILL_MS;
    if (this.#appended - this.#appendedAtStep > heavyBytes) return this.#wait();
    try {
      const unfinished = this.#options.wanted() && (await this.#writeChunk());
      if (unfinished) this.#wait();
      else if (this.#making !== undefined) await this.#abandon();
    } catch {
      await this.#abandon();
    }
  }

  /** Whether there is more to write. */
  async #writeChunk(): Promise<boolean> {
    const { disk, dir, segmentBytes, made } = this.#options;
    if (this.#making === undefined) {
      if ((await disk.freeBytes(dir)) < FREE_SEGMENTS_MIN * segmentBytes) return false;
      const path = this.#options.nextPath();
      this.#making = { path, file: await disk.open(path, 'create'), bytes: 0 };
    }
    const making = this.#making;
    const length = Math.min(CHUNK_BYTES, segmentBytes - making.bytes);
    await making.file.write([ZEROS.subarray(0, length)], making.bytes);
    making.bytes += length;
    this.#zeroed += length;
    // Otherwise the first sync of the segment that gets this file would have to write all of it.
    await making.file.datasync();
    if (making.bytes < segmentBytes) return true;
    await making.file.close();
    this.#making = undefined;
    made(making.path);
    return false;
  }

  async #abandon(): Promise<void> {
    const making = this.#making;
    this.#making = undefined;
    if (making === undefined) return;
    await making.file.close().catch(() => {});
    await this.#options.disk.remove(making.path).catch(() => {});
  }
}
