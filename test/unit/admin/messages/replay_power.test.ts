// A replay on a disk that forgets what was not synced, cut short anywhere.

import { expect, test } from 'vitest';
import { replay } from '../../../../src/admin/messages/replay.ts';
import { fromPlain } from '../../../../src/codec/table.ts';
import { FULL_ACCESS } from '../../../../src/core/access.ts';
import { SegmentLog } from '../../../../src/journal/segment_log.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { ForgetfulDisk } from '../../../support/forgetful_disk.ts';
import { JournalHost } from '../../../support/journal_host.ts';
import { MicrotaskTurn, microtasks } from '../../../support/microtask_turn.ts';
import { seededRandom, wholeNumber } from '../../../support/seeded_random.ts';

const SEGMENT_BYTES = 200_000;
const MESSAGES = 40;
const DEAD = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };

async function open(disk: ForgetfulDisk): Promise<JournalHost> {
  const clock = new ManualClock();
  const log = new SegmentLog({ disk, dir: '/log', clock, segmentBytes: SEGMENT_BYTES });
  return await JournalHost.open({ log, clock, segmentBytes: SEGMENT_BYTES }, new MicrotaskTurn());
}

async function namesIn({ client, vhost }: JournalHost, name: string): Promise<string[]> {
  const queue = vhost.queue(name);
  const names: string[] = [];
  for (let held = await client.take(queue); held !== undefined; held = await client.take(queue)) {
    names.push(Buffer.from(client.bodyOf(held.entry)).toString().trim());
    client.ack(held);
  }
  return names;
}

async function round(seed: number): Promise<{ found: string[]; replayed: number }> {
  const random = seededRandom(seed);
  const disk = new ForgetfulDisk();
  const host = await open(disk);
  const { client } = host;
  client.declareQueue('dead');
  const queue = client.declareQueue('q', true, fromPlain(DEAD));
  for (let n = 0; n < MESSAGES; n++) {
    client.publish({ routingKey: 'q', body: Buffer.from(`${n}`.padEnd(wholeNumber(random, 1, 9_000))) });
    const held = await client.take(queue);
    if (held !== undefined) client.reject(held);
  }
  await host.settle();
  void replay(host.vhost, host.vhost.queue('dead'), FULL_ACCESS, { to: 'queue', from: 0, count: 1000, dryRun: false });
  for (let turns = wholeNumber(random, 0, 12); turns > 0; turns--) {
    await microtasks(wholeNumber(random, 0, 10));
    await new Promise((resolve) => setImmediate(resolve));
  }
  host.kill();
  const again = await open(random() < 0.7 ? disk.powerLoss(random) : disk.crash());
  const back = await namesIn(again, 'q');
  const found = [...back, ...(await namesIn(again, 'dead'))];
  again.kill();
  return { found, replayed: back.length };
}

test('each message is in one of the two queues, once, wherever the power failed', async () => {
  const all = Array.from({ length: MESSAGES }, (_, n) => `${n}`);
  const replayed = new Set<number>();
  for (let seed = 1; seed <= 25; seed++) {
    const { found, replayed: count } = await round(seed);
    expect(
      found.sort((a, b) => Number(a) - Number(b)),
      `seed ${seed}`,
    ).toEqual(all);
    replayed.add(count);
  }
  // Some rounds ended before, and some behind.
  expect(replayed.size).toBeGreaterThan(1);
});
