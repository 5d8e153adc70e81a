import { type Arena, type Block, PAGE_BYTES } from '../../lib/arena.ts';
import { assert } from '../../lib/assert.ts';

/**
 * Where a message is: `page number * PAGE_BYTES + offset`. A plain number, so that a queue's ring can keep it in a typed
 * array; exact up to 2^53, which is more bytes than any broker will ever take in.
 */
export type Position = number;

/** Whoever made a page and can do without its memory: the journal, a spill file. */
export interface PageHome {
  /** Nothing refers to the page any more; its memory is gone. */
  freed(page: Page): void;
  /** Reads the page's bytes back, `alone` or with others that will be wanted next. Rejects when they are damaged. */
  load(page: Page, alone?: boolean): Promise<Block>;
}

const NO_BYTES = new Uint8Array(0);

/**
 * A stretch of message records. `references` counts the queue entries (and others that hold messages, or write to it) that
 * still need it: at zero, when it is sealed, its memory is used again.
 */
export class Page {
  readonly number: number;
  readonly home: PageHome | undefined;
  /** Undefined while the page is only where its home keeps it. */
  block: Block | undefined;
  bytes: Uint8Array = NO_BYTES;
  base = 0;
  used = 0;
  references = 0;
  /** Nothing is appended any more. */
  sealed = false;
  /** What its home kept is damaged: its messages are lost. */
  lost = false;
  /** Its home's own note: which of its pages this is. */
  slot = 0;
  /** Who waits for it to be loaded; undefined while it is not being loaded. */
  waiters: (() => void)[] | undefined;

  constructor(number: number, home: PageHome | undefined) {
    this.number = number;
    this.home = home;
  }
}

/** Every page of one virtual host, by number. */
export class PageTable {
  readonly arena: Arena;
  /** Told of every page that was read back because somebody waited for it. */
  onLoaded: ((page: Page) => void) | undefined;
  /** How often a page was read back, and had to be given up. */
  reads = 0;
  evictions = 0;
  readonly #pages = new Map<number, Page>();
  /** The page looked up last: messages are mostly read in the order they were written. */
  #last: Page | undefined;
  #nextNumber = 1;
  #residentBytes = 0;
  #farBytes = 0;
  /** Pages whose memory was given up; while there are none, nobody has to ask whether a page is resident. */
  #absent = 0;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** Bytes of memory that pages hold, including what is free inside them. */
  get residentBytes(): number {
    return this.#residentBytes;
  }

  /** Of these, what lies outside the arena. */
  get farBytes(): number {
    return this.#farBytes;
  }

  /** Pages that are only where their homes keep them. */
  get absentCount(): number {
    return this.#absent;
  }

  get pageCount(): number {
    return this.#pages.size;
  }

  allocate(home?: PageHome): Page {
    return this.adopt(this.arena.takePage(), home);
  }

  /** A page of its own for a record that is already in a block of its own. */
  adopt(block: Block, home?: PageHome): Page {
    const page = new Page(this.#nextNumber++, home);
    this.#pages.set(page.number, page);
    this.#setBlock(page, block);
    return page;
  }

  /** A page that is only where its home keeps it, for now. */
  allocateAbsent(home: PageHome, usedBytes: number): Page {
    const page = new Page(this.#nextNumber++, home);
    page.used = usedBytes;
    page.sealed = true;
    this.#pages.set(page.number, page);
    this.#absent++;
    return page;
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
    this.releasePage(this.of(position));
  }

  releasePage(page: Page): void {
    page.references--;
    if (page.references === 0 && page.sealed) this.#free(page);
  }

  /** No more records will be appended to `page`. */
  seal(page: Page): void {
    page.sealed = true;
    if (page.references === 0) this.#free(page);
  }

  /** Whether a message's bytes can be read now, or never will be (see `isLost`). */
  isReadable(position: Position): boolean {
    if (this.#absent === 0) return true;
    const page = this.of(position);
    return page.block !== undefined || page.lost;
  }

  isLost(position: Position): boolean {
    return this.#absent > 0 && this.of(position).lost;
  }

  /** Calls back when the page of `position` is readable; the caller must hold a reference until then. */
  whenReadable(position: Position, callback: () => void): void {
    const page = this.of(position);
    if (page.waiters !== undefined) {
      page.waiters.push(callback);
      return;
    }
    assert(page.home !== undefined, 'an absent page has a home');
    page.waiters = [callback];
    page.references++;
    page.home.load(page).then(
      (block) => this.#loaded(page, block),
      () => this.#loaded(page, undefined),
    );
  }

  /**
   * Looks at the bytes of a page, which the caller holds, without making room for it in memory: whatever is resident stays. They
   * stay what they are for the look, whatever it does. Undefined for what cannot be read.
   */
  async lookAt<Result>(page: Page, look: (bytes: Uint8Array, base: number) => Result): Promise<Result | undefined> {
    const { block: resident, used } = page;
    if (resident !== undefined) {
      // A block of the arena may be evicted on the way, and be another page's.
      if (resident.capacity > PAGE_BYTES) return look(resident.bytes, resident.base);
      return look(resident.bytes.slice(resident.base, resident.base + used), 0);
    }
    if (page.lost || page.home === undefined) return undefined;
    // What is damaged is found out when its turn comes.
    const block = await page.home.load(page, true).catch(() => undefined);
    if (block === undefined) return undefined;
    try {
      return look(block.bytes, block.base);
    } finally {
      this.arena.givePage(block);
    }
  }

  /** Gives up a page's memory; its home has what is in it. */
  evict(page: Page): void {
    assert(page.block !== undefined && page.home !== undefined && page.sealed, 'evicted what cannot be loaded again');
    this.#giveBlock(page);
    this.evictions++;
    this.#absent++;
  }

  /** Gives an absent page the bytes that its home read. */
  fill(page: Page, block: Block): void {
    this.#absent--;
    this.#setBlock(page, block);
  }

  #loaded(page: Page, block: Block | undefined): void {
    const waiters = page.waiters ?? [];
    this.reads++;
    page.waiters = undefined;
    if (block === undefined) page.lost = true;
    else if (page.block === undefined) this.fill(page, block);
    this.onLoaded?.(page);
    this.releasePage(page);
    for (const waiter of waiters) waiter();
  }

  #free(page: Page): void {
    assert(page.references === 0, 'freed page is still referenced');
    this.#pages.delete(page.number);
    if (this.#last === page) this.#last = undefined;
    if (page.block === undefined) this.#absent--;
    else this.#giveBlock(page);
    page.home?.freed(page);
  }

  #setBlock(page: Page, block: Block): void {
    page.block = block;
    page.bytes = block.bytes;
    page.base = block.base;
    this.#residentBytes += block.capacity;
    if (block.bytes !== this.arena.bytes) this.#farBytes += block.capacity;
  }

  #giveBlock(page: Page): void {
    const block = page.block as Block;
    this.#residentBytes -= block.capacity;
    if (block.bytes !== this.arena.bytes) this.#farBytes -= block.capacity;
    this.arena.givePage(block);
    page.block = undefined;
    page.bytes = NO_BYTES;
    page.base = 0;
  }
}

export function offsetOf(position: Position): number {
  return position % PAGE_BYTES;
}
