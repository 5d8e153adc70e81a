import { type Block, copyBytes, PAGE_BYTES } from '../../lib/arena.ts';
import type { MessageStore } from '../ports.ts';
import type { Page, PageTable, Position } from './page_table.ts';

/** Messages in memory only: appended to the current page, forgotten when nothing refers to the page any more. */
export class MemoryStore implements MessageStore {
  readonly pages: PageTable;
  #current: Page | undefined;

  constructor(pages: PageTable) {
    this.pages = pages;
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

  adopt(block: Block, length: number): Position {
    const page = this.pages.adopt(block);
    page.used = length;
    // Sealed by the first retain's release: until then the caller holds it.
    page.sealed = true;
    return page.number * PAGE_BYTES;
  }

  #turnPage(): Page {
    const full = this.#current;
    const page = this.pages.allocate();
    this.#current = page;
    if (full !== undefined) this.pages.seal(full);
    return page;
  }
}
