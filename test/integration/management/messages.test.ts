// Messages by the API: published, got, browsed, moved, replayed, and those that wait for their time.

import { describe, expect, test } from 'vitest';
import { Api } from '../../support/api.ts';
import { startBroker, until } from '../../support/broker.ts';
import { client, withDataDir } from './support.ts';

const MANAGEMENT = { management: { port: 0 } } as const;
const PUBLISH = 'exchanges/%2F/amq.default/publish';

function text(queue: string, payload: string, properties: object = {}): object {
  return { properties, routing_key: queue, payload, payload_encoding: 'string' };
}

function payloads(messages: readonly { readonly payload: string }[]): string[] {
  return messages.map(({ payload }) => payload);
}

describe('publish and get', () => {
  test('what is published with properties is got with them', async () => {
    const api = Api.of(await startBroker(MANAGEMENT));
    await api.put('queues/%2F/q', {});
    const properties = { delivery_mode: 2, message_id: 'm', timestamp: 5, headers: { n: 1, deep: { list: [1, 'a'] } } };
    expect((await api.post(PUBLISH, text('q', 'hello', properties))).json).toEqual({ routed: true });
    expect((await api.post(PUBLISH, text('nobody', 'hello'))).json).toEqual({ routed: false });
    const { json } = await api.post('queues/%2F/q/get', { count: 5, ackmode: 'ack_requeue_false', encoding: 'auto' });
    expect(json).toEqual([
      {
        payload_bytes: 5,
        redelivered: false,
        exchange: '',
        routing_key: 'q',
        message_count: 0,
        properties,
        payload: 'hello',
        payload_encoding: 'string',
      },
    ]);
  });

  test('bytes that are no text go in base64', async () => {
    const api = Api.of(await startBroker(MANAGEMENT));
    await api.put('queues/%2F/q', {});
    const message = { properties: {}, routing_key: 'q', payload: '/wAB', payload_encoding: 'base64' };
    await api.post(PUBLISH, message);
    const { json } = await api.post('queues/%2F/q/get', { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' });
    expect(json).toMatchObject([{ payload: '/wAB', payload_encoding: 'base64', properties: [] }]);
  });

  test('both are traced', async () => {
    const broker = await startBroker(MANAGEMENT);
    const api = Api.of(broker);
    for (const name of ['q', 'traces']) await api.put(`queues/%2F/${name}`, {});
    await api.post('bindings/%2F/e/amq.rabbitmq.trace/q/traces', { routing_key: '#' });
    broker.tracing('/', true);
    await api.post(PUBLISH, text('q', 'hello'));
    await api.post('queues/%2F/q/get', { count: 1, ackmode: 'ack_requeue_false', encoding: 'auto' });
    broker.tracing('/', false);
    const { json } = await api.post('queues/%2F/traces/browse', {});
    expect(json.items).toMatchObject([
      { routing_key: 'publish.', payload: 'hello', properties: { headers: { user: 'guest', routed_queues: ['q'] } } },
      { routing_key: 'deliver.q', payload: 'hello', properties: { headers: { user: 'guest', redelivered: 0 } } },
    ]);
  });

  test('a queue that is full refuses', async () => {
    const api = Api.of(await startBroker(MANAGEMENT));
    await api.put('queues/%2F/q', { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } });
    await api.post(PUBLISH, text('q', 'a'));
    expect(await api.post(PUBLISH, text('q', 'b'))).toMatchObject({
      status: 400,
      json: { reason: 'rejected Unable to publish message. Check queue limits.' },
    });
  });

  test('what is put back is redelivered, and what is rejected dies', async () => {
    const api = Api.of(await startBroker(MANAGEMENT));
    await api.put('queues/%2F/dead', {});
    const dead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
    await api.put('queues/%2F/q', { arguments: dead });
    await api.post(PUBLISH, text('q', 'a'));
    const get = (ackmode: string) => api.post('queues/%2F/q/get', { count: 9, ackmode, encoding: 'auto' });
    expect((await get('ack_requeue_true')).json).toMatchObject([{ redelivered: false }]);
    expect((await get('reject_requeue_false')).json).toMatchObject([{ redelivered: true }]);
    const { json } = await api.post('queues/%2F/dead/browse', {});
    expect(json.items).toMatchObject([
      { payload: 'a', properties: { headers: { 'x-first-death-reason': 'rejected' } } },
    ]);
  });
});

describe('browse', () => {
  test('finds by header, property and body, and changes nothing', async () => {
    const broker = await startBroker(MANAGEMENT);
    const api = Api.of(broker);
    await api.put('queues/%2F/q', {});
    for (const n of [1, 2, 3]) {
      const properties = { message_id: `m${n}`, headers: { odd: n % 2 === 1 } };
      await api.post(PUBLISH, text('q', JSON.stringify({ order: { n } }), properties));
    }
    const browse = (body: object) => api.post('queues/%2F/q/browse', body);
    expect((await browse({})).json).toMatchObject({ examined: 3, next: null, items: [{ id: 1, position: 0 }, {}, {}] });
    expect((await browse({ from: 1, count: 1 })).json).toMatchObject({ next: 2, items: [{ id: 2, state: 'ready' }] });
    const found = await browse({ filter: { headers: { odd: true }, body: { '$.order.n': 3 } } });
    expect(found.json.items).toMatchObject([{ id: 3, properties: { message_id: 'm3' } }]);
    expect((await browse({ filter: { body: { order: 1 } } })).status).toBe(400);
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`h${n}`, n]));
    expect((await browse({ filter: { headers: many } })).status).toBe(400);
    const { channel } = await client(broker);
    const first = await channel.get('q', { noAck: true });
    expect(first && [first.fields.redelivered, first.content.toString()]).toEqual([false, '{"order":{"n":1}}']);
  });

  test('shows who has what is not acknowledged', async () => {
    const broker = await startBroker(MANAGEMENT);
    const api = Api.of(broker);
    const { channel } = await client(broker);
    await channel.assertQueue('q');
    for (const body of ['a', 'b']) channel.sendToQueue('q', Buffer.from(body));
    await channel.prefetch(1);
    await channel.consume('q', () => {}, { consumerTag: 'tag' });
    await until(async () => (await api.get('queues/%2F/q/unacked')).json.length === 1);
    const { json: unacked } = await api.get('queues/%2F/q/unacked');
    expect(unacked).toMatchObject([
      { delivery_tag: 1, consumer_tag: 'tag', channel_name: expect.stringMatching(/ \(1\)$/) },
    ]);
    const { json } = await api.post('queues/%2F/q/browse', { state: 'unacked' });
    expect(json.items).toMatchObject([{ payload: 'a', state: 'unacked', consumer_tag: 'tag', delivery_tag: 1 }]);
    expect((await api.post('queues/%2F/q/browse', {})).json.items).toMatchObject([{ payload: 'b' }]);
    await channel.assertQueue('other');
    expect((await api.get('queues/%2F/other/unacked')).json).toEqual([]);
  });
});

