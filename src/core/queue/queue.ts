import type { FieldTable } from '../../codec/table.ts';
import { assert } from '../../lib/assert.ts';
import { windowOf } from '../deduplication/arguments.ts';
import type { KeyWindow } from '../deduplication/key_window.ts';
import type { QueueConsumer, QueueLog, Turn } from '../ports.ts';
import { offsetOf, type PageTable, type Position } from '../store/page_table.ts';
import { queueType } from './arguments.ts';
import { ConsumerRing } from './consumer_ring.ts';
import { Dying } from './dying.ts';
import { DURABLE, type Entry, REDELIVERED } from './entry.ts';
import { type GroupKeyOf, groupKeyOf } from './groups/group_by.ts';
import { QueueGroups } from './groups/queue_groups.ts';
import { type ReadyList, ReadyMessages } from './ready_list.ts';
import { type DeathReason, hasRules, type Placement, type QueueHost, QueueRules, type ReturnCause } from './rules.ts';
import { argumentSettings, type QueueSettings } from './settings.ts';

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
 * by `settle` (acknowledged), `reject` (refused for good) or `requeue` (back to its old place). What a queue does beyond
 * that, with time, priorities and limits, is in its rules; most queues have none.
 */
export class Queue {
  readonly kind = 'queue' as const;
  readonly properties: QueueProperties;
  readonly consumers: ConsumerRing;
  /** What it has had, where it drops what comes again. */
  readonly deduplication: KeyWindow | undefined;
  exclusiveConsumer: QueueConsumer | undefined;
  /** Where a durable queue's persistent messages are accounted for; undefined for others. */
  log: QueueLog | undefined;
  /** True once it was deleted; what is still unacknowledged settles as usual. */
  deleted = false;
  readonly #ready: ReadyMessages;
  /** Undefined where messages are in no groups. A queue that has some has rules, so that others need not ask. */
  readonly #groups: QueueGroups | undefined;
  readonly #pages: PageTable;
  readonly #turn: Turn;
  readonly #host: QueueHost | undefined;
  #rules: QueueRules | undefined;
  /** How often a message came back to the queue, as far as that counts, of those that did and are not settled. */
  readonly #returns: Map<number, number> = new Map();
  readonly #dying: Dying;
  /** The first message has to be read from disk before it can be dropped, and then this is tried again. */
  #awaitsHead = false;
  #unacked = 0;
  #nextSequence = 1;
  #scheduled = false;

  /** Without a host, the queue has no rules, whatever its arguments say. */
  constructor(properties: QueueProperties, pages: PageTable, turn: Turn, host?: QueueHost) {
    const settings = argumentSettings(properties.arguments);
    this.properties = properties;
    this.deduplication = windowOf(properties.arguments);
    this.consumers = new ConsumerRing(settings.singleActiveConsumer, queueType(properties) === 'quorum');
    this.#pages = pages;
    this.#turn = turn;
    this.#host = host;
    const keyOf = host === undefined ? undefined : groupKeyOf(properties.arguments);
    this.#groups = keyOf === undefined ? undefined : this.#newGroups(keyOf);
    this.#ready = this.#groups?.ready ?? new ReadyMessages(host === undefined ? 0 : (settings.maxPriority ?? 0));
    this.#dying = new Dying(this, pages);
    this.applySettings(settings);
  }

  get name(): string {
    return this.properties.name;
  }

  /** Messages that could be delivered now. */
  get readyCount(): number {
    return this.#ready.length;
  }

  /** Bytes of their bodies. */
  get readyBytes(): number {
    return this.#ready.bytes;
  }

  /** Messages delivered and not yet settled. */
  get unackedCount(): number {
    return this.#unacked;
  }

  /** The sequence that the next message pushed will have. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Whether messages of one group go to one consumer at a time. */
  get grouped(): boolean {
    return this.#groups !== undefined;
  }

  /** Undefined for a queue without rules. */
  get rules(): QueueRules | undefined {
    return this.#rules;
  }

