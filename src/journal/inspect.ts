import { join } from 'node:path';
import { readDataFolder } from './data_folder.ts';
import type { Disk } from './disk.ts';
import { refuseLockedDataDir } from './lock.ts';
import type { LogReader } from './log.ts';
import { indexName, type LogFileName, parseName, segmentName } from './segment_names.ts';

/** The journal of one virtual host, for looking at it. */
export interface InspectedJournal {
  readonly vhost: string;
  readonly files: FolderReader;
}

/**
 * The journals in a data folder that no broker has at present; nothing in it is changed. Rejects with a StartError when a
 * broker has it, since what is read while it is written is sound at no moment, or when it is not a data folder.
 */
export async function inspectDataFolder(disk: Disk, dir: string): Promise<readonly InspectedJournal[]> {
  const vhosts = await readDataFolder(disk, dir);
  await refuseLockedDataDir(dir);
  const journals: InspectedJournal[] = [];
  for (const { vhost, path } of vhosts) {
    journals.push({ vhost, files: await FolderReader.open(disk, path) });
  }
  return journals;
}

/** A log's files as they are: unlike SegmentLog, it neither syncs nor tidies. */
export class FolderReader implements LogReader {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #names: readonly string[];

  static async open(disk: Disk, dir: string): Promise<FolderReader> {
    return new FolderReader(disk, dir, await disk.list(dir));
  }

  private constructor(disk: Disk, dir: string, names: readonly string[]) {
    this.#disk = disk;
    this.#dir = dir;
    this.#names = [...names].sort();
  }

  /** Lowest first. */
  get segments(): readonly number[] {
    return this.#parsed.filter(({ kind }) => kind === 'segment').map(({ number }) => number);
  }

  get indexes(): readonly number[] {
    return this.#parsed.filter(({ kind }) => kind === 'index').map(({ number }) => number);
  }

  /** The names of the segments that were set aside. */
  get damaged(): readonly string[] {
    return this.#names.filter((name) => parseName(name)?.kind === 'damaged');
  }

  async open(): Promise<readonly number[]> {
    return this.segments;
  }

  size(segment: number): Promise<number> {
    return this.#disk.size(this.#path(segmentName(segment)));
  }

  read(segment: number, at: number, length: number): Promise<Uint8Array> {
    return this.#readFile(segmentName(segment), at, length);
  }

  async readIndex(segment: number): Promise<Uint8Array | undefined> {
    const name = indexName(segment);
    return this.#names.includes(name) ? this.#readFile(name, 0, await this.#disk.size(this.#path(name))) : undefined;
  }

  get #parsed(): readonly LogFileName[] {
    return this.#names.map(parseName).filter((name) => name !== undefined);
  }

  async #readFile(name: string, at: number, length: number): Promise<Uint8Array> {
    const file = await this.#disk.open(this.#path(name), 'read');
    try {
      return await file.read(at, length);
    } finally {
      await file.close();
    }
  }

  #path(name: string): string {
    return join(this.#dir, name);
  }
}
