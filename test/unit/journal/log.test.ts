import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLog } from '../../../src/journal/memory_log.ts';
import { NodeDisk } from '../../../src/journal/node_disk.ts';
import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { logSuite, SUITE_SEGMENT_BYTES } from '../../suites/log_suite.ts';
import { diskError } from '../../support/disk_error.ts';
import { FaultyDisk } from '../../support/faulty_disk.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';

logSuite('a log in memory', () => {
  const log = new MemoryLog();
  return {
    log,
    again: () => log,
    failNext: () => log.breakWith(diskError('EIO', 'write')),
    dispose: () => {},
  };
});

logSuite('a log in files', () => {
  const dir = mkdtempSync(join(tmpdir(), 'leveret-log-'));
  return {
    ...overDisk(new FaultyDisk(new NodeDisk()), join(dir, 'vhosts', '%2F')),
    dispose: () => rmSync(dir, { recursive: true }),
  };
});

logSuite('a log on a disk in memory', () => ({
  ...overDisk(new FaultyDisk(new ForgetfulDisk()), '/log'),
  dispose: () => {},
}));

function overDisk(disk: FaultyDisk, dir: string) {
  const again = () => new SegmentLog({ disk, dir, clock: new ManualClock(), segmentBytes: SUITE_SEGMENT_BYTES });
  return { log: again(), again, failNext: () => disk.fail('write', 'EIO') };
}
