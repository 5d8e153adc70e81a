import type { Queue } from '../../../../src/core/queue/queue.ts';
import type { Log } from '../../../../src/journal/log.ts';
import { MemoryLog } from '../../../../src/journal/memory_log.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { JournalHost } from '../../../support/journal_host.ts';
import { RuleBench } from '../../core/queue/rule_bench.ts';

/** A virtual host whose journal outlives it. */
export class MessageBench {
  readonly clock: ManualClock = new ManualClock();
  readonly log: Log = new MemoryLog();

  async open(memoryBytes?: number): Promise<{ bench: RuleBench; host: JournalHost }> {
    if (memoryBytes === undefined) return await RuleBench.open(this.log, this.clock);
    const host = await JournalHost.open({ log: this.log, clock: this.clock, memoryBytes });
    return { bench: new RuleBench(this.clock, undefined, host), host };
  }
}

/** Lets a message die in a queue, by which it comes into that queue's dead-letter queue. */
export function kill(bench: RuleBench, queue: Queue): void {
  const entry = bench.take(queue);
  if (entry !== undefined) queue.reject(entry.position, entry.sequence, entry.bodyBytes, entry.flags);
}
