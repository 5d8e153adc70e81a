import type { VirtualHostCounts } from '../core/counts.ts';
import { Journal } from '../journal/journal.ts';
import type { JournalWriter } from '../journal/journal_writer.ts';
import type { Counters } from '../server/counters.ts';
import type { Server } from '../server/server.ts';
import type { EventLoop } from './event_loop.ts';
import type { FileDescriptors } from './file_descriptors.ts';
import type { Totals } from './totals.ts';

/** What the node uses, and what has come and gone there. */
export interface NodeFigures {
  readonly residentBytes: number;
  readonly fileDescriptors: number;
  /** Undefined where nothing is kept on disk. */
  readonly diskFreeBytes: number | undefined;
  readonly counters: Counters;
  readonly counts: VirtualHostCounts;
  /** Of all journals: how often something was synced, and how long that took. */
  readonly syncs: number;
  readonly syncSeconds: number;
  /** At the median; 0 before it was measured. */
  readonly eventLoopDelayMs: number;
}

export function nodeFigures(
  server: Server,
  totals: Totals,
  facts: { readonly eventLoop: EventLoop; readonly files: FileDescriptors },
): NodeFigures {
  const journals = [...journalsOf(server).values()];
  return {
    residentBytes: process.memoryUsage.rss(),
    fileDescriptors: facts.files.used,
    diskFreeBytes: server.alarms.diskFreeBytes,
    counters: server.counters,
    counts: totals.counts,
    syncs: journals.reduce((sum, { syncs }) => sum + syncs.count, 0),
    syncSeconds: journals.reduce((sum, { syncs }) => sum + syncs.sumSeconds, 0),
    eventLoopDelayMs: 1000 * (facts.eventLoop.look()?.p50Seconds ?? 0),
  };
}

/** By virtual host; none where everything is in memory. */
export function journalsOf(server: Server): ReadonlyMap<string, JournalWriter> {
  const journals = new Map<string, JournalWriter>();
  for (const { name, durable } of server.vhosts.values()) {
    if (durable instanceof Journal) journals.set(name, durable.writer);
  }
  return journals;
}
