import { expect, test, vi } from 'vitest';
import { REDELIVERED } from '../../../../../src/core/queue/entry.ts';
import type { Queue } from '../../../../../src/core/queue/queue.ts';
import type { Page, PageHome } from '../../../../../src/core/store/page_table.ts';
import { type Block, farBlock, PAGE_BYTES } from '../../../../../src/lib/arena.ts';
import { messageBytes } from '../../../../support/message_bytes.ts';
import { microtasks } from '../../../../support/microtask_turn.ts';
import { FakeConsumer } from '../fake_consumer.ts';
import { RuleBench, settle } from '../rule_bench.ts';

/** A queue whose messages lie each on a page of its own, that is only on disk until the test gives it back. */
class DiskBench extends RuleBench implements PageHome {
  readonly queue: Queue = this.declare('q', { 'x-group-by': 'group' });
  readonly #kept = new Map<Page, Uint8Array>();
  readonly #reads: { body: string; end: (lost: boolean) => void }[] = [];
  readonly #bodies = new Map<Page, string>();

  freed(): void {}

  load(page: Page): Promise<Block> {
    return new Promise((resolve, reject) => {
      const end = (lost: boolean): void => {
        if (lost) {
          reject(new Error('damaged'));
          return;
        }
        const block = farBlock(PAGE_BYTES);
        block.bytes.set(this.#kept.get(page) as Uint8Array);
        resolve(block);
      };
      this.#reads.push({ body: this.#bodies.get(page) as string, end });
    });
  }

  /** The first letter of a body is its group. */
  send(...bodies: readonly string[]): void {
    for (const body of bodies) {
      const page = this.pages.allocate(this);
      const fields = { exchange: '', routingKey: 'q', persistent: false, headers: { group: body.slice(0, 1) } };
      const { bytes, bodyBytes } = messageBytes({ ...fields, body: Buffer.from(body) });
      page.bytes.set(bytes, page.base);
      page.used = bytes.length;
      const position = page.number * PAGE_BYTES;
      this.pages.retain(position, 1);
      this.queue.push(position, bodyBytes, 0);
      this.pages.seal(page);
      this.#kept.set(page, page.bytes.slice(page.base, page.base + page.used));
      this.#bodies.set(page, body);
      this.pages.evict(page);
    }
    this.endTurn();
  }

  join(room: number): FakeConsumer {
    const consumer = new FakeConsumer('c', room);
    this.queue.addConsumer(consumer);
    this.endTurn();
    return consumer;
  }

  /** What is being read. */
  reading(): string[] {
    return this.#reads.map(({ body }) => body);
  }

  async read(body: string, { lost } = { lost: false }): Promise<void> {
    const index = this.#reads.findIndex((read) => read.body === body);
    this.#reads.splice(index, 1)[0]?.end(lost);
    await microtasks(5);
    this.endTurn();
  }

  bodiesOf(consumer: FakeConsumer): string {
    return consumer.held.map((entry) => this.see(entry).body).join(' ');
  }

  /** Those of its messages that are in memory are no more. */
  evictAll(): void {
    for (const page of this.#kept.keys()) if (page.block !== undefined) this.pages.evict(page);
  }

  ack(consumer: FakeConsumer): void {
    const entry = consumer.held.shift();
    if (entry === undefined) return;
    consumer.room++;
    settle(this.queue, entry);
    if (!consumer.waiting) this.queue.wake(consumer);
    this.endTurn();
  }
}

test('messages on disk are read one after the other, as long as somebody has room', async () => {
  const bench = new DiskBench();
  bench.send('a1', 'a2', 'b1');
  const x = bench.join(1);
  expect(bench.reading()).toEqual(['a1']);
  await bench.read('a1');
  expect([bench.bodiesOf(x), bench.reading()]).toEqual(['a1', []]);
  const y = bench.join(1);
  await bench.read('a2');
  expect(bench.reading()).toEqual(['b1']);
  await bench.read('b1');
  expect([bench.bodiesOf(x), bench.bodiesOf(y)]).toEqual(['a1', 'b1']);
});

test('while what waits for a consumer is read, the others go on, and nothing of its groups passes it', async () => {
  const bench = new DiskBench();
  bench.send('a1', 'a2', 'b1');
  const [x, y] = [bench.join(1), bench.join(2)];
  for (const body of ['a1', 'a2', 'b1']) await bench.read(body);
  bench.evictAll();
  // Room for more than what waits.
  x.room = 2;
  bench.queue.wake(x);
  bench.endTurn();
  expect(bench.reading()).toEqual(['a2']);
  bench.send('a3', 'b2');
  await bench.read('a3');
  await bench.read('b2');
  expect([x.held.length, y.held.length, bench.reading()]).toEqual([1, 2, ['a2']]);
  await bench.read('a2');
  expect(x.held.map(({ sequence }) => sequence)).toEqual([1, 2, 4]);
});

test('what is being read is not asked for again, however much comes meanwhile', () => {
  const bench = new DiskBench();
  const asked = vi.spyOn(bench.pages, 'whenReadable');
  bench.join(1);
  for (let i = 0; i < 10; i++) bench.send(`a${i}`);
  expect([asked.mock.calls.length, bench.reading()]).toEqual([1, ['a0']]);
});

test('a message that is lost on disk is dropped, wherever it waits', async () => {
  const bench = new DiskBench();
  bench.send('a1', 'a2', 'b1', 'b2', 'a3');
  const [x, y] = [bench.join(1), bench.join(2)];
  for (const body of ['a1', 'a2']) await bench.read(body);
  await bench.read('b1', { lost: true });
  for (const body of ['b2', 'a3']) await bench.read(body);
  expect([bench.bodiesOf(x), bench.bodiesOf(y)]).toEqual(['a1', 'b2']);
  bench.evictAll();
  bench.ack(x);
  await bench.read('a2', { lost: true });
  await bench.read('a3');
  expect(x.held.map(({ sequence, flags }) => [sequence, flags & REDELIVERED])).toEqual([[5, 0]]);
  expect([bench.queue.readyCount, bench.queue.counts.unacked, bench.queue.readyBytes]).toEqual([0, 2, 0]);
});
