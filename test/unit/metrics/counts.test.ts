import { expect, test } from 'vitest';
import { fromPlain } from '../../../src/codec/table.ts';
import { CountingBench } from '../../support/counting_bench.ts';

const { values } = CountingBench;

test('what is published is counted by exchange, by channel and for the virtual host', () => {
  const bench = new CountingBench();
  bench.declare('a', 'b');
  for (const queue of ['a', 'b']) bench.client.send(1, 'queue.bind', { queue, exchange: 'amq.fanout' });
  bench.publish('', { exchange: 'amq.fanout', count: 3 });
  bench.publish('a', { count: 2 });
  bench.publish('nobody', { count: 4 });
  bench.publish('nobody', { mandatory: true });
  const { metrics, vhost } = bench;
  expect(values(metrics.exchange(vhost.exchange('amq.fanout')))).toEqual({ publish_in: 3, publish_out: 6 });
  const byDefault = { publish_in: 7, publish_out: 2, drop_unroutable: 4, return_unroutable: 1 };
  expect(values(metrics.exchange(vhost.exchange('')))).toEqual(byDefault);
  const all = { publish: 10, drop_unroutable: 4, return_unroutable: 1 };
  expect(values(metrics.channel(bench.channel()))).toEqual(all);
  expect(bench.totals()).toEqual(all);
  expect(values(metrics.queue(bench.queue('a')))).toEqual({ publish: 5 });
});

test('confirms are counted as they are given', async () => {
  const bench = new CountingBench();
  bench.declare('q');
  bench.publish('q');
  bench.client.send(1, 'confirm.select');
  bench.publish('q', { count: 2 });
  bench.publish('q', { exchange: 'amq.topic', count: 3 });
  await bench.endOfTurn();
  expect(bench.totals()).toEqual({ publish: 6, confirm: 5, drop_unroutable: 3 });
  expect(values(bench.metrics.exchange(bench.vhost.exchange('amq.topic')))).toMatchObject({ confirm: 3 });
  expect(bench.metrics.totals().node.counts.publishedForConfirm).toBe(5);
});

test('deliveries are counted by how they were asked for, and acks where they are acks', async () => {
  const bench = new CountingBench();
  bench.declare('q');
  bench.client.send(1, 'basic.consume', { queue: 'q', consumerTag: 'acks' });
  bench.publish('q', { count: 4 });
  await bench.endOfTurn();
  bench.client.send(1, 'basic.ack', { deliveryTag: 1 });
  bench.client.send(1, 'basic.reject', { deliveryTag: 2, requeue: false });
  bench.client.send(1, 'basic.nack', { deliveryTag: 4, multiple: true, requeue: true });
  await bench.endOfTurn();
  expect(values(bench.metrics.queue(bench.queue()))).toEqual({
    publish: 4,
    deliver: 6,
    deliver_get: 6,
    redeliver: 2,
    ack: 1,
  });
  bench.client.send(1, 'basic.cancel', { consumerTag: 'acks' });
  bench.client.send(1, 'basic.ack', { deliveryTag: 0, multiple: true });
  bench.client.send(1, 'basic.consume', { queue: 'q', noAck: true });
  bench.publish('q');
  await bench.endOfTurn();
  expect(values(bench.metrics.queue(bench.queue()))).toMatchObject({ deliver: 6, deliver_no_ack: 1, ack: 3 });
});

test('basic.get is counted with and without acknowledgement, and in vain', () => {
  const bench = new CountingBench();
  bench.declare('q');
  bench.publish('q', { count: 2 });
  bench.client.send(1, 'basic.get', { queue: 'q' });
  bench.client.send(1, 'basic.get', { queue: 'q', noAck: true });
  bench.client.send(1, 'basic.get', { queue: 'q' });
  bench.client.send(1, 'basic.ack', { deliveryTag: 1 });
  expect(bench.totals()).toEqual({ publish: 2, get: 1, get_no_ack: 1, get_empty: 1, ack: 1, deliver_get: 2 });
});

