import type { Entry } from './entry.ts';
import type { Queue } from './queue.ts';
import type { ReadyMessages } from './ready_list.ts';
import type { Trimmer } from './trimmer.ts';
import type { WaitingRoom } from './waiting_room.ts';

/** What is in a queue and not with a consumer, for those who look at it, or take something out of its middle. */
export class QueueContents {
  readonly #queue: Queue;
  readonly #ready: ReadyMessages;
  readonly #waiting: WaitingRoom;
  readonly #trimmer: Trimmer;

  constructor(queue: Queue, ready: ReadyMessages, waiting: WaitingRoom, trimmer: Trimmer) {
    this.#queue = queue;
    this.#ready = ready;
    this.#waiting = waiting;
    this.#trimmer = trimmer;
  }

  /** Ready messages, those that will be delivered first first: `count` of them behind the first `skip`. */
  ready(skip: number, count: number): Entry[] {
    return this.#ready.entries(skip, count);
  }

  /** Messages that wait for their time, those that are due first first. */
  scheduled(skip: number, count: number): Entry[] {
    return this.#waiting.messages.first(skip, count);
  }

  /** Where those of these sequences are that are here, ready or waiting. */
  find(sequences: ReadonlySet<number>): Pick<Entry, 'position' | 'sequence' | 'bodyBytes' | 'flags'>[] {
    const found: Pick<Entry, 'position' | 'sequence' | 'bodyBytes' | 'flags'>[] = [];
    for (const messages of [this.#ready, this.#waiting.messages]) {
      messages.each((position, sequence, bodyBytes, flags) => {
        if (sequences.has(sequence)) found.push({ position, sequence, bodyBytes, flags });
      });
    }
    return found;
  }

  /** Takes those out that are ready or wait. They are the caller's until he drops them. */
  take(sequences: ReadonlySet<number>): Entry[] {
    const ready = this.#ready.remove(sequences);
    const { rules } = this.#queue;
    if (ready.length > 0 && rules !== undefined) this.#trimmer.headsChanged(rules);
    return ready.length === sequences.size ? ready : [...ready, ...this.#waiting.cancel(rules, sequences)];
  }

  /** Of what was taken out, for good. */
  drop({ position, sequence, bodyBytes, flags }: Entry): void {
    this.#queue.drop(position, sequence, bodyBytes, flags);
  }

  /** Drops those of the messages that wait for their time, and says how many there were of them. */
  cancelWaiting(sequences: ReadonlySet<number>): number {
    const cancelled = this.#waiting.cancel(this.#queue.rules, sequences);
    for (const entry of cancelled) this.drop(entry);
    return cancelled.length;
  }
}
