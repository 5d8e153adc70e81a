// A log in files (docs/journal-format.md, *Folder*): segments, indexes, spares, segments set aside.
//
// What makes an append safe is, in this order: the bytes written, the segment before synced if it was not, the segment
// synced, and the folder synced if a file in it is new or renamed. Where one of these fails the log is broken for good.
//
// Syncs are cheaper on bytes that the file has already, hence the spares. A file becomes a spare only when the rename that
// made it one is synced: otherwise a crash could bring back a removed segment with another's bytes in it. A removed segment
// can come back as it was, if the crash comes before that sync: it then holds nothing that is live, as it did before.

import { join } from 'node:path';
import { assert } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import type { Disk, DiskFile } from './disk.ts';
import { type Log, SEGMENT_HEADER_BYTES } from './log.ts';
import { byteLength } from './pieces.ts';
import { SegmentFolder } from './segment_folder.ts';
import { indexName } from './segment_names.ts';
import { SegmentReaders } from './segment_readers.ts';

/** Up to here a write into the page cache is cheaper than handing it to another thread. */
const WRITE_NOW_BYTES_MAX = 64 * 1024;

export interface SegmentLogOptions {
  readonly disk: Disk;
  /** Made when it is missing. */
  readonly dir: string;
  readonly clock: Clock;
  /** How long segments usually are, and so the spares. */
  readonly segmentBytes: number;
}

interface OpenSegment {
  readonly number: number;
  readonly file: DiskFile;
  end: number;
  unsynced: boolean;
}

export class SegmentLog implements Log {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #folder: SegmentFolder;
  readonly #readers: SegmentReaders;
  #active: OpenSegment | undefined;
  /** The segment before, as long as not all of it is synced. */
  #previous: OpenSegment | undefined;
  #appending: Promise<void> | undefined;
  #beginning = false;
  #broken: Error | undefined;
  /** Removing, setting aside and indexing come one after another; appends do not wait for them. */
  #upkeep: Promise<unknown> = Promise.resolve();

  constructor(options: SegmentLogOptions) {
    this.#disk = options.disk;
    this.#dir = options.dir;
    this.#folder = new SegmentFolder(options);
    this.#readers = new SegmentReaders(options.disk, options.dir);
  }

  open(): Promise<readonly number[]> {
    return this.#orBreak(() => this.#folder.open());
  }

  async begin(number: number, bytes: number, header: Uint8Array): Promise<void> {
    assert(header.length === SEGMENT_HEADER_BYTES, `a segment header of ${header.length} bytes`);
    assert(number > this.#folder.highest, `segment ${number} begun after ${this.#folder.highest}`);
    assert(this.#appending === undefined && !this.#beginning, 'a segment begun while another call is under way');
    this.#beginning = true;
    try {
      await this.#orBreak(() => this.#begin(number, bytes, header));
    } finally {
      this.#beginning = false;
    }
  }

  append(pieces: readonly Uint8Array[], sync: boolean, done: (error: Error | undefined) => void): void {
    assert(this.#appending === undefined && !this.#beginning, 'an append while another call is under way');
    const active = this.#active;
    assert(active !== undefined || this.#broken !== undefined, 'an append before a segment was begun');
    this.#appending = this.#orBreak(() => this.#append(active!, pieces, sync)).then(
      () => this.#appended(done, undefined),
      (error) => this.#appended(done, error),
    );
  }

  async read(segment: number, at: number, length: number): Promise<Uint8Array> {
    assert(this.#folder.has(segment), `a read of segment ${segment}, which the log does not have`);
    const active = this.#active;
    return active?.number === segment ? active.file.read(at, length) : this.#readers.read(segment, at, length);
  }

  writeIndex(segment: number, bytes: Uint8Array): Promise<void> {
    return this.#inTurn(segment, async () => {
      if (this.#previous?.number === segment) await this.#orBreak(() => this.#syncPrevious());
      await this.#folder.writeIndex(segment, bytes);
    });
  }

  async readIndex(segment: number): Promise<Uint8Array | undefined> {
    assert(this.#folder.has(segment), `an index of segment ${segment}, which the log does not have`);
    const bytes = this.#folder.indexBytes(segment);
    if (bytes === undefined) return undefined;
    const file = await this.#disk.open(join(this.#dir, indexName(segment)), 'read');
    try {
      return await file.read(0, bytes);
    } finally {
      await file.close();
    }
  }

  remove(segment: number): Promise<void> {
    return this.#inTurn(segment, async () => {
      await this.#letGo(segment);
      const spare = await this.#folder.remove(segment);
      await this.#orBreak(() => this.#folder.sync());
      if (spare !== undefined) this.#folder.spares.add(spare);
    });
  }

  setAside(segment: number): Promise<string> {
    return this.#inTurn(segment, async () => {
      await this.#letGo(segment);
      const name = await this.#folder.setAside(segment);
      await this.#orBreak(() => this.#folder.sync());
      return name;
    });
  }

