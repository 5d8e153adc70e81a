import { expect, test } from 'vitest';
import type { PlainTableInput } from '../../../../../src/codec/table.ts';
import { type Entry, REDELIVERED } from '../../../../../src/core/queue/entry.ts';
import type { Queue } from '../../../../../src/core/queue/queue.ts';
import { dropAll } from '../../../../support/empty_queue.ts';
import { FakeConsumer } from '../fake_consumer.ts';
import { RuleBench, reject, requeue, settle } from '../rule_bench.ts';

/** A queue grouped by the first letter of its bodies, which is in a header too; a body that begins with '-' is in no group. */
class GroupBench extends RuleBench {
  readonly queue: Queue;

  constructor(table: PlainTableInput = {}) {
    super();
    this.queue = this.declare('q', { 'x-group-by': 'group', ...table });
  }

  send(...bodies: readonly string[]): void {
    for (const body of bodies) {
      this.publish(this.queue, body, body.startsWith('-') ? {} : { headers: { group: body.slice(0, 1) } });
    }
    this.endTurn();
  }

  join(name: string, room = Number.POSITIVE_INFINITY, priority = 0): FakeConsumer {
    const consumer = new FakeConsumer(name, room, priority);
    this.queue.addConsumer(consumer);
    this.endTurn();
    return consumer;
  }

  /** What a consumer holds; an asterisk is redelivered. */
  held({ held }: FakeConsumer): string {
    return held.map((entry) => `${this.see(entry).body}${entry.flags & REDELIVERED ? '*' : ''}`).join(' ');
  }

  /** What one consumer holds of those bodies; it holds them no more, and has so much more room. */
  give(consumer: FakeConsumer, ...bodies: readonly string[]): Entry[] {
    return bodies.map((body) => {
      const index = consumer.held.findIndex((entry) => this.see(entry).body === body);
      consumer.room++;
      return consumer.held.splice(index, 1)[0] as Entry;
    });
  }

  ack(consumer: FakeConsumer, ...bodies: readonly string[]): void {
    for (const entry of this.give(consumer, ...bodies)) settle(this.queue, entry);
    if (!consumer.waiting) this.queue.wake(consumer);
    this.endTurn();
  }

  nack(consumer: FakeConsumer, ...bodies: readonly string[]): void {
    for (const entry of this.give(consumer, ...bodies)) requeue(this.queue, entry);
    if (!consumer.waiting) this.queue.wake(consumer);
    this.endTurn();
  }

  /** As basic.cancel does. */
  cancel(consumer: FakeConsumer): void {
    this.queue.removeConsumer(consumer);
    this.endTurn();
  }

  /** As the end of a channel does. */
  close(consumer: FakeConsumer): void {
    this.queue.removeConsumer(consumer);
    for (const entry of consumer.held.splice(0)) requeue(this.queue, entry, 'lost');
    this.endTurn();
  }
}

test('each group goes to one consumer, and groups are spread', () => {
  const bench = new GroupBench();
  const consumers = ['x', 'y', 'z'].map((name) => bench.join(name));
  bench.send('a1', 'b1', 'c1', 'd1', 'a2', 'b2', 'c2', 'd2', 'd3');
  expect(consumers.map((consumer) => bench.held(consumer))).toEqual(['a1 d1 a2 d2 d3', 'b1 b2', 'c1 c2']);
});

test('a group stays with its consumer when nothing of it is out', () => {
  const bench = new GroupBench();
  const [x, y] = [bench.join('x'), bench.join('y')];
  bench.send('a1', 'b1');
  bench.ack(x, 'a1');
  bench.ack(y, 'b1');
  bench.send('b2', 'a2');
  expect([bench.held(x), bench.held(y)]).toEqual(['a2', 'b2']);
});

