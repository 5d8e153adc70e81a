import type { Position } from '../store/page_table.ts';
import type { Entry } from './entry.ts';

/**
 * Messages that are not ready before their time, the first due first: a binary heap of slots, and what is known of each
 * slot's message as numbers in chunks, so that growing copies only the heap and an emptied slot is used again.
 *
 *     heap    slot 4             in order of (ready at, sequence)
 *     chunk   ready at 8 · position 8 · sequence 8 · body bytes and flags 4 · priority 1 · expires at 8, where one does
 *
 * That is 33 bytes a message, or 41, and at most 2 for the heap's room to grow.
 */
const CHUNK_BITS = 12;
const CHUNK_SLOTS = 1 << CHUNK_BITS;
const SLOT_MASK = CHUNK_SLOTS - 1;
const FLAG_BITS = 3;
const FLAGS = (1 << FLAG_BITS) - 1;
const HEAP_MIN = 64;
/** Slots are put together anew when not even one in so many of those that there is memory for is used. */
const SPARSE = 4;
/** So many of the first are found by walking the heap; more, by sorting all. */
const WALKED_MAX = 1000;
/** Most queues never need more. */
const EMPTY = new Uint32Array(0);

class Chunk {
  readonly readyAt = new Float64Array(CHUNK_SLOTS);
  readonly positions = new Float64Array(CHUNK_SLOTS);
  readonly sequences = new Float64Array(CHUNK_SLOTS);
  readonly sizes = new Uint32Array(CHUNK_SLOTS);
  readonly priorities = new Uint8Array(CHUNK_SLOTS);
  expiries: Float64Array | undefined;
}

export class WaitingMessages {
  #heap: Uint32Array = EMPTY;
  #chunks: Chunk[] = [];
  /** Slots that were used and are not: the last to be left is the first to be taken. */
  #free: number[] = [];
  /** Slots that were ever used. */
  #used = 0;
  length = 0;
  bytes = 0;

  /** When the first is due; infinity when there is none. */
  get nextReadyAtMs(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : this.#readyAt(this.#heap[0] as number);
  }

