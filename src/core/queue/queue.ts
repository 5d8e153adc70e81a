import type { FieldTable } from '../../codec/table.ts';
import { assert } from '../../lib/assert.ts';
import type { QueueConsumer, QueueLog, Turn } from '../ports.ts';
import type { PageTable, Position } from '../store/page_table.ts';
import { ConsumerRing } from './consumer_ring.ts';
import { DURABLE, type Entry, REDELIVERED } from './entry.ts';
import { ReadyRing } from './ready_ring.ts';
import { ReturnedHeap } from './returned.ts';

export interface QueueProperties {
  readonly name: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** The connection that alone may use the queue, and whose end is the queue's; any identity will do. */
  readonly exclusiveOwner: object | undefined;
  readonly arguments: FieldTable;
}

/** Deliveries made before other queues and connections get their turn. */
const DRAIN_MESSAGES_MAX = 4096;

/**
 * One queue: ready messages in order, consumers in turn, and a count of what is out with consumers.
 *
 * An entry is in exactly one place: ready here, or unacknowledged in the channel it was delivered on, which hands it back
 * by `settle` (done with it, for whatever reason) or `requeue` (back to its old place).
 */
export class Queue {
  readonly kind = 'queue' as const;
  readonly properties: QueueProperties;
  readonly consumers: ConsumerRing = new ConsumerRing();
  exclusiveConsumer: QueueConsumer | undefined;
  /** Where a durable queue's persistent messages are accounted for; undefined for others. */
  log: QueueLog | undefined;
  /** True once it was deleted; what is still unacknowledged settles as usual. */
  deleted = false;
  readonly #ring: ReadyRing = new ReadyRing();
  readonly #returned: ReturnedHeap = new ReturnedHeap();
  readonly #pages: PageTable;
  readonly #turn: Turn;
  /** How often a message came back to the queue, of those that did and are not settled. */
  readonly #returns: Map<number, number> = new Map();
  #unacked = 0;
  #nextSequence = 1;
  #scheduled = false;

  constructor(properties: QueueProperties, pages: PageTable, turn: Turn) {
    this.properties = properties;
    this.#pages = pages;
    this.#turn = turn;
  }

  get name(): string {
    return this.properties.name;
  }

  /** Messages that could be delivered now. */
  get readyCount(): number {
    return this.#ring.length + this.#returned.length;
  }

  /** Messages delivered and not yet settled. */
  get unackedCount(): number {
    return this.#unacked;
  }

  /** The sequence that the next message pushed will have. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Takes a message in, which the caller has retained for this queue. */
  push(position: Position, bodyBytes: number, flags: number): void {
    this.#ring.push(position, this.#nextSequence++, bodyBytes, flags);
    if (!this.#scheduled && this.consumers.hasWaiting) this.#schedule();
  }

  /** Hands ready messages to consumers with room; called by the turn that `queueReady` was told. */
  drain(): void {
    this.#scheduled = false;
    for (let delivered = 0; this.readyCount > 0 && this.consumers.hasWaiting; delivered++) {
      if (delivered === DRAIN_MESSAGES_MAX) {
        this.#schedule();
        return;
      }
      if (this.#pages.absentCount > 0 && !this.#headReadable()) return;
      const consumer = this.consumers.next();
      if (consumer === undefined) return;
      this.#unacked++;
      if (this.#returned.length > 0) {
        const entry = this.#returned.shift() as Entry;
        consumer.deliver(this, entry.position, entry.sequence, entry.bodyBytes, entry.flags);
        continue;
      }
      const ring = this.#ring;
      const position = ring.headPosition();
      const sequence = ring.headSequence();
      const bodyBytes = ring.headBodyBytes();
      const flags = ring.headFlags();
      ring.shift();
      consumer.deliver(this, position, sequence, bodyBytes, flags);
    }
  }

  /**
   * True when the first message can be delivered. If it has to be read back first, that is begun, and the queue is
   * drained again, and `callback` called, when it is there. Messages that were lost on disk are dropped on the way.
   */
  #headReadable(callback?: () => void): boolean {
    for (;;) {
      const position = this.#headPosition();
      if (position === undefined || this.#pages.isReadable(position)) {
        if (position === undefined || !this.#pages.isLost(position)) return true;
        this.#dropHead();
        continue;
      }
      this.#pages.whenReadable(position, () => {
        if (!this.#scheduled && !this.deleted) this.#schedule();
        callback?.();
      });
      return false;
    }
  }

  #headPosition(): Position | undefined {
    return this.#returned.peek()?.position ?? (this.#ring.length > 0 ? this.#ring.headPosition() : undefined);
  }

