import type { Position } from '../store/page_table.ts';
import type { Entry } from './entry.ts';

/**
 * Requeued messages in their original order, which is that in which they became ready: a binary heap in front of the ring.
 * Whatever was once delivered is older than everything still in the ring, so the heap is always served first.
 */
export class ReturnedHeap {
  #heap: Entry[] = [];

  get length(): number {
    return this.#heap.length;
  }

  peek(): Entry | undefined {
    return this.#heap[0];
  }

  push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  shift(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      const below = heap[child] as Entry;
      if (!isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return first;
  }

  /** All entries, in no particular order. */
  entries(): readonly Entry[] {
    return this.#heap;
  }

  /** `count` of them behind the first `skip`, in order, without taking them out. */
  first(skip: number, count: number): Entry[] {
    return [...this.#heap].sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(skip, skip + count);
  }

  /** Takes out those of these sequences that are here. */
  remove(sequences: ReadonlySet<number>): Entry[] {
    const removed = this.#heap.filter(({ sequence }) => sequences.has(sequence));
    if (removed.length === 0) return removed;
    const kept = this.#heap.filter(({ sequence }) => !sequences.has(sequence));
    this.#heap = [];
    for (const entry of kept) this.push(entry);
    return removed;
  }

  /** As ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    this.#heap = this.#heap.map((entry) => ({ ...entry, position: moved(entry.position) ?? entry.position }));
  }

  /** As ReadyRing.detach. */
  detach(): ReturnedHeap {
    const detached = new ReturnedHeap();
    detached.#heap = this.#heap;
    this.#heap = [];
    return detached;
  }

  /** Takes out whichever is the least work. */
  takeAny(): Entry | undefined {
    return this.#heap.pop();
  }

  clear(): void {
    this.#heap = [];
  }
}

/** Where it is not kept when messages became ready, that was in the order of their sequences. */
function isBefore(a: Entry, b: Entry): boolean {
  return a.readyAtMs < b.readyAtMs || (a.readyAtMs === b.readyAtMs && a.sequence < b.sequence);
}
