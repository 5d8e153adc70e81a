import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMPTY_TABLE } from '../../../../src/codec/table.ts';
import { DURABLE, type Entry, REDELIVERED } from '../../../../src/core/queue/entry.ts';
import { Queue } from '../../../../src/core/queue/queue.ts';
import { PageTable } from '../../../../src/core/store/page_table.ts';
import { Arena, PAGE_BYTES } from '../../../../src/lib/arena.ts';
import { dropAll } from '../../../support/empty_queue.ts';
import { FakeConsumer } from './fake_consumer.ts';

/** A queue whose turn ends when the test says so. */
class Bench {
  readonly pages = new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 1 }));
  readonly page = this.pages.allocate();
  readonly ready: Queue[] = [];
  readonly queue: Queue;
  #pushed = 0;

  constructor() {
    const properties = {
      name: 'q',
      durable: false,
      autoDelete: false,
      exclusiveOwner: undefined,
      arguments: EMPTY_TABLE,
    };
    this.queue = new Queue(properties, this.pages, {
      queueReady: (queue) => this.ready.push(queue),
      commitReady: () => {},
      inParts: (part) => {
        while (part());
      },
    });
  }

  /** The n-th message lies at offset n of the only page. */
  push(count = 1): void {
    for (let i = 0; i < count; i++) {
      const position = this.page.number * PAGE_BYTES + ++this.#pushed;
      this.pages.retain(position, 1);
      this.queue.push(position, this.#pushed, 0);
    }
  }

  endTurn(): void {
    while (this.ready.length > 0) this.ready.shift()?.drain();
  }

  /** Takes the first message, to be settled. */
  take(): Entry | undefined {
    const entry = this.queue.take();
    if (entry !== undefined) this.queue.delivered(entry.sequence, entry.bodyBytes, entry.flags);
    return entry;
  }

  settle({ position, sequence, bodyBytes, flags }: Entry): void {
    this.queue.settle(position, sequence, bodyBytes, flags);
  }

  requeue({ position, sequence, bodyBytes, flags }: Entry): void {
    this.queue.requeue(position, sequence, bodyBytes, flags);
  }
}

function sequences(entries: readonly Entry[]): number[] {
  return entries.map(({ sequence }) => sequence);
}

test('messages are taken in the order in which they came, and numbered from 1', () => {
  const bench = withMessages(3);
  const taken = [bench.take(), bench.take(), bench.take(), bench.take()];
  expect(taken.map((entry) => entry?.sequence)).toEqual([1, 2, 3, undefined]);
  expect([bench.queue.readyCount, bench.queue.counts.unacked, bench.page.references]).toEqual([0, 3, 3]);
});

function withMessages(count: number): Bench {
  const bench = new Bench();
  bench.push(count);
  return bench;
}

test('requeued messages go back to their old places, marked redelivered, whatever the order they come back in', () => {
  const bench = withMessages(5);
  const taken = [1, 2, 3].map(() => bench.take() as Entry);
  for (const index of [1, 2, 0]) bench.requeue(taken[index] as Entry);
  const again = [1, 2, 3, 4, 5].map(() => bench.take() as Entry);
  expect(sequences(again)).toEqual([1, 2, 3, 4, 5]);
  expect(again.map(({ flags }) => flags & REDELIVERED)).toEqual([1, 1, 1, 0, 0]);
});

test('a requeue keeps the other flags', () => {
  const bench = new Bench();
  bench.pages.retain(bench.page.number * PAGE_BYTES, 1);
  bench.queue.push(bench.page.number * PAGE_BYTES, 10, DURABLE);
  bench.requeue(bench.take() as Entry);
  expect(bench.take()?.flags).toBe(DURABLE | REDELIVERED);
});

test('a queue asks for one drain, however many messages come, and none without a waiting consumer', () => {
  const bench = withMessages(10);
  expect(bench.ready).toHaveLength(0);
  bench.queue.addConsumer(new FakeConsumer('a', 0));
  expect(bench.ready).toHaveLength(1);
  bench.endTurn();
  bench.push(10);
  expect(bench.ready, 'the only consumer is full').toHaveLength(0);
});

test('a drain ends after 1024 messages and asks for another', () => {
  const bench = withMessages(10_000);
  const consumer = new FakeConsumer('a');
  bench.queue.addConsumer(consumer);
  bench.ready.shift()?.drain();
  expect(consumer.held).toHaveLength(1024);
  expect(bench.ready).toHaveLength(1);
  bench.endTurn();
  expect(sequences(consumer.held)).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
});

