import { DURABLE, type Entry, REDELIVERED } from './entry.ts';
import type { Queue } from './queue.ts';
import type { QueueRules } from './rules.ts';
import { WaitingMessages } from './waiting.ts';

/** Messages that become ready before others get their turn. */
const RELEASED_MAX = 4096;

/** Where a queue's messages wait for their time, and the rules of coming in and going out. */
export class WaitingRoom {
  readonly messages: WaitingMessages = new WaitingMessages();
  readonly #queue: Queue;
  /** What waited is ready. */
  readonly #makeReady: (entry: Entry) => void;

  constructor(queue: Queue, makeReady: (entry: Entry) => void) {
    this.#queue = queue;
    this.#makeReady = makeReady;
  }

  /** Whether a message that is ready from `readyAtMs` on has to wait: also behind what was due before, and is still here. */
  holds(rules: QueueRules, readyAtMs: number): boolean {
    return readyAtMs !== 0 && (readyAtMs > rules.host.nowMs() || this.messages.nextReadyAtMs <= readyAtMs);
  }

  enter(rules: QueueRules, entry: Entry): void {
    this.messages.push(entry);
    rules.expectRelease(this.messages.nextReadyAtMs);
  }

  /** A message that a consumer gave back is ready again at once, or after a while that is noted in the journal. */
  enterAgain(rules: QueueRules, entry: Entry, readyAtMs: number | undefined): void {
    if (readyAtMs === undefined) {
      this.#makeReady(entry);
      return;
    }
    this.#enterUntil(rules, { ...entry, readyAtMs });
  }

  /**
   * What is due is ready now: the first of it at once, the rest in later turns. True when some of that has no time left to live,
   * which nobody has had yet.
   */
  releaseDue(rules: QueueRules, atMost: number = RELEASED_MAX): boolean {
    const { messages } = this;
    const nowMs = rules.host.nowMs();
    let timeless = false;
    for (let released = 0; released < atMost && messages.nextReadyAtMs <= nowMs; released++) {
      const entry = messages.shift() as Entry;
      timeless ||= entry.expiresAtMs !== 0 && entry.expiresAtMs <= nowMs && (entry.flags & REDELIVERED) === 0;
      this.#makeReady(entry);
    }
    rules.expectRelease(messages.nextReadyAtMs);
    return timeless;
  }

  /** Where messages may not wait for their time any more, it has come. */
  releaseUnwanted(rules: QueueRules): void {
    const { messages } = this;
    const { scheduled, retry } = rules.settings;
    if (messages.length === 0 || scheduled) return;
    messages.hasten(rules.host.nowMs(), (flags) => retry === undefined || (flags & REDELIVERED) === 0);
    this.releaseDue(rules);
  }

  /** Takes out those that wait here of these sequences. */
  cancel(rules: QueueRules | undefined, sequences: ReadonlySet<number>): Entry[] {
    const cancelled = this.messages.remove(sequences);
    rules?.expectRelease(this.messages.nextReadyAtMs);
    return cancelled;
  }

  /** Gives a message another time. False if there is none of that sequence. */
  reschedule(rules: QueueRules, sequence: number, readyAtMs: number): boolean {
    const [entry] = this.messages.remove(new Set([sequence]));
    if (entry === undefined) return false;
    this.#enterUntil(rules, atAnotherTime(entry, readyAtMs));
    return true;
  }

  /** Waits for another time than the one that the message asked for. */
  #enterUntil(rules: QueueRules, entry: Entry): void {
    const { sequence, flags, readyAtMs, expiresAtMs } = entry;
    if ((flags & DURABLE) !== 0) this.#queue.log?.rescheduled(sequence, readyAtMs, expiresAtMs);
    this.enter(rules, entry);
  }
}

/** A message that nobody has had yet ages from when it becomes ready. */
function atAnotherTime(entry: Entry, readyAtMs: number): Entry {
  const { expiresAtMs, flags } = entry;
  const agesLater = expiresAtMs !== 0 && (flags & REDELIVERED) === 0;
  return { ...entry, readyAtMs, expiresAtMs: agesLater ? expiresAtMs + readyAtMs - entry.readyAtMs : expiresAtMs };
}
