import { PARTS_MAX, PageParts, Part } from './page_parts.ts';

/**
 * One large allocation that the data plane's buffers are cut from.
 *
 *     0                 readBytes                                              bytes.length
 *     ┌─────────────────┬───────────────────────────┬───────────────────────────┐
 *     │ read region     │ outbox slots (64 KiB)     │ pages (256 KiB)           │
 *     └─────────────────┴───────────────────────────┴───────────────────────────┘
 *
 * Why one: a message is copied from the read region to a page and from there to an outbox. Inside one ArrayBuffer that
 * is `copyWithin`, which makes no object; between two it is `set` with a fresh view, which costs two to three times as
 * much for the sizes that matter and feeds the garbage collector. The memory is reserved, not touched, until used.
 * When the arena is full, pages and slots are allocations of their own ("far"): slower, never refused. Far pages come in slabs,
 * since what is allocated one by one, among much that is small and stays, is not given back to the system when it is freed.
 * A message that is too large to be copied to where others lie is put together in a page of its own, or in a half, a third or a
 * quarter of one (page_parts.ts); only what is larger than a page is allocated for itself.
 */
export const PAGE_BYTES: number = 256 * 1024;
export const SLOT_BYTES: number = 64 * 1024;

/** A stretch of memory: `bytes[base .. base + capacity)`. For near blocks `bytes` is the arena itself. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly capacity: number;
}

export interface ArenaOptions {
  readonly readBytes: number;
  readonly slots: number;
  readonly pages: number;
}

/** Far slots kept for reuse rather than handed back to the allocator. */
const FAR_SPARE_MAX = 32;

/** More than 32 MiB: what is less may become part of the allocator's own heap, and more is the system's to give and take. */
const SLAB_PAGES = 130;

/** Of all arenas of the process: what a measure of its memory counts although most of it was never touched. */
let reservedBytes = 0;

/** Of all arenas: what was let go of, which is memory again only when the garbage is collected. */
let droppedBytes = 0;

/** How much was let go of since the process began. */
export function droppedArenaBytes(): number {
  return droppedBytes;
}

export function reservedArenaBytes(): number {
  return reservedBytes;
}

