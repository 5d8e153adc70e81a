import { describe, expect, test } from 'vitest';
import { MemoryLog } from '../../../src/journal/memory_log.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { dropAll } from '../../support/empty_queue.ts';
import { committed } from '../../support/host_client.ts';
import { JournalFiles } from '../../support/journal_files.ts';
import { JournalHost } from '../../support/journal_host.ts';
import { stateOf } from '../../support/journal_state.ts';
import { microtasks } from '../../support/microtask_turn.ts';
import { seededRandom } from '../../support/seeded_random.ts';

const SEGMENT_BYTES = 600_000;
/** For segments that are full when their first page is. */
const ONE_PAGE = 400_000;

async function messagesIn(host: JournalHost, queue: string): Promise<readonly string[] | undefined> {
  return (await stateOf(host, new Map())).queues[queue]?.messages;
}

/** How many bytes of the present page are left. */
function leftInPage(host: JournalHost): number {
  return 256 * 1024 - host.journal.writer.page.used;
}

describe('a segment that is begun in the middle of something', () => {
  test('does not take the record that needed it for one of its checkpoint', async () => {
    // Whatever is written last in a segment, a settlement or a declaration, has to be read back.
    for (let left = 1; left < 140; left += 6) {
      const files = new JournalFiles();
      const host = await files.open({ segmentBytes: ONE_PAGE });
      const queue = host.client.declareQueue('q');
      for (const body of ['settled', 'kept']) host.client.publish({ routingKey: 'q', body: Buffer.from(body) });
      host.client.publish({ routingKey: 'q', body: new Uint8Array(250_000) });
      await host.settle();
      const held = await host.client.take(queue);
      host.client.publish({ routingKey: 'q', body: new Uint8Array(leftInPage(host) - 125 - left) });
      await host.settle();
      host.client.ack(held!);
      await host.settle();
      host.client.declareQueue('another, with a name that takes some bytes');
      await host.settle();
      const again = await files.open({ segmentBytes: ONE_PAGE });
      expect([...again.vhost.queues.keys()], `${left} bytes left`).toEqual([
        'q',
        'another, with a name that takes some bytes',
      ]);
      expect((await messagesIn(again, 'q'))?.[0], `${left} bytes left`).toBe('kept');
    }
  });

  test('is not begun within a transaction: that stays in one', async () => {
    const log = new MemoryLog();
    const host = await JournalHost.open({ log, segmentBytes: SEGMENT_BYTES });
    host.client.declareQueue('q');
    await host.settle();
    host.client.atomically(() => {
      for (let count = 0; count < 20; count++) host.client.publish({ routingKey: 'q', body: new Uint8Array(100_000) });
    });
    await host.settle();
    expect(await log.open()).toEqual([1]);
    host.client.publish({ routingKey: 'q', body: new Uint8Array(200_000) });
    await host.settle();
    expect(await log.open()).toEqual([1, 2]);
  });
});

test('a message that came back a hundred thousand times does not stop the journal', async () => {
  const files = new JournalFiles();
  const host = await files.open();
  const queue = host.client.declareQueue('q');
  host.client.publish({ routingKey: 'q' });
  await host.settle();
  for (let count = 0; count < 100_000; count++) {
    const held = await host.client.take(queue);
    host.client.requeue(held!);
  }
  await host.settle();
  const { returns } = (await stateOf(await files.open(), new Map([['q ', 1]]))).queues['q']!;
  expect(returns).toEqual({ '': 0xffff });
});

test('returns of messages that were settled are forgotten', async () => {
  const files = new JournalFiles();
  let host = await files.open();
  const queue = host.client.declareQueue('q');
  for (const at of ['one commit', 'two commits']) {
    host.client.publish({ routingKey: 'q', body: Buffer.from(at) });
    host.client.requeue((await host.client.take(queue))!);
    if (at === 'two commits') await host.settle();
    host.client.ack((await host.client.take(queue))!);
    await host.settle();
  }
  for (let life = 0; life < 3; life++) {
    host = await files.open();
    for (const log of host.journal.queues.values()) expect(log.returns.size).toBe(0);
  }
});

