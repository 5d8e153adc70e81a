import type { Position } from '../store/page_table.ts';
import type { Entry } from './entry.ts';
import { ReadyRing } from './ready_ring.ts';
import { ReturnedHeap } from './returned.ts';

/** Ready messages of one priority: those that came back to the queue in front of those that never left it. */
export class ReadyList {
  readonly priority: number;
  readonly ring: ReadyRing = new ReadyRing();
  readonly returned: ReturnedHeap = new ReturnedHeap();

  constructor(priority: number) {
    this.priority = priority;
  }

  get length(): number {
    return this.ring.length + this.returned.length;
  }

  /** The first message, without an object; undefined when there is none. */
  headPosition(): Position | undefined {
    const returned = this.returned.peek();
    if (returned !== undefined) return returned.position;
    return this.ring.length > 0 ? this.ring.headPosition() : undefined;
  }

  /** When the first message expires: 0 for never, or when there is none. */
  headExpiresAtMs(): number {
    const returned = this.returned.peek();
    if (returned !== undefined) return returned.expiresAtMs;
    return this.ring.length > 0 ? this.ring.headExpiresAtMs() : 0;
  }

  /** The sequence of the first message, of which there must be one. */
  headSequence(): number {
    return this.returned.peek()?.sequence ?? this.ring.headSequence();
  }

  /** `count` of them behind the first `skip`, in order, without taking them out. */
  entries(skip: number, count: number): Entry[] {
    const { returned, ring, priority } = this;
    const first = skip < returned.length ? returned.first(skip, count) : [];
    return [...first, ...ring.entries(Math.max(0, skip - returned.length), count - first.length, priority)];
  }

  /** Takes out those of these sequences that are here. */
  remove(sequences: ReadonlySet<number>): Entry[] {
    return [...this.returned.remove(sequences), ...this.ring.remove(sequences, this.priority)];
  }

  /** Takes the first message out. */
  take(): Entry | undefined {
    const returned = this.returned.shift();
    const { ring, priority } = this;
    return returned !== undefined || ring.length === 0 ? returned : ring.take(priority);
  }
}

/** The ready messages of a queue, by priority: one list where there are no priorities. */
export class ReadyMessages {
  /** The list that is served next: the highest priority that has messages, or any when none has. */
  top: ReadyList;
  length = 0;
  bytes = 0;
  /** By priority; lists come into being as they are needed. */
  readonly #lists: (ReadyList | undefined)[];

  get maxPriority(): number {
    return this.#lists.length - 1;
  }

  /** `maxPriority` 0 is a queue without priorities. */
  constructor(maxPriority: number) {
    this.#lists = new Array<ReadyList | undefined>(maxPriority + 1).fill(undefined);
    this.top = this.#list(0);
  }

  push(
    position: Position,
    sequence: number,
    bodyBytes: number,
    flags: number,
    priority: number,
    expiresAtMs: number,
    readyAtMs: number,
  ): void {
    const list = priority === this.top.priority ? this.top : this.#list(priority);
    list.ring.push(position, sequence, bodyBytes, flags, expiresAtMs, readyAtMs);
    this.#added(list, bodyBytes);
  }

  /** The list whose first message gives way when there are too many. */
  oldest(): ReadyList {
    return this.top;
  }

  /** Puts a message back in its old place. */
  giveBack(entry: Entry): void {
    const list = this.#list(entry.priority);
    list.returned.push(entry);
    this.#added(list, entry.bodyBytes);
  }

  take(): Entry | undefined {
    const entry = this.top.take();
    if (entry !== undefined) this.taken(entry.bodyBytes);
    return entry;
  }

  /** The first message of `list` was taken out of it. */
  takenFrom(list: ReadyList): Entry | undefined {
    const entry = list.take();
    if (entry !== undefined) this.taken(entry.bodyBytes);
    return entry;
  }

  /** A message of so many bytes was taken out of one of the lists. */
  taken(bodyBytes: number): void {
    this.length--;
    this.bytes -= bodyBytes;
    if (this.#lists.length > 1 && this.top.length === 0) this.#findTop();
  }

  /** The lists that have messages, highest priority first. */
  lists(): ReadyList[] {
    return this.#lists.filter((list): list is ReadyList => list !== undefined && list.length > 0).reverse();
  }

  each(visit: (position: Position, sequence: number, bodyBytes: number, flags: number) => void): void {
    for (const { ring, returned } of this.lists()) {
      for (const { position, sequence, bodyBytes, flags } of returned.entries()) {
        visit(position, sequence, bodyBytes, flags);
      }
      ring.each(visit);
    }
  }

  /** `count` of them behind the first `skip`, highest priority first, without taking them out. */
  entries(skip: number, count: number): Entry[] {
    const found: Entry[] = [];
    let left = skip;
    for (const list of this.lists()) {
      if (found.length < count && left < list.length) found.push(...list.entries(left, count - found.length));
      left = Math.max(0, left - list.length);
    }
    return found;
  }

  /** Takes out those of these sequences that are here. */
  remove(sequences: ReadonlySet<number>): Entry[] {
    const removed = this.lists().flatMap((list) => list.remove(sequences));
    for (const { bodyBytes } of removed) this.taken(bodyBytes);
    return removed;
  }

  relocate(moved: (position: Position) => Position | undefined): void {
    for (const { ring, returned } of this.lists()) {
      ring.relocate(moved);
      returned.relocate(moved);
    }
  }

  /** All of them; none are left here. */
  detach(): Pick<ReadyList, 'ring' | 'returned'>[] {
    const detached = this.lists().map(({ ring, returned }) => ({ ring: ring.detach(), returned: returned.detach() }));
    this.emptied();
    return detached;
  }

  /** Every list was emptied. */
  protected emptied(): void {
    this.length = 0;
    this.bytes = 0;
  }

  #added(list: ReadyList, bodyBytes: number): void {
    this.length++;
    this.bytes += bodyBytes;
    if (list.priority > this.top.priority || this.length === 1) this.top = list;
  }

  #findTop(): void {
    for (let priority = this.#lists.length - 1; priority >= 0; priority--) {
      const list = this.#lists[priority];
      if (list === undefined || list.length === 0) continue;
      this.top = list;
      return;
    }
  }

  #list(priority: number): ReadyList {
    const list = this.#lists[priority] ?? new ReadyList(priority);
    this.#lists[priority] = list;
    return list;
  }
}