  /** What arguments and policies together ask for, from now on; for what is in the queue too, as far as it goes. */
  applySettings(settings: QueueSettings): void {
    if (this.#rules === undefined && !hasRules(settings)) return;
    const rules = this.#ensureRules(settings);
    if (rules === undefined) return;
    rules.settings = settings;
    rules.used();
    this.#enforceLimits(rules);
  }

  /** Some message of this queue expires by itself: from now on they are looked at. */
  expectExpirations(): void {
    if (this.#rules === undefined) this.#ensureRules(argumentSettings(this.properties.arguments));
  }

  /** Whether the queue refuses messages when it is full. */
  get mayRefuse(): boolean {
    return this.#rules !== undefined && this.#rules.overflow !== 'drop-head';
  }

  /** Whether a message of so many bytes would be refused, as the queue is full and asked to refuse. */
  refuses(bodyBytes: number): boolean {
    const rules = this.#rules;
    if (rules === undefined || rules.overflow === 'drop-head') return false;
    const isFull = (): boolean => rules.isFull(this.#ready.length, this.#ready.bytes, bodyBytes);
    if (!isFull()) return false;
    // Whatever can go now goes before anything is refused.
    this.#deliverByRules(rules);
    return isFull();
  }

  /** The message at `position`, which the caller holds, was refused: it is dead-lettered if that was asked for. */
  refused(position: Position, bodyBytes: number): void {
    if (this.#rules?.overflow !== 'reject-publish-dlx') return;
    this.#dying.deadLetter(position, bodyBytes, 'maxlen', () => {});
  }

  /** Takes a message in, which the caller has retained for this queue. */
  push(position: Position, bodyBytes: number, flags: number): void {
    if (this.log !== undefined && (flags & DURABLE) === 0) this.log.skipped(this.#nextSequence);
    if (this.#rules !== undefined) {
      this.#pushByRules(this.#rules, position, bodyBytes, flags);
      return;
    }
    this.#ready.push(position, this.#nextSequence++, bodyBytes, flags, 0, 0);
    if (!this.#scheduled && this.consumers.hasWaiting) this.#schedule();
  }

  /** Hands ready messages to consumers with room; called by the turn that `queueReady` was told. */
  drain(): void {
    this.#scheduled = false;
    if (this.#rules === undefined) this.#deliverReady();
    else this.#deliverByRules(this.#rules);
  }

  /** Whether `take` can be answered now; if not, `callback` is called when it can. */
  readyToTake(callback: () => void): boolean {
    if (this.#rules !== undefined) this.dropExpired();
    return this.#headReadable(callback);
  }

  /** Takes the first ready message out for basic.get; it counts as unacknowledged until settled. */
  take(): Entry | undefined {
    const entry = this.#ready.take();
    if (entry === undefined) return undefined;
    this.#unacked++;
    const rules = this.#rules;
    if (rules !== undefined) {
      rules.remember(entry.sequence, entry.priority, entry.expiresAtMs);
      // At once: what is left is counted for whoever takes this one.
      this.#headsChanged(rules);
    }
    return entry;
  }

  /** A message was handed to a consumer that has to settle it; after this it is redelivered, whatever happens. */
  delivered(sequence: number, flags: number): void {
    if ((flags & (DURABLE | REDELIVERED)) === DURABLE && !this.deleted) this.log?.delivered(sequence);
  }

  /** How often a message that is out with a consumer had come back before. */
  returnsOf(sequence: number): number {
    return this.#returns.get(sequence) ?? 0;
  }

  /** The holder of a delivered message is done with it. */
  settle(position: Position, sequence: number, flags: number): void {
    assert(this.#unacked > 0, 'settled more than was delivered');
    this.#unacked--;
    this.#drop(position, sequence, flags);
  }

  /** The holder of a delivered message refuses it for good. */
  reject(position: Position, sequence: number, bodyBytes: number, flags: number): void {
    this.#dying.deadLetter(position, bodyBytes, 'rejected', (last) => this.settle(last, sequence, flags));
  }

  /** A delivered message comes back to its old place, marked. Back to a deleted queue, it is dropped. */
  requeue(position: Position, sequence: number, bodyBytes: number, flags: number, cause: ReturnCause = 'nack'): void {
    if (this.deleted) {
      this.settle(position, sequence, flags);
      return;
    }
    const rules = this.#rules;
    const counts = rules === undefined || rules.counts(cause);
    const returns = this.returnsOf(sequence) + (counts ? 1 : 0);
    if (rules?.isPoison(returns)) {
      this.#dying.deadLetter(position, bodyBytes, 'delivery_limit', (last) => this.settle(last, sequence, flags));
      return;
    }
    this.#unacked--;
    rules?.cameBack(sequence);
    if (counts) {
      this.#returns.set(sequence, returns);
      if ((flags & DURABLE) !== 0) this.log?.returned(sequence, returns);
    }
    const { priority, expiresAtMs } = rules?.recall(sequence) ?? NO_PLACEMENT;
    this.#ready.giveBack({ position, sequence, bodyBytes, flags: flags | REDELIVERED, priority, expiresAtMs });
    if (rules !== undefined) {
      rules.expectExpiry(expiresAtMs);
      this.dropExpired();
      this.#enforceLimits(rules);
    }
    if (!this.#scheduled && this.readyCount > 0 && this.consumers.hasWaiting) this.#schedule();
  }

  addConsumer(consumer: QueueConsumer): void {
    if (!this.deleted) this.#rules?.used();
    this.consumers.add(consumer);
    if (consumer.exclusive) this.exclusiveConsumer = consumer;
    this.wake(consumer);
  }

  removeConsumer(consumer: QueueConsumer): boolean {
    if (!this.deleted) this.#rules?.used();
    if (this.exclusiveConsumer === consumer) this.exclusiveConsumer = undefined;
    const removed = this.consumers.remove(consumer);
    this.#groups?.left(consumer);
    // Another may have become the active one.
    if (removed && !this.#scheduled && this.readyCount > 0 && this.consumers.hasWaiting) this.#schedule();
    return removed;
  }

  /** `consumer` may have room again. */
  wake(consumer: QueueConsumer): void {
    this.consumers.wake(consumer);
    if (!this.#scheduled && this.readyCount > 0) this.#schedule();
  }

  /** Drops every ready message and says how many there were. */
  purge(): number {
    const count = this.readyCount;
    this.#ready.each((position, sequence, _bodyBytes, flags) => this.#drop(position, sequence, flags));
    this.#ready.clear();
    return count;
  }

  /** Empties the queue for good, tells its consumers, and says how many ready messages there were. */
  delete(): number {
    this.deleted = true;
    this.#rules?.stop();
    for (const consumer of [...this.consumers.all()]) {
      this.removeConsumer(consumer);
      consumer.cancelledByQueue();
    }
    return this.purge();
  }

  /** Puts back what a journal has kept, oldest first, before anything is pushed. `returns` counts past returns. */
  restore(
    position: Position,
    sequence: number,
    bodyBytes: number,
    flags: number,
    returns: number,
    { priority, expiresAtMs }: Placement = NO_PLACEMENT,
  ): void {
    assert(sequence >= this.#nextSequence, 'restored out of order');
    const level = Math.min(priority, this.#ready.maxPriority);
    this.#ready.push(position, sequence, bodyBytes, flags, level, expiresAtMs);
    this.#nextSequence = sequence + 1;
    if (returns > 0) this.#returns.set(sequence, returns);
    if (expiresAtMs !== 0) this.expectExpirations();
  }

  /** Everything was restored; the next message pushed will be numbered at least `sequence`. */
  restoreSequence(sequence: number): void {
    this.#nextSequence = Math.max(this.#nextSequence, sequence);
    if (this.#rules !== undefined) this.#expectNextExpiry(this.#rules);
  }

  /** Messages were moved to other pages: see ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    this.#ready.relocate(moved);
    this.#dying.relocate(moved);
  }

  /** Drops messages whose time is up from the heads of the queue; behind a message that lives longer, they wait. */
  dropExpired(): void {
    const rules = this.#rules;
    if (rules === undefined || this.deleted || !rules.expiryIsDue()) return;
    const nowMs = rules.host.nowMs();
    for (const list of this.#ready.lists()) {
      for (;;) {
        const expiresAtMs = list.headExpiresAtMs();
        if (expiresAtMs === 0 || expiresAtMs > nowMs || !this.#dropHead(list, 'expired')) break;
      }
    }
    this.#expectNextExpiry(rules);
  }

  #ensureRules(settings: QueueSettings): QueueRules | undefined {
    if (this.#rules === undefined && this.#host !== undefined) this.#rules = new QueueRules(this, settings, this.#host);
    return this.#rules;
  }

  #pushByRules(rules: QueueRules, position: Position, bodyBytes: number, flags: number): void {
    this.dropExpired();
    const page = this.#pages.of(position);
    const { priority, expiresAtMs } = rules.placementOf(page.bytes, page.base + offsetOf(position));
    this.#ready.push(position, this.#nextSequence++, bodyBytes, flags, priority, expiresAtMs);
    rules.expectExpiry(expiresAtMs);
    const timeless = expiresAtMs !== 0 && expiresAtMs <= rules.host.nowMs();
    if (timeless || rules.isOver(this.#ready.length, this.#ready.bytes)) {
      // Whoever can take a message now gets it before one is dropped.
      this.#deliverReady();
      this.#headsChanged(rules);
      this.#enforceLimits(rules);
    }
    if (!this.#scheduled && this.readyCount > 0 && this.consumers.hasWaiting) this.#schedule();
  }

  /** A queue that refuses what is too much drops nothing of what it has. */
  #enforceLimits(rules: QueueRules): void {
    if (rules.overflow !== 'drop-head') return;
    const before = this.#ready.length;
    while (rules.isOver(this.#ready.length, this.#ready.bytes) && this.#ready.length > 0) {
      if (!this.#dropHead(this.#ready.oldest(), 'maxlen')) break;
    }
    if (this.#ready.length < before) this.#headsChanged(rules);
  }

  /** Those that are first now may have expired behind those that went. */
  #headsChanged(rules: QueueRules): void {
    this.#expectNextExpiry(rules);
    this.dropExpired();
  }

  /** False when the message has to be read first, to be dead-lettered; then all this is tried again when it is there. */
  #dropHead(list: ReadyList, reason: DeathReason): boolean {
    const position = list.headPosition() as Position;
    if (this.#rules?.deadLetters && !this.#pages.isReadable(position)) {
      this.#awaitHead(position);
      return false;
    }
    const { sequence, bodyBytes, flags } = this.#ready.takenFrom(list) as Entry;
    this.#dying.deadLetter(position, bodyBytes, reason, (last) => this.#drop(last, sequence, flags));
    return true;
  }

  #awaitHead(position: Position): void {
    if (this.#awaitsHead) return;
    this.#awaitsHead = true;
    this.#pages.whenReadable(position, () => {
      this.#awaitsHead = false;
      const rules = this.#rules;
      if (rules === undefined || this.deleted) return;
      this.#expectNextExpiry(rules);
      this.dropExpired();
      this.#enforceLimits(rules);
    });
  }

  #deliverByRules(rules: QueueRules): void {
    this.dropExpired();
    this.#deliverReady();
    this.#headsChanged(rules);
  }

  #deliverReady(): void {
    const ready = this.#ready;
    const rules = this.#rules;
    if (this.#groups !== undefined) {
      this.#groups.deliver();
      return;
    }
    for (let delivered = 0; ready.length > 0 && this.consumers.hasWaiting; delivered++) {
      if (delivered === DRAIN_MESSAGES_MAX) {
        if (!this.#scheduled) this.#schedule();
        return;
      }
      if (this.#pages.absentCount > 0 && !this.#headReadable()) return;
      const consumer = this.consumers.next();
      if (consumer === undefined) return;
      this.#unacked++;
      const { ring, returned } = ready.top;
      if (returned.length > 0 || rules !== undefined) {
        const entry = ready.take() as Entry;
        rules?.remember(entry.sequence, entry.priority, entry.expiresAtMs);
        consumer.deliver(this, entry.position, entry.sequence, entry.bodyBytes, entry.flags);
        continue;
      }
      const position = ring.headPosition();
      const sequence = ring.headSequence();
      const bodyBytes = ring.headBodyBytes();
      const flags = ring.headFlags();
      ring.shift();
      ready.taken(bodyBytes);
      consumer.deliver(this, position, sequence, bodyBytes, flags);
    }
  }

  /**
   * True when the first message can be delivered. If it has to be read back first, that is begun, and the queue is
   * drained again, and `callback` called, when it is there. Messages that were lost on disk are dropped on the way.
   */
  #headReadable(callback?: () => void): boolean {
    for (;;) {
      const position = this.#ready.oldest().headPosition();
      if (position === undefined || this.#pages.isReadable(position)) {
        if (position === undefined || !this.#pages.isLost(position)) return true;
        const lost = this.#ready.take() as Entry;
        this.#drop(lost.position, lost.sequence, lost.flags);
        continue;
      }
      this.#pages.whenReadable(position, () => {
        if (!this.#scheduled && !this.deleted) this.#schedule();
        callback?.();
      });
      return false;
    }
  }

  #expectNextExpiry(rules: QueueRules): void {
    // What waits for the disk is looked at when it comes.
    if (this.#awaitsHead) return;
    if (this.#ready.maxPriority === 0 && !this.grouped) rules.expectExpiry(this.#ready.top.headExpiresAtMs());
    else for (const list of this.#ready.lists()) rules.expectExpiry(list.headExpiresAtMs());
  }

  #drop(position: Position, sequence: number, flags: number): void {
    if (this.#returns.size > 0) this.#returns.delete(sequence);
    if (this.#rules !== undefined) {
      this.#rules.forget(sequence);
      this.#groups?.settled(sequence);
    }
    if ((flags & DURABLE) !== 0 && !this.deleted) this.log?.settled(sequence);
    this.#pages.release(position);
  }

  #newGroups(keyOf: GroupKeyOf): QueueGroups {
    return new QueueGroups(keyOf, {
      consumers: this.consumers,
      pages: this.#pages,
      handOut: (entry, consumer) => {
        const { position, sequence, bodyBytes, flags, priority, expiresAtMs } = entry;
        this.#unacked++;
        this.#rules?.remember(sequence, priority, expiresAtMs);
        consumer.deliver(this, position, sequence, bodyBytes, flags);
      },
      lost: ({ position, sequence, flags }) => this.#drop(position, sequence, flags),
      again: () => {
        if (!this.#scheduled && this.readyCount > 0 && this.consumers.hasWaiting) this.#schedule();
      },
    });
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#turn.queueReady(this);
  }
}

const NO_PLACEMENT: Placement = { priority: 0, expiresAtMs: 0 };
