import { expect, test } from 'vitest';
import { bytesToText, type FieldTable, getInteger, getString } from '../../../src/codec/table.ts';
import type { Entry } from '../../../src/core/queue/entry.ts';
import type { Queue } from '../../../src/core/queue/queue.ts';
import { offsetOf, type Page, type PageHome } from '../../../src/core/store/page_table.ts';
import { type Block, farBlock, PAGE_BYTES } from '../../../src/lib/arena.ts';
import { messageBytes } from '../../support/message_bytes.ts';
import { microtasks } from '../../support/microtask_turn.ts';
import { RuleBench, reject, type Seen, settle } from './queue/rule_bench.ts';

function straightTo(queue: string): Record<string, string> {
  return { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue };
}

/** Takes the first message and refuses it for good. */
function refuseFirst(bench: RuleBench, queue: Queue): void {
  reject(queue, bench.take(queue) as Entry);
}

/** Each death as it is told: queue, reason, count, keys. */
function deaths({ headers }: Seen): string[] {
  const field = headers.get('x-death');
  if (field?.tag !== 'A') return [];
  return field.value.map((item) => {
    const table: FieldTable = item.tag === 'F' ? item.value : new Map();
    const keys = table.get('routing-keys');
    const names = keys?.tag === 'A' ? keys.value.map((key) => (key.tag === 'S' ? bytesToText(key.value) : '?')) : [];
    return `${getString(table, 'queue')} ${getString(table, 'reason')} ${getInteger(table, 'count')} ${names.join(',')}`;
  });
}

test('two deaths are told, the latest first, with the first and the last by themselves', () => {
  const bench = new RuleBench();
  const dead = bench.declare('dead');
  bench.declare('second', { ...straightTo('dead'), 'x-message-ttl': 10 });
  const first = bench.declare('first', straightTo('second'));
  bench.publish(first, 'a', { expiration: '5000' });
  refuseFirst(bench, first);
  bench.clock.advance(10);
  const [seen] = bench.drain(dead) as [Seen];
  expect(deaths(seen)).toEqual(['second expired 1 second', 'first rejected 1 first']);
  const told = ['first', 'last'].map((which) =>
    ['queue', 'reason', 'exchange'].map((what) => getString(seen.headers, `x-${which}-death-${what}`)),
  );
  expect(told).toEqual([
    ['first', 'rejected', ''],
    ['second', 'expired', ''],
  ]);
  expect([seen.expiration, seen.routingKey, seen.died]).toEqual([undefined, 'dead', true]);
});

test('a death that happens again is counted, and becomes the latest', () => {
  const bench = new RuleBench();
  const wait = bench.declare('wait', { ...straightTo('work'), 'x-message-ttl': 10 });
  const work = bench.declare('work', straightTo('wait'));
  bench.publish(work, 'a');
  for (let round = 0; round < 3; round++) {
    refuseFirst(bench, work);
    expect(wait.readyCount).toBe(1);
    bench.clock.advance(10);
  }
  const [seen] = bench.drain(work) as [Seen];
  expect(deaths(seen)).toEqual(['wait expired 3 wait', 'work rejected 3 work']);
});

test('a round in which nobody refused the message is its end, wherever it began', () => {
  const bench = new RuleBench();
  const a = bench.declare('a', { ...straightTo('b'), 'x-message-ttl': 10 });
  const b = bench.declare('b', { ...straightTo('a'), 'x-message-ttl': 10 });
  bench.publish(a, 'm');
  bench.clock.advance(10);
  expect([a.readyCount, b.readyCount]).toEqual([0, 1]);
  bench.clock.advance(10);
  expect([a.readyCount, b.readyCount]).toEqual([0, 0]);
});

test('deaths that a client tells of are not the message’s own', () => {
  const bench = new RuleBench();
  const dead = bench.declare('dead');
  const queue = bench.declare('q', { ...straightTo('dead'), 'x-message-ttl': 10 });
  const source = bench.declare('source', straightTo('dead'));
  bench.publish(source, 'a');
  refuseFirst(bench, source);
  const entry = bench.take(dead) as Entry;
  const { headers } = bench.see(entry);
  settle(dead, entry);
  const madeUp = headers.get('x-death');
  expect(madeUp?.tag).toBe('A');
  // As if it had been in the grave before, and nobody had refused it.
  bench.publish(queue, 'b', { headers: { 'x-death': [{ queue: 'dead', reason: 'expired', count: 9 }] } });
  bench.clock.advance(10);
  const [seen] = bench.drain(dead) as [Seen];
  expect(deaths(seen)).toEqual(['q expired 1 q']);
});

test('each limit and refusal has its reason', () => {
  const bench = new RuleBench();
  const dead = bench.declare('dead');
  const short = bench.declare('short', { ...straightTo('dead'), 'x-max-length': 1 });
  const refusing = bench.declare('refusing', {
    ...straightTo('dead'),
    'x-max-length': 1,
    'x-overflow': 'reject-publish-dlx',
  });
  const limited = bench.declare('limited', { ...straightTo('dead'), 'x-delivery-limit': 0 });
  for (const body of ['s1', 's2']) bench.publish(short, body);
  for (const body of ['r1', 'r2']) bench.publish(refusing, body);
  bench.publish(limited, 'l');
  const { position, sequence, bodyBytes, flags } = bench.take(limited) as Entry;
  limited.requeue(position, sequence, bodyBytes, flags);
  expect(bench.deaths(dead)).toEqual(['s1 maxlen', 'r2 maxlen', 'l delivery_limit']);
  expect([bench.bodies(short), bench.bodies(refusing)]).toEqual([['s2'], ['r1']]);
});

