import type { Queue } from '../../core/queue/queue.ts';
import type { Position } from '../../core/store/page_table.ts';
import { assert } from '../../lib/assert.ts';
import type { Consumer } from './consumer.ts';

/** One delivery that the client has to settle. */
export interface Delivery {
  readonly tag: number;
  readonly queue: Queue;
  /** Undefined for basic.get, and once the consumer was cancelled it still counts for its prefetch, harmlessly. */
  readonly consumer: Consumer | undefined;
  readonly position: Position;
  readonly sequence: number;
  readonly bodyBytes: number;
  readonly flags: number;
}

/** What is known of deliveries, each at its place: tag modulo capacity, which is a power of two. */
export interface UnackedColumns {
  readonly capacity: number;
  /** Undefined where nothing is held. */
  readonly queues: (Queue | undefined)[];
  readonly consumers: (Consumer | undefined)[];
  readonly positions: Float64Array;
  readonly sequences: Float64Array;
  readonly bodyBytes: Uint32Array;
  readonly flags: Uint8Array;
}

/** With no more than this share of its places held, a block keeps objects. */
const FEW = 1 / 16;

export function isFew(held: number, capacity: number): boolean {
  return held <= capacity * FEW;
}

export function deliveryAt(columns: UnackedColumns, tag: number): Delivery {
  const place = tag & (columns.capacity - 1);
  return {
    tag,
    queue: columns.queues[place] as Queue,
    consumer: columns.consumers[place],
    position: columns.positions[place] as number,
    sequence: columns.sequences[place] as number,
    bodyBytes: columns.bodyBytes[place] as number,
    flags: columns.flags[place] as number,
  };
}

/** Answers whether the next one is to be visited too. */
export type Visit = (tag: number, queue: Queue, consumer: Consumer | undefined) => boolean;

/** Visits what is held from `first` on, below `end`. Answers whether it came to the end. */
export function eachUpTo(
  { queues, consumers, capacity }: UnackedColumns,
  first: number,
  end: number,
  visit: Visit,
): boolean {
  for (let tag = first; tag < end; tag++) {
    const place = tag & (capacity - 1);
    const queue = queues[place];
    if (queue !== undefined && !visit(tag, queue, consumers[place])) return false;
  }
  return true;
}

/**
 * A stretch of tags that a ring is done with: nothing is added to it. As long as much of it is held, it is the ring's own
 * columns; when little is left, a map, so that memory goes by what is held and not by how far it is spread.
 */
export class UnackedBlock {
  /** The tag behind the last one. */
  readonly end: number;
  count: number;
  /** No tag below it is held. */
  #first: number;
  #columns: UnackedColumns | undefined;
  /** Without columns: lowest tag first. */
  readonly #few: Map<number, Delivery> = new Map();

  constructor(columns: UnackedColumns, first: number, end: number, count: number) {
    this.#columns = columns;
    this.#first = first;
    this.end = end;
    this.count = count;
    this.#thin(columns);
  }

  /** The lowest tag that is held; one has to be. */
  get firstTag(): number {
    return this.#columns === undefined ? (this.#few.keys().next().value as number) : this.#first;
  }

  /** Tags that have to be walked. */
  get span(): number {
    return this.#columns === undefined ? this.count : this.end - this.#first;
  }

  has(tag: number): boolean {
    const columns = this.#columns;
    if (columns === undefined) return this.#few.has(tag);
    return tag >= this.#first && tag < this.end && columns.queues[tag & (columns.capacity - 1)] !== undefined;
  }

  /** Of a tag that is held. */
  take(tag: number): Delivery {
    this.count--;
    const columns = this.#columns;
    if (columns === undefined) {
      const delivery = this.#few.get(tag);
      assert(delivery !== undefined, 'took a tag that is not held');
      this.#few.delete(tag);
      return delivery;
    }
    const delivery = deliveryAt(columns, tag);
    const mask = columns.capacity - 1;
    columns.queues[tag & mask] = undefined;
    columns.consumers[tag & mask] = undefined;
    if (this.count > 0) while (columns.queues[this.#first & mask] === undefined) this.#first++;
    this.#thin(columns);
    return delivery;
  }

  /** As UnackedRing.eachUpTo. */
  eachUpTo(last: number, visit: Visit): boolean {
    const columns = this.#columns;
    if (columns === undefined) {
      for (const { tag, queue, consumer } of this.#few.values())
        if (tag > last || !visit(tag, queue, consumer)) return false;
      return true;
    }
    return eachUpTo(columns, this.#first, Math.min(last + 1, this.end), visit);
  }

  /** What is held, lowest tag first. */
  *deliveries(): Generator<Delivery, void, undefined> {
    const columns = this.#columns;
    if (columns === undefined) {
      yield* this.#few.values();
      return;
    }
    for (let tag = this.#first; tag < this.end; tag++) if (this.has(tag)) yield deliveryAt(columns, tag);
  }

  /** As ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    for (const delivery of this.#few.values()) {
      const position = moved(delivery.position);
      if (position !== undefined) this.#few.set(delivery.tag, { ...delivery, position });
    }
    const columns = this.#columns;
    if (columns === undefined) return;
    for (let tag = this.#first; tag < this.end; tag++) {
      if (!this.has(tag)) continue;
      const place = tag & (columns.capacity - 1);
      const position = moved(columns.positions[place] as number);
      if (position !== undefined) columns.positions[place] = position;
    }
  }

  #thin(columns: UnackedColumns): void {
    if (!isFew(this.count, columns.capacity)) return;
    for (const delivery of this.deliveries()) this.#few.set(delivery.tag, delivery);
    this.#columns = undefined;
  }
}