test('a consumer that comes gets new groups until it has as many as the others', () => {
  const bench = new GroupBench();
  const x = bench.join('x');
  bench.send('a', 'b', 'c', 'd');
  const y = bench.join('y');
  bench.send('e', 'f', 'g', 'h', 'a2');
  expect([bench.held(x), bench.held(y)]).toEqual(['a b c d a2', 'e f g h']);
});

test('new groups go to the highest priority with room', () => {
  const bench = new GroupBench();
  const [low, high] = [bench.join('low'), bench.join('high', 2, 5)];
  bench.send('a1', 'b1', 'c1', 'a2', 'c2');
  expect([bench.held(low), bench.held(high)]).toEqual(['c1 c2', 'a1 b1']);
});

test('a group whose consumer is full waits, and blocks no other', () => {
  const bench = new GroupBench();
  const [x, y] = [bench.join('x', 1), bench.join('y', 2)];
  bench.send('a1', 'a2', 'a3', 'b1', '-1');
  expect([bench.held(x), bench.held(y)]).toEqual(['a1', 'b1 -1']);
  expect([bench.queue.readyCount, bench.queue.counts.unacked]).toEqual([2, 3]);
  bench.ack(x, 'a1');
  expect(bench.held(x)).toBe('a2');
});

test('a full queue of full consumers is not looked through', () => {
  const bench = new GroupBench();
  const x = bench.join('x', 1);
  bench.send('a1');
  const asked = x.asked;
  for (let i = 0; i < 100; i++) bench.send(`b${i}`);
  expect(x.asked - asked).toBeLessThanOrEqual(2);
});

test('messages without a group go to whoever has room', () => {
  const bench = new GroupBench();
  const [x, y] = [bench.join('x'), bench.join('y')];
  bench.send('-1', '-2', '-3', '-4');
  expect([x.held.length, y.held.length]).toEqual([2, 2]);
});

test('of a consumer that is lost, what it had comes back first, in order, then what waited behind it', () => {
  const bench = new GroupBench();
  const x = bench.join('x', 3);
  bench.send('a1', 'b1', 'a2', 'a3', 'b2', 'a4');
  const y = bench.join('y');
  bench.send('c1');
  expect([bench.held(x), bench.held(y)]).toEqual(['a1 b1 a2', 'c1']);
  bench.close(x);
  expect(bench.held(y)).toBe('c1 a1* b1* a2* a3 b2 a4');
});

test('of a consumer that is cancelled, groups wait for what it has not settled, and the others go on', () => {
  const bench = new GroupBench();
  const x = bench.join('x', 3);
  bench.send('a1', 'b1', 'c1', 'a2', 'b2', 'c2');
  bench.ack(x, 'c1');
  bench.nack(x, 'b1');
  const y = bench.join('y');
  expect(bench.held(x)).toBe('a1 a2 b1*');
  bench.cancel(x);
  expect(bench.held(y)).toBe('c2');
  bench.send('a3', 'b3');
  expect(bench.held(y)).toBe('c2');
  bench.ack(x, 'b1');
  expect(bench.held(y)).toBe('c2 b2 b3');
  bench.ack(x, 'a1');
  expect(bench.held(y)).toBe('c2 b2 b3');
  bench.nack(x, 'a2');
  expect(bench.held(y)).toBe('c2 b2 b3 a2* a3');
});

test('a message that is nacked comes back to the same consumer, ahead of what waits', () => {
  const bench = new GroupBench();
  const [x, y] = [bench.join('x', 2), bench.join('y')];
  bench.send('a1', 'a2', 'a3');
  bench.nack(x, 'a1');
  expect([bench.held(x), bench.held(y)]).toEqual(['a2 a1*', '']);
  bench.ack(x, 'a2', 'a1');
  expect(bench.held(x)).toBe('a3');
});

