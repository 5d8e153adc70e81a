import type { Outbox } from '../outbox.ts';
import type { Flushable, LoopTurn } from '../turn.ts';

const ACK = 80;

/**
 * Publisher confirms of one channel: what is published is numbered from 1, and what is safe is acknowledged at the end of
 * the turn, as one cumulative ack.
 *
 *     1 ......... #upTo │ #upTo + 1 .......... #safeUpTo = published
 *     confirmed         │ safe, to be confirmed at the end of the turn
 */
export class Confirms implements Flushable {
  readonly #channelNumber: number;
  readonly #outbox: Outbox;
  readonly #turn: LoopTurn;
  /** Sequence number of the last message published. */
  published = 0;
  /** Everything up to here is confirmed, or will be by the next flush. */
  #safeUpTo = 0;
  #upTo = 0;
  #registered = false;

  constructor(channelNumber: number, outbox: Outbox, turn: LoopTurn) {
    this.#channelNumber = channelNumber;
    this.#outbox = outbox;
    this.#turn = turn;
  }

  /** Numbers a message that is as safe as it will ever be. */
  publishedSafely(): void {
    this.published++;
    this.#safeUpTo = this.published;
    if (this.#registered) return;
    this.#registered = true;
    this.#turn.confirmsReady(this);
  }

  flush(): void {
    this.#registered = false;
    if (this.#safeUpTo === this.#upTo) return;
    const multiple = this.#safeUpTo - this.#upTo > 1;
    this.#upTo = this.#safeUpTo;
    this.#outbox.confirm(this.#channelNumber, ACK, this.#safeUpTo, multiple);
  }
}