test('a queue that refuses what is too much gets no dead letter too many', () => {
  const bench = new RuleBench();
  const full = bench.declare('full', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
  const queue = bench.declare('q', straightTo('full'));
  bench.publish(full, 'there');
  bench.publish(queue, 'a');
  refuseFirst(bench, queue);
  expect(bench.bodies(full)).toEqual(['there']);
});

test('an exchange that is not there, or leads nowhere, is the end', () => {
  const bench = new RuleBench();
  for (const exchange of ['nosuch', 'amq.fanout']) {
    const queue = bench.declare(`to ${exchange}`, { 'x-dead-letter-exchange': exchange });
    bench.publish(queue, 'a');
    refuseFirst(bench, queue);
    expect([queue.readyCount, queue.counts.unacked]).toEqual([0, 0]);
  }
});

test('a message of a queue that was deleted is not dead-lettered', () => {
  const bench = new RuleBench();
  const dead = bench.declare('dead');
  const queue = bench.declare('q', straightTo('dead'));
  bench.publish(queue, 'a');
  const entry = bench.take(queue) as Entry;
  bench.client.deleteQueue('q');
  reject(queue, entry);
  expect([dead.readyCount, queue.counts.unacked]).toEqual([0, 0]);
});

test('a long chain of queues that keep nothing does not exhaust the stack', { timeout: 30_000 }, () => {
  const bench = new RuleBench();
  const length = 400;
  for (let i = 0; i < length; i++) bench.declare(`q${i}`, { ...straightTo(`q${i + 1}`), 'x-max-length': 0 });
  const last = bench.declare(`q${length}`);
  bench.publish(bench.vhost.queue('q0'), 'a');
  const [seen] = bench.drain(last) as [Seen];
  expect(deaths(seen)).toHaveLength(length);
});

/** Keeps what is evicted, and gives it back when the test says so. */
class SlowHome implements PageHome {
  readonly #kept = new Map<Page, Uint8Array>();
  #give: (() => void)[] = [];

  freed(): void {}

  load(page: Page): Promise<Block> {
    return new Promise((resolve) => {
      this.#give.push(() => {
        const block = farBlock(PAGE_BYTES);
        block.bytes.set(this.#kept.get(page) as Uint8Array);
        resolve(block);
      });
    });
  }

  evict(bench: RuleBench, page: Page): void {
    this.#kept.set(page, page.bytes.slice(page.base, page.base + page.used));
    bench.pages.evict(page);
  }

  async give(): Promise<void> {
    for (const give of this.#give.splice(0)) give();
    await microtasks(5);
  }
}

/** Puts messages on a page of their own, and drops it from memory. */
function pushEvicted(bench: RuleBench, queue: Queue, home: SlowHome, ...bodies: readonly string[]): Page {
  const page = bench.pages.allocate(home);
  for (const body of bodies) {
    const fields = { exchange: '', routingKey: queue.name, persistent: false, body: Buffer.from(body) };
    const { bytes, bodyBytes } = messageBytes(fields);
    page.bytes.set(bytes, page.base + page.used);
    const position = page.number * PAGE_BYTES + page.used;
    page.used += bytes.length;
    bench.pages.retain(position, 1);
    queue.push(position, bodyBytes, 0);
  }
  bench.pages.seal(page);
  home.evict(bench, page);
  return page;
}

test('what expires while it is on disk is read before it is dead-lettered, in its order, and is never delivered', async () => {
  const bench = new RuleBench();
  const home = new SlowHome();
  const dead = bench.declare('dead');
  const queue = bench.declare('q', { ...straightTo('dead'), 'x-message-ttl': 10 });
  pushEvicted(bench, queue, home, 'a', 'b');
  bench.clock.advance(10);
  bench.publish(queue, 'c');
  let asked = 0;
  expect(queue.readyToTake(() => asked++)).toBe(false);
  expect([dead.readyCount, queue.readyCount]).toEqual([0, 3]);
  await home.give();
  expect(asked).toBe(1);
  expect(bench.deaths(dead)).toEqual(['a expired', 'b expired']);
  expect(bench.bodies(queue)).toEqual(['c']);
  expect(bench.pages.absentCount).toBe(0);
});

test('what expires while it is on disk, and is dead-lettered to nowhere, is not read at all', () => {
  const bench = new RuleBench();
  const queue = bench.declare('q', { 'x-message-ttl': 10 });
  pushEvicted(bench, queue, new SlowHome(), 'a', 'b');
  bench.clock.advance(10);
  expect([queue.readyCount, bench.pages.absentCount]).toEqual([0, 0]);
});

test('a message that is moved while it waits to be dead-lettered is found in its new place', async () => {
  const bench = new RuleBench();
  const home = new SlowHome();
  const dead = bench.declare('dead');
  const queue = bench.declare('q', straightTo('dead'));
  const page = pushEvicted(bench, queue, home, 'a');
  const position = page.number * PAGE_BYTES;
  // As a consumer would have it that got the message before its page was dropped.
  const entry = queue.take() as Entry;
  queue.delivered(entry.sequence, entry.bodyBytes, entry.flags);
  reject(queue, entry);
  expect([dead.readyCount, queue.counts.unacked]).toEqual([0, 1]);
  const fields = { exchange: '', routingKey: 'q', persistent: false, body: Buffer.from('A') };
  const copy = bench.vhost.store.keep(messageBytes(fields).bytes, messageBytes(fields).routeEnd);
  bench.pages.retain(copy, 1);
  queue.relocate((old) => {
    expect(offsetOf(old)).toBe(offsetOf(position));
    bench.pages.release(old);
    return copy;
  });
  await home.give();
  expect(bench.deaths(dead)).toEqual(['A rejected']);
  expect([queue.counts.unacked, bench.pages.of(copy).references, bench.pages.absentCount]).toEqual([0, 0, 0]);
});
