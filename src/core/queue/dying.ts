import type { PageTable, Position } from '../store/page_table.ts';
import type { Queue } from './queue.ts';
import type { DeathReason } from './rules.ts';

interface DyingMessage {
  /** Messages may be moved while they wait. */
  position: Position;
  readonly bodyBytes: number;
  readonly reason: DeathReason;
  readonly gone: (position: Position) => void;
}

/**
 * The messages of a queue that are on their way to its dead-letter exchange. One that lies on disk has to be read first; until
 * it is there it is neither ready nor unacknowledged, and the page is still the queue's.
 */
export class Dying {
  readonly #queue: Queue;
  readonly #pages: PageTable;
  /** None, as long as there was none: queues are many. */
  #waiting: Set<DyingMessage> | undefined;

  constructor(queue: Queue, pages: PageTable) {
    this.#queue = queue;
    this.#pages = pages;
  }

  /** Copies the message to the dead-letter exchange, if there is one, and then calls `gone`: never the other way round. */
  deadLetter(position: Position, bodyBytes: number, reason: DeathReason, gone: (position: Position) => void): void {
    const { rules, type } = this.#queue;
    if (rules !== undefined) rules.host.deaths.count(type, reason, rules.deadLetters);
    this.#next({ position, bodyBytes, reason, gone });
  }

  /** As ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    if (this.#waiting === undefined) return;
    for (const message of this.#waiting) message.position = moved(message.position) ?? message.position;
  }

  #next(message: DyingMessage): void {
    const { position, bodyBytes, reason, gone } = message;
    const { rules, deleted } = this.#queue;
    if (rules === undefined || !rules.deadLetters || deleted || this.#pages.isLost(position)) {
      gone(position);
    } else if (this.#pages.isReadable(position)) {
      rules.host.deadLetter(this.#queue, position, bodyBytes, reason);
      gone(position);
    } else {
      this.#waiting ??= new Set();
      this.#waiting.add(message);
      this.#pages.whenReadable(position, () => {
        this.#waiting?.delete(message);
        this.#next(message);
      });
    }
  }
}
