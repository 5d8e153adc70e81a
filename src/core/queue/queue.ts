import { assert } from '../../lib/assert.ts';
import { QueueCounts } from '../counts.ts';
import { windowOf } from '../deduplication/arguments.ts';
import type { KeyWindow } from '../deduplication/key_window.ts';
import type { QueueConsumer, QueueLog, Turn } from '../ports.ts';
import { offsetOf, type PageTable, type Position } from '../store/page_table.ts';
import { type QueueType, queueType } from './arguments.ts';
import { ConsumerRing } from './consumer_ring.ts';
import { QueueContents } from './contents.ts';
import { Dying } from './dying.ts';
import { DURABLE, type Entry, REDELIVERED } from './entry.ts';
import { groupKeyOf } from './groups/group_by.ts';
import { QueueGroups } from './groups/queue_groups.ts';
import { Leaving } from './leaving.ts';
import { Pause } from './pause.ts';
import type { QueueProperties } from './properties.ts';
import { type ReadyList, ReadyMessages } from './ready_list.ts';
import { hasRules, NOWHERE_SPECIAL, type Placement, type QueueHost, QueueRules, type ReturnCause } from './rules.ts';
import { argumentSettings, type QueueSettings } from './settings.ts';
import { Trimmer } from './trimmer.ts';
import type { WaitingMessages } from './waiting.ts';
import { WaitingRoom } from './waiting_room.ts';

/** Deliveries made before other queues and connections get their turn. */
const DRAIN_MESSAGES_MAX = 1024;

/**
 * One queue: ready messages in order, consumers in turn, and a count of what is out with consumers.
 *
 * An entry is in exactly one place: ready here, waiting here for its time, or unacknowledged in the channel it was delivered
 * on, which hands it back by `settle` (acknowledged), `reject` (refused for good) or `requeue` (back to its old place). What a
 * queue does beyond that, with time, priorities and limits, is in its rules; most queues have none.
 */
