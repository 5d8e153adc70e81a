import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.ts';
import { Alarms, type DiskWatch } from '../../../src/server/alarms.ts';
import { SILENT } from '../../../src/server/logger.ts';

function alarmAt(memoryLimitBytes: number, disk?: DiskWatch) {
  const clock = new ManualClock();
  const memory = { bytes: 0, measured: 0 };
  let cleared = 0;
  const alarms = new Alarms({
    clock,
    logger: SILENT,
    memoryLimitBytes,
    memory: { used: () => memory.bytes, measure: () => memory.measured++ },
    disk,
    onCleared: () => cleared++,
  });
  return { clock, memory, alarms, cleared: () => cleared };
}

test('it goes on above the limit, and off again well below it', () => {
  const { memory, alarms, cleared } = alarmAt(1_000);
  const history: [number, boolean][] = [];
  for (const bytes of [1_000, 1_001, 990, 951, 949, 1_000]) {
    memory.bytes = bytes;
    alarms.check();
    history.push([bytes, alarms.active]);
  }
  expect(history).toEqual([
    [1_000, false],
    [1_001, true],
    [990, true],
    [951, true],
    [949, false],
    [1_000, false],
  ]);
  expect(cleared()).toBe(1);
});

test('it looks by itself every half second until stopped, and measures anew each time', () => {
  const { clock, memory, alarms } = alarmAt(1_000);
  memory.bytes = 2_000;
  clock.advance(500);
  expect([alarms.active, memory.measured]).toEqual([true, 1]);
  memory.bytes = 0;
  clock.advance(500);
  expect([alarms.active, memory.measured]).toEqual([false, 2]);
  alarms.stop();
  clock.advance(10_000);
  expect(memory.measured).toBe(2);
});

test('too little disk is an alarm of its own, and it takes both to be over for publishers to go on', async () => {
  const disk = { bytes: 100, freeLimitBytes: 50, freeBytes: async () => disk.bytes, failure: () => undefined };
  const { memory, alarms, cleared } = alarmAt(1_000, disk);
  disk.bytes = 49;
  await alarms.checkDisk();
  expect([alarms.active, alarms.reason]).toEqual([true, 'low on disk']);
  memory.bytes = 2_000;
  alarms.check();
  expect(alarms.reason).toBe('low on memory & disk');
  disk.bytes = 50;
  await alarms.checkDisk();
  expect([alarms.active, alarms.reason, cleared()]).toEqual([true, 'low on memory', 0]);
  memory.bytes = 0;
  alarms.check();
  expect([alarms.active, cleared()]).toEqual([false, 1]);
});

test('a failed journal holds publishers for good', () => {
  const { memory, alarms } = alarmAt(1_000);
  alarms.journalFailed();
  memory.bytes = 0;
  alarms.check();
  expect([alarms.active, alarms.reason]).toEqual([true, 'journal failed']);
});

test('the closer the disk is to its limit, the sooner it is looked at again', async () => {
  let looks = 0;
  const disk = {
    bytes: 10_000_000_000,
    freeLimitBytes: 50_000_000,
    freeBytes: async () => {
      looks++;
      return disk.bytes;
    },
    failure: () => undefined,
  };
  const { clock, alarms } = alarmAt(1_000, disk);
  for (const [bytes, dueMs] of [
    [10_000_000_000, 500],
    [150_000_000, 100],
    [51_000_000, 20],
    // Over the limit already, there is nothing to miss.
    [49_000_000, 500],
  ] as const) {
    disk.bytes = bytes;
    await alarms.checkDisk();
    const before = looks;
    clock.advance(dueMs - 1);
    expect([bytes, looks - before]).toEqual([bytes, 0]);
    clock.advance(1);
    expect([bytes, looks - before]).toEqual([bytes, 1]);
    await Promise.resolve();
  }
  alarms.stop();
});

test('other limits count at once, and those that are left out stay', async () => {
  const disk = { bytes: 100, freeLimitBytes: 50, freeBytes: async () => disk.bytes, failure: () => undefined };
  const { memory, alarms, cleared } = alarmAt(1_000, disk);
  memory.bytes = 900;
  await alarms.setLimits(800, undefined);
  expect([alarms.active, alarms.reason]).toEqual([true, 'low on memory']);
  await alarms.setLimits(undefined, 101);
  expect(alarms.reason).toBe('low on memory & disk');
  await alarms.setLimits(2_000, 100);
  expect([alarms.active, cleared()]).toEqual([false, 1]);
});
