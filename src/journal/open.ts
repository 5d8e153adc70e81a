import type { Turn } from '../core/ports.ts';
import type { PageCache } from '../core/store/page_cache.ts';
import type { PageTable, Position } from '../core/store/page_table.ts';
import type { VirtualHost } from '../core/vhost.ts';
import type { Clock } from '../lib/clock.ts';
import { StartError } from '../lib/start_error.ts';
import { Journal, type JournalEvents } from './journal.ts';
import type { Log } from './log.ts';
import { type Finding, recover } from './recovery.ts';
import { restore } from './restore.ts';
import { restorePolicies } from './restore_policies.ts';

export interface OpenJournalOptions {
  readonly log: Log;
  readonly pages: PageTable;
  readonly turn: Turn;
  readonly clock: Clock;
  readonly cache: PageCache;
  readonly events: OpenEvents;
  /** What to do when bytes in the middle of the journal are not what was written. */
  readonly onDamage: 'serve' | 'stop';
  /** Makes the virtual host that is to be filled. */
  readonly createVhost: (journal: Journal) => VirtualHost;
  /** As JournalOptions.segmentBytes. */
  readonly segmentBytes?: number;
  /** As JournalOptions.relocate. */
  readonly relocate: (moved: (position: Position) => Position | undefined) => void;
}

export interface OpenEvents extends JournalEvents {
  /** Something to tell was found at the opening; `missing` says how many messages each queue has lost by it. */
  found(finding: Finding, missing: ReadonlyMap<string, number>): void;
}

/**
 * Reads a journal, fills the virtual host with what is in it, and begins to write. Resolves when the new segment, with a
 * checkpoint of it all, is on disk. Rejects with a StartError that says why it cannot be.
 */
export async function openJournal(options: OpenJournalOptions): Promise<VirtualHost> {
  const { log, events, onDamage } = options;
  const journal = new Journal(options);
  const recovery = await recover(log, journal.writer);
  const damage = recovery.findings.find(({ kind }) => kind === 'damage');
  if (damage !== undefined && onDamage === 'stop') {
    await log.close();
    throw new StartError(
      'data-dir',
      `Segment ${damage.segment} of the journal is damaged, and journal.on_damage is stop. \`leveret journal verify\` says more.`,
    );
  }
  // Before anything else is removed: what is left in these files can be told from what is needed by the segments before them.
  for (const number of recovery.empty) await log.remove(number);
  const vhost = options.createVhost(journal);
  await restorePolicies(vhost, journal, recovery.state.policies);
  // A queue that is deleted, or a message that dies, has to wait until the journal can be written.
  const { deadlines } = vhost.host;
  deadlines.pause();
  const open = await restore(vhost, journal, recovery);
  const missing = open();
  for (const finding of recovery.findings) events.found(finding, missing);
  // Of an opening that nothing is left of, there may be batches in a spare: they must not pass for those of this one.
  journal.writer.start(Math.max(recovery.epoch, options.clock.nowMs()), recovery.nextSegment);
  deadlines.resume();
  const superseded = journal.gathering;
  for (const { segment } of recovery.segments) {
    segment.supersededBy = superseded;
    segment.sealedAtMs = options.clock.monotonicMs();
  }
  await journal.writer.flush();
  if (journal.failure !== undefined) {
    throw new StartError('data-dir', `The journal cannot be written: ${journal.failure.message}.`);
  }
  return vhost;
}
