import { assert } from '../../lib/assert.ts';
import type { Position } from '../store/page_table.ts';

/**
 * The ready messages of a queue, oldest first, as numbers in typed arrays: 21 bytes each, nothing for the garbage
 * collector to look at. A chain of blocks, so that growing copies nothing and an idle queue costs nothing:
 *
 *     head block ──▶ block ──▶ tail block          entry: position 8, sequence 8, body bytes 4, flags 1
 *       ▲ head                    ▲ tail
 */
const FIRST_BLOCK_ENTRIES = 16;
const BLOCK_ENTRIES_MAX = 4096;

class RingBlock {
  readonly capacity: number;
  readonly positions: Float64Array;
  readonly sequences: Float64Array;
  readonly bodyBytes: Uint32Array;
  readonly flags: Uint8Array;
  next: RingBlock | undefined;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.positions = new Float64Array(capacity);
    this.sequences = new Float64Array(capacity);
    this.bodyBytes = new Uint32Array(capacity);
    this.flags = new Uint8Array(capacity);
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

  push(position: Position, sequence: number, bodyBytes: number, flags: number): void {
    let block = this.#tail;
    if (block === undefined || this.#tailIndex === block.capacity) block = this.#grow();
    const index = this.#tailIndex++;
    block.positions[index] = position;
    block.sequences[index] = sequence;
    block.bodyBytes[index] = bodyBytes;
    block.flags[index] = flags;
    this.length++;
  }

  /** The head entry's fields. The ring must not be empty. */
  headPosition(): Position {
    return (this.#head as RingBlock).positions[this.#headIndex] as number;
  }

  headSequence(): number {
    return (this.#head as RingBlock).sequences[this.#headIndex] as number;
  }

  headBodyBytes(): number {
    return (this.#head as RingBlock).bodyBytes[this.#headIndex] as number;
  }

  headFlags(): number {
    return (this.#head as RingBlock).flags[this.#headIndex] as number;
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
    if (this.#headIndex === block.capacity) {
      this.#head = block.next;
      this.#headIndex = 0;
      block.next = undefined;
      if (block.capacity === BLOCK_ENTRIES_MAX) this.#spare = block;
    }
  }

  /** Visits every entry, oldest first. Off the data plane. */
  each(visit: (position: Position, sequence: number, bodyBytes: number, flags: number) => void): void {
    let index = this.#headIndex;
    for (let block = this.#head; block !== undefined; block = block.next) {
      const end = block === this.#tail ? this.#tailIndex : block.capacity;
      for (; index < end; index++) {
        visit(
          block.positions[index] as number,
          block.sequences[index] as number,
          block.bodyBytes[index] as number,
          block.flags[index] as number,
        );
      }
      index = 0;
    }
  }

  clear(): void {
    this.#head = undefined;
    this.#tail = undefined;
    this.#spare = undefined;
    this.#headIndex = 0;
    this.#tailIndex = 0;
    this.length = 0;
  }

  #grow(): RingBlock {
    const last = this.#tail;
    const block = this.#nextBlock(last);
    if (last === undefined) {
      this.#head = block;
      this.#headIndex = 0;
    } else {
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
      return spare;
    }
    return new RingBlock(Math.min(BLOCK_ENTRIES_MAX, last.capacity * 4));
  }
}
