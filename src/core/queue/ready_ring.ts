import { assert } from '../../lib/assert.ts';
import type { Position } from '../store/page_table.ts';
import type { Entry } from './entry.ts';

/**
 * The ready messages of a queue, oldest first, as numbers in typed arrays: 16 bytes each, nothing for the garbage
 * collector to look at. A chain of blocks, so that growing copies nothing and an idle queue costs nothing:
 *
 *     head block ──▶ block ──▶ tail block      entry: position 8, sequence 4 (from the block's base),
 *       ▲ head                    ▲ tail               body bytes and flags 4 (29 bits and 3)
 */
const FIRST_BLOCK_ENTRIES = 16;
const BLOCK_ENTRIES_MAX = 4096;
const FLAG_BITS = 3;
const FLAGS = (1 << FLAG_BITS) - 1;
const INT32_MAX = 0x7fff_ffff;

class RingBlock {
  readonly capacity: number;
  readonly positions: Float64Array;
  readonly sequences: Int32Array;
  readonly sizes: Uint32Array;
  /** When entries expire; only where one of the block's does. */
  expiries: Float64Array | undefined;
  /** When entries became ready; only where that is kept for one of the block's. */
  readyAt: Float64Array | undefined;
  /** The sequence of the block's first entry. */
  base = 0;
  /** Entries in it, once it is no longer the tail. */
  used: number;
  next: RingBlock | undefined;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.used = capacity;
    this.positions = new Float64Array(capacity);
    this.sequences = new Int32Array(capacity);
    this.sizes = new Uint32Array(capacity);
  }
}

export class ReadyRing {
  #head: RingBlock | undefined;
  #tail: RingBlock | undefined;
  #headIndex = 0;
  #tailIndex = 0;
  /** One emptied block of full size is kept, so that a queue that hovers around a block's edge allocates nothing. */
  #spare: RingBlock | undefined;
  length = 0;

