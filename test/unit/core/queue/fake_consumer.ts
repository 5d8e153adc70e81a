import type { QueueConsumer } from '../../../../src/core/ports.ts';
import type { Entry } from '../../../../src/core/queue/entry.ts';
import type { Queue } from '../../../../src/core/queue/queue.ts';

/** A consumer that keeps what it is given, and has room as long as it is told so. */
export class FakeConsumer implements QueueConsumer {
  readonly name: string;
  readonly priority: number;
  readonly exclusive: boolean = false;
  waiting = false;
  cancelled = false;
  /** How many more deliveries it has room for. */
  room: number;
  /** How often it was asked. */
  asked = 0;
  readonly held: Entry[] = [];

  constructor(name: string, room = Number.POSITIVE_INFINITY, priority = 0) {
    this.name = name;
    this.room = room;
    this.priority = priority;
  }

  get unacked(): number {
    return this.held.length;
  }

  hasRoom(): boolean {
    this.asked++;
    return this.room > 0;
  }

  deliver(queue: Queue, position: number, sequence: number, bodyBytes: number, flags: number): void {
    this.room--;
    queue.delivered(sequence, bodyBytes, flags);
    this.held.push({ position, sequence, bodyBytes, flags, priority: 0, expiresAtMs: 0, readyAtMs: 0 });
  }

  cancelledByQueue(): void {
    this.cancelled = true;
  }
}
