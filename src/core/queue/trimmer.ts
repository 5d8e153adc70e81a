import type { Turn } from '../ports.ts';
import type { PageTable, Position } from '../store/page_table.ts';
import type { Dying } from './dying.ts';
import type { Entry } from './entry.ts';
import type { Queue } from './queue.ts';
import type { ReadyList, ReadyMessages } from './ready_list.ts';
import type { DeathReason, QueueRules } from './rules.ts';
import type { WaitingMessages } from './waiting.ts';

/** Messages dropped before it is looked whether there is time for more, and dead letters, which take much longer. */
const DROPPED_AT_ONCE = 500;
const DEAD_LETTERED_AT_ONCE = 16;
/** While the rest waits for its turn, so many go whenever the queue looks: it does with each that comes, and so does not grow. */
const DROPPED_MEANWHILE = 2;

/**
 * Takes out of a queue what is too old or too much: from its heads, and through its dead-letter exchange if it has one. Very
 * many take several turns. While they expire, the queue hands out nothing.
 */
export class Trimmer {
  readonly #queue: Queue;
  readonly #ready: ReadyMessages;
  readonly #waiting: WaitingMessages;
  readonly #dying: Dying;
  readonly #pages: PageTable;
  readonly #turn: Turn;
  readonly #drop: (entry: Entry, last: Position) => void;
  /** The first message has to be read from disk before it can be dropped, and then this is tried again. */
  #awaitsHead = false;
  /** Some are too much, and go when something else is over: that, or the expiry of others. */
  #awaitsRoom = false;
  /** More have expired, or are too much, than go at once. */
  #expiring = false;
  #makingRoom = false;

  constructor(
    queue: Queue,
    ready: ReadyMessages,
    waiting: WaitingMessages,
    dying: Dying,
    pages: PageTable,
    turn: Turn,
    drop: (entry: Entry, last: Position) => void,
  ) {
    this.#queue = queue;
    this.#ready = ready;
    this.#waiting = waiting;
    this.#dying = dying;
    this.#pages = pages;
    this.#turn = turn;
    this.#drop = drop;
  }

  /** Drops messages whose time is up from the heads of the queue; behind a message that lives longer, they wait. */
  dropExpired(): void {
    const { rules, deleted } = this.#queue;
    if (rules === undefined || deleted) return;
    if (this.#expiring) {
      this.#dropSomeExpired(rules, DROPPED_MEANWHILE);
      return;
    }
    if (!rules.expiryIsDue()) return;
    if (this.#dropSomeExpired(rules, atOnce(rules))) this.#expireInParts();
    else this.expectNextExpiry(rules);
  }

  #expireInParts(): void {
    this.#expiring = true;
    this.#queue.pause.begin();
    this.#turn.inParts(() => {
      const rules = this.#rulesToKeep();
      if (rules !== undefined && this.#dropSomeExpired(rules, atOnce(rules))) return true;
      this.#expiring = false;
      if (rules !== undefined) {
        // Those that came meanwhile may be due by now, and then nothing is set for them any more.
        rules.expiryIsDue();
        this.expectNextExpiry(rules);
        if (this.#awaitsRoom) this.enforceLimits(rules);
      }
      this.#queue.pause.end();
      return false;
    });
  }