describe('one message', () => {
  test('is dropped, or moved to another queue', async () => {
    const api = Api.of(await startBroker(MANAGEMENT));
    for (const name of ['q', 'target']) await api.put(`queues/%2F/${name}`, {});
    for (const payload of ['a', 'b', 'c']) await api.post(PUBLISH, text('q', payload));
    expect((await api.delete('queues/%2F/q/messages/1')).status).toBe(204);
    expect((await api.delete('queues/%2F/q/messages/1')).status).toBe(404);
    expect((await api.post('queues/%2F/q/messages/3/move', { queue: 'target' })).status).toBe(204);
    expect((await api.post('queues/%2F/q/messages/2/move', { queue: 'nope' })).status).toBe(404);
    expect((await api.post('queues/%2F/q/messages/2/move', { queue: 'q' })).status).toBe(400);
    const browse = async (queue: string) => payloads((await api.post(`queues/%2F/${queue}/browse`, {})).json.items);
    expect([await browse('q'), await browse('target')]).toEqual([['b'], ['c']]);
  });
});

test('dead letters are replayed to their queue, after a dry run has told of it', async () => {
  await withDataDir(async (start) => {
    const api = Api.of(await start());
    await api.put('queues/%2F/dead', { durable: true });
    const dead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
    await api.put('queues/%2F/q', { durable: true, arguments: dead });
    for (const payload of ['a', 'b']) await api.post(PUBLISH, text('q', payload, { delivery_mode: 2 }));
    await api.post('queues/%2F/q/get', { count: 2, ackmode: 'reject_requeue_false', encoding: 'auto' });
    const dry = await api.post('queues/%2F/dead/replay', { dry_run: true });
    expect(dry.json).toEqual({
      dry_run: true,
      examined: 2,
      replayed: 2,
      destinations: [{ died_in: 'q', exchange: '', routing_keys: ['q'], queues: ['q'], messages: 2 }],
      skipped: {},
      next: null,
    });
    expect((await api.post('queues/%2F/dead/browse', {})).json.items).toHaveLength(2);
    expect((await api.post('queues/%2F/dead/replay', { count: 1 })).json).toMatchObject({ replayed: 1, next: 0 });
    expect((await api.post('queues/%2F/dead/replay', {})).json).toMatchObject({ replayed: 1, next: null });
    expect(payloads((await api.post('queues/%2F/q/browse', {})).json.items)).toEqual(['a', 'b']);
  });
});

