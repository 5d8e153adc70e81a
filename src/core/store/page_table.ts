import { type Arena, type Block, PAGE_BYTES } from '../../lib/arena.ts';
import { assert } from '../../lib/assert.ts';

/**
 * Where a message is: `page number * PAGE_BYTES + offset`. A plain number, so that a queue's ring can keep it in a typed
 * array; exact up to 2^53, which is more bytes than any broker will ever take in.
 */
export type Position = number;

/**
 * A stretch of message records. `references` counts the queue entries (and messages held by a transaction) that still
 * need it: at zero, when it is no longer written to, its memory is used again.
 */
export class Page {
  readonly number: number;
  readonly block: Block;
  readonly bytes: Uint8Array;
  readonly base: number;
  used = 0;
  references = 0;
  sealed = false;

  constructor(number: number, block: Block) {
    this.number = number;
    this.block = block;
    this.bytes = block.bytes;
    this.base = block.base;
  }
}

/** Every page of one virtual host, by number. */
export class PageTable {
  readonly #arena: Arena;
  readonly #pages = new Map<number, Page>();
  /** The page looked up last: messages are mostly read in the order they were written. */
  #last: Page | undefined;
  #nextNumber = 1;
  #residentBytes = 0;
  #farBytes = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Bytes of memory that pages hold, including what is free inside them. */
  get residentBytes(): number {
    return this.#residentBytes;
  }

  /** Of these, what lies outside the arena. */
  get farBytes(): number {
    return this.#farBytes;
  }

  get pageCount(): number {
    return this.#pages.size;
  }

  allocate(): Page {
    return this.#adopt(this.#arena.takePage());
  }

  /** A page of its own for a record that is already in a block of its own. */
  allocateLarge(block: Block): Page {
    return this.#adopt(block);
  }

  of(position: Position): Page {
    const number = Math.floor(position / PAGE_BYTES);
    const last = this.#last;
    if (last !== undefined && last.number === number) return last;
    const page = this.#pages.get(number);
    assert(page !== undefined, `no page ${number}`);
    this.#last = page;
    return page;
  }

  retain(position: Position, count: number): void {
    this.of(position).references += count;
  }

  release(position: Position): void {
    const page = this.of(position);
    page.references--;
    if (page.references === 0 && page.sealed) this.#free(page);
  }

  /** No more records will be appended to `page`. */
  seal(page: Page): void {
    page.sealed = true;
    if (page.references === 0) this.#free(page);
  }

  #adopt(block: Block): Page {
    const page = new Page(this.#nextNumber++, block);
    this.#pages.set(page.number, page);
    this.#residentBytes += block.capacity;
    if (block.bytes !== this.#arena.bytes) this.#farBytes += block.capacity;
    return page;
  }

  #free(page: Page): void {
    assert(page.references === 0, 'freed page is still referenced');
    this.#pages.delete(page.number);
    if (this.#last === page) this.#last = undefined;
    this.#residentBytes -= page.block.capacity;
    if (page.bytes !== this.#arena.bytes) this.#farBytes -= page.block.capacity;
    if (page.block.capacity === PAGE_BYTES) this.#arena.givePage(page.block);
  }
}

export function offsetOf(position: Position): number {
  return position % PAGE_BYTES;
}