export class Arena {
  readonly bytes: Uint8Array;
  readonly readBytes: number;
  readonly #slots: Pool;
  readonly #pages: Pool;
  readonly #slabs: Slabs = new Slabs();
  /** Far pages are not kept: one would hold its slab. */
  readonly #parts: PageParts = new PageParts(
    () => this.takePage(),
    ({ bytes }) => bytes === this.bytes,
  );

  constructor(options: ArenaOptions) {
    const slotsAt = options.readBytes;
    const pagesAt = slotsAt + options.slots * SLOT_BYTES;
    const memory = Buffer.allocUnsafeSlow(pagesAt + options.pages * PAGE_BYTES);
    this.bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.length);
    reservedBytes += memory.length;
    this.readBytes = options.readBytes;
    this.#slots = new Pool(this.bytes, slotsAt, options.slots, SLOT_BYTES);
    this.#pages = new Pool(this.bytes, pagesAt, options.pages, PAGE_BYTES);
  }

  /** Its owner is done with it. */
  dispose(): void {
    reservedBytes -= this.bytes.length + this.#slabs.freeBytes;
  }

  takeSlot(): Block {
    return this.#slots.take() ?? farBlock(SLOT_BYTES);
  }

  giveSlot(slot: Block): void {
    if (!this.#slots.give(slot, FAR_SPARE_MAX)) drop(slot);
  }

  takePage(): Block {
    return this.#pages.take() ?? this.#slabs.take();
  }

  /** A block for so many bytes: of a page the part that is large enough, or one that is larger than a page. */
  takeFor(length: number): Block {
    if (length > PAGE_BYTES) return farBlock(length);
    const count = Math.min(PARTS_MAX, Math.floor(PAGE_BYTES / Math.max(1, length)));
    return count === 1 ? this.takePage() : this.#parts.take(count);
  }

  /** Also a block that is smaller or larger than a page. */
  givePage(block: Block): void {
    const page = block instanceof Part ? this.#parts.give(block) : block;
    if (page !== undefined && !this.#pages.give(page, 0) && !this.#slabs.give(page)) drop(page);
  }
}

function drop({ capacity }: Block): void {
  droppedBytes += capacity;
}

/** Last in, first out: the block that was used last is the one still in the processor's cache. */
class Pool {
  readonly #near: Uint8Array;
  readonly #blockBytes: number;
  readonly #free: Block[] = [];
  readonly #farFree: Block[] = [];

  constructor(near: Uint8Array, at: number, count: number, blockBytes: number) {
    this.#near = near;
    this.#blockBytes = blockBytes;
    for (let i = count - 1; i >= 0; i--) {
      this.#free.push({ bytes: near, base: at + i * blockBytes, capacity: blockBytes });
    }
  }

  take(): Block | undefined {
    return this.#free.pop() ?? this.#farFree.pop();
  }

  /** Returns false for a block that it does not keep. */
  give(block: Block, farMax: number): boolean {
    const isNear = block.bytes === this.#near;
    if (!isNear && (this.#farFree.length >= farMax || block.capacity !== this.#blockBytes)) return false;
    (isNear ? this.#free : this.#farFree).push(block);
    return true;
  }
}

interface Slab {
  readonly bytes: Uint8Array;
  readonly free: Block[];
}

/** Far pages, so many in one allocation. */
class Slabs {
  /** The oldest first: pages are taken from it as long as it has some, so that the newest become empty. */
  readonly #slabs: Slab[] = [];
  readonly #byBytes = new Map<Uint8Array, Slab>();

  get freeBytes(): number {
    return this.#slabs.reduce((sum, { free }) => sum + free.length * PAGE_BYTES, 0);
  }

  take(): Block {
    const slab = this.#slabs.find(({ free }) => free.length > 0) ?? this.#grow();
    reservedBytes -= PAGE_BYTES;
    return slab.free.pop() as Block;
  }

  /** Returns false for a block that is not of a slab. */
  give(page: Block): boolean {
    const slab = this.#byBytes.get(page.bytes);
    if (slab === undefined) return false;
    slab.free.push(page);
    reservedBytes += PAGE_BYTES;
    // One that is empty is kept for the next time.
    if (isEmpty(slab) && this.#slabs.some((other) => other !== slab && isEmpty(other))) this.#shrink(slab);
    return true;
  }

  #grow(): Slab {
    const { bytes } = farBlock(SLAB_PAGES * PAGE_BYTES);
    const free: Block[] = [];
    for (let i = SLAB_PAGES - 1; i >= 0; i--) free.push({ bytes, base: i * PAGE_BYTES, capacity: PAGE_BYTES });
    const slab = { bytes, free };
    this.#slabs.push(slab);
    this.#byBytes.set(bytes, slab);
    reservedBytes += bytes.length;
    return slab;
  }

  #shrink(slab: Slab): void {
    this.#slabs.splice(this.#slabs.indexOf(slab), 1);
    this.#byBytes.delete(slab.bytes);
    reservedBytes -= slab.bytes.length;
    droppedBytes += slab.bytes.length;
  }
}

function isEmpty({ free }: Slab): boolean {
  return free.length === SLAB_PAGES;
}

/** A block outside any arena, for bodies larger than a page or when the arena is used up. */
export function farBlock(capacity: number): Block {
  const memory = Buffer.allocUnsafeSlow(capacity);
  return { bytes: new Uint8Array(memory.buffer, memory.byteOffset, capacity), base: 0, capacity };
}

/** Below this a plain loop beats the call into the runtime. */
const LOOP_BYTES_MAX = 16;

/** Copies `source[start, end)` to `target[at, …)`; the ranges may be in the same arena. */
export function copyBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  const length = end - start;
  if (length <= LOOP_BYTES_MAX) {
    for (let i = 0; i < length; i++) target[at + i] = source[start + i] as number;
  } else if (source === target) {
    target.copyWithin(at, start, end);
  } else {
    target.set(new Uint8Array(source.buffer, source.byteOffset + start, length), at);
  }
}
