import { expect, test } from 'vitest';
import { fromPlain } from '../../../../src/codec/table.ts';
import type { Queue } from '../../../../src/core/queue/queue.ts';
import type { VirtualHost } from '../../../../src/core/vhost.ts';
import type { Channel } from '../../../../src/server/channel/channel.ts';
import { takeBack } from '../../../../src/server/channel/settle.ts';
import type { Server } from '../../../../src/server/server.ts';
import { BusyClock, bodies, clientOf, messages, settled } from '../../../support/busy_client.ts';
import type { FakeClient } from '../../../support/fake_client.ts';
import { testServer } from '../../../support/test_server.ts';

/** More than is done in one turn. */
const MANY = 12_000;
const DLX = fromPlain({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });

function vhostOf(server: Server): VirtualHost {
  return server.vhosts.get('/') as VirtualHost;
}

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** A server with very many messages in queue `q`, the client that published them, and another one. */
async function filled(table = fromPlain({}), count = MANY): Promise<[Server, FakeClient, FakeClient, Queue]> {
  const server = testServer(new BusyClock());
  const [client, other] = [await clientOf(server), await clientOf(server)];
  client.send(1, 'queue.declare', { queue: 'q', arguments: table });
  client.send(1, 'queue.declare', { queue: 'dead' });
  client.chunk(messages('q', 0, count));
  await settled(client);
  return [server, client, other, vhostOf(server).queue('q')];
}

/** The same, when all of it was delivered. */
async function delivered(table = fromPlain({}), count = MANY): Promise<[Server, FakeClient, FakeClient, Queue]> {
  const [server, client, other, queue] = await filled(table, count);
  client.send(1, 'basic.consume', { queue: 'q', consumerTag: 'c' });
  expect(bodies(await settled(client))).toHaveLength(count);
  client.send(1, 'basic.cancel', { consumerTag: 'c' });
  await settled(client);
  return [server, client, other, queue];
}

function answers(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /(?:purge|delete|declare|qos)-ok/.exec(line)?.[0] ?? []);
}

test('a queue with very many messages is empty at once when it is purged, and the answer comes when they are gone', async () => {
  const [server, client, other, queue] = await filled();
  client.send(1, 'queue.purge', { queue: 'q' });
  client.send(1, 'basic.qos');
  expect([queue.readyCount, queue.readyBytes, vhostOf(server).departing.size]).toEqual([0, 0, 1]);
  other.chunk(messages('q', MANY, 5));
  other.send(1, 'basic.get', { queue: 'q', noAck: true });
  expect(bodies(await settled(other))).toEqual([MANY]);
  const lines = await settled(client);
  expect(answers(lines)).toEqual(['purge-ok', 'qos-ok']);
  expect(lines.join()).toContain(`messageCount:${MANY}`);
  expect([queue.readyCount, vhostOf(server).departing.size]).toEqual([4, 0]);
});

test('a queue with very many messages is gone at once when it is deleted, and another may have its name', async () => {
  const [server, client, other] = await filled();
  client.send(1, 'queue.delete', { queue: 'q' });
  client.send(1, 'basic.qos');
  expect(vhostOf(server).queues.has('q')).toBe(false);
  other.send(1, 'queue.declare', { queue: 'q' });
  other.chunk(messages('q', MANY, 5));
  expect(vhostOf(server).departing.size).toBe(1);
  const lines = await settled(client);
  expect(answers(lines)).toEqual(['delete-ok', 'qos-ok']);
  expect(lines.join()).toContain(`messageCount:${MANY}`);
  expect(vhostOf(server).queue('q').readyCount).toBe(5);
  expect(vhostOf(server).departing.size).toBe(0);
});

test('what a purge or a deletion has dropped keeps no page, not even where whoever asked has gone', async () => {
  for (const method of ['queue.purge', 'queue.delete'] as const) {
    const [server, client] = await filled();
    client.send(1, method, { queue: 'q' });
    client.socket.destroy();
    client.socket.emit('close');
    const { departing, store } = vhostOf(server);
    while (departing.size > 0) await new Promise(setImmediate);
    store.close();
    expect(store.pages.pageCount).toBe(0);
  }
});

test('very many messages that are refused together come back in order, before anything behind them', async () => {
  const [, client, other] = await delivered();
  client.send(1, 'basic.nack', { deliveryTag: 0, multiple: true, requeue: true });
  client.send(1, 'basic.qos');
  expect(client.connection.held).toBe(true);
  other.chunk(messages('q', MANY, 5));
  other.send(1, 'basic.consume', { queue: 'q', consumerTag: 'd', noAck: true });
  expect(bodies(await settled(other))).toEqual(numbers(0, MANY + 5));
  expect(answers(await settled(client))).toEqual(['qos-ok']);
});