test('a consumer that wakes gets what has gathered', () => {
  const bench = withMessages(3);
  const consumer = new FakeConsumer('a', 1);
  bench.queue.addConsumer(consumer);
  bench.endTurn();
  consumer.room = 5;
  bench.queue.wake(consumer);
  bench.endTurn();
  expect(sequences(consumer.held)).toEqual([1, 2, 3]);
});

test('a purge takes ready messages only', () => {
  const bench = withMessages(5);
  bench.take();
  bench.requeue(bench.take() as Entry);
  expect(dropAll(bench.queue.purge())).toBe(4);
  expect([bench.queue.readyCount, bench.queue.counts.unacked, bench.page.references]).toEqual([0, 1, 1]);
});

test('a deleted queue cancels its consumers, drops what is ready, and takes nothing back', () => {
  const bench = withMessages(3);
  const held = bench.take() as Entry;
  const settled = bench.take() as Entry;
  const consumer = new FakeConsumer('a', 0);
  bench.queue.addConsumer(consumer);
  expect(dropAll(bench.queue.delete())).toBe(1);
  expect([consumer.cancelled, bench.queue.consumers.size]).toEqual([true, 0]);
  bench.requeue(held);
  bench.settle(settled);
  expect([bench.queue.readyCount, bench.queue.counts.unacked, bench.page.references]).toEqual([0, 0, 0]);
});

test('settling more than was delivered is our own mistake and stops', () => {
  const bench = withMessages(1);
  const { queue, page } = bench;
  expect(() => queue.settle(page.number * PAGE_BYTES, 1, 1, 0)).toThrow('settled more than was delivered');
});

test('what a journal kept comes first, in its order and with its marks, and numbers go on behind it', () => {
  const bench = new Bench();
  const { page, pages, queue } = bench;
  pages.retain(page.number * PAGE_BYTES, 2);
  queue.restore(page.number * PAGE_BYTES, 7, 1, DURABLE | REDELIVERED, 3);
  queue.restore(page.number * PAGE_BYTES, 9, 1, DURABLE, 0);
  queue.restoreSequence(20);
  bench.push();
  const taken = [queue.take(), queue.take(), queue.take()].map((entry) => [entry?.sequence, entry?.flags]);
  expect(taken).toEqual([
    [7, DURABLE | REDELIVERED],
    [9, DURABLE],
    [20, 0],
  ]);
  expect(() => queue.restore(page.number * PAGE_BYTES, 20, 1, 0, 0)).toThrow('restored out of order');
});

test('only durable messages are told to the log: delivered once, returned with a count, settled at the end', () => {
  const bench = new Bench();
  const told: string[] = [];
  bench.queue.log = {
    delivered: (sequence) => told.push(`delivered ${sequence}`),
    returned: (sequence, counted, acquired) => told.push(`returned ${sequence} ${counted} ${acquired}`),
    settled: (sequence) => told.push(`settled ${sequence}`),
    skipped: () => {},
    rescheduled: () => {},
  };
  bench.push();
  bench.pages.retain(bench.page.number * PAGE_BYTES, 1);
  bench.queue.push(bench.page.number * PAGE_BYTES, 1, DURABLE);
  for (let i = 0; i < 2; i++) {
    const entries = [bench.take() as Entry, bench.take() as Entry];
    for (const entry of entries) bench.requeue(entry);
  }
  expect(dropAll(bench.queue.purge())).toBe(2);
  expect(told).toEqual(['delivered 2', 'returned 2 1 1', 'returned 2 2 2', 'settled 2']);
});

test('messages that were moved are found in their new places, ready or returned', () => {
  const bench = withMessages(4);
  bench.requeue(bench.take() as Entry);
  const moved = bench.pages.allocate();
  bench.pages.retain(moved.number * PAGE_BYTES, 2);
  bench.queue.relocate((position) =>
    position % 2 === 1 ? moved.number * PAGE_BYTES + (position % PAGE_BYTES) : undefined,
  );
  const places = [1, 2, 3, 4].map(() => Math.floor((bench.take() as Entry).position / PAGE_BYTES));
  expect(places).toEqual([moved.number, bench.page.number, moved.number, bench.page.number]);
});