test('messages that wait are listed, given another time, and dropped', async () => {
  const api = Api.of(await startBroker(MANAGEMENT));
  await api.put('queues/%2F/q', { arguments: { 'x-scheduled-delivery': true } });
  for (const [payload, delay] of [
    ['later', 200_000],
    ['soon', 100_000],
  ] as const) {
    await api.post(PUBLISH, text('q', payload, { headers: { 'x-delay': delay } }));
  }
  const { json } = await api.get('queues/%2F/q/scheduled');
  expect(json).toMatchObject({ total: 2, bytes: 9, items: [{ id: 2, payload_bytes: 4 }, { id: 1 }] });
  expect(json.items[0].properties.headers).toEqual({ 'x-delay': 100_000 });
  expect((await api.get('queues/%2F/q/scheduled?from=1&count=1')).json.items).toMatchObject([{ id: 1 }]);
  expect((await api.get('queues/%2F/q/scheduled?count=9999')).status).toBe(400);
  expect((await api.put('queues/%2F/q/scheduled/1', { ready_at: 0 })).status).toBe(204);
  expect((await api.delete('queues/%2F/q/scheduled/2')).status).toBe(204);
  expect((await api.delete('queues/%2F/q/scheduled/2')).status).toBe(404);
  await until(async () => (await api.get('queues/%2F/q')).json.messages_scheduled === 0);
  expect(payloads((await api.post('queues/%2F/q/browse', {})).json.items)).toEqual(['later']);
});

test('what waits in an exchange is listed and dropped', async () => {
  const api = Api.of(await startBroker(MANAGEMENT));
  await api.put('exchanges/%2F/x', { type: 'x-delayed-message', arguments: { 'x-delayed-type': 'fanout' } });
  expect((await api.get('exchanges/%2F/x/scheduled')).json).toEqual({ total: 0, bytes: 0, items: [] });
  await api.post('exchanges/%2F/x/publish', text('k', 'hello', { headers: { 'x-delay': 100_000 } }));
  const { json } = await api.get('exchanges/%2F/x/scheduled');
  expect(json).toMatchObject({ total: 1, items: [{ exchange: 'x', routing_key: 'k' }] });
  expect((await api.delete(`exchanges/%2F/x/scheduled/${json.items[0].id}`)).status).toBe(204);
});

test('a paused queue keeps what is published, from consumers and basic.get, until it is resumed', async () => {
  await withDataDir(async (start) => {
    const first = await start();
    await Api.of(first).put('queues/%2F/q', { durable: true });
    expect((await Api.of(first).put('queues/%2F/q/pause')).status).toBe(204);
    await first.close();
    const broker = await start();
    const api = Api.of(broker);
    expect((await api.get('queues/%2F/q')).json).toMatchObject({ state: 'paused', paused: true });
    const { channel } = await client(broker);
    const got: string[] = [];
    await channel.consume('q', (message) => message !== null && got.push(message.content.toString()), { noAck: true });
    await api.post(PUBLISH, text('q', 'a'));
    expect(await channel.get('q')).toBe(false);
    expect(payloads((await api.post('queues/%2F/q/browse', {})).json.items)).toEqual(['a']);
    expect((await api.put('queues/%2F/q/resume')).status).toBe(204);
    await until(() => got.length === 1);
    expect((await api.get('queues/%2F/q')).json).toMatchObject({ state: 'running', paused: false });
  });
});
