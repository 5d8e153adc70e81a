// What queues with rules keep, on a disk that forgets what was not synced.

import { afterEach, expect, test } from 'vitest';
import { fromPlain } from '../../../src/codec/table.ts';
import type { Queue } from '../../../src/core/queue/queue.ts';
import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import type { Held } from '../../support/host_client.ts';
import { JournalHost } from '../../support/journal_host.ts';
import { MicrotaskTurn, microtasks } from '../../support/microtask_turn.ts';
import { type Random, seededRandom, wholeNumber } from '../../support/seeded_random.ts';

let hosts: JournalHost[] = [];

afterEach(() => {
  for (const host of hosts) host.kill();
  hosts = [];
});

async function open(disk: ForgetfulDisk, clock: ManualClock, segmentBytes = 300_000): Promise<JournalHost> {
  const log = new SegmentLog({ disk, dir: '/log', clock, segmentBytes });
  const host = await JournalHost.open({ log, clock, segmentBytes }, new MicrotaskTurn());
  hosts.push(host);
  return host;
}

const TABLES = {
  priorities: { 'x-max-priority': 7 },
  quorum: { 'x-queue-type': 'quorum' },
  ttl: { 'x-message-ttl': 60_000 },
  plain: {},
};

/** All that is ready, in the order in which it would be delivered: what it is, where it stands, and when it expires. */
async function contents({ client }: JournalHost, queue: Queue): Promise<string[]> {
  const found: string[] = [];
  for (let held = await client.take(queue); held !== undefined; held = await client.take(queue)) {
    const { sequence, priority, expiresAtMs, bodyBytes } = held.entry;
    found.push(`${sequence} ${priority} ${expiresAtMs} ${bodyBytes}`);
  }
  return found;
}

test('priorities and times are the same after a restart, whether segments are read whole or by their index', async () => {
  const clock = new ManualClock();
  let disk = new ForgetfulDisk();
  const random = seededRandom(7);
  const host = await open(disk, clock);
  const queues = Object.entries(TABLES).map(([name, table]) => host.client.declareQueue(name, true, fromPlain(table)));
  for (let i = 0; i < 400; i++) {
    const queue = queues[wholeNumber(random, 0, queues.length - 1)] as Queue;
    const priority = random() < 0.3 ? undefined : wholeNumber(random, 0, 40);
    const expiration = random() < 0.5 ? undefined : `${wholeNumber(random, 30_000, 90_000)}`;
    if (expiration !== undefined) queue.expectExpirations();
    const body = new Uint8Array(wholeNumber(random, 10, 8000));
    host.client.publish({ routingKey: queue.name, priority, expiration, body });
    clock.advance(wholeNumber(random, 0, 20));
    await host.settle();
  }
  expect(host.journal.segments.size, 'some have an index, one has not').toBeGreaterThan(3);
  host.kill();
  disk = disk.crash();
  const second = await open(disk, clock);
  const before = new Map<string, string[]>();
  for (const name of Object.keys(TABLES)) before.set(name, await contents(host, host.vhost.queue(name)));
  for (const name of Object.keys(TABLES)) {
    expect(await contents(second, second.vhost.queue(name)), name).toEqual(before.get(name));
  }
});

/** Publishes, refuses, sends back and waits, and stops in the middle. In which commit is each message? */
async function live(host: JournalHost, clock: ManualClock, random: Random): Promise<Map<string, number>> {
  const { client } = host;
  client.declareQueue('dead');
  const grave = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
  const queue = client.declareQueue('q', true, fromPlain({ ...grave, 'x-message-ttl': 500, 'x-delivery-limit': 1 }));
  await host.settle();
  const commits = new Map<string, number>();
  let held: Held[] = [];
  for (let i = 0; i < 40; i++) {
    client.publish({ routingKey: 'q', body: Buffer.from(`${i}`) });
    commits.set(`${i}`, host.journal.gathering);
    const taken = random() < 0.5 ? await client.take(queue) : undefined;
    if (taken !== undefined) held.push(taken);
    if (random() < 0.3) {
      for (const one of held) {
        if (random() < 0.5) client.reject(one);
        else client.requeue(one);
      }
      held = [];
    }
    if (random() < 0.3) clock.advance(wholeNumber(random, 0, 200));
    if (random() < 0.3) await host.settle();
  }
  await microtasks(wholeNumber(random, 0, 40));
  host.kill();
  return commits;
}

async function bodies({ client, vhost }: JournalHost, name: string): Promise<Set<string>> {
  const queue = vhost.queues.get(name);
  const found = new Set<string>();
  if (queue === undefined) return found;
  for (let held = await client.take(queue); held !== undefined; held = await client.take(queue)) {
    found.add(Buffer.from(client.bodyOf(held.entry)).toString());
  }
  return found;
}

test('a message between its queue and its grave is in one of them, or both, whenever the power goes', {
  timeout: 60_000,
}, async () => {
  let dead = 0;
  for (let seed = 1; seed <= 25; seed++) {
    const random = seededRandom(seed);
    const disk = new ForgetfulDisk();
    const clock = new ManualClock();
    const before = await open(disk, clock);
    const commits = await live(before, clock, random);
    const { committed } = before.journal;
    for (let loss = 0; loss < 4; loss++) {
      const host = await open(loss === 3 ? disk.crash() : disk.powerLoss(random), clock);
      // What expires while it is read goes from the one to the other.
      const ready = await bodies(host, 'q');
      const buried = await bodies(host, 'dead');
      dead += buried.size;
      const there = new Set([...ready, ...buried]);
      const lost = [...commits].filter(([body, commit]) => commit <= committed && !there.has(body));
      expect(lost, `seed ${seed}, loss ${loss}`).toEqual([]);
      host.kill();
    }
  }
  expect(dead, 'there were deaths to be lost').toBeGreaterThan(100);
});