test('the exclusive consumer is known while it is there', () => {
  const bench = new Bench();
  class Exclusive extends FakeConsumer {
    override readonly exclusive: boolean = true;
  }
  const consumer = new Exclusive('a');
  bench.queue.addConsumer(consumer);
  expect(bench.queue.exclusiveConsumer).toBe(consumer);
  bench.queue.removeConsumer(consumer);
  expect(bench.queue.exclusiveConsumer).toBeUndefined();
});

type Step =
  | { readonly kind: 'push'; readonly count: number }
  | { readonly kind: 'take' | 'purge' | 'endTurn' }
  | { readonly kind: 'room'; readonly who: number; readonly count: number }
  | { readonly kind: 'settle' | 'requeue'; readonly which: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('push' as const), count: fc.nat(40) }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('endTurn' as const) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('room' as const), who: fc.nat(2), count: fc.nat(20) }) },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('settle' as const), which: fc.nat(100) }) },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('requeue' as const), which: fc.nat(100) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const) }) },
  ),
  { maxLength: 150 },
);

/** What a queue is, said the simple way: two lists of numbers, and who has seen which. */
class Model {
  ready: number[] = [];
  readonly out: number[] = [];
  readonly seen = new Set<number>();
  pushed = 0;

  push(count: number): void {
    for (let i = 0; i < count; i++) this.ready.push(++this.pushed);
  }

  take(): number | undefined {
    const sequence = this.ready.shift();
    if (sequence !== undefined) this.out.push(sequence);
    return sequence;
  }

  /** Takes out one of what is held, and says which. */
  giveBack(which: number): number {
    return this.out.splice(which % this.out.length, 1)[0] as number;
  }

  requeue(sequence: number): void {
    this.seen.add(sequence);
    this.ready.push(sequence);
    this.ready.sort((left, right) => left - right);
  }
}

test('order, counts, marks and page references are those of two plain lists, whatever happens in any order', () => {
  fc.assert(
    fc.property(steps, (plan) => {
      const bench = new Bench();
      const { queue } = bench;
      const model = new Model();
      const consumers = [new FakeConsumer('a', 0), new FakeConsumer('b', 0), new FakeConsumer('c', 0)];
      for (const consumer of consumers) queue.addConsumer(consumer);
      bench.endTurn();
      const held = new Map<number, Entry>();
      const note = (entry: Entry | undefined): void => {
        expect(entry?.sequence).toBe(model.take());
        if (entry === undefined) return;
        expect(entry.flags).toBe(model.seen.has(entry.sequence) ? REDELIVERED : 0);
        expect([entry.bodyBytes, entry.position % PAGE_BYTES]).toEqual([entry.sequence, entry.sequence]);
        held.set(entry.sequence, entry);
      };
      const step = (of: Step): void => {
        switch (of.kind) {
          case 'push':
            bench.push(of.count);
            return model.push(of.count);
          case 'take':
            return note(bench.take());
          case 'endTurn': {
            const room = consumers.reduce((sum, consumer) => sum + (consumer.waiting ? consumer.room : 0), 0);
            const due = Math.min(room, model.ready.length);
            bench.endTurn();
            const delivered = consumers.flatMap((consumer) => consumer.held.splice(0));
            expect(delivered).toHaveLength(due);
            for (const entry of delivered.sort((left, right) => left.sequence - right.sequence)) note(entry);
            return;
          }
          case 'room': {
            const consumer = consumers[of.who] as FakeConsumer;
            consumer.room = of.count;
            return queue.wake(consumer);
          }
          case 'settle': {
            if (model.out.length === 0) return;
            return bench.settle(held.get(model.giveBack(of.which)) as Entry);
          }
          case 'requeue': {
            if (model.out.length === 0) return;
            const sequence = model.giveBack(of.which);
            bench.requeue(held.get(sequence) as Entry);
            return model.requeue(sequence);
          }
          case 'purge':
            expect(dropAll(queue.purge())).toBe(model.ready.length);
            model.ready = [];
        }
      };
      for (const of of plan) {
        step(of);
        expect([queue.readyCount, queue.counts.unacked]).toEqual([model.ready.length, model.out.length]);
        expect(bench.page.references).toBe(model.ready.length + model.out.length);
      }
    }),
    { numRuns: 200 },
  );
});