test('what a channel has counted is still there when it and its connection are gone', async () => {
  const bench = new CountingBench();
  bench.declare('q');
  bench.openChannel(2);
  bench.client.send(2, 'confirm.select');
  bench.publish('q', { channel: 2, count: 3 });
  bench.client.send(2, 'basic.consume', { queue: 'q', noAck: true });
  await bench.endOfTurn();
  const before = bench.totals();
  const queueBefore = values(bench.metrics.queue(bench.queue()));
  expect(before).toMatchObject({ publish: 3, confirm: 3, deliver_no_ack: 3 });
  bench.client.send(2, 'channel.close');
  bench.openChannel(2);
  expect(bench.totals()).toEqual(before);
  expect(values(bench.metrics.queue(bench.queue()))).toEqual(queueBefore);
  const { recvOct } = bench.client.connection;
  bench.client.socket.emit('close');
  expect(bench.totals()).toEqual(before);
  const { node } = bench.metrics.totals();
  expect([node.connections, node.channels, node.counts.publishedForConfirm]).toEqual([0, 0, 3]);
  expect(node.counts.recvOct).toBe(recvOct);
  const { connectionsOpened, connectionsClosed, channelsOpened, channelsClosed } = bench.server.counters;
  expect([connectionsOpened, connectionsClosed, channelsOpened, channelsClosed]).toEqual([1, 1, 3, 3]);
});

test('a channel that has had to do with very many queues forgets those that are gone, not what it did with them', () => {
  const bench = new CountingBench();
  const count = 300;
  for (let i = 0; i < count; i++) {
    bench.declare(`q${i}`);
    bench.client.send(1, 'basic.get', { queue: `q${i}` });
    bench.client.send(1, 'queue.delete', { queue: `q${i}` });
  }
  expect([...bench.channel().counts.deliveries].length).toBeLessThan(100);
  expect(values(bench.metrics.channel(bench.channel()))).toEqual({ get_empty: count });
  expect(bench.totals()).toEqual({ get_empty: count });
  const { queuesDeclared, queuesCreated, queuesDeleted } = bench.vhost.counts;
  expect([queuesDeclared, queuesCreated, queuesDeleted]).toEqual([count, count, count]);
});

test('bytes are counted with the messages, wherever they are', async () => {
  const bench = new CountingBench();
  bench.declare('q');
  bench.publish('q', { count: 3, bodyBytes: 10 });
  bench.client.send(1, 'basic.get', { queue: 'q' });
  bench.client.send(1, 'basic.get', { queue: 'q' });
  const queue = bench.queue();
  expect([queue.readyBytes, queue.counts.unackedBytes]).toEqual([10, 20]);
  bench.client.send(1, 'basic.reject', { deliveryTag: 1, requeue: true });
  expect([queue.readyBytes, queue.counts.unackedBytes]).toEqual([20, 10]);
  bench.client.send(1, 'basic.ack', { deliveryTag: 2 });
  expect([queue.readyBytes, queue.counts.unackedBytes]).toEqual([20, 0]);
});

test('what is published in a transaction counts when it is committed', () => {
  const bench = new CountingBench();
  bench.declare('q');
  bench.client.send(1, 'tx.select');
  bench.publish('q', { count: 2 });
  bench.publish('nobody');
  expect(bench.totals()).toEqual({});
  bench.client.send(1, 'tx.rollback');
  bench.publish('q');
  bench.client.send(1, 'tx.commit');
  expect(bench.totals()).toEqual({ publish: 1 });
});

test('messages that die are counted by why, and by whether they went on from there', () => {
  const bench = new CountingBench();
  const full = { 'x-max-length': 1 };
  const withExchange = { ...full, 'x-dead-letter-exchange': 'amq.fanout' };
  bench.client.send(1, 'queue.declare', { queue: 'drops', arguments: fromPlain(full) });
  bench.client.send(1, 'queue.declare', { queue: 'passes', arguments: fromPlain(withExchange) });
  bench.publish('drops', { count: 3 });
  bench.publish('passes', { count: 5 });
  const { deaths } = bench.vhost.counts;
  expect([deaths.of('classic', 'maxlen', false), deaths.of('classic', 'maxlen', true)]).toEqual([2, 4]);
  expect([deaths.of('quorum', 'maxlen', true), deaths.of('classic', 'expired', true)]).toEqual([0, 0]);
});

test("what a virtual host has counted is the node's when it is deleted", () => {
  const bench = new CountingBench();
  bench.declare('q');
  bench.publish('q', { count: 2 });
  const before = bench.totals();
  (bench.server.vhosts as Map<string, unknown>).delete('/');
  bench.server.counters.vhostRemoved(bench.vhost?.counts ?? bench.channel().vhost.counts);
  expect(bench.totals()).toEqual(before);
  bench.client.socket.emit('close');
  expect(bench.totals()).toEqual(before);
});