  push(entry: Entry): void {
    const slot = this.#takeSlot();
    const chunk = this.#chunks[slot >>> CHUNK_BITS] as Chunk;
    const at = slot & SLOT_MASK;
    chunk.readyAt[at] = entry.readyAtMs;
    chunk.positions[at] = entry.position;
    chunk.sequences[at] = entry.sequence;
    chunk.sizes[at] = (entry.bodyBytes << FLAG_BITS) | entry.flags;
    chunk.priorities[at] = entry.priority;
    if (entry.expiresAtMs !== 0) chunk.expiries ??= new Float64Array(CHUNK_SLOTS);
    if (chunk.expiries !== undefined) chunk.expiries[at] = entry.expiresAtMs;
    if (this.length === this.#heap.length) this.#growHeap();
    this.bytes += entry.bodyBytes;
    this.#up(this.length++, slot);
  }

  peek(): Entry | undefined {
    return this.length === 0 ? undefined : this.#entry(this.#heap[0] as number);
  }

  /** Takes out the first to be due. */
  shift(): Entry | undefined {
    return this.length === 0 ? undefined : this.#removeAt(0);
  }

  /** Takes out whichever is the least work, of what was detached: its slot is not used again. */
  takeAny(): Entry | undefined {
    if (this.length === 0) return undefined;
    const entry = this.#entry(this.#heap[--this.length] as number);
    this.bytes -= entry.bodyBytes;
    return entry;
  }

  /** As ReadyRing.detach. */
  detach(): WaitingMessages {
    const detached = new WaitingMessages();
    detached.#heap = this.#heap;
    detached.#chunks = this.#chunks;
    detached.#free = this.#free;
    detached.#used = this.#used;
    detached.length = this.length;
    detached.bytes = this.bytes;
    this.clear();
    return detached;
  }

  /** Takes out those of the sequences that are there. One look at every message, however many are asked for. */
  remove(sequences: ReadonlySet<number>): Entry[] {
    const places: number[] = [];
    for (let place = 0; place < this.length && places.length < sequences.size; place++) {
      if (sequences.has(this.#sequence(this.#heap[place] as number))) places.push(place);
    }
    return places.length === 1 ? [this.#removeAt(places[0] as number)] : this.#removeAll(places);
  }

  /** Those of which `which` says so are due at `readyAtMs` at the latest. */
  hasten(readyAtMs: number, which: (flags: number) => boolean): void {
    for (let place = 0; place < this.length; place++) {
      const slot = this.#heap[place] as number;
      const { readyAt, sizes } = this.#chunks[slot >>> CHUNK_BITS] as Chunk;
      const at = slot & SLOT_MASK;
      if (which((sizes[at] as number) & FLAGS)) readyAt[at] = Math.min(readyAt[at] as number, readyAtMs);
    }
    this.#order();
  }

  /** Those that are due first, in that order, without taking them out: `count` of them behind the first `skip`. */
  first(skip: number, count: number): Entry[] {
    if (skip + count > WALKED_MAX) {
      const inOrder = this.#heap.slice(0, this.length).sort((a, b) => (this.#isBefore(a, b) ? -1 : 1));
      return Array.from(inOrder.subarray(skip, skip + count), (slot) => this.#entry(slot));
    }
    const found: Entry[] = [];
    // Places in the heap whose parents were listed, sorted by when they are due, the first last.
    const next: number[] = this.length === 0 ? [] : [0];
    for (let passed = 0; passed < skip + count; passed++) {
      const place = next.pop();
      if (place === undefined) break;
      if (passed >= skip) found.push(this.#entry(this.#heap[place] as number));
      for (const child of [2 * place + 1, 2 * place + 2]) if (child < this.length) this.#insert(next, child);
    }
    return found;
  }

  /** In no particular order. */
  each(visit: (position: Position, sequence: number, bodyBytes: number, flags: number) => void): void {
    for (let i = 0; i < this.length; i++) {
      const { position, sequence, bodyBytes, flags } = this.#entry(this.#heap[i] as number);
      visit(position, sequence, bodyBytes, flags);
    }
  }

  /** As ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    for (let i = 0; i < this.length; i++) {
      const slot = this.#heap[i] as number;
      const { positions } = this.#chunks[slot >>> CHUNK_BITS] as Chunk;
      const position = moved(positions[slot & SLOT_MASK] as number);
      if (position !== undefined) positions[slot & SLOT_MASK] = position;
    }
  }

  clear(): void {
    this.#heap = EMPTY;
    this.#chunks = [];
    this.#free = [];
    this.#used = 0;
    this.length = 0;
    this.bytes = 0;
  }

  #takeSlot(): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >>> CHUNK_BITS === this.#chunks.length) this.#chunks.push(new Chunk());
    return slot;
  }

  #growHeap(): void {
    const heap = new Uint32Array(Math.max(HEAP_MIN, Math.ceil(this.#heap.length * 1.5)));
    heap.set(this.#heap);
    this.#heap = heap;
  }

  #removeAt(place: number): Entry {
    const heap = this.#heap;
    const slot = heap[place] as number;
    const entry = this.#entry(slot);
    this.bytes -= entry.bodyBytes;
    const last = heap[--this.length] as number;
    if (place < this.length) {
      const parent = (place - 1) >> 1;
      if (place > 0 && this.#isBefore(last, heap[parent] as number)) this.#up(place, last);
      else this.#down(place, last);
    }
    this.#free.push(slot);
    this.#tidy();
    return entry;
  }

  #removeAll(places: readonly number[]): Entry[] {
    const removed = places.map((place) => this.#entry(this.#heap[place] as number));
    for (const place of places) this.#free.push(this.#heap[place] as number);
    let next = 0;
    let kept = 0;
    for (let place = 0; place < this.length; place++) {
      if (place === places[next]) next++;
      else this.#heap[kept++] = this.#heap[place] as number;
    }
    this.length = kept;
    for (const { bodyBytes } of removed) this.bytes -= bodyBytes;
    this.#order();
    this.#tidy();
    return removed;
  }

  /** Makes a heap of slots that are in no order. */
  #order(): void {
    for (let place = (this.length >> 1) - 1; place >= 0; place--) this.#down(place, this.#heap[place] as number);
  }

  /** Gives back the memory of what is not there any more, when that is the most of it. */
  #tidy(): void {
    if (this.length === 0) {
      this.clear();
      return;
    }
    if (this.#used <= CHUNK_SLOTS || this.length * SPARSE > this.#used) return;
    const entries = Array.from(this.#heap.subarray(0, this.length), (slot) => this.#entry(slot));
    this.clear();
    for (const entry of entries) this.push(entry);
  }

  #up(from: number, slot: number): void {
    const heap = this.#heap;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] as number;
      if (!this.#isBefore(slot, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = slot;
  }

  #down(from: number, slot: number): void {
    const heap = this.#heap;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.length) break;
      if (child + 1 < this.length && this.#isBefore(heap[child + 1] as number, heap[child] as number)) child++;
      const below = heap[child] as number;
      if (!this.#isBefore(below, slot)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = slot;
  }

  /** Into `places`, which are sorted with the first to be due at the end. */
  #insert(places: number[], place: number): void {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isBefore(this.#heap[place] as number, this.#heap[places[middle] as number] as number)) low = middle + 1;
      else high = middle;
    }
    places.splice(low, 0, place);
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#readyAt(a) - this.#readyAt(b);
    return difference < 0 || (difference === 0 && this.#sequence(a) < this.#sequence(b));
  }

  #readyAt(slot: number): number {
    return (this.#chunks[slot >>> CHUNK_BITS] as Chunk).readyAt[slot & SLOT_MASK] as number;
  }

  #sequence(slot: number): number {
    return (this.#chunks[slot >>> CHUNK_BITS] as Chunk).sequences[slot & SLOT_MASK] as number;
  }

  #entry(slot: number): Entry {
    const chunk = this.#chunks[slot >>> CHUNK_BITS] as Chunk;
    const at = slot & SLOT_MASK;
    const size = chunk.sizes[at] as number;
    return {
      position: chunk.positions[at] as number,
      sequence: chunk.sequences[at] as number,
      bodyBytes: size >>> FLAG_BITS,
      flags: size & FLAGS,
      priority: chunk.priorities[at] as number,
      expiresAtMs: chunk.expiries?.[at] ?? 0,
      readyAtMs: chunk.readyAt[at] as number,
    };
  }
}
