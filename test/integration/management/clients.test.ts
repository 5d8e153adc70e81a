// Connections, channels and consumers as the API tells of them.

import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.ts';
import { Api } from '../../support/api.ts';
import { startBroker, until } from '../../support/broker.ts';
import { client } from './support.ts';

const MANAGEMENT = { management: { port: 0 } } as const;

test('a connection is told of with how its client introduced itself', async () => {
  const broker = await startBroker(MANAGEMENT);
  await client(broker, 'the hare');
  const { json } = await Api.of(broker).get('connections');
  expect(json).toMatchObject([
    {
      user: 'guest',
      vhost: '/',
      user_provided_name: 'the hare',
      client_properties: { product: 'amqplib', connection_name: 'the hare' },
      auth_mechanism: 'PLAIN',
      channels: 1,
      peer_host: '127.0.0.1',
      port: broker.port,
      state: 'running',
      ssl: false,
      ssl_protocol: null,
      protocol: 'AMQP 0-9-1',
    },
  ]);
  const one = await Api.of(broker).get(`connections/${encodeURIComponent(json[0].name)}`);
  expect(one.json).toMatchObject({ name: json[0].name, ssl_protocol: '' });
});

test('channels and consumers are told of with whose they are', async () => {
  const broker = await startBroker(MANAGEMENT);
  const api = Api.of(broker);
  const { channel } = await client(broker);
  await channel.assertQueue('q');
  await channel.prefetch(3);
  await channel.consume('q', () => {}, { consumerTag: 'tag', arguments: { 'x-priority': 2 } });
  const { json: channels } = await api.get('channels');
  expect(channels).toMatchObject([{ number: 1, prefetch_count: 3, consumer_count: 1, confirm: false, user: 'guest' }]);
  const { json: consumers } = await api.get('consumers/%2F');
  expect(consumers).toMatchObject([
    {
      consumer_tag: 'tag',
      ack_required: true,
      active: true,
      prefetch_count: 3,
      arguments: { 'x-priority': 2 },
      queue: { name: 'q', vhost: '/' },
      channel_details: { name: channels[0].name },
    },
  ]);
  expect((await api.get(`channels/${encodeURIComponent(channels[0].name)}`)).json.consumer_details).toHaveLength(1);
  const connection = encodeURIComponent(channels[0].connection_details.name);
  expect((await api.get(`connections/${connection}/channels`)).json).toHaveLength(1);
  expect((await api.get('queues/%2F/q')).json.consumer_details).toMatchObject([{ consumer_tag: 'tag' }]);
});

test('of a queue with a single active consumer, it is told which that is', async () => {
  const broker = await startBroker(MANAGEMENT);
  const { channel } = await client(broker);
  await channel.assertQueue('q', { arguments: { 'x-single-active-consumer': true } });
  for (const consumerTag of ['first', 'second']) await channel.consume('q', () => {}, { consumerTag });
  const { json } = await Api.of(broker).get('queues/%2F/q');
  expect(json.single_active_consumer_tag).toBe('first');
  expect(
    json.consumer_details.map(({ active, activity_status }: Record<string, unknown>) => [active, activity_status]),
  ).toEqual([
    [true, 'single_active'],
    [false, 'waiting'],
  ]);
});

test('an exclusive queue is told of with its owner, and is nobody else’s', async () => {
  const broker = await startBroker(MANAGEMENT);
  const api = Api.of(broker);
  const { channel } = await client(broker);
  await channel.assertQueue('own', { exclusive: true });
  const {
    json: [connection],
  } = await api.get('connections');
  expect((await api.get('queues/%2F/own')).json).toMatchObject({
    exclusive: true,
    owner_pid_details: { name: connection.name },
  });
  expect((await api.delete('queues/%2F/own')).status).toBe(400);
  expect((await api.post('queues/%2F/own/browse', {})).status).toBe(400);
});

describe('a connection is closed', () => {
  test('by its name, and its client is told the reason', async () => {
    const broker = await startBroker(MANAGEMENT);
    const api = Api.of(broker);
    const { connection } = await client(broker);
    const {
      json: [{ name }],
    } = await api.get('connections');
    const closed = once(connection, 'close');
    const { status } = await api.call('DELETE', `connections/${encodeURIComponent(name)}`, undefined, {
      'x-reason': 'enough',
    });
    expect(status).toBe(204);
    const [error] = await closed;
    expect(String(error)).toContain('CONNECTION_FORCED - enough');
    await until(async () => (await api.get('connections')).json.length === 0);
  });

  test('with all others of its user', async () => {
    const broker = await startBroker(MANAGEMENT);
    const api = Api.of(broker);
    for (let i = 0; i < 2; i++) await client(broker);
    expect((await api.get('connections/username/guest')).json).toHaveLength(2);
    expect((await api.delete('connections/username/guest')).status).toBe(204);
    await until(async () => (await api.get('connections')).json.length === 0);
  });

  test('only by its user, or an administrator; who monitors may look', async () => {
    const broker = await startBroker(MANAGEMENT);
    for (const [user, tag] of [
      ['hare', 'management'],
      ['watcher', 'monitoring'],
    ] as const) {
      await broker.users.set(user, { password: user, tags: [tag] });
    }
    await client(broker);
    const {
      json: [{ name }],
    } = await Api.of(broker).get('connections');
    const path = `connections/${encodeURIComponent(name)}`;
    const REFUSED = { error: 'not_authorised', reason: 'User not authorised to access object' };
    const hare = Api.of(broker, 'hare');
    const watcher = Api.of(broker, 'watcher');
    expect([(await hare.get('connections')).json, (await watcher.get('connections')).json.length]).toEqual([[], 1]);
    expect(await hare.get(path)).toMatchObject({ status: 401, json: REFUSED });
    expect((await watcher.get(path)).status).toBe(200);
    for (const api of [hare, watcher]) expect(await api.delete(path)).toMatchObject({ status: 401, json: REFUSED });
    expect(await hare.get('connections/username/guest')).toMatchObject({ status: 401, json: REFUSED });
  });
});