test('what waits for one consumer and what waits for none are dropped in order of age', () => {
  const bench = new GroupBench({
    'x-max-length': 3,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': 'dead',
  });
  const dead = bench.declare('dead');
  const [x, y] = [bench.join('x', 1), bench.join('y', 1)];
  bench.send('a1', 'b1', 'b2', 'c1', 'a2');
  expect([bench.held(x), bench.held(y)]).toEqual(['a1', 'b1']);
  bench.send('c2', 'c3');
  expect(bench.deaths(dead)).toEqual(['b2 maxlen', 'c1 maxlen']);
  bench.ack(y, 'b1');
  expect([bench.held(y), bench.queue.readyCount]).toEqual(['c2', 2]);
  bench.ack(x, 'a1');
  expect([bench.held(x), bench.queue.readyCount]).toEqual(['a2', 1]);
});

test('a message expires while it waits for its consumer', () => {
  const bench = new GroupBench({ 'x-message-ttl': 10 });
  const [x, y] = [bench.join('x', 1), bench.join('y')];
  bench.send('a1', 'a2', 'b1');
  bench.clock.advance(10);
  expect([bench.queue.readyCount, bench.held(y)]).toEqual([0, 'b1']);
  bench.send('a3');
  bench.ack(x, 'a1');
  expect(bench.held(x)).toBe('a3');
});

test('what expired behind a message that lives is not delivered with it', () => {
  for (const busy of [true, false]) {
    const bench = new GroupBench();
    const x = busy ? bench.join('x', 0) : undefined;
    const send = (body: string, expiration?: string): void => {
      bench.publish(bench.queue, body, {
        headers: { group: 'a' },
        ...(expiration === undefined ? {} : { expiration }),
      });
    };
    send('a1');
    for (const body of ['a2', 'a3']) send(body, '10');
    send('a4');
    bench.endTurn();
    bench.clock.advance(1000);
    expect(bench.queue.readyCount, 'they wait, and are counted').toBe(4);
    const consumer = x ?? bench.join('x');
    consumer.room = 10;
    bench.queue.wake(consumer);
    bench.endTurn();
    expect(bench.held(consumer)).toBe('a1 a4');
    expect(bench.queue.readyCount).toBe(0);
  }
});

test('messages that wait for different consumers expire each in its time', () => {
  const bench = new GroupBench();
  for (const name of ['x', 'y']) bench.join(name, 1);
  bench.send('a1', 'b1');
  for (const [group, expiration] of [
    ['a', '10'],
    ['b', '20'],
  ] as const) {
    bench.publish(bench.queue, group, { headers: { group }, expiration });
  }
  bench.join('z');
  expect(bench.queue.readyCount).toBe(2);
  bench.clock.advance(10);
  expect(bench.queue.readyCount).toBe(1);
  bench.clock.advance(10);
  expect(bench.queue.readyCount).toBe(0);
});

test('a purge takes what waits for consumers too, and the groups stay with them', () => {
  const bench = new GroupBench();
  const [x, y] = [bench.join('x', 1), bench.join('y', 1)];
  bench.send('a1', 'a2', 'b1', 'c1');
  expect([dropAll(bench.queue.purge()), bench.queue.readyCount, bench.queue.readyBytes]).toEqual([2, 0, 0]);
  bench.ack(y, 'b1');
  bench.send('a3');
  expect([bench.held(x), bench.held(y)]).toEqual(['a1', '']);
});

test('much that waited for a consumer that has left is there once', () => {
  const bench = new GroupBench();
  const x = bench.join('x', 1);
  bench.send(...Array.from({ length: 100 }, (_, step) => `a${step}`));
  const { position } = x.held[0] as Entry;
  bench.cancel(x);
  const y = bench.join('y', 1);
  bench.ack(x, 'a0');
  expect([bench.held(y), bench.queue.readyCount]).toEqual(['a1', 98]);
  expect([dropAll(bench.queue.purge()), bench.pages.of(position).references]).toEqual([98, 1]);
});