export class Queue {
  readonly kind = 'queue' as const;
  readonly properties: QueueProperties;
  readonly type: QueueType;
  readonly counts: QueueCounts = new QueueCounts();
  readonly consumers: ConsumerRing;
  /** What it has had, where it drops what comes again. */
  readonly deduplication: KeyWindow | undefined;
  exclusiveConsumer: QueueConsumer | undefined;
  /** As in its settings. */
  consumerTimeoutMs: number | undefined;
  /** Where a durable queue's persistent messages are accounted for; undefined for others. */
  log: QueueLog | undefined;
  /** True once it was deleted; what is still unacknowledged settles as usual. */
  deleted = false;
  readonly #ready: ReadyMessages;
  /** Undefined where messages are in no groups. A queue that has some has rules, so that others need not ask. */
  readonly #groups: QueueGroups | undefined;
  readonly #waiting: WaitingRoom;
  readonly #pages: PageTable;
  readonly #turn: Turn;
  readonly #host: QueueHost | undefined;
  #rules: QueueRules | undefined;
  /** How often a message came back to the queue, as far as that counts, of those that did and are not settled. */
  #returns: Map<number, number> | undefined;
  readonly #dying: Dying;
  readonly #trimmer: Trimmer;
  #nextSequence = 1;
  readonly pause: Pause = new Pause(() => this.#scheduleIfWanted());
  #scheduled = false;

  /** Without a host, the queue has no rules, whatever its arguments say. */
  constructor(properties: QueueProperties, pages: PageTable, turn: Turn, host?: QueueHost) {
    const settings = argumentSettings(properties.arguments, properties.forwards);
    this.properties = properties;
    this.deduplication = windowOf(properties.arguments);
    this.type = queueType(properties);
    this.consumers = new ConsumerRing(settings.singleActiveConsumer, this.type === 'quorum');
    this.#pages = pages;
    this.#turn = turn;
    this.#host = host;
    const keyOf = host === undefined ? undefined : groupKeyOf(properties.arguments);
    const again = (): void => this.#scheduleIfWanted();
    const lost = (entry: Entry): void => this.#dropEntry(entry);
    const expired = (list: ReadyList, spared: number): boolean =>
      this.#rules !== undefined && this.#trimmer.dropExpiredHead(this.#rules, list, spared);
    const groupsHost = { queue: this, pages, expired, lost, again };
    this.#groups = keyOf === undefined ? undefined : new QueueGroups(keyOf, groupsHost);
    this.#ready = this.#groups?.ready ?? new ReadyMessages(host === undefined ? 0 : (settings.maxPriority ?? 0));
    this.#waiting = new WaitingRoom(this, (entry) => this.#makeReady(entry));
    this.#dying = new Dying(this, pages);
    this.#trimmer = new Trimmer(this, this.#ready, this.#waiting.messages, this.#dying, pages, turn, (entry, last) =>
      this.#dropEntry(entry, last),
    );
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

  /** Messages that wait for their time: published to be delivered later, or come back to be tried again later. */
  get waiting(): Pick<WaitingMessages, 'length' | 'bytes' | 'nextReadyAtMs' | 'first'> {
    return this.#waiting.messages;
  }

  /** The sequence that the next message pushed will have. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Of the lists of ready messages, the one whose first gives way when there are too many. */
  get oldestList(): ReadyList {
    return this.#ready.oldest();
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
    this.consumerTimeoutMs = settings.consumerTimeoutMs;
    if (this.#rules === undefined && !hasRules(settings)) return;
    const rules = this.#ensureRules(settings);
    if (rules === undefined) return;
    rules.settings = settings;
    rules.used();
    this.#waiting.releaseUnwanted(rules);
    this.#scheduleIfWanted();
    this.#trimmer.enforceLimits(rules);
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
    const { length, bytes } = this.#waiting.messages;
    const isFull = (): boolean => rules.isFull(this.#ready.length + length, this.#ready.bytes + bytes, bodyBytes);
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
    if ((flags & DURABLE) !== 0) this.counts.persisted(bodyBytes);
    else if (this.log !== undefined) this.log.skipped(this.#nextSequence);
    if (this.#rules !== undefined) {
      this.#pushByRules(this.#rules, position, bodyBytes, flags);
      return;
    }
    this.#ready.push(position, this.#nextSequence++, bodyBytes, flags, 0, 0, 0);
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
    if (this.pause.on) return this.pause.wait(callback);
    if (this.#rules !== undefined) this.dropExpired();
    return this.#headReadable(callback);
  }

  /** Takes the first ready message out for basic.get; then as QueueConsumer.deliver. */
  take(): Entry | undefined {
    const entry = this.#ready.take();
    if (entry === undefined) return undefined;
    const rules = this.#rules;
    if (rules !== undefined) {
      rules.remember(entry);
      // At once: what is left is counted for whoever takes this one.
      this.#trimmer.headsChanged(rules);
    }
    return entry;
  }

  /** A message was handed to somebody who has to settle it; after this it is redelivered, whatever happens. */
  delivered(sequence: number, bodyBytes: number, flags: number): void {
    this.counts.wentOut(bodyBytes);
    if ((flags & (DURABLE | REDELIVERED)) === DURABLE && !this.deleted) this.log?.delivered(sequence);
  }

  /** How often a message that is out with a consumer had come back before. */
  returnsOf(sequence: number): number {
    return this.#returns?.get(sequence) ?? 0;
  }

  /** The holder of a delivered message is done with it. */
  settle(position: Position, sequence: number, bodyBytes: number, flags: number): void {
    assert(this.counts.unacked > 0, 'settled more than was delivered');
    this.counts.cameBack(bodyBytes);
    this.drop(position, sequence, bodyBytes, flags);
  }

  /** Lets go of a message that nobody holds: whoever it was handed to is done with it, or nobody will have it. */
  drop(position: Position, sequence: number, bodyBytes: number, flags: number): void {
    if (this.#returns?.delete(sequence) && this.#returns.size === 0) this.#returns = undefined;
    if (this.#rules !== undefined) {
      this.#rules.forget(sequence);
      this.#groups?.settled(sequence);
    }
    if ((flags & DURABLE) !== 0) {
      this.counts.unpersisted(bodyBytes);
      if (!this.deleted) this.log?.settled(sequence);
    }
    this.#pages.release(position);
  }

  /** The holder of a delivered message refuses it for good. */
  reject(position: Position, sequence: number, bodyBytes: number, flags: number): void {
    this.#dying.deadLetter(position, bodyBytes, 'rejected', (last) => this.settle(last, sequence, bodyBytes, flags));
  }

  /** A delivered message comes back to its old place, marked, at once or after a while. Back to a deleted queue, it is dropped. */
  requeue(position: Position, sequence: number, bodyBytes: number, flags: number, cause: ReturnCause = 'nack'): void {
    if (this.deleted) {
      this.settle(position, sequence, bodyBytes, flags);
      return;
    }
    const rules = this.#rules;
    const counts = rules === undefined || rules.counts(cause);
    const returns = this.returnsOf(sequence) + (counts ? 1 : 0);
    if (rules?.isPoison(returns)) {
      const gone = (last: Position): void => this.settle(last, sequence, bodyBytes, flags);
      this.#dying.deadLetter(position, bodyBytes, 'delivery_limit', gone);
      return;
    }
    this.counts.cameBack(bodyBytes);
    rules?.cameBack(sequence);
    if (counts) this.#keepReturns(sequence, returns);
    if ((flags & DURABLE) !== 0) this.log?.returned(sequence, returns, rules?.acquiredCount(sequence) ?? returns);
    const placement = rules?.recall(sequence) ?? NOWHERE_SPECIAL;
    const entry = { position, sequence, bodyBytes, flags: flags | REDELIVERED, ...placement };
    if (rules === undefined) {
      this.#ready.giveBack(entry);
    } else {
      this.#waiting.enterAgain(rules, entry, rules.retryAtMs(cause, sequence, returns));
      this.#trimmer.dropExpired();
      this.#trimmer.enforceLimits(rules);
    }
    this.#scheduleIfWanted();
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
    if (removed) this.#scheduleIfWanted();
    return removed;
  }

  /** `consumer` may have room again. */
  wake(consumer: QueueConsumer): void {
    this.consumers.wake(consumer);
    if (!this.#scheduled && this.readyCount > 0) this.#schedule();
  }

  /** Takes out every message that is ready, or waits for its time: the caller drops them. */
  purge(): Leaving {
    const leaving = new Leaving(this, this.#ready.detach(), this.#waiting.messages.detach());
    this.#rules?.expectRelease(Number.POSITIVE_INFINITY);
    return leaving;
  }

  /** Empties the queue for good, as `purge`, and tells its consumers. */
  delete(): Leaving {
    this.deleted = true;
    this.#rules?.stop();
    for (const consumer of [...this.consumers.all()]) {
      this.removeConsumer(consumer);
      consumer.cancelledByQueue();
    }
    return this.purge();
  }

  /** Puts back what a journal has kept, oldest first, before anything is pushed. `returns` are those that count. */
  restore(
    position: Position,
    sequence: number,
    bodyBytes: number,
    flags: number,
    returns: number,
    placement: Placement = NOWHERE_SPECIAL,
    acquired: number = returns,
  ): void {
    assert(sequence >= this.#nextSequence, 'restored out of order');
    const { expiresAtMs, readyAtMs } = placement;
    const priority = Math.min(placement.priority, this.#ready.maxPriority);
    this.#nextSequence = sequence + 1;
    if ((flags & DURABLE) !== 0) this.counts.restored(bodyBytes);
    if (returns > 0) this.#keepReturns(sequence, returns);
    if (acquired > returns) this.#rules?.restoreAcquired(sequence, acquired);
    if (expiresAtMs !== 0) this.expectExpirations();
    // What is due is put in order with what waits, and comes out again when all is there.
    if (readyAtMs !== 0 && this.#rules !== undefined) {
      this.#waiting.messages.push({ position, sequence, bodyBytes, flags, priority, expiresAtMs, readyAtMs });
    } else {
      this.#ready.push(position, sequence, bodyBytes, flags, priority, expiresAtMs, readyAtMs);
    }
  }

  /** Everything was restored; the next message pushed will be numbered at least `sequence`. */
  restoreSequence(sequence: number): void {
    this.#nextSequence = Math.max(this.#nextSequence, sequence);
    this.counts.firstSequence = this.#nextSequence;
    if (this.#rules === undefined) return;
    this.#trimmer.expectNextExpiry(this.#rules);
    this.#waiting.releaseUnwanted(this.#rules);
    this.releaseDue(Number.POSITIVE_INFINITY);
  }

  /** Messages were moved to other pages: see ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    this.#ready.relocate(moved);
    this.#waiting.messages.relocate(moved);
    this.#dying.relocate(moved);
  }

  /** Drops messages whose time is up. */
  dropExpired(): void {
    this.#trimmer.dropExpired();
  }

  /** What waited for its time, and that has come, is ready now. */
  releaseDue(atMost?: number): void {
    const rules = this.#rules;
    if (rules === undefined || this.deleted) return;
    this.#trimmer.dropExpired();
    // Whoever can take a message now gets it before it is dropped.
    if (this.#waiting.releaseDue(rules, atMost)) this.#deliverReady(0);
    this.#trimmer.headsChanged(rules);
    this.#scheduleIfWanted();
  }

  /** For whoever looks at more than its first message, or takes out others than that. */
  get contents(): QueueContents {
    return new QueueContents(this, this.#ready, this.#waiting, this.#trimmer);
  }

  /** Gives a message that waits for its time another one. False if there is none of that sequence. */
  reschedule(sequence: number, readyAtMs: number): boolean {
    return this.#rules !== undefined && this.#waiting.reschedule(this.#rules, sequence, readyAtMs);
  }

  #ensureRules(settings: QueueSettings): QueueRules | undefined {
    if (this.#rules === undefined && this.#host !== undefined) this.#rules = new QueueRules(this, settings, this.#host);
    return this.#rules;
  }

  #pushByRules(rules: QueueRules, position: Position, bodyBytes: number, flags: number): void {
    const trimmer = this.#trimmer;
    trimmer.dropExpired();
    const page = this.#pages.of(position);
    const placement = rules.placementOf(page.bytes, page.base + offsetOf(position));
    const { priority, expiresAtMs, readyAtMs } = placement;
    const sequence = this.#nextSequence++;
    if (this.#waiting.holds(rules, readyAtMs)) {
      this.#waiting.enter(rules, { position, sequence, bodyBytes, flags, ...placement });
    } else {
      this.#ready.push(position, sequence, bodyBytes, flags, priority, expiresAtMs, readyAtMs);
      rules.expectExpiry(expiresAtMs);
    }
    const timeless = expiresAtMs !== 0 && expiresAtMs <= rules.host.nowMs();
    if (timeless || trimmer.isOver(rules)) {
      // Whoever can take a message now gets it before one is dropped.
      this.#deliverReady(sequence);
      trimmer.headsChanged(rules);
      trimmer.enforceLimits(rules);
    }
    this.#scheduleIfWanted();
  }

  /** One that was delivered before comes back in front. */
  #makeReady(entry: Entry): void {
    const { position, sequence, bodyBytes, flags, priority, expiresAtMs, readyAtMs } = entry;
    if ((flags & REDELIVERED) !== 0) this.#ready.giveBack(entry);
    else this.#ready.push(position, sequence, bodyBytes, flags, priority, expiresAtMs, readyAtMs);
    this.#rules?.expectExpiry(expiresAtMs);
  }

  #deliverByRules(rules: QueueRules): void {
    this.#trimmer.dropExpired();
    this.#deliverReady();
    this.#trimmer.headsChanged(rules);
  }

  /** Those with a sequence of `spared` or more are delivered even if their time is up. */
  #deliverReady(spared: number = Number.POSITIVE_INFINITY): void {
    if (this.pause.on) return;
    const ready = this.#ready;
    const rules = this.#rules;
    if (this.#groups !== undefined) return this.#groups.deliver(spared);
    for (let delivered = 0; ready.length > 0 && this.consumers.hasWaiting; delivered++) {
      if (delivered === DRAIN_MESSAGES_MAX) {
        if (!this.#scheduled) this.#schedule();
        return;
      }
      if (rules !== undefined && this.#trimmer.dropExpiredHead(rules, ready.top, spared)) continue;
      if (this.#pages.absentCount > 0 && !this.#headReadable()) return;
      const consumer = this.consumers.next();
      if (consumer === undefined) return;
      const { ring, returned } = ready.top;
      if (returned.length > 0 || rules !== undefined) {
        const entry = ready.take() as Entry;
        rules?.remember(entry);
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
        this.#dropEntry(this.#ready.take() as Entry);
        continue;
      }
      this.counts.diskReads++;
      this.#pages.whenReadable(position, () => {
        if (!this.#scheduled && !this.deleted) this.#schedule();
        callback?.();
      });
      return false;
    }
  }

  /** `last` is where the message is by now. */
  #dropEntry({ position, sequence, bodyBytes, flags }: Entry, last: Position = position): void {
    this.drop(last, sequence, bodyBytes, flags);
  }

  #scheduleIfWanted(): void {
    if (!this.#scheduled && this.readyCount > 0 && this.consumers.hasWaiting) this.#schedule();
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#turn.queueReady(this);
  }

  #keepReturns(sequence: number, returns: number): void {
    this.#returns ??= new Map();
    this.#returns.set(sequence, returns);
  }
}