test('what was counted is told with queues, exchanges, channels and connections', async () => {
  const broker = await startBroker(MANAGEMENT);
  const api = Api.of(broker);
  const { channel } = await client(broker);
  await channel.assertQueue('q');
  await channel.assertExchange('x', 'fanout');
  await channel.bindQueue('q', 'x', '');
  for (let i = 0; i < 3; i++) channel.publish('x', '', Buffer.from('hello'));
  await channel.assertQueue('q');
  await channel.get('q');
  await channel.get('q', { noAck: true });
  const queue = (await api.get('queues/%2F/q')).json;
  expect(queue).toMatchObject({
    messages: 2,
    messages_ready: 1,
    messages_unacknowledged: 1,
    message_bytes: 10,
    message_bytes_ready: 5,
    messages_details: { rate: expect.any(Number) },
    message_stats: { publish: 3, get: 1, get_no_ack: 1, deliver_get: 2, ack: 0 },
  });
  expect((await api.get('exchanges/%2F/x')).json.message_stats).toMatchObject({ publish_in: 3, publish_out: 3 });
  expect((await api.get('channels')).json[0].message_stats).toMatchObject({ publish: 3, get: 1 });
  const [connection] = (await api.get('connections')).json;
  expect(connection.recv_oct).toBeGreaterThan(100);
  expect(connection.connected_at).toBeGreaterThan(0);
});

test('what the API itself publishes and gets is counted', async () => {
  const api = Api.of(await startBroker(MANAGEMENT));
  await api.put('queues/%2F/q', {});
  const message = { properties: {}, routing_key: 'q', payload: 'hello', payload_encoding: 'string' };
  await api.post('exchanges/%2F/amq.default/publish', message);
  await api.post('queues/%2F/q/get', { count: 2, ackmode: 'ack_requeue_true', encoding: 'auto' });
  expect((await api.get('queues/%2F/q')).json).toMatchObject({
    messages_ready: 1,
    messages_unacknowledged: 0,
    message_stats: { publish: 1, get: 1 },
  });
  expect((await api.get('exchanges/%2F/amq.default')).json.message_stats).toMatchObject({
    publish_in: 1,
    publish_out: 1,
  });
});

test('queues are sorted by what was counted', async () => {
  const api = Api.of(await startBroker(MANAGEMENT));
  for (const name of ['a', 'b']) await api.put(`queues/%2F/${name}`, {});
  const message = { properties: {}, routing_key: 'b', payload: 'hello', payload_encoding: 'string' };
  await api.post('exchanges/%2F/amq.default/publish', message);
  const { json } = await api.get('queues?sort=message_stats.publish&sort_reverse=true&columns=name');
  expect(json).toEqual([{ name: 'b' }, { name: 'a' }]);
});

test.each(['reset', 'reset/leveret@localhost'])('DELETE /api/%s forgets rates and samples', async (path) => {
  const clock = new ManualClock(1_700_000_000_000);
  const broker = await startBroker({ ...MANAGEMENT, clock });
  const api = Api.of(broker);
  const { channel } = await client(broker);
  await channel.assertQueue('q');
  const details = async () => (await api.get('queues/%2F/q?msg_rates_age=60&msg_rates_incr=5')).json.message_stats;
  const sampledSoFar = async () =>
    (await details()).publish_details.samples.some(({ sample }: { sample: number }) => sample > 0);
  for (const _ of [1, 2]) {
    channel.sendToQueue('q', Buffer.from('message'));
    await channel.checkQueue('q');
    clock.advance(5_000);
    await new Promise((next) => setImmediate(next));
  }
  expect(await details()).toMatchObject({ publish: 2, publish_details: { rate: 0.2 } });
  expect(await sampledSoFar()).toBe(true);
  expect((await api.call('DELETE', path)).status).toBe(204);
  expect(await details()).toMatchObject({ publish: 2, publish_details: { rate: 0 } });
  expect(await sampledSoFar()).toBe(false);
  expect((await api.call('DELETE', 'reset/hare@field')).status).toBe(400);
});
