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

const FIRST_CAPACITY = 16;
/** A ring this large with less than a quarter of it held is not grown: what keeps it from moving on is put aside. */
const SPARSE_CAPACITY_MIN = 65_536;

/**
 * What a channel has delivered and not seen settled, by delivery tag: parallel arrays, used as a ring. Tags count up by
 * one, so a tag's place is known without a search; a tag that needs no acknowledgement leaves a hole.
 *
 *      tag  #first ............ #next - 1        place = tag modulo capacity (a power of two)
 *
 * Stragglers, left unsettled while very many others were delivered and settled, are kept apart by tag, so that memory
 * goes by what is held and not by how far it is spread.
 */
export class UnackedRing {
  /** Deliveries held, holes not counted. */
  count = 0;
  /** Lowest tag first: they are moved here in that order. */
  readonly #stragglers: Map<number, Delivery> = new Map();
  #capacity = FIRST_CAPACITY;
  #first = 1;
  #next = 1;
  #queues: (Queue | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  #consumers: (Consumer | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  #positions = new Float64Array(FIRST_CAPACITY);
  #sequences = new Float64Array(FIRST_CAPACITY);
  #bodyBytes = new Uint32Array(FIRST_CAPACITY);
  #flags = new Uint8Array(FIRST_CAPACITY);

  /** The lowest tag that is held, or undefined. */
  get firstTag(): number | undefined {
    if (this.#stragglers.size > 0) return this.#stragglers.keys().next().value;
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
    if (this.count === this.#stragglers.size) this.#first = tag;
    while (tag - this.#first >= this.#capacity) {
      this.#makeRoom();
      // All that was held may have been put aside, and then nothing keeps the ring from beginning here.
      if (this.count === this.#stragglers.size) this.#first = tag;
    }
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
    if (tag < this.#first) return this.#stragglers.has(tag);
    if (this.count === 0 || tag >= this.#next) return false;
    return this.#queues[tag & (this.#capacity - 1)] !== undefined;
  }

  /** Whether a tag that is held can only be taken: the accessors below do not know it. */
  isStraggler(tag: number): boolean {
    return tag < this.#first && this.#stragglers.has(tag);
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

  /** Calls back for every tag that is held up to `last`, lowest first. */
  eachUpTo(last: number, visit: (tag: number, queue: Queue, consumer: Consumer | undefined) => void): void {
    for (const { tag, queue, consumer } of this.#stragglers.values()) {
      if (tag > last) return;
      visit(tag, queue, consumer);
    }
    if (this.count === this.#stragglers.size) return;
    for (let tag = this.#first; tag < this.#next && tag <= last; tag++) {
      const queue = this.#queues[tag & (this.#capacity - 1)];
      if (queue !== undefined) visit(tag, queue, this.consumerOf(tag));
    }
  }

  /** Forgets a tag that is held. */
  remove(tag: number): void {
    const mask = this.#capacity - 1;
    this.#queues[tag & mask] = undefined;
    this.#consumers[tag & mask] = undefined;
    this.count--;
    if (this.count === this.#stragglers.size) {
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
    const straggler = this.#stragglers.get(tag);
    if (straggler !== undefined) {
      this.#stragglers.delete(tag);
      this.count--;
      return straggler;
    }
    assert(this.has(tag), 'took a tag that is not held');
    const delivery = this.#at(tag);
    this.remove(tag);
    return delivery;
  }

  #at(tag: number): Delivery {
    return {
      tag,
      queue: this.queueOf(tag),
      consumer: this.consumerOf(tag),
      position: this.positionOf(tag),
      sequence: this.sequenceOf(tag),
      bodyBytes: this.bodyBytesOf(tag),
      flags: this.flagsOf(tag),
    };
  }

  /** Tags from the lowest that is held to the highest, as far as they have to be walked. */
  get span(): number {
    const inRing = this.count === this.#stragglers.size ? 0 : this.#next - this.#first;
    return this.#stragglers.size + inRing;
  }

  /** What is held of one queue's messages, lowest tag first; no more than so many tags are looked at. */
  of(queue: Queue, tagsMax: number): Delivery[] {
    const found: Delivery[] = [];
    let looked = 0;
    for (const straggler of this.#stragglers.values()) {
      if (looked++ === tagsMax) return found;
      if (straggler.queue === queue) found.push(straggler);
    }
    const end = Math.min(this.#first + this.span - this.#stragglers.size, this.#first + tagsMax - looked);
    for (let tag = this.#first; tag < end; tag++) {
      if (this.#queues[tag & (this.#capacity - 1)] === queue) found.push(this.#at(tag));
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
    for (const [tag, straggler] of this.#stragglers) {
      const position = moved(straggler.position);
      if (position !== undefined) this.#stragglers.set(tag, { ...straggler, position });
    }
    for (let tag = this.#first; tag < this.#next; tag++) {
      const place = tag & (this.#capacity - 1);
      if (this.#queues[place] === undefined) continue;
      const position = moved(this.#positions[place] as number);
      if (position !== undefined) this.#positions[place] = position;
    }
  }

  #makeRoom(): void {
    const held = this.count - this.#stragglers.size;
    if (this.#capacity < SPARSE_CAPACITY_MIN || held > this.#capacity / 4) {
      this.#grow();
      return;
    }
    const until = this.#first + this.#capacity / 2;
    while (this.#first < until && this.count > this.#stragglers.size) {
      const straggler = this.take(this.#first);
      this.#stragglers.set(straggler.tag, straggler);
      this.count++;
    }
  }

  #grow(): void {
    const capacity = this.#capacity * 2;
    const queues = new Array<Queue | undefined>(capacity).fill(undefined);
    const consumers = new Array<Consumer | undefined>(capacity).fill(undefined);
    const positions = new Float64Array(capacity);
    const sequences = new Float64Array(capacity);
    const bodyBytes = new Uint32Array(capacity);
    const flags = new Uint8Array(capacity);
    for (let tag = this.#first; tag < this.#next; tag++) {
      const from = tag & (this.#capacity - 1);
      const to = tag & (capacity - 1);
      queues[to] = this.#queues[from];
      consumers[to] = this.#consumers[from];
      positions[to] = this.#positions[from] as number;
      sequences[to] = this.#sequences[from] as number;
      bodyBytes[to] = this.#bodyBytes[from] as number;
      flags[to] = this.#flags[from] as number;
    }
    this.#capacity = capacity;
    this.#queues = queues;
    this.#consumers = consumers;
    this.#positions = positions;
    this.#sequences = sequences;
    this.#bodyBytes = bodyBytes;
    this.#flags = flags;
  }
}
