import { type Block, copyBytes, farBlock, PAGE_BYTES } from '../../lib/arena.ts';
import type { MessageStore } from '../ports.ts';
import type { Keeper, PageCache } from './page_cache.ts';
import type { Page, PageHome, PageTable, Position } from './page_table.ts';

/** Where pages go that memory has no room for. */
export interface Spill {
  readonly home: PageHome & Keeper;
  readonly cache: PageCache;
}

/** Messages in memory only: appended to the current page, forgotten when nothing refers to the page any more. */
export class MemoryStore implements MessageStore {
  readonly pages: PageTable;
  readonly #spill: Spill | undefined;
  #current: Page | undefined;

  /** Without a spill, all messages stay in memory. */
  constructor(pages: PageTable, spill?: Spill) {
    this.pages = pages;
    this.#spill = spill;
  }

  append(bytes: Uint8Array, routeStart: number, routeEnd: number, contentStart: number, contentEnd: number): Position {
    const routeBytes = routeEnd - routeStart;
    const total = routeBytes + (contentEnd - contentStart);
    let page = this.#current;
    if (page === undefined || page.used + total > PAGE_BYTES) page = this.#turnPage();
    const offset = page.used;
    const at = page.base + offset;
    copyBytes(bytes, routeStart, routeEnd, page.bytes, at);
    copyBytes(bytes, contentStart, contentEnd, page.bytes, at + routeBytes);
    page.used = offset + total;
    return page.number * PAGE_BYTES + offset;
  }

  keep(record: Uint8Array, routeEnd: number): Position {
    if (record.length <= PAGE_BYTES) return this.append(record, 0, routeEnd, routeEnd, record.length);
    const block = farBlock(record.length);
    block.bytes.set(record);
    return this.adopt(block, record.length);
  }

  adopt(block: Block, length: number): Position {
    const page = this.pages.adopt(block, this.#spill?.home);
    page.used = length;
    // It is freed by its last release, and the caller retains it at once.
    page.sealed = true;
    this.#spill?.cache.filled(page, this.#spill.home);
    return page.number * PAGE_BYTES;
  }

  /** Nothing is appended any more. */
  close(): void {
    if (this.#current !== undefined) this.#seal(this.#current);
    this.#current = undefined;
  }

  #turnPage(): Page {
    const full = this.#current;
    const page = this.pages.allocate(this.#spill?.home);
    this.#current = page;
    if (full !== undefined) this.#seal(full);
    return page;
  }

  #seal(page: Page): void {
    this.pages.seal(page);
    if (page.references > 0) this.#spill?.cache.filled(page, this.#spill.home);
  }
}
