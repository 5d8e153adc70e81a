import type { PublishCounts } from '../../core/counts.ts';
import type { CommitClock, CommitWaiter, DurableStore } from '../../core/ports.ts';
import type { Outbox } from '../outbox.ts';
import type { Flushable, LoopTurn } from '../turn.ts';

const ACK = 80;
const NACK = 120;

/** Messages `first` to `last`, through one exchange, which are on disk when `commit` is. */
interface Waiting {
  readonly first: number;
  last: number;
  readonly commit: number;
  readonly counts: PublishCounts;
}

/**
 * Publisher confirms of one channel: what is published is numbered from 1, and what is safe is acknowledged at the end of
 * the turn, as one cumulative ack as far as everything before it is safe too.
 *
 *     1 ......... #upTo │ #upTo + 1 .... #safeUpTo │ #waiting, and between its ranges #early │ published
 *     confirmed         │ safe, to be confirmed    │ on their way to disk, and safe          │
 *                       │ at the end of the turn   │ (transient) messages published since    │
 */
export class Confirms implements Flushable, CommitWaiter {
  readonly #channelNumber: number;
  readonly #outbox: Outbox;
  readonly #turn: LoopTurn;
  /** So many were numbered. */
  published = 0;
  #safeUpTo = 0;
  #upTo = 0;
  #registered = false;
  #stopped = false;
  readonly #waiting: Waiting[] = [];
  #early: number[] = [];
  /** Refused by the next flush, in order. */
  #nacks: number[] = [];

  constructor(channelNumber: number, outbox: Outbox, turn: LoopTurn) {
    this.#channelNumber = channelNumber;
    this.#outbox = outbox;
    this.#turn = turn;
  }

  /** Numbers a message that is as safe as it will ever be. */
  publishedSafely(counts: PublishCounts): void {
    counts.confirm++;
    this.published++;
    if (this.#waiting.length === 0) this.#safeUpTo = this.published;
    else this.#early.push(this.published);
    this.#register();
  }

  /** Numbers a message that a queue refused. */
  refused(): void {
    this.#nacks.push(++this.published);
    if (this.#waiting.length === 0) this.#safeUpTo = this.published;
    this.#register();
  }

  /** Numbers a message that is safe once what `store` gathers now is committed. */
  publishedDurably(store: DurableStore, counts: PublishCounts): void {
    const number = ++this.published;
    const commit = store.gathering;
    const last = this.#waiting[this.#waiting.length - 1];
    if (last !== undefined && last.last === number - 1 && last.commit === commit && last.counts === counts) {
      last.last = number;
      return;
    }
    this.#waiting.push({ first: number, last: number, commit, counts });
    store.whenCommitted(commit, this);
  }

  committed(clock: CommitClock): boolean {
    const waiting = this.#waiting;
    let done = 0;
    for (; done < waiting.length; done++) {
      const { first, last, commit, counts } = waiting[done] as Waiting;
      if (commit > clock.committed) break;
      counts.confirm += last - first + 1;
    }
    waiting.splice(0, done);
    if (clock.failure !== undefined) this.#refuseWaiting();
    this.#safeUpTo = waiting[0] === undefined ? this.published : waiting[0].first - 1;
    this.#register();
    return waiting.length > 0;
  }

  /** Messages that are not safe yet. */
  get unconfirmed(): number {
    let count = 0;
    for (const { first, last } of this.#waiting) count += last - first + 1;
    return count;
  }

  /** The channel is closed: what becomes safe later is told to nobody. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
  }

  flush(): void {
    this.#registered = false;
    if (this.#stopped) return;
    this.#sendNacks();
    this.#ackUpTo(this.#safeUpTo);
    for (const number of this.#early) if (number > this.#upTo) this.#send(ACK, number, false);
    this.#early = [];
  }

  /** What waits was not written and never will be. */
  #refuseWaiting(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    for (const { first, last } of waiting) for (let number = first; number <= last; number++) this.#nacks.push(number);
    waiting.length = 0;
    this.#nacks.sort((left, right) => left - right);
  }

  /** Each behind the acks of what came before it, so that no cumulative ack takes it in; neighbours together. */
  #sendNacks(): void {
    const nacks = this.#nacks;
    if (nacks.length === 0) return;
    this.#nacks = [];
    for (let i = 0; i < nacks.length; i++) {
      const first = nacks[i] as number;
      if (first > this.#safeUpTo) {
        this.#send(NACK, first, false);
        continue;
      }
      this.#ackUpTo(first - 1);
      while (nacks[i + 1] === (nacks[i] as number) + 1 && (nacks[i + 1] as number) <= this.#safeUpTo) i++;
      this.#upTo = nacks[i] as number;
      this.#send(NACK, this.#upTo, this.#upTo > first);
    }
  }

  #ackUpTo(number: number): void {
    if (number <= this.#upTo) return;
    this.#send(ACK, number, number - this.#upTo > 1);
    this.#upTo = number;
  }

  #send(method: number, number: number, multiple: boolean): void {
    this.#outbox.confirm(this.#channelNumber, method, number, multiple);
  }

  #register(): void {
    if (this.#registered) return;
    this.#registered = true;
    this.#turn.confirmsReady(this);
  }
}