test('transient messages in a durable queue leave nothing behind, however they are mixed with persistent ones', async () => {
  const files = new JournalFiles();
  let host = await files.open();
  const ranges = (): number => [...host.journal.queues.values()][0]?.settledSet.ranges.length ?? 0;
  for (let life = 0; life < 3; life++) {
    const queue = host.client.declareQueue('q');
    for (let count = 0; count < 200; count++) {
      host.client.publish({ routingKey: 'q', persistent: count % 2 === 0 });
      if (count % 3 === 0) host.client.ack((await host.client.take(queue))!);
    }
    for (let left = queue.readyCount; left > 0; left--) host.client.ack((await host.client.take(queue))!);
    await host.settle();
    expect(ranges()).toBe(0);
    host.client.publish({ routingKey: 'q', persistent: false });
    host.client.publish({ routingKey: 'q', body: Buffer.from('kept') });
    await host.settle();
    host = await files.open();
    expect(await messagesIn(host, 'q')).toEqual(['kept']);
    expect(ranges()).toBe(0);
    dropAll(host.vhost.queue('q').purge());
  }
});

test('what a transaction settled is not removed before the transaction is on disk', { timeout: 60_000 }, async () => {
  for (let run = 0; run < 320; run++) {
    const steps = run >> 3;
    const files = new JournalFiles();
    const host = await files.open({ segmentBytes: ONE_PAGE });
    const queue = host.client.declareQueue('q');
    host.client.publish({ routingKey: 'q', body: Buffer.from('settled') });
    host.client.publish({ routingKey: 'q', body: new Uint8Array(250_000) });
    host.client.publish({ routingKey: 'q', body: new Uint8Array(250_000) });
    await host.settle();
    const held = await host.client.take(queue);
    dropAll(queue.purge());
    host.client.publish({ routingKey: 'q', body: Buffer.from('the last commit before') });
    committed(host.journal).catch(() => {});
    await microtasks(2);
    // A segment has to be begun first, so that the transaction takes longer than removing one.
    for (let count = 0; count < 2; count++) host.client.publish({ routingKey: 'q', body: new Uint8Array(250_000) });
    host.client.atomically(() => {
      host.client.ack(held!);
      host.client.publish({ routingKey: 'q', body: Buffer.from('published') });
    });
    await microtasks(steps);
    host.kill();
    files.disk = files.disk.powerLoss(seededRandom(run));
    const messages = (await messagesIn(await files.open({ segmentBytes: ONE_PAGE }), 'q')) ?? [];
    expect(messages.includes('settled'), `run ${run}`).toBe(!messages.includes('published'));
  }
});

describe('a commit', () => {
  test('is told when it is on disk, and not before', async () => {
    const files = new JournalFiles();
    const host = await files.open();
    host.client.declareQueue('q');
    host.client.publish({ routingKey: 'q' });
    const { journal } = host;
    const before = journal.committed;
    const target = journal.gathering;
    const told = committed(journal);
    expect(journal.committed).toBe(before);
    await told;
    expect(journal.committed).toBeGreaterThanOrEqual(target);
  });

  test('of nothing is on disk already', async () => {
    const host = await new JournalFiles().open();
    host.client.declareQueue('q');
    await host.settle();
    const { journal } = host;
    expect(journal.atomically(() => {})).toBeLessThanOrEqual(journal.committed);
    const held = journal.atomically(() => host.client.publish({ routingKey: 'q' }));
    expect(held).toBeGreaterThan(journal.committed);
    await host.settle();
    expect(held).toBeLessThanOrEqual(journal.committed);
  });

  test('of what nobody waits for is synced within a while all the same', async () => {
    const clock = new ManualClock();
    const host = await JournalHost.open({ log: new MemoryLog(), clock });
    host.client.declareQueue('q');
    await host.settle();
    host.client.publish({ routingKey: 'q' });
    const target = host.journal.gathering;
    await microtasks(20);
    expect(host.journal.committed).toBeLessThan(target);
    clock.advance(200);
    await microtasks(20);
    expect(host.journal.committed).toBeGreaterThanOrEqual(target);
  });

  test('never comes when the log has failed, and everybody who waits is told', async () => {
    const log = new MemoryLog();
    const host = await JournalHost.open({ log });
    host.client.declareQueue('q');
    log.breakWith(new Error('the disk is gone'));
    await expect(committed(host.journal)).rejects.toThrow('the disk is gone');
    await expect(committed(host.journal)).rejects.toThrow('the disk is gone');
    expect(host.told.failure?.message).toBe('the disk is gone');
  });
});