  #dropHead(): void {
    const entry = this.#takeHead();
    if (entry !== undefined) this.#drop(entry.position, entry.sequence, entry.flags);
  }

  /** Whether `take` can be answered now; if not, `callback` is called when it can. */
  readyToTake(callback: () => void): boolean {
    return this.#headReadable(callback);
  }

  /** Takes the first ready message out for basic.get; it counts as unacknowledged until settled. */
  take(): Entry | undefined {
    const entry = this.#takeHead();
    if (entry !== undefined) this.#unacked++;
    return entry;
  }

  #takeHead(): Entry | undefined {
    const returned = this.#returned.shift();
    const ring = this.#ring;
    if (returned !== undefined || ring.length === 0) return returned;
    const entry = {
      position: ring.headPosition(),
      sequence: ring.headSequence(),
      bodyBytes: ring.headBodyBytes(),
      flags: ring.headFlags(),
    };
    ring.shift();
    return entry;
  }

  /** A message was handed to a consumer that has to settle it; after this it is redelivered, whatever happens. */
  delivered(sequence: number, flags: number): void {
    if ((flags & (DURABLE | REDELIVERED)) === DURABLE && !this.deleted) this.log?.delivered(sequence);
  }

  /** The holder of a delivered message is done with it. */
  settle(position: Position, sequence: number, flags: number): void {
    assert(this.#unacked > 0, 'settled more than was delivered');
    this.#unacked--;
    this.#drop(position, sequence, flags);
  }

  /** A delivered message comes back to its old place, marked. Back to a deleted queue, it is dropped. */
  requeue(position: Position, sequence: number, bodyBytes: number, flags: number): void {
    if (this.deleted) {
      this.settle(position, sequence, flags);
      return;
    }
    this.#unacked--;
    const returns = (this.#returns.get(sequence) ?? 0) + 1;
    this.#returns.set(sequence, returns);
    if ((flags & DURABLE) !== 0) this.log?.returned(sequence, returns);
    this.#returned.push({ position, sequence, bodyBytes, flags: flags | REDELIVERED });
    if (!this.#scheduled && this.consumers.hasWaiting) this.#schedule();
  }

  addConsumer(consumer: QueueConsumer): void {
    this.consumers.add(consumer);
    if (consumer.exclusive) this.exclusiveConsumer = consumer;
    this.wake(consumer);
  }

  removeConsumer(consumer: QueueConsumer): boolean {
    if (this.exclusiveConsumer === consumer) this.exclusiveConsumer = undefined;
    return this.consumers.remove(consumer);
  }

  /** `consumer` may have room again. */
  wake(consumer: QueueConsumer): void {
    this.consumers.wake(consumer);
    if (!this.#scheduled && this.readyCount > 0) this.#schedule();
  }

  /** Drops every ready message and says how many there were. */
  purge(): number {
    const count = this.readyCount;
    for (const { position, sequence, flags } of this.#returned.entries()) this.#drop(position, sequence, flags);
    this.#ring.each((position, sequence, _bodyBytes, flags) => this.#drop(position, sequence, flags));
    this.#returned.clear();
    this.#ring.clear();
    return count;
  }

  /** Empties the queue for good, tells its consumers, and says how many ready messages there were. */
  delete(): number {
    this.deleted = true;
    for (const consumer of [...this.consumers.all()]) {
      this.removeConsumer(consumer);
      consumer.cancelledByQueue();
    }
    return this.purge();
  }

  /** Puts back what a journal has kept, oldest first, before anything is pushed. `returns` counts past returns. */
  restore(position: Position, sequence: number, bodyBytes: number, flags: number, returns: number): void {
    assert(sequence >= this.#nextSequence, 'restored out of order');
    this.#ring.push(position, sequence, bodyBytes, flags);
    this.#nextSequence = sequence + 1;
    if (returns > 0) this.#returns.set(sequence, returns);
  }

  /** The next message pushed will be numbered at least `sequence`. */
  restoreSequence(sequence: number): void {
    this.#nextSequence = Math.max(this.#nextSequence, sequence);
  }

  /** Messages were moved to other pages: see ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    this.#ring.relocate(moved);
    this.#returned.relocate(moved);
  }

  #drop(position: Position, sequence: number, flags: number): void {
    if (this.#returns.size > 0) this.#returns.delete(sequence);
    if ((flags & DURABLE) !== 0 && !this.deleted) this.log?.settled(sequence);
    this.#pages.release(position);
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#turn.queueReady(this);
  }
}
