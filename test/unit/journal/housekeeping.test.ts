import { describe, expect, test } from 'vitest';
import { purgeQueue } from '../../../src/core/topology/queues.ts';
import type { Disk } from '../../../src/journal/disk.ts';
import { readSegment } from '../../../src/journal/read_segment.ts';
import { batchesFrom, visitRecords } from '../../../src/journal/scan.ts';
import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { FaultyDisk } from '../../support/faulty_disk.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import type { Held } from '../../support/host_client.ts';
import { JournalFiles } from '../../support/journal_files.ts';
import { JournalHost } from '../../support/journal_host.ts';
import { stateOf } from '../../support/journal_state.ts';
import { microtasks } from '../../support/microtask_turn.ts';

const SEGMENT_BYTES = 600_000;
/** So many fill a segment and begin the next. */
const FILLERS = 7;

async function pass(clock: ManualClock): Promise<void> {
  for (let step = 0; step < 20; step++) {
    clock.advance(500);
    await microtasks(200);
  }
}

/** A first segment with `bodies` in queue `kept`, and segments behind it of which nothing is needed. */
async function fill(host: JournalHost, bodies: readonly string[], rounds = 1): Promise<void> {
  host.client.declareQueue('kept');
  const dead = host.client.declareQueue('dead');
  for (const body of bodies) host.client.publish({ routingKey: 'kept', body: Buffer.from(body) });
  for (let count = 0; count < FILLERS * rounds; count++) {
    host.client.publish({ routingKey: 'dead', body: new Uint8Array(100_000) });
  }
  await host.settle();
  purgeQueue(host.vhost, dead);
  await host.settle();
}

async function openOn(disk: Disk, clock: ManualClock): Promise<[JournalHost, SegmentLog]> {
  const log = new SegmentLog({ disk, dir: '/log', clock, segmentBytes: SEGMENT_BYTES });
  return [await JournalHost.open({ log, clock, segmentBytes: SEGMENT_BYTES }), log];
}

describe('compaction', () => {
  test('moves what is ready, what is out, and what only a transient queue has', async () => {
    const files = new JournalFiles();
    const host = await files.open({ segmentBytes: SEGMENT_BYTES });
    const { client, vhost } = host;
    client.declareExchange('both', 'fanout');
    for (const [queue, durable] of [
      ['first', true],
      ['second', false],
    ] as const) {
      client.declareQueue(queue, durable);
      client.bindQueue('both', queue);
    }
    const only = client.publish({ exchange: 'both', routingKey: '', body: Buffer.from('in the transient queue only') });
    client.ack((await client.take(vhost.queue('first')))!);
    const both = client.publish({ exchange: 'both', routingKey: '', body: Buffer.from('in both') });
    const held = (await client.take(vhost.queue('first'))) as Held;
    await fill(host, ['ready']);
    await pass(files.clock);
    expect(await files.names()).not.toContain('0000000001.segment');
    expect(Buffer.compare(client.bytesOf(held.entry), both.bytes)).toBe(0);
    const transient = [(await client.take(vhost.queue('second')))!, (await client.take(vhost.queue('second')))!];
    expect(transient.map(({ entry }, i) => Buffer.compare(client.bytesOf(entry), [only, both][i]!.bytes))).toEqual([
      0, 0,
    ]);
    await host.settle();
    const again = await stateOf(await files.open({ segmentBytes: SEGMENT_BYTES }), new Map([['first in both', 2]]));
    expect(again.queues['first']).toEqual({ messages: ['in both'], redelivered: ['in both'], returns: {} });
    expect(again.queues['kept']?.messages).toEqual(['ready']);
  });

  test('keeps the time at which a message was taken in', async () => {
    const files = new JournalFiles();
    const host = await files.open({ segmentBytes: SEGMENT_BYTES });
    const takenInMs = files.clock.nowMs();
    await fill(host, ['kept']);
    await pass(files.clock);
    const times: number[] = [];
    const bytes = await readSegment(host.journal.writer.log, host.journal.writer.segment.number);
    for (const batch of batchesFrom(bytes, 32, undefined)) {
      visitRecords(bytes, batch, {
        message: (_content, bodyBytes, _queue, _sequence, receivedAtMs) => {
          if (bodyBytes === 'kept'.length) times.push(receivedAtMs);
        },
        other: () => {},
      });
    }
    expect(times).toEqual([takenInMs]);
  });

  test('of a page that cannot be read is not tried for ever, and the segment goes when its turn has come', async () => {
    const files = new JournalFiles();
    const first = await files.open({ segmentBytes: SEGMENT_BYTES });
    await fill(first, ['damaged', 'x'.repeat(261_950), 'sound']);
    // Two more openings, and the segment is known by its index.
    for (let life = 0; life < 2; life++) await (await files.open({ segmentBytes: SEGMENT_BYTES })).settle();
    files.kill();
    const bytes = Buffer.from(await files.segment(1));
    bytes.write('DAMAGED', bytes.indexOf('damaged'));
    await files.setSegment(1, bytes);
    const host = await files.open({ segmentBytes: SEGMENT_BYTES, onDamage: 'stop' });
    await pass(files.clock);
    expect(host.journal.gathering).toBeLessThan(100);
    expect(host.told.pagesLost).toEqual([{ segment: 1, messages: new Map([['kept', 1]]) }]);
    const queue = host.vhost.queue('kept');
    const left: number[] = [];
    for (let held = await host.client.take(queue); held !== undefined; held = await host.client.take(queue)) {
      left.push(held.entry.bodyBytes);
      host.client.ack(held);
    }
    expect(left.at(-1)).toBe('sound'.length);
    await pass(files.clock);
    expect(await files.names()).not.toContain('0000000001.segment');
  });

  test('does not need the index', async () => {
    const clock = new ManualClock();
    const disk = new FaultyDisk(new ForgetfulDisk());
    const [host] = await openOn(disk, clock);
    disk.fail('write', 'ENOSPC', 1, /index/);
    await fill(host, ['kept'], 3);
    await pass(clock);
    expect(host.told.housekeepingFailures.length).toBe(1);
    host.client.publish({ routingKey: 'dead', body: new Uint8Array(250_000) });
    host.client.publish({ routingKey: 'dead', body: new Uint8Array(250_000) });
    host.client.publish({ routingKey: 'dead', body: new Uint8Array(250_000) });
    await host.settle();
    await pass(clock);
    expect(await disk.list('/log')).not.toContain('0000000001.segment');
    expect((await stateOf(host, new Map())).queues['kept']?.messages).toEqual(['kept']);
  });
});