test('very many messages that are refused for good die in order, and the client goes on when they have', async () => {
  const [server, client, other] = await delivered(DLX, 1_000);
  client.send(1, 'basic.nack', { deliveryTag: 0, multiple: true, requeue: false });
  client.send(1, 'basic.qos');
  expect(client.connection.held).toBe(true);
  expect(vhostOf(server).queue('dead').readyCount).toBeLessThan(1_000);
  expect(answers(await settled(client))).toEqual(['qos-ok']);
  other.send(1, 'basic.consume', { queue: 'dead', consumerTag: 'd', noAck: true });
  expect(bodies(await settled(other))).toEqual(numbers(0, 1_000));
});

test('very many acks are all done, also of a client that has gone by then, and what it did not ack comes back', async () => {
  const [server, client, other, queue] = await delivered();
  const last = MANY - 3;
  client.send(1, 'basic.ack', { deliveryTag: last, multiple: true });
  expect(client.connection.held).toBe(true);
  client.socket.destroy();
  client.socket.emit('close');
  expect(vhostOf(server).departing.size).toBe(1);
  while (vhostOf(server).departing.size > 0) await new Promise(setImmediate);
  other.send(1, 'basic.consume', { queue: 'q', consumerTag: 'd', noAck: true });
  expect(bodies(await settled(other))).toEqual(numbers(last, 3));
  expect(queue.counts.unacked).toBe(0);
});

test('very many messages that expire at once die in order, and nobody gets one of them meanwhile', async () => {
  const [server, client, other, queue] = await filled(DLX, 0);
  client.chunk(messages('q', 0, 1_000, { expiration: '10' }));
  client.chunk(messages('q', 1_000, 2));
  while (queue.readyCount < 1_002) await new Promise(setImmediate);
  (server.clock as BusyClock).advance(10);
  expect(queue.readyCount).toBeGreaterThan(500);
  other.send(1, 'basic.get', { queue: 'q', noAck: true });
  expect(bodies(await settled(other))).toEqual([1_000]);
  other.send(1, 'basic.consume', { queue: 'dead', consumerTag: 'd', noAck: true });
  expect(bodies(await settled(other))).toEqual(numbers(0, 1_000));
  expect([queue.readyCount, queue.pause.on]).toEqual([1, false]);
});

test('a client that publishes to very many queues, or to one whose messages die, does not stall the others', async () => {
  const server = testServer(new BusyClock());
  const [client, other] = [await clientOf(server), await clientOf(server)];
  client.send(1, 'queue.declare', { queue: 'dead' });
  client.send(1, 'queue.declare', { queue: 'q', arguments: new Map([...DLX, ...fromPlain({ 'x-max-length': 1 })]) });
  await settled(client);
  client.chunk(messages('q', 0, 200));
  expect(client.connection.held).toBe(true);
  other.send(1, 'queue.declare', { queue: 'other' });
  expect(vhostOf(server).queues.has('other')).toBe(true);
  await settled(client);
  expect([vhostOf(server).queue('q').readyCount, vhostOf(server).queue('dead').readyCount]).toEqual([1, 199]);
});

test('very many acks of a transaction are its own until it ends, also where its client has gone before that', async () => {
  const [server, client, other, queue] = await delivered();
  client.send(1, 'tx.select');
  client.send(1, 'basic.ack', { deliveryTag: 0, multiple: true });
  expect(client.connection.held).toBe(true);
  client.socket.destroy();
  client.socket.emit('close');
  while (vhostOf(server).departing.size > 0) await new Promise(setImmediate);
  expect([queue.readyCount, queue.counts.unacked]).toEqual([MANY, 0]);
  other.send(1, 'basic.consume', { queue: 'q', consumerTag: 'd' });
  expect(bodies(await settled(other))).toEqual(numbers(0, MANY));
  other.send(1, 'tx.select');
  other.send(1, 'basic.ack', { deliveryTag: 0, multiple: true });
  other.send(1, 'tx.commit');
  expect((await settled(other)).at(-1)).toContain('tx.commit-ok');
  expect([queue.readyCount, queue.counts.unacked]).toEqual([0, 0]);
});

test('very many deliveries that are taken back come in order, but for what the client settles before their turn', async () => {
  const [, client, other, queue] = await delivered();
  const taken: number[] = [];
  let done = false;
  const channel = client.connection.channels.get(1) as Channel;
  takeBack(
    channel,
    numbers(1, MANY),
    (tag) => taken.push(tag),
    () => {
      done = true;
    },
  );
  expect([taken.length < MANY, done, queue.pause.on]).toEqual([true, false, true]);
  client.send(1, 'basic.ack', { deliveryTag: MANY });
  other.send(1, 'basic.consume', { queue: 'q', consumerTag: 'd', noAck: true });
  expect(bodies(await settled(other))).toEqual(numbers(0, MANY - 1));
  expect([taken, done, queue.counts.unacked]).toEqual([numbers(1, MANY - 1), true, 0]);
});
