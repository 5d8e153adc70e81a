import { expect, test } from 'vitest';
import type { Disk, DiskFile } from '../../../src/journal/disk.ts';
import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { FaultyDisk } from '../../support/faulty_disk.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import { append, headerOf, text, textIn } from '../../support/log_bytes.ts';
import { seededRandom } from '../../support/seeded_random.ts';

const SEGMENT_BYTES = 1000;
const DIR = '/log';

function logOn(disk: Disk): SegmentLog {
  return new SegmentLog({ disk, dir: DIR, clock: new ManualClock(), segmentBytes: SEGMENT_BYTES });
}

async function begun(disk: FaultyDisk, ...segments: number[]): Promise<SegmentLog> {
  const log = logOn(disk);
  await log.open();
  for (const segment of segments) {
    await log.begin(segment, SEGMENT_BYTES, headerOf(segment));
    await append(log, [new Uint8Array(600).fill(segment)], true);
  }
  return log;
}

async function names(disk: Disk): Promise<string[]> {
  return [...(await disk.list(DIR))].sort();
}

function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

/** Reads wait for the gate, and as on any disk closing a file waits for them. */
function slowToRead(inner: Disk, gate: Promise<void>): Disk {
  const slow = (file: DiskFile): DiskFile => {
    let reads: Promise<unknown> = Promise.resolve();
    return {
      writeNow: (pieces, at) => file.writeNow(pieces, at),
      write: (pieces, at) => file.write(pieces, at),
      datasync: () => file.datasync(),
      read: (at, length) => {
        const read = gate.then(() => file.read(at, length));
        reads = Promise.all([reads, read]);
        return read;
      },
      close: () => reads.then(() => file.close()),
    };
  };
  return {
    makeDir: (dir) => inner.makeDir(dir),
    list: (dir) => inner.list(dir),
    size: (path) => inner.size(path),
    open: async (path, mode) => slow(await inner.open(path, mode)),
    rename: (from, to) => inner.rename(from, to),
    remove: (path) => inner.remove(path),
    removeDir: (dir) => inner.removeDir(dir),
    syncDir: (dir) => inner.syncDir(dir),
    freeBytes: (dir) => inner.freeBytes(dir),
  };
}

test.each([
  ['a small write', 'write', 'EIO', 10],
  ['a large write', 'write', 'ENOSPC', 100_000],
  ['a sync', 'datasync', 'EIO', 10],
] as const)('after %s failed, nothing is written or synced any more', async (_, call, code, bytes) => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, 1);
  disk.fail(call, code);
  const error = await failure(append(log, [new Uint8Array(bytes)], true));
  expect(error).toMatchObject({ code });
  const { write, datasync, syncDir } = disk.calls;
  expect(await failure(append(log, [text('x')], true))).toBe(error);
  expect(await failure(append(log, [text('x')], false))).toBe(error);
  expect(await failure(log.begin(2, SEGMENT_BYTES, headerOf(2)))).toBe(error);
  await log.close();
  expect(disk.calls).toMatchObject({ write, datasync, syncDir });
});

test.each([
  ['its header cannot be written', 'write', 'ENOSPC'],
  ['its file cannot be made', 'open', 'ENOSPC'],
] as const)('a segment is not begun when %s', async (_, call, code) => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, 1);
  disk.fail(call, code);
  const error = await failure(log.begin(2, SEGMENT_BYTES, headerOf(2)));
  expect(error).toMatchObject({ code });
  expect(await failure(append(log, [text('x')], true))).toBe(error);
  expect(await textIn(log, 1, 1)).toBe('\u0001');
});

test('a synced append is not reported before the folder of a new segment is synced', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, 1);
  await log.begin(2, SEGMENT_BYTES, headerOf(2));
  disk.fail('syncDir', 'EIO');
  await expect(append(log, [text('x')], true)).rejects.toMatchObject({ code: 'EIO' });
});

test('the folder is synced once for a segment', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, 1);
  const { syncDir, datasync } = disk.calls;
  for (let count = 0; count < 5; count++) await append(log, [text('x')], true);
  expect(disk.calls).toMatchObject({ syncDir, datasync: datasync + 5 });
});

test('an append without sync syncs nothing, and the next with it syncs the segment before too', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, 1);
  await append(log, [text('unsynced')], false);
  await log.begin(2, SEGMENT_BYTES, headerOf(2));
  const { datasync } = disk.calls;
  await append(log, [text('x')], false);
  expect(disk.calls.datasync).toBe(datasync);
  disk.fail('datasync', 'EIO', 1, /0000000001/);
  await expect(append(log, [text('x')], true)).rejects.toMatchObject({ code: 'EIO' });
});

test('an index is written only when its segment is synced', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, 1);
  await append(log, [text('unsynced')], false);
  await log.begin(2, SEGMENT_BYTES, headerOf(2));
  disk.fail('datasync', 'EIO', 1, /0000000001/);
  await expect(log.writeIndex(1, text('index'))).rejects.toMatchObject({ code: 'EIO' });
  expect(await names(disk)).not.toContain('0000000001.index');
});

test('an index that cannot be written is none, and no harm to the log', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, 1, 2);
  const used = log.usedBytes();
  disk.fail('write', 'ENOSPC');
  await expect(log.writeIndex(1, new Uint8Array(100))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await log.readIndex(1)).toBeUndefined();
  expect(log.usedBytes()).toBe(used);
  await append(log, [text('x')], true);
});

