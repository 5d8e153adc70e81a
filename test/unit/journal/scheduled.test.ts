// What waits for its time, on a disk that forgets what was not synced.

import { afterEach, describe, expect, test } from 'vitest';
import { fromPlain } from '../../../src/codec/table.ts';
import type { Queue } from '../../../src/core/queue/queue.ts';
import { SegmentLog } from '../../../src/journal/segment_log.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { ForgetfulDisk } from '../../support/forgetful_disk.ts';
import type { Held } from '../../support/host_client.ts';
import { JournalHost } from '../../support/journal_host.ts';
import { MicrotaskTurn, microtasks } from '../../support/microtask_turn.ts';
import { seededRandom, wholeNumber } from '../../support/seeded_random.ts';

const SEGMENT_BYTES = 300_000;
const SCHEDULED = { 'x-scheduled-delivery': true };

/** A folder, and a clock that goes on when the process ends. */
class Home {
  readonly clock = new ManualClock();
  #disk = new ForgetfulDisk();
  #host: JournalHost | undefined;

  /** Ends the one before without a word. */
  async open(): Promise<JournalHost> {
    this.#host?.kill();
    this.#disk = this.#disk.crash();
    const { clock } = this;
    const log = new SegmentLog({ disk: this.#disk, dir: '/log', clock, segmentBytes: SEGMENT_BYTES });
    this.#host = await JournalHost.open({ log, clock, segmentBytes: SEGMENT_BYTES }, new MicrotaskTurn());
    hosts.push(this.#host);
    return this.#host;
  }
}

let hosts: JournalHost[] = [];

afterEach(() => {
  for (const host of hosts) host.kill();
  hosts = [];
});

function send(
  { client }: JournalHost,
  queue: string,
  name: string,
  headers: Record<string, number>,
  padding = 0,
): void {
  client.publish({ routingKey: queue, headers, body: Buffer.from(name.padEnd(padding)) });
}

async function bodies({ client, vhost }: JournalHost, name: string): Promise<string[]> {
  const found: string[] = [];
  const queue = vhost.queue(name);
  for (let held = await client.take(queue); held !== undefined; held = await client.take(queue)) {
    found.push(nameOf(client, held));
    client.ack(held);
  }
  return found;
}

function nameOf(client: JournalHost['client'], held: Held): string {
  return Buffer.from(client.bodyOf(held.entry)).toString().trimEnd();
}

function pending(queue: Queue): [number, number][] {
  return queue.waiting.first(0, queue.waiting.length).map(({ sequence, readyAtMs }) => [sequence, readyAtMs]);
}

async function take({ client, vhost }: JournalHost, queue: string): Promise<Held> {
  const held = await client.take(vhost.queue(queue));
  if (held === undefined) throw new Error(`nothing is ready in ${queue}`);
  return held;
}

test('pending messages are the same after a crash, whether segments are read whole, by index, or were compacted', async () => {
  const home = new Home();
  const random = seededRandom(3);
  const host = await home.open();
  const queue = host.client.declareQueue('q', true, fromPlain(SCHEDULED));
  for (let i = 0; i < 600; i++) {
    const delay = wholeNumber(random, 100, 1000) * 1000;
    send(host, 'q', `${i}`, i % 2 === 0 ? { 'x-delay': delay } : { 'x-deliver-at': home.clock.nowMs() + delay }, 3000);
    if (i % 20 === 0) await host.settle();
  }
  await host.settle();
  expect(host.journal.segments.size, 'some have an index, one has not').toBeGreaterThan(3);
  const before = pending(queue);
  expect(before).toHaveLength(600);
  const second = await home.open();
  expect(pending(second.vhost.queue('q'))).toEqual(before);
  // Two thirds are cancelled: what is left is copied together.
  const survivors = before.filter((_, i) => i % 3 === 0);
  const gone = new Set(before.filter((_, i) => i % 3 !== 0).map(([sequence]) => sequence));
  const segments = [...second.journal.segments.keys()];
  expect(second.vhost.queue('q').contents.cancelWaiting(gone)).toBe(400);
  for (let i = 0; i < 20; i++) {
    home.clock.advance(1100);
    await second.settle();
    await microtasks(200);
  }
  expect([...second.journal.segments.keys()].filter((number) => segments.includes(number)).length).toBeLessThan(
    segments.length - 3,
  );
  const third = await home.open();
  expect(pending(third.vhost.queue('q'))).toEqual(survivors);
});

test('what came due while nobody was there comes at once, in the order of its times', async () => {
  const home = new Home();
  const host = await home.open();
  host.client.declareQueue('q', true, fromPlain(SCHEDULED));
  for (const delay of [5000, 1000, 9000, 3000]) send(host, 'q', `${delay}`, { 'x-delay': delay });
  send(host, 'q', 'now', {});
  await host.settle();
  home.clock.advance(6000);
  const second = await home.open();
  expect(await bodies(second, 'q')).toEqual(['now', '1000', '3000', '5000']);
  home.clock.advance(3000);
  expect(await bodies(second, 'q')).toEqual(['9000']);
});

describe('after a crash', () => {
  test('a message waits for the time that it was given later, and one that was cancelled is gone', async () => {
    const home = new Home();
    const host = await home.open();
    const queue = host.client.declareQueue('q', true, fromPlain(SCHEDULED));
    for (const name of ['a', 'b', 'c']) send(host, 'q', name, { 'x-delay': 1000 });
    const [a, b] = queue.waiting.first(0, 2);
    if (a === undefined || b === undefined) throw new Error('three wait');
    queue.reschedule(a.sequence, home.clock.nowMs() + 9000);
    queue.contents.cancelWaiting(new Set([b.sequence]));
    await host.settle();
    home.clock.advance(1000);
    // The third opening has only the checkpoint's word for it.
    await home.open();
    const third = await home.open();
    expect(await bodies(third, 'q')).toEqual(['c']);
    home.clock.advance(8000);
    expect(await bodies(third, 'q')).toEqual(['a']);
  });

  test('a message that comes back waits as long as it would have', async () => {
    const home = new Home();
    const host = await home.open();
    const table = { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 1000, 'x-delayed-retry-max': 9000 };
    host.client.declareQueue('q', true, fromPlain(table));
    for (const name of ['a', 'b']) send(host, 'q', name, {});
    for (let returns = 0; returns < 2; returns++) {
      host.client.requeue(await take(host, 'q'));
      await host.settle();
      if (returns === 0) home.clock.advance(1000);
    }
    home.clock.advance(500);
    const second = await home.open();
    expect(await bodies(second, 'q')).toEqual(['b']);
    home.clock.advance(1499);
    expect(second.vhost.queue('q').readyCount).toBe(0);
    home.clock.advance(1);
    second.client.requeue(await take(second, 'q'));
    const [entry] = second.vhost.queue('q').waiting.first(0, 1);
    expect(entry?.readyAtMs, 'the third wait').toBe(home.clock.nowMs() + 3000);
  });

  test('a message ages from the time that it was given later, also when it was delivered since', async () => {
    const home = new Home();
    const host = await home.open();
    const queue = host.client.declareQueue('q', true, fromPlain({ ...SCHEDULED, 'x-message-ttl': 2000 }));
    for (const name of ['a', 'b']) send(host, 'q', name, { 'x-delay': 1000 });
    for (const { sequence } of queue.waiting.first(0, 2)) queue.reschedule(sequence, home.clock.nowMs() + 60_000);
    home.clock.advance(60_000);
    await take(host, 'q');
    await host.settle();
    home.clock.advance(1999);
    const second = await home.open();
    expect(second.vhost.queue('q').readyCount).toBe(2);
    home.clock.advance(1);
    second.vhost.queue('q').dropExpired();
    expect(second.vhost.queue('q').readyCount).toBe(0);
  });

  test('a time beyond all times is one too', async () => {
    const home = new Home();
    const host = await home.open();
    const queue = host.client.declareQueue('q', true, fromPlain({ ...SCHEDULED, 'x-message-ttl': 315_360_000_000 }));
    for (let i = 0; i < 200; i++) send(host, 'q', `${i}`, { 'x-delay': Number.MAX_SAFE_INTEGER }, 4000);
    await host.settle();
    const before = pending(queue);
    const second = await home.open();
    expect(second.told.damage).toEqual([]);
    expect(pending(second.vhost.queue('q'))).toEqual(before);
  });

  test('an exchange of type x-delayed-message still has what it delays, and routes it once', async () => {
    const home = new Home();
    const host = await home.open();
    const { client } = host;
    client.declareExchange('later', 'x-delayed-message', true, fromPlain({ 'x-delayed-type': 'fanout' }));
    client.declareQueue('q');
    client.bindQueue('later', 'q');
    const [delayQueue] = host.vhost.route('later', 'k', { headers: fromPlain({ 'x-delay': 1 }) }).queues;
    for (const delay of [2000, 1000]) {
      const message = client.publish({
        exchange: 'amq.direct',
        routingKey: 'k',
        headers: { 'x-delay': delay },
        body: Buffer.from(`${delay}`),
      });
      client.enqueue([delayQueue as Queue], message);
    }
    await host.settle();
    home.clock.advance(1000);
    const second = await home.open();
    await microtasks(50);
    await second.settle();
    const third = await home.open();
    expect(await bodies(third, 'q')).toEqual(['1000']);
    home.clock.advance(1000);
    await microtasks(50);
    expect(await bodies(third, 'q')).toEqual(['2000']);
    expect([...third.vhost.queues.keys()]).toEqual(['q']);
    third.client.deleteExchange('later');
    await third.settle();
    const fourth = await home.open();
    expect([...fourth.vhost.delayQueues.keys()]).toEqual([]);
  });
});
