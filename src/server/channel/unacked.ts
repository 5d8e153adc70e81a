import type { Queue } from '../../core/queue/queue.ts';
import type { Position } from '../../core/store/page_table.ts';
import { assert } from '../../lib/assert.ts';
import type { Consumer } from './consumer.ts';
import {
  type Delivery,
  deliveryAt,
  eachUpTo,
  isFew,
  UnackedBlock,
  type UnackedColumns,
  type Visit,
} from './unacked_block.ts';

const FIRST_CAPACITY = 16;
/** A larger ring would take too long to grow. */
const CAPACITY_MAX = 32_768;

/**
 * What a channel has delivered and not seen settled, by delivery tag: parallel arrays, used as a ring. Tags count up by
 * one, so a tag's place is known without a search; a tag that needs no acknowledgement leaves a hole.
 *
 *      tag  #first ............ #next - 1        place = tag modulo capacity (a power of two)
 *
 * A ring that is full and may not grow is put aside as a block, and begins anew. So it never copies more than its greatest
 * capacity; and what is left unsettled while very many others come and go, the stragglers, keeps no more memory than it needs.
 *
 *      block ─▶ block ─▶ block    #first ............ #next - 1
 */
export class UnackedRing {
  /** Deliveries held, holes not counted. */
  count = 0;
  /** Lowest tags first; none is empty. */
  readonly #blocks: UnackedBlock[] = [];
  /** Deliveries held in blocks. */
  #straggling = 0;
  readonly #capacityMax: number;
  #capacity = FIRST_CAPACITY;
  #first = 1;
  #next = 1;
  #queues: (Queue | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  #consumers: (Consumer | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  #positions = new Float64Array(FIRST_CAPACITY);
  #sequences = new Float64Array(FIRST_CAPACITY);
  #bodyBytes = new Uint32Array(FIRST_CAPACITY);
  #flags = new Uint8Array(FIRST_CAPACITY);

  /** `capacityMax` is a power of two. */
  constructor(capacityMax: number = CAPACITY_MAX) {
    this.#capacityMax = capacityMax;
  }

