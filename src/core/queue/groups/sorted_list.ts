import type { Position } from '../../store/page_table.ts';
import type { Entry } from '../entry.ts';
import type { ReadyList } from '../ready_list.ts';
import { ReadyRing } from '../ready_ring.ts';
import { ReturnedHeap } from '../returned.ts';

/**
 * Messages by sequence, in whatever order they come: a ring for those that come in order, which nearly all do, and a heap for
 * the rest. Unlike a ReadyList's, the heap may hold what is younger than the ring's first.
 */
export class SortedList implements ReadyList {
  readonly priority = 0;
  readonly ring: ReadyRing = new ReadyRing();
  readonly returned: ReturnedHeap = new ReturnedHeap();
  /** The ring's youngest, while it has any. */
  #lastSequence = 0;

  get length(): number {
    return this.ring.length + this.returned.length;
  }

  put(entry: Entry): void {
    const { position, sequence, bodyBytes, flags, expiresAtMs } = entry;
    if (this.ring.length > 0 && sequence < this.#lastSequence) {
      this.returned.push(entry);
      return;
    }
    this.ring.push(position, sequence, bodyBytes, flags, expiresAtMs);
    this.#lastSequence = sequence;
  }

  entries(skip: number, count: number): Entry[] {
    const last = skip + count;
    return [...this.ring.entries(0, last, this.priority), ...this.returned.first(0, last)]
      .sort((a, b) => a.sequence - b.sequence)
      .slice(skip, last);
  }

  remove(sequences: ReadonlySet<number>): Entry[] {
    return [...this.returned.remove(sequences), ...this.ring.remove(sequences, this.priority)];
  }

  headPosition(): Position | undefined {
    if (this.#heapIsFirst()) return this.returned.peek()?.position;
    return this.ring.length > 0 ? this.ring.headPosition() : undefined;
  }

  headExpiresAtMs(): number {
    if (this.#heapIsFirst()) return this.returned.peek()?.expiresAtMs ?? 0;
    return this.ring.length > 0 ? this.ring.headExpiresAtMs() : 0;
  }

  headSequence(): number {
    return firstSequence(this);
  }

  take(): Entry | undefined {
    if (this.#heapIsFirst()) return this.returned.shift();
    return this.ring.length === 0 ? undefined : this.ring.take(this.priority);
  }

  #heapIsFirst(): boolean {
    const returned = this.returned.peek();
    return returned !== undefined && (this.ring.length === 0 || returned.sequence < this.ring.headSequence());
  }
}

/** Of a list with messages, the sequence of the first. */
export function firstSequence({ ring, returned }: ReadyList): number {
  const first = returned.peek()?.sequence ?? Number.POSITIVE_INFINITY;
  return ring.length > 0 ? Math.min(first, ring.headSequence()) : first;
}
