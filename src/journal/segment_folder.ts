import { join } from 'node:path';
import { assert } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import type { Disk, DiskFile } from './disk.ts';
import { damagedName, indexName, parseName, segmentName } from './segment_names.ts';
import { type Spare, Spares } from './spares.ts';

interface SegmentFiles {
  bytes: number;
  indexBytes: number | undefined;
}

export interface SegmentFolderOptions {
  readonly disk: Disk;
  readonly dir: string;
  readonly clock: Clock;
  readonly segmentBytes: number;
}

/** The files of a log: which there are, how long they are, and whether their names are on disk. */
export class SegmentFolder {
  readonly spares: Spares;
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #segments = new Map<number, SegmentFiles>();
  readonly #damaged = new Map<string, number>();
  /** Of the segments that are there or were begun. */
  #highest = 0;
  /** Counts the names that have changed in the folder, and how many of them are on disk. */
  #changes = 0;
  #changesSynced = 0;

  constructor(options: SegmentFolderOptions) {
    this.#disk = options.disk;
    this.#dir = options.dir;
    this.spares = new Spares(options);
  }

  get highest(): number {
    return this.#highest;
  }

  has(segment: number): boolean {
    return this.#segments.has(segment);
  }

  indexBytes(segment: number): number | undefined {
    return this.#segments.get(segment)?.indexBytes;
  }

  usedBytes(): number {
    let sum = this.spares.usedBytes;
    for (const { bytes, indexBytes } of this.#segments.values()) sum += bytes + (indexBytes ?? 0);
    for (const bytes of this.#damaged.values()) sum += bytes;
    return sum;
  }

  /**
   * A broker that was killed leaves bytes and names that may be in the kernel only. Whoever reads them now takes them for
   * durable, so they are made so first: the segments without an index, since one gets its index only when it is synced.
   */
  async open(): Promise<readonly number[]> {
    await this.#disk.makeDir(this.#dir);
    await this.#look();
    for (const [segment, { indexBytes }] of this.#segments) {
      if (indexBytes === undefined) await this.#datasync(this.#path(segmentName(segment)));
    }
    await this.sync();
    return [...this.#segments.keys()].sort((left, right) => left - right);
  }

  /** Makes a file for the segment, of a spare if there is one. */
  async addSegment(segment: number, bytes: number): Promise<DiskFile> {
    const spare = this.spares.take(bytes);
    const path = this.#path(segmentName(segment));
    this.#highest = segment;
    if (spare !== undefined) await this.#disk.rename(spare.path, path);
    const file = await this.#disk.open(path, spare === undefined ? 'create' : 'existing');
    this.#segments.set(segment, { bytes: spare?.bytes ?? 0, indexBytes: undefined });
    // Not earlier: a sync that is under way beside this must not count as one of the new name.
    this.#changes++;
    this.spares.segmentBegun();
    return file;
  }

  /** The segment is written up to here. */
  written(segment: number, end: number): void {
    const files = this.#filesOf(segment);
    files.bytes = Math.max(files.bytes, end);
  }

  async writeIndex(segment: number, bytes: Uint8Array): Promise<void> {
    const files = this.#filesOf(segment);
    await this.#removeIndex(segment, files);
    const path = this.#path(indexName(segment));
    const file = await this.#disk.open(path, 'create');
    try {
      files.indexBytes = bytes.length;
      await file.write([bytes], 0);
    } catch (error) {
      await this.#removeIndex(segment, files).catch(() => {});
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Returns the file as a spare if it became one; it is for use when the folder is synced. */
  async remove(segment: number): Promise<Spare | undefined> {
    const files = this.#filesOf(segment);
    // First what can be done again if the rest fails.
    await this.#removeIndex(segment, files);
    await this.#removeSurplus();
    const from = this.#path(segmentName(segment));
    const wanted = this.spares.wants(files.bytes, this.#segments.size - 1);
    const path = wanted ? this.spares.nextPath() : undefined;
    if (path === undefined) await this.#disk.remove(from);
    else await this.#disk.rename(from, path);
    this.#segments.delete(segment);
    this.#changes++;
    return path === undefined ? undefined : { path, bytes: files.bytes };
  }

  async setAside(segment: number): Promise<string> {
    const files = this.#filesOf(segment);
    await this.#removeIndex(segment, files);
    let copy = 1;
    while (this.#damaged.has(damagedName(segment, copy))) copy++;
    const name = damagedName(segment, copy);
    await this.#disk.rename(this.#path(segmentName(segment)), this.#path(name));
    this.#segments.delete(segment);
    this.#damaged.set(name, files.bytes);
    this.#changes++;
    return name;
  }

  /** Puts the names of the files on disk, if there are new ones. */
  async syncNames(): Promise<void> {
    if (this.#changes > this.#changesSynced) await this.sync();
  }

  async sync(): Promise<void> {
    const changes = this.#changes;
    await this.#disk.syncDir(this.#dir);
    this.#changesSynced = Math.max(this.#changesSynced, changes);
  }

  async #look(): Promise<void> {
    const indexes = new Map<number, number>();
    const spares: Spare[] = [];
    for (const name of await this.#disk.list(this.#dir)) {
      const parsed = parseName(name);
      if (parsed === undefined) continue;
      const bytes = await this.#disk.size(this.#path(name));
      const { kind, number } = parsed;
      if (kind === 'segment') this.#segments.set(number, { bytes, indexBytes: undefined });
      if (kind === 'index') indexes.set(number, bytes);
      if (kind === 'damaged') this.#damaged.set(name, bytes);
      if (kind === 'spare') {
        spares.push({ path: this.#path(name), bytes });
        this.spares.seen(number);
      }
    }
    this.#highest = Math.max(0, ...this.#segments.keys());
    await this.#adopt(indexes, spares);
  }

  async #adopt(indexes: ReadonlyMap<number, number>, spares: readonly Spare[]): Promise<void> {
    for (const [number, bytes] of indexes) {
      const files = this.#segments.get(number);
      if (files === undefined) await this.#disk.remove(this.#path(indexName(number)));
      else files.indexBytes = bytes;
    }
    for (const spare of spares) {
      if (this.spares.wants(spare.bytes, this.#segments.size)) this.spares.add(spare);
      else await this.#disk.remove(spare.path);
    }
  }

  async #removeIndex(segment: number, files: SegmentFiles): Promise<void> {
    if (files.indexBytes === undefined) return;
    await this.#disk.remove(this.#path(indexName(segment)));
    files.indexBytes = undefined;
  }

  async #removeSurplus(): Promise<void> {
    const surplus = this.spares.takeSurplus(this.#segments.size);
    if (surplus !== undefined) await this.#disk.remove(surplus.path);
  }

  async #datasync(path: string): Promise<void> {
    const file = await this.#disk.open(path, 'existing');
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  #filesOf(segment: number): SegmentFiles {
    const files = this.#segments.get(segment);
    assert(files !== undefined, `segment ${segment} is not in the log`);
    return files;
  }

  #path(name: string): string {
    return join(this.#dir, name);
  }
}
