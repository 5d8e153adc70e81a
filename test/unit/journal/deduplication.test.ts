// Keys that outlive the process, on a disk that forgets what was not synced.

import { afterEach, describe, expect, test } from 'vitest';
import { fromPlain, type PlainTableInput } from '../../../src/codec/table.ts';
import { type Sighting, sight } from '../../../src/core/deduplication/sighting.ts';
import { declareExchange } from '../../../src/core/topology/exchanges.ts';
import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import { JournalHost } from '../../support/journal_host.ts';
import { messageBytes } from '../../support/message_bytes.ts';
import { MicrotaskTurn, microtasks } from '../../support/microtask_turn.ts';
import { type Random, seededRandom, wholeNumber } from '../../support/seeded_random.ts';

const ON = { 'x-message-deduplication': true, 'x-cache-size': 100_000 };

const clock = new ManualClock();
let hosts: JournalHost[] = [];

afterEach(() => {
  for (const host of hosts) host.kill();
  hosts = [];
});

async function open(disk: ForgetfulDisk, segmentBytes = 300_000): Promise<JournalHost> {
  const log = new SegmentLog({ disk, dir: '/log', clock, segmentBytes });
  const host = await JournalHost.open({ log, clock, segmentBytes }, new MicrotaskTurn());
  hosts.push(host);
  return host;
}

function declareDeduplicatingExchange({ vhost, client }: JournalHost, name: string, ...queues: string[]): void {
  const flags = { passive: false, durable: true, autoDelete: false, internal: false };
  declareExchange(vhost, { exchange: name, type: 'fanout', ...flags, arguments: fromPlain(ON) }, client);
  for (const queue of queues) client.bindQueue(name, queue);
}

interface Published {
  readonly exchange?: string;
  readonly persistent?: boolean;
  readonly bodyBytes?: number;
  readonly headers?: PlainTableInput;
}

function sighted({ vhost }: JournalHost, key: string | number, { exchange = '', headers = {} }: Published): Sighting {
  const all = fromPlain({ ...headers, 'x-deduplication-header': key });
  return sight(vhost.route(exchange, 'q'), all, clock.nowMs()) as Sighting;
}

/** As a channel does. True if the message was taken, false for a duplicate. */
function publish(host: JournalHost, key: string | number, published: Published = {}): boolean {
  const { exchange = '', persistent = true, bodyBytes = 10, headers = {} } = published;
  const sighting = sighted(host, key, published);
  const { queues } = sighting;
  if (queues.length === 0) return false;
  const all = { ...headers, 'x-deduplication-header': key };
  const body = new Uint8Array(bodyBytes);
  const message = messageBytes({ exchange, routingKey: 'q', persistent, headers: all, body });
  host.client.atomically(() => {
    host.client.enqueue(queues, message);
    sighting.remember(queues, persistent ? host.journal : undefined);
  });
  return true;
}

function isKnown(host: JournalHost, key: string | number, published: Published = {}): boolean {
  return sighted(host, key, published).queues.length === 0;
}

