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
 * When the arena is full, pages and slots are allocations of their own ("far"): slower, never refused.
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

/** Far blocks kept for reuse, per kind, rather than handed back to the allocator. */
const FAR_SPARE_MAX = 32;

/** Of all arenas of the process: what a measure of its memory counts although most of it was never touched. */
let reservedBytes = 0;

export function reservedArenaBytes(): number {
  return reservedBytes;
}

export class Arena {
  readonly bytes: Uint8Array;
  readonly readBytes: number;
  readonly #slots: Pool;
  readonly #pages: Pool;

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
    reservedBytes -= this.bytes.length;
  }

  takeSlot(): Block {
    return this.#slots.take();
  }

  giveSlot(slot: Block): void {
    this.#slots.give(slot);
  }

  takePage(): Block {
    return this.#pages.take();
  }

  givePage(page: Block): void {
    this.#pages.give(page);
  }
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

  take(): Block {
    return this.#free.pop() ?? this.#farFree.pop() ?? farBlock(this.#blockBytes);
  }

  give(block: Block): void {
    if (block.bytes === this.#near) this.#free.push(block);
    else if (this.#farFree.length < FAR_SPARE_MAX && block.capacity === this.#blockBytes) this.#farFree.push(block);
  }
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
