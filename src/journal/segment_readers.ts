import { join } from 'node:path';
import type { Disk, DiskFile } from './disk.ts';
import { segmentName } from './segment_names.ts';

/** A queue is read from its front and written at its end: few segments are read at a time, whatever the backlog. */
const OPEN_FILES_MAX = 8;

/** The segments that are being read, the longest unused first. */
export class SegmentReaders {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #files = new Map<number, Promise<DiskFile>>();

  constructor(disk: Disk, dir: string) {
    this.#disk = disk;
    this.#dir = dir;
  }

  async read(segment: number, at: number, length: number): Promise<Uint8Array> {
    const opening = this.#files.get(segment) ?? this.#disk.open(join(this.#dir, segmentName(segment)), 'read');
    this.#files.delete(segment);
    this.#files.set(segment, opening);
    this.#closeUnused();
    try {
      return await (await opening).read(at, length);
    } catch (error) {
      // Whatever it was, the next read opens the file anew.
      if (this.#files.get(segment) === opening) this.#files.delete(segment);
      await close(opening);
      throw error;
    }
  }

  /** Resolves when no read of the segment is under way: its file may be another segment's then. */
  async forget(segment: number): Promise<void> {
    const opening = this.#files.get(segment);
    this.#files.delete(segment);
    if (opening !== undefined) await close(opening);
  }

  async close(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(files.map(close));
  }

  #closeUnused(): void {
    for (const [segment, opening] of this.#files) {
      if (this.#files.size <= OPEN_FILES_MAX) return;
      this.#files.delete(segment);
      // Reads that wait for the file to open began to wait before this does, and closing waits for them.
      void close(opening);
    }
  }
}

/** Nothing was written through it, so nothing is lost with an error here; one of opening is told to the reader. */
async function close(opening: Promise<DiskFile>): Promise<void> {
  try {
    await (await opening).close();
  } catch {}
}