describe('keys', () => {
  test('of a queue are known after the process was killed, its message gone or not', async () => {
    let disk = new ForgetfulDisk();
    const first = await open(disk);
    const queue = first.client.declareQueue('q', true, fromPlain(ON));
    for (const key of ['waits', 'acknowledged']) publish(first, key);
    publish(first, 'transient', { persistent: false });
    await first.client.take(queue);
    const held = await first.client.take(queue);
    first.client.ack(held as NonNullable<typeof held>);
    await first.settle();
    disk = disk.crash();
    const second = await open(disk);
    expect(['waits', 'acknowledged', 'transient', 'new'].map((key) => isKnown(second, key))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    disk = disk.crash();
    // By its checkpoint alone.
    const third = await open(disk);
    expect(['waits', 'acknowledged', 'transient'].map((key) => isKnown(third, key))).toEqual([true, true, false]);
  });

  test('of an exchange are known too, as long as it is the same exchange', async () => {
    let disk = new ForgetfulDisk();
    const first = await open(disk);
    first.client.declareQueue('q');
    for (const name of ['stays', 'goes']) declareDeduplicatingExchange(first, name, 'q');
    for (const exchange of ['stays', 'goes']) publish(first, 'k', { exchange });
    await first.settle();
    first.client.deleteExchange('goes');
    declareDeduplicatingExchange(first, 'goes', 'q');
    await first.settle();
    disk = disk.crash();
    const second = await open(disk);
    expect(isKnown(second, 'k', { exchange: 'stays' })).toBe(true);
    expect(isKnown(second, 'k', { exchange: 'goes' })).toBe(false);
  });

  test('expire while the process is not there', async () => {
    let disk = new ForgetfulDisk();
    const first = await open(disk);
    first.client.declareQueue('q', true, fromPlain({ ...ON, 'x-cache-ttl': 1000 }));
    publish(first, 'short');
    publish(first, 'long', { headers: { 'x-cache-ttl': 5000 } });
    await first.settle();
    disk = disk.crash();
    clock.advance(1000);
    const second = await open(disk);
    expect([isKnown(second, 'short'), isKnown(second, 'long')]).toEqual([false, true]);
  });

  test('are no more than the window holds, in their order, over many segments', async () => {
    let disk = new ForgetfulDisk();
    const first = await open(disk);
    const queue = first.client.declareQueue('q', true, fromPlain({ ...ON, 'x-cache-size': 7000 }));
    for (let key = 0; key < 10_000; key++) {
      publish(first, key, { bodyBytes: 100 });
      const held = await first.client.take(queue);
      first.client.ack(held as NonNullable<typeof held>);
      if (key % 500 === 0) await first.settle();
    }
    await first.settle();
    expect(first.journal.writer.segment.number).toBeGreaterThan(1);
    disk = disk.crash();
    const second = await open(disk);
    expect(second.vhost.queue('q').deduplication?.length).toBe(7000);
    expect([2999, 3000, 9999].map((key) => isKnown(second, key))).toEqual([false, true, true]);
    publish(second, 'next');
    expect([3000, 3001].map((key) => isKnown(second, key))).toEqual([false, true]);
  });
});

test('a segment ends though all that comes is a message and its key', async () => {
  const host = await open(new ForgetfulDisk(), 600_000);
  host.client.declareQueue('q', true, fromPlain(ON));
  const { number } = host.journal.writer.segment;
  for (let key = 0; key < 200; key++) publish(host, key, { bodyBytes: 10_000 });
  await host.settle();
  expect(host.journal.writer.segment.number - number).toBeGreaterThanOrEqual(3);
  for (const { usedBytes } of host.journal.segments.values()) expect(usedBytes).toBeLessThanOrEqual(600_000);
});

/** Publishes until a segment is begun, which is when most can go wrong, and a little on. In which commit was each key? */
async function live(host: JournalHost, random: Random): Promise<Map<number, number>> {
  const queue = host.client.declareQueue('q', true, fromPlain(ON));
  await host.settle();
  const commits = new Map<number, number>();
  const { number } = host.journal.writer.segment;
  const firstKey = number * 1000;
  for (let key = firstKey; host.journal.writer.segment.number === number && key < firstKey + 100; key++) {
    publish(host, key, { bodyBytes: wholeNumber(random, 10, 40_000) });
    commits.set(key, host.journal.gathering);
    if (random() < 0.1 && queue.readyCount > 0) await host.client.take(queue);
    if (random() < 0.3) await host.settle();
  }
  await microtasks(wholeNumber(random, 0, 60));
  host.kill();
  return commits;
}

test('a key is never known without its message, nor a confirmed message without its key', {
  timeout: 60_000,
}, async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const disk = new ForgetfulDisk();
    const before = await open(disk);
    const commits = await live(before, random);
    const { committed } = before.journal;
    for (let loss = 0; loss < 5; loss++) {
      const host = await open(loss === 4 ? disk.crash() : disk.powerLoss(random));
      const there = await keysOfMessages(host);
      for (const [key, commit] of commits) {
        const known = there !== undefined && isKnown(host, key);
        const found = { where: `seed ${seed}, loss ${loss}, key ${key}`, known, there: there?.has(key) ?? false };
        const kept = commit <= committed || found.there;
        expect(found).toEqual({ ...found, known: kept, there: kept });
      }
      host.kill();
    }
  }
});

async function keysOfMessages({ vhost, client }: JournalHost): Promise<Set<number> | undefined> {
  const queue = vhost.queues.get('q');
  if (queue === undefined) return undefined;
  const keys = new Set<number>();
  for (let held = await client.take(queue); held !== undefined; held = await client.take(queue)) {
    keys.add(keyOfMessage(client.bytesOf(held.entry)));
  }
  return keys;
}

/** The number in the one header of a message. */
function keyOfMessage(bytes: Uint8Array): number {
  const name = Buffer.from('x-deduplication-header');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.readInt32BE(buffer.indexOf(name) + name.length + 1);
}
