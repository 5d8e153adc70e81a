import type { Turn } from '../core/ports.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { Clock } from '../lib/clock.ts';

/** How long what is read in one turn may keep the loop busy before what else there is waits for the next. */
const TURN_MS = 1;
/** How long it is at most, if what is read at once takes that long. */
const LONG_TURN_MS = 2 * TURN_MS;

/** Something that is put off to the end of the turn, so that many small things become one write. */
export interface Flushable {
  flush(): void;
}

/** What waits for a turn in which there is time for it. */
export interface Waiter {
  goOn(): void;
}

/**
 * The present turn of the event loop. What is read from the sockets in one turn is routed and queued at once; deliveries
 * are made after each chunk, and confirms and socket writes when all sockets have been read, so that a turn costs each
 * connection one write, however many messages it brought.
 *
 * Whoever keeps the loop busy keeps everybody waiting, so reading has only so much time in a turn. Connections that have
 * more to be read than fits into it go on in the next turns, one after the other, while those with little to say are
 * heard in each.
 */
export class LoopTurn implements Turn {
  readonly #clock: Clock;
  /** When the first chunk of this turn came, or -1. */
  #begunMs = -1;
  #waiters: Waiter[] = [];
  #queues: Queue[] = [];
  #journals: { commit(): void }[] = [];
  #later: (() => void)[] = [];
  #confirms: Flushable[] = [];
  #outboxes: Flushable[] = [];
  #scheduled = false;

  readonly #end = (): void => {
    this.#scheduled = false;
    this.drainQueues();
    // The disk is set to work before the sockets are, so that it works meanwhile.
    const journals = this.#journals;
    if (journals.length > 0) {
      this.#journals = [];
      for (const journal of journals) journal.commit();
    }
    const later = this.#later;
    if (later.length > 0) {
      this.#later = [];
      for (const callback of later) callback();
    }
    const confirms = this.#confirms;
    if (confirms.length > 0) {
      this.#confirms = [];
      for (const channel of confirms) channel.flush();
    }
    const outboxes = this.#outboxes;
    this.#outboxes = [];
    for (const outbox of outboxes) outbox.flush();
    this.#begunMs = -1;
    this.#serve();
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something is read. */
  begin(): void {
    if (this.#begunMs >= 0) return;
    this.#begunMs = this.#clock.monotonicMs();
    this.#schedule();
  }

  /** Whether what is done in this turn has taken its time. */
  get over(): boolean {
    return this.#lasts(TURN_MS);
  }

  /** Whether it has taken so long that even what is under way has to be broken off. */
  get longOver(): boolean {
    return this.#lasts(LONG_TURN_MS);
  }

  /** `waiter` goes on in a later turn, when those that wait already have gone on. */
  wait(waiter: Waiter): void {
    this.#waiters.push(waiter);
    this.#schedule();
  }

  /** Does `work` now if this turn has time for it, and otherwise in a later one, as `wait`. */
  whenTime(work: () => void): void {
    if (this.over) this.wait({ goOn: work });
    else work();
  }

  inParts(part: () => boolean): void {
    while (part()) {
      if (!this.over) continue;
      this.wait({ goOn: () => this.inParts(part) });
      return;
    }
  }

  /** Whether nobody waits. */
  get idle(): boolean {
    return this.#waiters.length === 0;
  }

  #lasts(milliseconds: number): boolean {
    this.begin();
    return this.#clock.monotonicMs() - this.#begunMs >= milliseconds;
  }

  #serve(): void {
    const waiters = this.#waiters;
    if (waiters.length === 0) return;
    this.begin();
    // Not those that come to wait again meanwhile.
    let served = 0;
    for (const count = waiters.length; served < count && (served === 0 || !this.over); served++) {
      (waiters[served] as Waiter).goOn();
    }
    waiters.splice(0, served);
    if (waiters.length > 0) this.#schedule();
  }

  queueReady(queue: Queue): void {
    this.#queues.push(queue);
    this.#schedule();
  }

  commitReady(journal: { commit(): void }): void {
    this.#journals.push(journal);
    this.#schedule();
  }

  /** Calls back at the end of the turn, before it is written what has gathered. */
  later(callback: () => void): void {
    this.#later.push(callback);
    this.#schedule();
  }

  /** `channel` has confirms to send. Each registers once a turn. */
  confirmsReady(channel: Flushable): void {
    this.#confirms.push(channel);
    this.#schedule();
  }

  /** `outbox` holds bytes to write. Each registers once a turn. */
  outboxReady(outbox: Flushable): void {
    this.#outboxes.push(outbox);
    this.#schedule();
  }

  /** Delivers from every queue that is ready now. One that is not done gets its next share in the next turn. */
  drainQueues(): void {
    const queues = this.#queues;
    if (queues.length === 0) return;
    this.#queues = [];
    for (const queue of queues) queue.drain();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#end);
  }
}
