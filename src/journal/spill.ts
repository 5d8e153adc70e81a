import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Keeper } from '../core/store/page_cache.ts';
import type { Page, PageHome, PageTable } from '../core/store/page_table.ts';
import { type Block, PAGE_BYTES } from '../lib/arena.ts';
import type { Disk, DiskFile } from './disk.ts';

/**
 * Where transient messages go that do not fit into memory: a file without a name, so that it is gone with the process. It is
 * divided into places of PAGE_BYTES; a larger page takes several in a row.
 */
export class SpillFile implements PageHome, Keeper {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #pages: PageTable;
  #file: Promise<DiskFile> | undefined;
  readonly #free: number[] = [];
  #places = 0;
  readonly #placeOf = new Map<Page, number>();

  constructor(disk: Disk, dir: string, pages: PageTable) {
    this.#disk = disk;
    this.#dir = dir;
    this.#pages = pages;
  }

  async keep(page: Page): Promise<void> {
    const file = await this.#open();
    const place = this.#takePlace(page.used);
    const bytes = new Uint8Array(page.bytes.buffer, page.bytes.byteOffset + page.base, page.used);
    try {
      await file.write([bytes], place * PAGE_BYTES);
    } catch (error) {
      this.#givePlace(place, page.used);
      throw error;
    }
    this.#placeOf.set(page, place);
  }

  async load(page: Page): Promise<Block> {
    const file = await this.#open();
    const bytes = await file.read((this.#placeOf.get(page) as number) * PAGE_BYTES, page.used);
    if (bytes.length < page.used) throw new Error('the spill file is too short');
    const block = this.#pages.arena.takeFor(page.used);
    block.bytes.set(bytes, block.base);
    return block;
  }

  freed(page: Page): void {
    const place = this.#placeOf.get(page);
    if (place === undefined) return;
    this.#placeOf.delete(page);
    this.#givePlace(place, page.used);
  }

  async close(): Promise<void> {
    await (await this.#file)?.close();
  }

  #open(): Promise<DiskFile> {
    this.#file ??= this.#create();
    return this.#file;
  }

  async #create(): Promise<DiskFile> {
    const path = join(this.#dir, `spill-${randomBytes(6).toString('hex')}`);
    const file = await this.#disk.open(path, 'create');
    await this.#disk.remove(path);
    return file;
  }

  #takePlace(bytes: number): number {
    const needed = Math.ceil(bytes / PAGE_BYTES);
    const free = needed === 1 ? this.#free.pop() : undefined;
    if (free !== undefined) return free;
    const place = this.#places;
    this.#places += needed;
    return place;
  }

  #givePlace(place: number, bytes: number): void {
    for (let i = 0; i < Math.ceil(bytes / PAGE_BYTES); i++) this.#free.push(place + i);
  }
}
