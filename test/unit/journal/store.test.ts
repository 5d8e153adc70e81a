import { PageTable } from '../../../src/core/store/page_table.ts';
import { MemoryLog } from '../../../src/journal/memory_log.ts';
import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { Arena } from '../../../src/lib/arena.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { type StoreUnderTest, storeSuite } from '../../suites/store_suite.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import { HostClient } from '../../support/host_client.ts';
import { JournalHost, type JournalHostOptions, memoryHost } from '../../support/journal_host.ts';
import { MicrotaskTurn } from '../../support/microtask_turn.ts';

const SEGMENT_BYTES = 600_000;

async function overJournal(options: JournalHostOptions): Promise<StoreUnderTest> {
  const host = await JournalHost.open(options);
  return { client: host.client, settle: () => host.settle(), close: () => host.close() };
}

storeSuite('a store in memory', async () => {
  const pages = new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 4 }));
  const client = new HostClient(memoryHost(pages, new MicrotaskTurn()));
  return { client, settle: async () => {}, close: async () => {} };
});

storeSuite('a journal over a log in memory', () => overJournal({ log: new MemoryLog() }));

storeSuite('a journal that begins many segments, and has room for few pages', () => {
  const clock = new ManualClock();
  const log = new SegmentLog({ disk: new ForgetfulDisk(), dir: '/log', clock, segmentBytes: SEGMENT_BYTES });
  return overJournal({ log, clock, segmentBytes: SEGMENT_BYTES, memoryBytes: 5 * 262_144 });
});