test('a segment goes when a transient queue lets go of the last of it, though there is nothing to write', async () => {
  const files = new JournalFiles();
  const host = await files.open({ segmentBytes: SEGMENT_BYTES });
  const { client, vhost } = host;
  client.declareExchange('both', 'fanout');
  const durable = client.declareQueue('durable');
  const transient = client.declareQueue('transient', false);
  for (const name of vhost.queues.keys()) client.bindQueue('both', name);
  for (let count = 0; count < 10; count++) {
    client.publish({ exchange: 'both', routingKey: '', body: new Uint8Array(100_000) });
  }
  purgeQueue(vhost, durable);
  await host.settle();
  expect(await files.names()).toContain('0000000001.segment');
  const commits = host.journal.gathering;
  purgeQueue(vhost, transient);
  await microtasks(500);
  expect(await files.names()).not.toContain('0000000001.segment');
  expect(host.journal.gathering - commits).toBeLessThan(3);
});

describe('a segment that cannot be removed', () => {
  test('is told once, and tried again when the next one is begun', async () => {
    const clock = new ManualClock();
    const disk = new FaultyDisk(new ForgetfulDisk());
    const [host] = await openOn(disk, clock);
    for (let nth = 1; nth <= 5; nth++) {
      for (const call of ['rename', 'remove'] as const) disk.fail(call, 'EIO', nth, /01\.segment/);
    }
    await fill(host, []);
    for (let count = 0; count < 10; count++) {
      host.client.publish({ routingKey: 'kept' });
      await host.settle();
    }
    expect(host.told.housekeepingFailures.map(({ message }) => message)).toEqual([expect.stringContaining('EIO')]);
    expect(await disk.list('/log')).toContain('0000000001.segment');
    // The faults are over when it has been tried five times more.
    for (let segments = 0; segments < 6; segments++) await fill(host, []);
    await pass(clock);
    expect(host.told.failure).toBeUndefined();
    expect(await disk.list('/log')).not.toContain('0000000001.segment');
  });
});