test('closing syncs what was appended without', async () => {
  const disk = new ForgetfulDisk();
  const log = logOn(disk);
  await log.open();
  await log.begin(1, SEGMENT_BYTES, headerOf(1));
  await append(log, [text('settled')], false);
  await log.close();
  const again = logOn(disk.powerLoss(seededRandom(1)));
  expect(await again.open()).toEqual([1]);
  expect(await textIn(again, 1, 7)).toBe('settled');
});

test('what a killed broker left is on disk once it is opened', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const before = new ForgetfulDisk();
    const killed = logOn(before);
    await killed.open();
    await killed.begin(1, SEGMENT_BYTES, headerOf(1));
    await append(killed, [text('unsynced')], false);
    const disk = before.crash();
    await logOn(disk).open();
    const log = logOn(disk.powerLoss(seededRandom(seed)));
    expect(await log.open()).toEqual([1]);
    expect(await textIn(log, 1, 8)).toBe('unsynced');
  }
});

test('a removed segment becomes the file of a later one', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, 1, 2);
  await log.remove(1);
  expect(await names(disk)).toEqual(['0000000002.segment', 'spare-1']);
  const used = log.usedBytes();
  await log.begin(3, SEGMENT_BYTES, headerOf(3));
  expect(await names(disk)).toEqual(['0000000002.segment', '0000000003.segment']);
  expect(log.usedBytes()).toBe(used);
});

test('a file is no spare before the folder is synced, since the removed segment might come back', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, 1, 2);
  disk.fail('syncDir', 'EIO');
  const error = await failure(log.remove(1));
  expect(error).toMatchObject({ code: 'EIO' });
  expect(await failure(append(log, [text('x')], true))).toBe(error);
});

test('a file is no spare before the reads of it have ended', async () => {
  const inner = new ForgetfulDisk();
  let openGate = (): void => {};
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  const log = logOn(slowToRead(inner, gate));
  await log.open();
  for (const segment of [1, 2]) {
    await log.begin(segment, SEGMENT_BYTES, headerOf(segment));
    await append(log, [new Uint8Array(600).fill(segment)], true);
  }
  const read = textIn(log, 1, 600);
  const removed = log.remove(1);
  await turns(100);
  await log.begin(3, SEGMENT_BYTES, headerOf(3));
  await append(log, [new Uint8Array(600).fill(3)], true);
  openGate();
  expect(await read).toBe('\u0001'.repeat(600));
  await removed;
  expect(await names(inner)).toEqual(['0000000002.segment', '0000000003.segment', 'spare-1']);
});

test.each([
  ['before', true],
  ['after', false],
])('a segment begun beside a removal is durable, the removal begun shortly %s', async (_, removalFirst) => {
  for (let apart = 0; apart < 40; apart++) {
    const disk = new ForgetfulDisk();
    const log = await begun(new FaultyDisk(disk), 1, 2);
    const remove = () => log.remove(1);
    const begin = () => log.begin(3, SEGMENT_BYTES, headerOf(3));
    const first = removalFirst ? remove() : begin();
    await turns(apart);
    await Promise.all([first, removalFirst ? begin() : remove()]);
    await append(log, [text('x')], true);
    // A disk that loses all that it may.
    const again = logOn(disk.powerLoss(() => 0.99));
    expect(await again.open()).toEqual([2, 3]);
  }
});

test('few spares are kept: one, and one more for every eight segments, up to three', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, ...Array.from({ length: 30 }, (_, index) => index + 1));
  const spares = async () => (await names(disk)).filter((name) => name.startsWith('spare')).length;
  for (let segment = 1; segment <= 10; segment++) await log.remove(segment);
  expect(await spares()).toBe(3);
  for (let segment = 11; segment < 30; segment++) await log.remove(segment);
  expect(await spares()).toBe(1);
  expect(log.usedBytes()).toBeLessThanOrEqual(2 * SEGMENT_BYTES);
});

test('a file of another length than usual is not kept', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk);
  await log.begin(1, SEGMENT_BYTES, headerOf(1));
  await append(log, [new Uint8Array(10)], true);
  await log.begin(2, 9000, headerOf(2));
  await append(log, [new Uint8Array(9000)], true);
  await log.begin(3, SEGMENT_BYTES, headerOf(3));
  await log.remove(1);
  await log.remove(2);
  expect(await names(disk)).toEqual(['0000000003.segment']);
});

test('a spare that is far too short for a segment is left for another', async () => {
  const disk = new FaultyDisk(new ForgetfulDisk());
  const log = await begun(disk, 1, 2);
  await log.remove(1);
  await log.begin(3, 9000, headerOf(3));
  expect(await names(disk)).toEqual(['0000000002.segment', '0000000003.segment', 'spare-1']);
});

test('opening clears away what belongs to no segment and leaves what is none of its own', async () => {
  const inner = new ForgetfulDisk();
  const disk = new FaultyDisk(inner);
  await (await begun(disk, 1)).close();
  for (const name of ['0000000009.index', 'spare-4', 'notes.txt', '0000000003.damaged-2', '1.segment']) {
    await inner.open(`${DIR}/${name}`, 'create');
  }
  const log = logOn(disk);
  expect(await log.open()).toEqual([1]);
  expect(await names(disk)).toEqual(['0000000001.segment', '0000000003.damaged-2', '1.segment', 'notes.txt']);
});
