import type { FieldTable } from '../../codec/table.ts';
import { assert } from '../../lib/assert.ts';
import type { QueueConsumer, Turn } from '../ports.ts';
import type { PageTable, Position } from '../store/page_table.ts';
import { ConsumerRing } from './consumer_ring.ts';
import { type Entry, REDELIVERED } from './entry.ts';
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
  /** True once it was deleted; what is still unacknowledged settles as usual. */
  deleted = false;
  readonly #ring: ReadyRing = new ReadyRing();
  readonly #returned: ReturnedHeap = new ReturnedHeap();
  readonly #pages: PageTable;
  readonly #turn: Turn;
  #unacked = 0;
  #lastSequence = 0;
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

  /** Takes a message in, which the caller has retained for this queue. */
  push(position: Position, bodyBytes: number, flags: number): void {
    this.#ring.push(position, ++this.#lastSequence, bodyBytes, flags);
    if (!this.#scheduled && this.consumers.hasWaiting) this.#schedule();
  }

  /** Hands ready messages to consumers with room; called by the turn that `queueReady` was told. */
  drain(): void {
    this.#scheduled = false;
    for (let delivered = 0; this.readyCount > 0; delivered++) {
      if (delivered === DRAIN_MESSAGES_MAX) {
        if (this.consumers.hasWaiting) this.#schedule();
        return;
      }
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

  /** Takes the first ready message out for basic.get; it counts as unacknowledged until settled. */
  take(): Entry | undefined {
    let entry: Entry | undefined = this.#returned.shift();
    if (entry === undefined) {
      const ring = this.#ring;
      if (ring.length === 0) return undefined;
      entry = {
        position: ring.headPosition(),
        sequence: ring.headSequence(),
        bodyBytes: ring.headBodyBytes(),
        flags: ring.headFlags(),
      };
      ring.shift();
    }
    this.#unacked++;
    return entry;
  }

  /** The holder of a delivered message is done with it. */
  settle(position: Position): void {
    assert(this.#unacked > 0, 'settled more than was delivered');
    this.#unacked--;
    this.#pages.release(position);
  }

  /** A delivered message comes back to its old place, marked. Back to a deleted queue, it is dropped. */
  requeue(position: Position, sequence: number, bodyBytes: number, flags: number): void {
    if (this.deleted) {
      this.settle(position);
      return;
    }
    this.#unacked--;
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
    for (const entry of this.#returned.entries()) this.#pages.release(entry.position);
    this.#ring.each((position) => this.#pages.release(position));
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

  #schedule(): void {
    this.#scheduled = true;
    this.#turn.queueReady(this);
  }
}