test('a message that was out too often dies, and its group goes on', () => {
  const bench = new GroupBench({ 'x-delivery-limit': 1 });
  const x = bench.join('x', 1);
  bench.send('a1', 'a2');
  bench.nack(x, 'a1');
  expect(bench.held(x)).toBe('a1*');
  bench.nack(x, 'a1');
  expect(bench.held(x)).toBe('a2');
});

test('a refused message lets go of a group whose consumer was cancelled', () => {
  const bench = new GroupBench();
  const x = bench.join('x', 1);
  bench.send('a1', 'a2');
  bench.cancel(x);
  const y = bench.join('y');
  for (const entry of bench.give(x, 'a1')) reject(bench.queue, entry);
  bench.endTurn();
  expect(bench.held(y)).toBe('a2');
});

test('a consumer that acknowledges nothing gets its groups in order', () => {
  const bench = new GroupBench();
  const x = bench.join('x');
  const taken: string[] = [];
  x.deliver = (queue, position, sequence, bodyBytes, flags) => {
    taken.push(bench.see({ position, bodyBytes }).body);
    queue.drop(position, sequence, bodyBytes, flags);
  };
  bench.send('a1', 'b1', 'a2');
  expect([taken, bench.queue.counts.unacked]).toEqual([['a1', 'b1', 'a2'], 0]);
});

test('a deleted queue lets go of everything', () => {
  const bench = new GroupBench();
  const x = bench.join('x', 2);
  bench.send('a1', 'b1', 'a2', 'c1');
  expect(dropAll(bench.queue.delete())).toBe(2);
  const { position } = x.held[0] as Entry;
  for (const entry of bench.give(x, 'a1', 'b1')) requeue(bench.queue, entry);
  expect(bench.pages.of(position).references).toBe(0);
});

test('groups that nothing is there of are forgotten when there are too many, the longest unused first', () => {
  const bench = new GroupBench();
  const queue = bench.declare('many', { 'x-group-by': 'header:group' });
  const x = new FakeConsumer('x');
  queue.addConsumer(x);
  const send = (group: number): void => {
    bench.publish(queue, `${group}`, { headers: { group } });
    bench.endTurn();
  };
  for (let group = 0; group < 1024; group++) send(group);
  for (const entry of x.held.splice(0)) settle(queue, entry);
  send(0);
  for (const entry of x.held.splice(0)) settle(queue, entry);
  // One more than are remembered: 1 is the one that was used longest ago.
  send(1024);
  for (const entry of x.held.splice(0)) settle(queue, entry);
  const y = new FakeConsumer('y');
  queue.addConsumer(y);
  for (const group of [0, 1, 2, 1024]) send(group);
  expect(x.held.map((entry) => bench.see(entry).body)).toEqual(['0', '2', '1024']);
  expect(y.held.map((entry) => bench.see(entry).body)).toEqual(['1']);
});

test('a consumer that is lost with very many groups leaves them to the next one, in order', () => {
  const bench = new GroupBench();
  const count = 50_000;
  for (const step of [1, 2]) {
    for (let group = 0; group < count; group++) bench.publish(bench.queue, `${step}`, { headers: { group } });
  }
  const x = bench.join('x', count);
  const y = bench.join('y', 1);
  bench.close(x);
  y.room = Number.POSITIVE_INFINITY;
  bench.queue.wake(y);
  bench.endTurn();
  expect(y.held).toHaveLength(2 * count);
  expect(y.held.findIndex((entry) => bench.see(entry).body === '2')).toBe(count);
});

test('delivery ends after 4096 messages and goes on later', () => {
  const bench = new GroupBench();
  for (let i = 0; i < 5000; i++) bench.publish(bench.queue, `${i}`, { headers: { group: i % 3 } });
  const x = new FakeConsumer('x');
  bench.queue.addConsumer(x);
  bench.ready.shift()?.drain();
  expect(x.held).toHaveLength(4096);
  bench.endTurn();
  expect(x.held).toHaveLength(5000);
});