  usedBytes(): number {
    return this.#folder.usedBytes();
  }

  async close(): Promise<void> {
    assert(!this.#beginning, 'a log closed while a segment is begun');
    await this.#folder.spares.stop();
    await this.#appending;
    await this.#upkeep;
    try {
      if (this.#broken === undefined) await this.#orBreak(() => this.#syncAll());
    } finally {
      // Nothing is safe or unsafe by an error here: what was to be synced is, or the error above says that it is not.
      const files = [this.#previous, this.#active].map(async (segment) => segment?.file.close());
      await Promise.allSettled([...files, this.#readers.close()]);
      this.#previous = undefined;
      this.#active = undefined;
    }
  }

  async #begin(number: number, bytes: number, header: Uint8Array): Promise<void> {
    await this.#syncPrevious();
    const before = this.#active;
    this.#active = undefined;
    if (before?.unsynced) this.#previous = before;
    else await before?.file.close();
    const file = await this.#folder.addSegment(number, bytes);
    file.writeNow([header], 0);
    this.#folder.written(number, header.length);
    this.#active = { number, file, end: header.length, unsynced: true };
  }

  async #append(active: OpenSegment, pieces: readonly Uint8Array[], sync: boolean): Promise<void> {
    const length = byteLength(pieces);
    active.unsynced = true;
    if (length <= WRITE_NOW_BYTES_MAX) active.file.writeNow(pieces, active.end);
    else await active.file.write(pieces, active.end);
    active.end += length;
    this.#folder.written(active.number, active.end);
    this.#folder.spares.appended(length);
    if (sync) await this.#syncAll();
  }

  #appended(done: (error: Error | undefined) => void, error: Error | undefined): void {
    this.#appending = undefined;
    done(error);
  }

  async #syncAll(): Promise<void> {
    await this.#syncPrevious();
    const active = this.#active;
    if (active?.unsynced) {
      await active.file.datasync();
      active.unsynced = false;
    }
    await this.#folder.syncNames();
  }

  async #syncPrevious(): Promise<void> {
    const previous = this.#previous;
    if (previous === undefined) return;
    await previous.file.datasync();
    // An append and the upkeep may both have come here.
    if (this.#previous === previous) this.#previous = undefined;
    await previous.file.close();
  }

  /** Resolves when nothing in this process has the segment's file open. */
  async #letGo(segment: number): Promise<void> {
    if (this.#previous?.number === segment) await this.#orBreak(() => this.#syncPrevious());
    await this.#readers.forget(segment);
  }

  /** Nothing is done on a broken log, and what fails breaks it. */
  async #orBreak<T>(work: () => Promise<T>): Promise<T> {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      return await work();
    } catch (error) {
      this.#broken ??= error as Error;
      throw this.#broken;
    }
  }

  #inTurn<T>(segment: number, work: () => Promise<T>): Promise<T> {
    const turn = this.#upkeep.then(() => {
      assert(this.#folder.has(segment), `segment ${segment} is not in the log`);
      assert(this.#active?.number !== segment, `segment ${segment} is still being written`);
      if (this.#broken !== undefined) throw this.#broken;
      return work();
    });
    this.#upkeep = turn.catch(() => {});
    return turn;
  }
}