  /** `expiresAtMs` 0 is never; `readyAtMs` 0 is not kept. */
  push(position: Position, sequence: number, bodyBytes: number, flags: number, expiresAtMs = 0, readyAtMs = 0): void {
    let block = this.#tail;
    if (block === undefined || this.#tailIndex === block.capacity) block = this.#grow();
    // Sequences leave gaps where a queue was recovered, and go back where messages waited for their time; a difference of two
    // thousand million needs a new block.
    else if (Math.abs(sequence - block.base) > INT32_MAX && this.#tailIndex > 0) block = this.#grow();
    const index = this.#tailIndex++;
    if (index === 0) block.base = sequence;
    block.positions[index] = position;
    block.sequences[index] = sequence - block.base;
    block.sizes[index] = (bodyBytes << FLAG_BITS) | flags;
    if (expiresAtMs !== 0) block.expiries ??= new Float64Array(block.capacity);
    if (block.expiries !== undefined) block.expiries[index] = expiresAtMs;
    if (readyAtMs !== 0) block.readyAt ??= new Float64Array(block.capacity);
    if (block.readyAt !== undefined) block.readyAt[index] = readyAtMs;
    this.length++;
  }

  /** The head entry's fields. The ring must not be empty. */
  headPosition(): Position {
    return (this.#head as RingBlock).positions[this.#headIndex] as number;
  }

  headSequence(): number {
    const block = this.#head as RingBlock;
    return block.base + (block.sequences[this.#headIndex] as number);
  }

  headBodyBytes(): number {
    return ((this.#head as RingBlock).sizes[this.#headIndex] as number) >>> FLAG_BITS;
  }

  headFlags(): number {
    return ((this.#head as RingBlock).sizes[this.#headIndex] as number) & FLAGS;
  }

  headExpiresAtMs(): number {
    return (this.#head as RingBlock).expiries?.[this.#headIndex] ?? 0;
  }

  headReadyAtMs(): number {
    return (this.#head as RingBlock).readyAt?.[this.#headIndex] ?? 0;
  }

  /** Takes the head entry out, as an object. The ring must not be empty. */
  take(priority: number): Entry {
    const entry = {
      position: this.headPosition(),
      sequence: this.headSequence(),
      bodyBytes: this.headBodyBytes(),
      flags: this.headFlags(),
      priority,
      expiresAtMs: this.headExpiresAtMs(),
      readyAtMs: this.headReadyAtMs(),
    };
    this.shift();
    return entry;
  }

  shift(): void {
    const block = this.#head;
    assert(block !== undefined && this.length > 0, 'shift of an empty ring');
    this.#headIndex++;
    this.length--;
    if (this.length === 0) {
      // Start over in the same block: a queue whose consumers keep up never leaves its first cache lines.
      this.#headIndex = 0;
      this.#tailIndex = 0;
      return;
    }
    if (this.#headIndex === block.used) {
      this.#head = block.next;
      this.#headIndex = 0;
      block.next = undefined;
      if (block.capacity === BLOCK_ENTRIES_MAX) this.#spare = block;
    }
  }

  /**
   * Moves entries whose messages were moved: `moved` gets a position and answers the new one, or undefined where it
   * stays. Off the data plane.
   */
  relocate(moved: (position: Position) => Position | undefined): void {
    let index = this.#headIndex;
    for (let block = this.#head; block !== undefined; block = block.next) {
      const end = block === this.#tail ? this.#tailIndex : block.used;
      for (; index < end; index++) {
        const position = moved(block.positions[index] as number);
        if (position !== undefined) block.positions[index] = position;
      }
      index = 0;
    }
  }

  /** Visits every entry, oldest first. Off the data plane. */
  each(visit: (position: Position, sequence: number, bodyBytes: number, flags: number) => void): void {
    let index = this.#headIndex;
    for (let block = this.#head; block !== undefined; block = block.next) {
      const end = block === this.#tail ? this.#tailIndex : block.used;
      for (; index < end; index++) {
        visit(
          block.positions[index] as number,
          block.base + (block.sequences[index] as number),
          (block.sizes[index] as number) >>> FLAG_BITS,
          (block.sizes[index] as number) & FLAGS,
        );
      }
      index = 0;
    }
  }

  /** `count` entries behind the first `skip`, oldest first, without taking them out. Off the data plane. */
  entries(skip: number, count: number, priority: number): Entry[] {
    const found: Entry[] = [];
    let left = skip;
    let index = this.#headIndex;
    for (let block = this.#head; block !== undefined && found.length < count; block = block.next) {
      const end = block === this.#tail ? this.#tailIndex : block.used;
      const passed = Math.min(left, end - index);
      left -= passed;
      for (index += passed; index < end && found.length < count; index++) found.push(entryAt(block, index, priority));
      index = 0;
    }
    return found;
  }

  /** Takes out those of these sequences that are here. One look at every entry. Off the data plane. */
  remove(sequences: ReadonlySet<number>, priority: number): Entry[] {
    const removed: Entry[] = [];
    let before: RingBlock | undefined;
    let block = this.#head;
    let start = this.#headIndex;
    while (block !== undefined && removed.length < sequences.size) {
      const isTail = block === this.#tail;
      const end = isTail ? this.#tailIndex : block.used;
      let kept = start;
      for (let index = start; index < end; index++) {
        if (sequences.has(sequenceAt(block, index))) removed.push(entryAt(block, index, priority));
        else copyEntry(block, index, kept++);
      }
      if (isTail) this.#tailIndex = kept;
      else block.used = kept;
      if (kept === start) this.#unlink(before, block);
      else before = block;
      block = block.next;
      start = 0;
    }
    this.length -= removed.length;
    return removed;
  }

  /** All of it, as a ring of its own; nothing is left here. */
  detach(): ReadyRing {
    const detached = new ReadyRing();
    detached.#head = this.#head;
    detached.#tail = this.#tail;
    detached.#headIndex = this.#headIndex;
    detached.#tailIndex = this.#tailIndex;
    detached.length = this.length;
    this.clear();
    return detached;
  }

  clear(): void {
    this.#head = undefined;
    this.#tail = undefined;
    this.#spare = undefined;
    this.#headIndex = 0;
    this.#tailIndex = 0;
    this.length = 0;
  }

  /** Nothing is left in `block`, which comes behind `before`. The last block stays, so that there is one to begin with. */
  #unlink(before: RingBlock | undefined, block: RingBlock): void {
    const { next } = block;
    if (before === undefined && next === undefined) {
      this.#headIndex = 0;
      this.#tailIndex = 0;
    } else if (before === undefined) {
      this.#head = next;
      this.#headIndex = 0;
    } else {
      before.next = next;
      if (next !== undefined) return;
      this.#tail = before;
      this.#tailIndex = before.used;
      // It is filled further, up to its end.
      before.used = before.capacity;
    }
  }

  #grow(): RingBlock {
    const last = this.#tail;
    const block = this.#nextBlock(last);
    if (last === undefined) {
      this.#head = block;
      this.#headIndex = 0;
    } else {
      last.used = this.#tailIndex;
      last.next = block;
    }
    this.#tail = block;
    this.#tailIndex = 0;
    return block;
  }

  #nextBlock(last: RingBlock | undefined): RingBlock {
    if (last === undefined) return new RingBlock(FIRST_BLOCK_ENTRIES);
    const spare = this.#spare;
    if (spare !== undefined) {
      this.#spare = undefined;
      spare.used = spare.capacity;
      spare.expiries = undefined;
      spare.readyAt = undefined;
      return spare;
    }
    return new RingBlock(Math.min(BLOCK_ENTRIES_MAX, last.capacity * 4));
  }
}

function sequenceAt(block: RingBlock, index: number): number {
  return block.base + (block.sequences[index] as number);
}

function entryAt(block: RingBlock, index: number, priority: number): Entry {
  const size = block.sizes[index] as number;
  return {
    position: block.positions[index] as number,
    sequence: sequenceAt(block, index),
    bodyBytes: size >>> FLAG_BITS,
    flags: size & FLAGS,
    priority,
    expiresAtMs: block.expiries?.[index] ?? 0,
    readyAtMs: block.readyAt?.[index] ?? 0,
  };
}

function copyEntry(block: RingBlock, from: number, to: number): void {
  if (from === to) return;
  for (const column of [block.positions, block.sequences, block.sizes, block.expiries, block.readyAt]) {
    if (column !== undefined) column[to] = column[from] as number;
  }
}
