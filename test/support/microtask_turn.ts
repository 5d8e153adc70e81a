import type { Turn } from '../../src/core/ports.ts';
import type { Queue } from '../../src/core/queue/queue.ts';

/** A turn that ends with the present run of code: the same things happen in the same order every time. */
export class MicrotaskTurn implements Turn {
  #queues: Queue[] = [];
  #journals: { commit(): void }[] = [];
  #scheduled = false;
  #stopped = false;
  #held = false;

  queueReady(queue: Queue): void {
    this.#queues.push(queue);
    this.#schedule();
  }

  commitReady(journal: { commit(): void }): void {
    this.#journals.push(journal);
    this.#schedule();
  }

  /** A part in each run of code. */
  inParts(part: () => boolean): void {
    if (!this.#stopped && part()) queueMicrotask(() => this.inParts(part));
  }

  /** Nothing is delivered until it is let go. */
  hold(): void {
    this.#held = true;
  }

  letGo(): void {
    this.#held = false;
    this.#schedule();
  }

  /** The process is no more. */
  stop(): void {
    this.#stopped = true;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#end());
  }

  #end(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    if (!this.#held) for (const queue of this.#queues.splice(0)) queue.drain();
    for (const journal of this.#journals.splice(0)) journal.commit();
  }
}

/** Lets so many steps of what is under way happen. */
export async function microtasks(count: number): Promise<void> {
  for (let step = 0; step < count; step++) await Promise.resolve();
}