  /** Answers whether there may be more than so many. */
  #dropSomeExpired(rules: QueueRules, count: number): boolean {
    const nowMs = rules.host.nowMs();
    let left = count;
    for (const list of this.#ready.lists()) {
      for (; ; left--) {
        const expiresAtMs = list.headExpiresAtMs();
        if (expiresAtMs === 0 || expiresAtMs > nowMs) break;
        if (left === 0) return true;
        if (!this.#dropHead(list, 'expired')) break;
      }
      // The others follow in their order when it has been read.
      if (this.#awaitsHead) return false;
    }
    return false;
  }

  /**
   * Whether the next message to be delivered of a list had expired, behind those that were delivered just before it, and is
   * gone. One whose sequence is `spared` or higher stays.
   */
  dropExpiredHead(rules: QueueRules, list: ReadyList, spared: number): boolean {
    const expiresAtMs = list.headExpiresAtMs();
    if (expiresAtMs === 0 || expiresAtMs > rules.host.nowMs() || list.headSequence() >= spared) return false;
    return this.#dropHead(list, 'expired');
  }

  isOver(rules: QueueRules): boolean {
    const ready = this.#ready;
    const waiting = this.#waiting;
    return rules.isOver(ready.length + waiting.length, ready.bytes + waiting.bytes);
  }

  /** A queue that refuses what is too much drops nothing of what it has. What waits for its time goes last. */
  enforceLimits(rules: QueueRules): void {
    // What has expired goes first, and is not too much any more.
    this.#awaitsRoom = this.#expiring;
    if (this.#expiring) return;
    const more = this.#dropTooMany(rules, this.#makingRoom ? DROPPED_MEANWHILE : atOnce(rules));
    if (more && !this.#makingRoom) this.#makeRoomInParts();
  }

  #makeRoomInParts(): void {
    this.#makingRoom = true;
    this.#turn.inParts(() => {
      const rules = this.#rulesToKeep();
      if (rules !== undefined && !this.#expiring && this.#dropTooMany(rules, atOnce(rules))) return true;
      this.#makingRoom = false;
      if (rules !== undefined && this.#expiring) this.#awaitsRoom = true;
      return false;
    });
  }

  /** Answers whether there are more than so many. */
  #dropTooMany(rules: QueueRules, count: number): boolean {
    if (rules.overflow !== 'drop-head') return false;
    const ready = this.#ready;
    const before = ready.length;
    let left = count;
    while (left > 0 && this.isOver(rules)) {
      const dropped = ready.length > 0 ? this.#dropHead(ready.oldest(), 'maxlen') : this.#dropWaiting();
      this.#awaitsRoom = !dropped;
      if (!dropped) break;
      left--;
    }
    if (ready.length < before) this.headsChanged(rules);
    return left === 0;
  }

  /** Undefined when nobody will see any more what is in the queue. */
  #rulesToKeep(): QueueRules | undefined {
    const { rules, deleted } = this.#queue;
    return deleted || rules?.host.stopped !== false ? undefined : rules;
  }

  /** Those that are first now may have expired behind those that went. */
  headsChanged(rules: QueueRules): void {
    this.expectNextExpiry(rules);
    this.dropExpired();
  }

  expectNextExpiry(rules: QueueRules): void {
    // What waits for the disk is looked at when it comes.
    if (this.#awaitsHead) return;
    const ready = this.#ready;
    if (ready.maxPriority === 0 && !this.#queue.grouped) rules.expectExpiry(ready.top.headExpiresAtMs());
    else for (const list of ready.lists()) rules.expectExpiry(list.headExpiresAtMs());
  }

  /** False when the message has to be read first, to be dead-lettered; then all this is tried again when it is there. */
  #dropHead(list: ReadyList, reason: DeathReason): boolean {
    if (!this.#isReadable(list.headPosition() as Position)) return false;
    this.#kill(this.#ready.takenFrom(list) as Entry, reason);
    return true;
  }

  #dropWaiting(): boolean {
    const first = this.#waiting.peek();
    if (first === undefined || !this.#isReadable(first.position)) return false;
    this.#waiting.shift();
    this.#kill(first, 'maxlen');
    return true;
  }

  #kill(entry: Entry, reason: DeathReason): void {
    this.#dying.deadLetter(entry.position, entry.bodyBytes, reason, (last) => this.#drop(entry, last));
  }

  /** Whether the message may be dropped now; if it has to be read first, that is begun. */
  #isReadable(position: Position): boolean {
    if (!this.#queue.rules?.deadLetters || this.#pages.isReadable(position)) return true;
    if (this.#awaitsHead) return false;
    this.#awaitsHead = true;
    this.#pages.whenReadable(position, () => {
      this.#awaitsHead = false;
      const { rules, deleted } = this.#queue;
      if (rules === undefined || deleted) return;
      this.headsChanged(rules);
      if (this.#awaitsRoom) this.enforceLimits(rules);
    });
    return false;
  }
}

function atOnce(rules: QueueRules): number {
  return rules.deadLetters ? DEAD_LETTERED_AT_ONCE : DROPPED_AT_ONCE;
}
