import type { FileHandle } from 'node:fs/promises';

/** Bytes that may gather while others are written: more would wait in memory, and be printed without a break. */
const GATHERED_BYTES_MAX = 64 * 1024;

export interface TraceLogEvents {
  /** There is room again. */
  written(): void;
  /** Nothing more will be written. */
  failed(error: Error): void;
}

/** Puts pieces at the end of a file, one after the other: those that come while some are written go with the next write. */
export class TraceLog {
  readonly #file: FileHandle;
  readonly #events: TraceLogEvents;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<void> | undefined;
  #failed = false;

  constructor(file: FileHandle, events: TraceLogEvents) {
    this.#file = file;
    this.#events = events;
  }

  /** Whether it should be given no more for now. */
  get full(): boolean {
    return this.#bytes >= GATHERED_BYTES_MAX;
  }

  append(piece: Uint8Array): void {
    if (this.#failed) return;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    this.#writing ??= this.#write();
  }

  /** What was given is in the file then, if it could be written. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #write(): Promise<void> {
    try {
      // What this turn still brings is written with it.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#pieces.length > 0) {
        const pieces = Buffer.concat(this.#pieces);
        this.#pieces = [];
        this.#bytes = 0;
        await this.#file.appendFile(pieces);
        this.#events.written();
      }
    } catch (error) {
      this.#failed = true;
      this.#events.failed(error as Error);
    } finally {
      this.#writing = undefined;
    }
  }
}
