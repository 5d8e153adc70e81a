import { beforeEach, expect, test } from 'vitest';
import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { FaultyDisk } from '../../support/faulty_disk.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import { append, headerOf } from '../../support/log_bytes.ts';

const SEGMENT_BYTES = 1024 * 1024;
const DIR = '/log';

let disk: FaultyDisk;
let clock: ManualClock;
let log: SegmentLog;
let segment: number;

beforeEach(async () => {
  disk = new FaultyDisk(new ForgetfulDisk());
  clock = new ManualClock();
  log = new SegmentLog({ disk, dir: DIR, clock, segmentBytes: SEGMENT_BYTES });
  segment = 0;
  await log.open();
  await begin();
});

async function begin(): Promise<void> {
  segment++;
  await log.begin(segment, SEGMENT_BYTES, headerOf(segment));
}

function fill(share: number): Promise<void> {
  return append(log, [new Uint8Array(SEGMENT_BYTES * share)], true);
}

/** Lets time pass, and what falls due be done. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) {
    clock.advance(10);
    for (let turn = 0; turn < 30; turn++) await Promise.resolve();
  }
}

async function spares(): Promise<Record<string, number>> {
  const found = (await disk.list(DIR)).filter((name) => name.startsWith('spare'));
  return Object.fromEntries(await Promise.all(found.map(async (name) => [name, await disk.size(`${DIR}/${name}`)])));
}

test('a spare is made beside the first segment, once something is written to it, and used for the next', async () => {
  await pass(1000);
  expect(await spares()).toEqual({});
  await fill(1 / 8);
  const used = log.usedBytes();
  await pass(1000);
  expect(await spares()).toEqual({ 'spare-1': SEGMENT_BYTES });
  expect(log.usedBytes()).toBe(used + SEGMENT_BYTES);
  await begin();
  expect(await disk.list(DIR)).toEqual(['0000000001.segment', '0000000002.segment']);
  expect(await disk.size(`${DIR}/0000000002.segment`)).toBe(SEGMENT_BYTES);
});

test('it is synced as it is written, so that the segment need not do it', async () => {
  await fill(1 / 8);
  const { write, datasync } = disk.calls;
  await pass(1000);
  expect(disk.calls.write - write).toBe(4);
  expect(disk.calls.datasync - datasync).toBe(4);
});

test('none is made while segments fill fast, and again when they fill slowly', async () => {
  await fill(1 / 32);
  await begin();
  await fill(1 / 2);
  await pass(1000);
  expect(await spares()).toEqual({});
  await pass(2000);
  await begin();
  await fill(1 / 2);
  await pass(1000);
  expect(Object.values(await spares())).toEqual([SEGMENT_BYTES]);
});

test('it waits while much is appended', async () => {
  await fill(1 / 8);
  for (let count = 0; count < 8; count++) {
    await fill(1 / 16);
    await pass(50);
  }
  expect(await spares()).toEqual({});
  await pass(1000);
  expect(await spares()).toEqual({ 'spare-1': SEGMENT_BYTES });
});

test('none is made where there is one', async () => {
  await fill(0.6);
  await begin();
  await log.remove(1);
  const before = await spares();
  expect(Object.keys(before)).toHaveLength(1);
  await pass(3000);
  expect(await spares()).toEqual(before);
});

test('one that is being made is given up when another comes', async () => {
  await fill(1 / 2);
  await pass(3000);
  await begin();
  for (let count = 0; count < 4; count++) {
    await fill(0.8);
    await pass(3000);
    await begin();
  }
  await fill(1 / 2);
  await pass(60);
  expect(Object.values(await spares())).toEqual([256 * 1024]);
  await log.remove(2);
  await pass(1000);
  expect(Object.values(await spares())).toEqual([SEGMENT_BYTES]);
});

test('zeros are at most one segment and a quarter of what is appended', async () => {
  let appended = 0;
  for (let count = 0; count < 24; count++) {
    await fill(0.9);
    appended += 0.9 * SEGMENT_BYTES;
    await pass(3000);
    await begin();
  }
  const zeroed = (disk.calls.write - 24 - 25) * 256 * 1024;
  expect(zeroed).toBeGreaterThan(4 * SEGMENT_BYTES);
  expect(zeroed).toBeLessThanOrEqual(SEGMENT_BYTES + appended / 4);
});

test.each([
  ['made', 'open', 'ENOSPC'],
  ['written', 'write', 'ENOSPC'],
  ['synced', 'datasync', 'EIO'],
] as const)('a spare that cannot be %s is given up, and no harm to the log', async (_, call, code) => {
  await fill(1 / 8);
  const used = log.usedBytes();
  disk.fail(call, code, 1, /spare/);
  await pass(1000);
  expect(await spares()).toEqual({});
  expect(log.usedBytes()).toBe(used);
  await fill(1 / 8);
  await begin();
  await fill(1 / 8);
});

test('none is made where the disk is nearly full', async () => {
  disk.free = 7 * SEGMENT_BYTES;
  await fill(1 / 8);
  await pass(1000);
  expect(await spares()).toEqual({});
});

test('closing ends the making of one', async () => {
  await fill(1 / 8);
  await pass(60);
  await log.close();
  const left = await spares();
  expect(Object.values(left)).toEqual([256 * 1024]);
  await pass(1000);
  expect(await spares()).toEqual(left);
  const again = new SegmentLog({ disk, dir: DIR, clock, segmentBytes: SEGMENT_BYTES });
  expect(await again.open()).toEqual([1]);
  expect(await spares()).toEqual({});
});