  /** The lowest tag that is held, or undefined. */
  get firstTag(): number | undefined {
    if (this.#straggling > 0) return (this.#blocks[0] as UnackedBlock).firstTag;
    return this.count === 0 ? undefined : this.#first;
  }

  /** `tag` must be higher than any that was ever added. */
  add(
    tag: number,
    queue: Queue,
    consumer: Consumer | undefined,
    position: Position,
    sequence: number,
    bodyBytes: number,
    flags: number,
  ): void {
    if (this.count === this.#straggling) this.#first = tag;
    if (tag - this.#first >= this.#capacity) this.#makeRoom(tag);
    const place = tag & (this.#capacity - 1);
    this.#queues[place] = queue;
    this.#consumers[place] = consumer;
    this.#positions[place] = position;
    this.#sequences[place] = sequence;
    this.#bodyBytes[place] = bodyBytes;
    this.#flags[place] = flags;
    this.#next = tag + 1;
    this.count++;
  }

  has(tag: number): boolean {
    if (tag < this.#first) return this.#blocks.length > 0 && this.#blockOf(tag)?.has(tag) === true;
    if (this.count === 0 || tag >= this.#next) return false;
    return this.#queues[tag & (this.#capacity - 1)] !== undefined;
  }

  /** Whether a tag that is held can only be taken: the accessors below do not know it. */
  isStraggler(tag: number): boolean {
    return this.#straggling > 0 && tag < this.#first && this.has(tag);
  }

  /** The queue of a tag that `has` answered true for. */
  queueOf(tag: number): Queue {
    return this.#queues[tag & (this.#capacity - 1)] as Queue;
  }

  consumerOf(tag: number): Consumer | undefined {
    return this.#consumers[tag & (this.#capacity - 1)];
  }

  positionOf(tag: number): Position {
    return this.#positions[tag & (this.#capacity - 1)] as number;
  }

  sequenceOf(tag: number): number {
    return this.#sequences[tag & (this.#capacity - 1)] as number;
  }

  bodyBytesOf(tag: number): number {
    return this.#bodyBytes[tag & (this.#capacity - 1)] as number;
  }

  flagsOf(tag: number): number {
    return this.#flags[tag & (this.#capacity - 1)] as number;
  }

  /** Calls back for every tag that is held up to `last`, lowest first, as long as it is answered true. */
  eachUpTo(last: number, visit: Visit): void {
    for (const block of this.#blocks) if (!block.eachUpTo(last, visit)) return;
    const end = this.count === this.#straggling ? 0 : Math.min(last + 1, this.#next);
    eachUpTo(this.#columns, this.#first, end, visit);
  }

  /** Forgets a tag that is held. */
  remove(tag: number): void {
    const mask = this.#capacity - 1;
    this.#queues[tag & mask] = undefined;
    this.#consumers[tag & mask] = undefined;
    this.count--;
    if (this.count === this.#straggling) {
      this.#first = this.#next;
      return;
    }
    if (tag !== this.#first) return;
    let first = tag + 1;
    while (this.#queues[first & mask] === undefined) first++;
    this.#first = first;
  }

  /** Takes a tag out as an object, for the paths that keep it for later. */
  take(tag: number): Delivery {
    assert(this.has(tag), 'took a tag that is not held');
    if (tag < this.#first) return this.#takeStraggler(tag);
    const delivery = deliveryAt(this.#columns, tag);
    this.remove(tag);
    return delivery;
  }

  #takeStraggler(tag: number): Delivery {
    const block = this.#blockOf(tag) as UnackedBlock;
    const delivery = block.take(tag);
    this.count--;
    this.#straggling--;
    if (block.count === 0) this.#blocks.splice(this.#blocks.indexOf(block), 1);
    return delivery;
  }

  /** The block that a tag would be in. */
  #blockOf(tag: number): UnackedBlock | undefined {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#blocks[middle] as UnackedBlock).end <= tag) low = middle + 1;
      else high = middle;
    }
    return this.#blocks[low];
  }

  get #columns(): UnackedColumns {
    return {
      capacity: this.#capacity,
      queues: this.#queues,
      consumers: this.#consumers,
      positions: this.#positions,
      sequences: this.#sequences,
      bodyBytes: this.#bodyBytes,
      flags: this.#flags,
    };
  }

  /** Tags from the lowest that is held to the highest, as far as they have to be walked. */
  get span(): number {
    return this.#blocks.reduce((sum, block) => sum + block.span, this.#ringSpan);
  }

  get #ringSpan(): number {
    return this.count === this.#straggling ? 0 : this.#next - this.#first;
  }

  /** What is held of one queue's messages, lowest tag first; no more than so many tags are looked at. */
  of(queue: Queue, tagsMax: number): Delivery[] {
    const found: Delivery[] = [];
    let looked = 0;
    for (const block of this.#blocks) {
      for (const straggler of block.deliveries()) {
        if (looked++ === tagsMax) return found;
        if (straggler.queue === queue) found.push(straggler);
      }
    }
    const columns = this.#columns;
    const end = this.#first + Math.min(this.#ringSpan, tagsMax - looked);
    for (let tag = this.#first; tag < end; tag++) {
      if (this.#queues[tag & (this.#capacity - 1)] === queue) found.push(deliveryAt(columns, tag));
    }
    return found;
  }

  /** Everything that is held, lowest tag first; nothing is held afterwards. */
  takeAll(): Delivery[] {
    const deliveries: Delivery[] = [];
    for (let tag = this.firstTag; tag !== undefined; tag = this.firstTag) deliveries.push(this.take(tag));
    return deliveries;
  }

  /** Puts taken deliveries back in their places (tx.rollback). */
  restore(deliveries: readonly Delivery[]): void {
    const all = [...this.takeAll(), ...deliveries].sort((left, right) => left.tag - right.tag);
    for (const { tag, queue, consumer, position, sequence, bodyBytes, flags } of all) {
      this.add(tag, queue, consumer, position, sequence, bodyBytes, flags);
    }
  }

  /** As ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    for (const block of this.#blocks) block.relocate(moved);
    for (let tag = this.#first; tag < this.#next; tag++) {
      const place = tag & (this.#capacity - 1);
      if (this.#queues[place] === undefined) continue;
      const position = moved(this.#positions[place] as number);
      if (position !== undefined) this.#positions[place] = position;
    }
  }

  #makeRoom(tag: number): void {
    while (tag - this.#first >= this.#capacity && this.#capacity < this.#capacityMax) this.#grow();
    if (tag - this.#first < this.#capacity) return;
    this.#putAside();
    this.#first = tag;
  }

  /** Nothing is held in the ring afterwards. */
  #putAside(): void {
    const held = this.count - this.#straggling;
    this.#blocks.push(new UnackedBlock(this.#columns, this.#first, this.#next, held));
    this.#straggling = this.count;
    if (isFew(held, this.#capacity)) {
      this.#queues.fill(undefined);
      this.#consumers.fill(undefined);
    } else {
      this.#renew(this.#capacity);
    }
  }

  /** Columns in which nothing is held. */
  #renew(capacity: number): void {
    this.#capacity = capacity;
    this.#queues = new Array<Queue | undefined>(capacity).fill(undefined);
    this.#consumers = new Array<Consumer | undefined>(capacity).fill(undefined);
    this.#positions = new Float64Array(capacity);
    this.#sequences = new Float64Array(capacity);
    this.#bodyBytes = new Uint32Array(capacity);
    this.#flags = new Uint8Array(capacity);
  }

  #grow(): void {
    const before = this.#columns;
    this.#renew(before.capacity * 2);
    for (let tag = this.#first; tag < this.#next; tag++) {
      const from = tag & (before.capacity - 1);
      const to = tag & (this.#capacity - 1);
      this.#queues[to] = before.queues[from];
      this.#consumers[to] = before.consumers[from];
      this.#positions[to] = before.positions[from] as number;
      this.#sequences[to] = before.sequences[from] as number;
      this.#bodyBytes[to] = before.bodyBytes[from] as number;
      this.#flags[to] = before.flags[from] as number;
    }
  }
}
