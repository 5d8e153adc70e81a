import type { PageTable, Position } from '../store/page_table.ts';
import type { Dying } from './dying.ts';
import type { Entry } from './entry.ts';
import type { Queue } from './queue.ts';
import type { ReadyList, ReadyMessages } from './ready_list.ts';
import type { DeathReason, QueueRules } from './rules.ts';
import type { WaitingMessages } from './waiting.ts';

/** Takes out of a queue what is too old or too much: from its heads, and through its dead-letter exchange if it has one. */
export class Trimmer {
  readonly #queue: Queue;
  readonly #ready: ReadyMessages;
  readonly #waiting: WaitingMessages;
  readonly #dying: Dying;
  readonly #pages: PageTable;
  readonly #drop: (entry: Entry, last: Position) => void;
  /** The first message has to be read from disk before it can be dropped, and then this is tried again. */
  #awaitsHead = false;
  /** It is one that is too much. */
  #awaitsRoom = false;

  constructor(
    queue: Queue,
    ready: ReadyMessages,
    waiting: WaitingMessages,
    dying: Dying,
    pages: PageTable,
    drop: (entry: Entry, last: Position) => void,
  ) {
    this.#queue = queue;
    this.#ready = ready;
    this.#waiting = waiting;
    this.#dying = dying;
    this.#pages = pages;
    this.#drop = drop;
  }

  /** Drops messages whose time is up from the heads of the queue; behind a message that lives longer, they wait. */
  dropExpired(): void {
    const { rules, deleted } = this.#queue;
    if (rules === undefined || deleted || !rules.expiryIsDue()) return;
    const nowMs = rules.host.nowMs();
    for (const list of this.#ready.lists()) {
      for (;;) {
        const expiresAtMs = list.headExpiresAtMs();
        if (expiresAtMs === 0 || expiresAtMs > nowMs || !this.#dropHead(list, 'expired')) break;
      }
      // The others follow in their order when it has been read.
      if (this.#awaitsHead) return;
    }
    this.expectNextExpiry(rules);
  }

  /** A queue that refuses what is too much drops nothing of what it has. What waits for its time goes last. */
  enforceLimits(rules: QueueRules): void {
    this.#awaitsRoom = false;
    if (rules.overflow !== 'drop-head') return;
    const ready = this.#ready;
    const waiting = this.#waiting;
    const before = ready.length;
    while (rules.isOver(ready.length + waiting.length, ready.bytes + waiting.bytes)) {
      const dropped = ready.length > 0 ? this.#dropHead(ready.oldest(), 'maxlen') : this.#dropWaiting();
      this.#awaitsRoom = !dropped;
      if (!dropped) break;
    }
    if (ready.length < before) this.headsChanged(rules);
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
