import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../src/index.ts';
import { closing, startBroker, until } from '../../support/broker.ts';
import { type Heard, Listener } from './event_listener.ts';
import { channelOn, connectTo, refusal } from './support.ts';

const BY_GUEST = { vhost: '/', user_who_performed_action: 'guest' };

test('events go to the virtual host that is asked for, from when it is there', async () => {
  const broker = await startBroker({ events: true, eventsVhost: 'audit' });
  await broker.vhosts.set('audit');
  await broker.permissions.set('audit', 'guest', { configure: '.*', write: '.*', read: '.*' });
  const connection = closing(await connect(`${broker.url}/audit`));
  const channel = await channelOn(connection);
  await channel.assertQueue('events');
  await channel.bindQueue('events', 'amq.rabbitmq.event', 'user.created');
  await broker.users.set('hare', { password: 'x' });
  await until(async () => (await channel.checkQueue('events')).messageCount === 1);
  const elsewhere = await channelOn((await connectTo(broker)).connection);
  expect(await refusal(elsewhere, () => elsewhere.checkExchange('amq.rabbitmq.event'))).toContain('404');
});

test('what clients do to the topology', async () => {
  const broker = await startBroker({ events: true });
  const listener = await Listener.on(broker);
  const { connection } = await connectTo(broker);
  const channel = await channelOn(connection);
  await listener.messages();
  await channel.assertQueue('q', { arguments: { 'x-max-length': 10 } });
  await channel.assertExchange('x', 'topic', { durable: false, autoDelete: true });
  await channel.bindQueue('q', 'x', 'key', { a: 'b' });
  await channel.unbindQueue('q', 'x', 'key', { a: 'b' });
  await channel.deleteQueue('q');

  const queue = { name: 'q', type: 'rabbit_classic_queue', ...BY_GUEST };
  const binding = {
    source_name: 'x',
    source_kind: 'exchange',
    destination_name: 'q',
    destination_kind: 'queue',
    routing_key: 'key',
    arguments: ['{<<"a">>,longstr,<<"b">>}'],
    ...BY_GUEST,
  };
  const node = 'leveret@localhost';
  const exchange = { name: 'x', ...BY_GUEST };
  expect(await listener.heard()).toEqual([
    {
      key: 'queue.created',
      headers: {
        ...queue,
        durable: true,
        auto_delete: false,
        exclusive: false,
        owner_pid: '',
        arguments: [expect.stringMatching(/^\{<<"x-max-length">>,\w+,10\}$/)],
        leader: node,
        members: [node],
      },
    },
    {
      key: 'exchange.created',
      headers: {
        ...exchange,
        type: 'topic',
        durable: false,
        auto_delete: true,
        internal: false,
        arguments: [],
        policy: '',
      },
    },
    { key: 'binding.created', headers: binding },
    { key: 'binding.deleted', headers: binding },
    { key: 'exchange.deleted', headers: exchange },
    { key: 'queue.deleted', headers: queue },
  ]);
});

test('the life of a connection, its channel and its consumer', async () => {
  const broker = await startBroker({ events: true });
  const listener = await Listener.on(broker);
  const { connection } = await connectTo(broker, { clientProperties: { connection_name: 'mine' } });
  const channel = await channelOn(connection);
  await channel.assertQueue('q', { exclusive: true });
  await channel.prefetch(7);
  await channel.consume('q', () => {}, { consumerTag: 'tag' });
  await connection.close();
  const heard: Heard[] = [];
  await until(async () => {
    heard.push(...(await listener.heard()));
    return heard.at(-1)?.key === 'connection.closed';
  });

  const name = expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:\\d+ -> 127\\.0\\.0\\.1:${broker.port}$`));
  const [login, opened, channelOpened, queue, consumer, channelGone, cancelled, ...gone] = heard;
  expect(login?.key).toBe('user.authentication.success');
  const network = { host: '{127,0,0,1}', peer_host: '{127,0,0,1}', protocol: '{0,9,1}', auth_mechanism: 'PLAIN' };
  expect(login?.headers).toMatchObject({ name: 'guest', connection_name: name, ...network });
  expect(opened?.key).toBe('connection.created');
  expect(opened?.headers).toMatchObject({
    name,
    user: 'guest',
    port: broker.port,
    user_provided_name: 'mine',
    ...network,
  });
  expect(opened?.headers['client_properties']).toContain('{<<"connection_name">>,longstr,<<"mine">>}');
  const { pid } = opened?.headers ?? {};
  expect(pid).toMatch(/^<leveret@localhost\.\d+\.\d+\.0>$/);
  expect(channelOpened?.key).toBe('channel.created');
  expect(channelOpened?.headers).toMatchObject({ connection: pid, number: 1, user: 'guest', vhost: '/' });
  expect(queue?.headers).toMatchObject({ exclusive: true, owner_pid: pid });
  const subscription = { consumer_tag: 'tag', queue: 'q', channel: channelOpened?.headers['pid'], ...BY_GUEST };
  const options = { ack_required: true, exclusive: false, prefetch_count: 7, arguments: [] };
  expect(consumer).toEqual({ key: 'consumer.created', headers: { ...subscription, ...options } });
  expect(channelGone?.key).toBe('channel.closed');
  expect(channelGone?.headers).toMatchObject({ pid: channelOpened?.headers['pid'], consumer_count: 1 });
  expect(cancelled).toEqual({ key: 'consumer.deleted', headers: subscription });
  expect(gone.map(({ key }) => key)).toEqual(['queue.deleted', 'connection.closed']);
  expect(gone[0]?.headers).toMatchObject({ name: 'q', user_who_performed_action: 'rmq-internal' });
  expect(gone[1]?.headers).toMatchObject({ pid, name, user_provided_name: 'mine' });
});

test('a login that is refused', async () => {
  const broker = await startBroker({ events: true });
  const listener = await Listener.on(broker, 'user.#');
  await expect(connect(broker.url.replace('guest:guest', 'guest:wrong'))).rejects.toThrow('ACCESS_REFUSED');
  const [{ key, headers } = { key: '', headers: {} }] = await listener.heard();
  expect(key).toBe('user.authentication.failure');
  expect(headers).toMatchObject({
    name: 'guest',
    error: "user 'guest' - invalid credentials",
    auth_mechanism: 'PLAIN',
  });
});

test('policies', async () => {
  const broker = await startBroker({ events: true });
  const listener = await Listener.on(broker);
  const definition = { 'max-length': 5, 'dead-letter-exchange': 'x' };
  await broker.policies().set('p', { pattern: '^q', definition, applyTo: 'queues', priority: 2 });
  await broker.policies().delete('p');
  const by = { vhost: '/', user_who_performed_action: 'rmq-internal' };
  expect(await listener.heard()).toEqual([
    { key: 'policy.set', headers: { name: 'p', pattern: '^q', 'apply-to': 'queues', priority: 2, definition, ...by } },
    { key: 'policy.cleared', headers: { name: 'p', ...by } },
  ]);
});

test('the memory alarm', async () => {
  const clock = new ManualClock();
  const broker = await startBroker({ events: true, memoryLimitBytes: 1, clock });
  const listener = await Listener.on(broker, 'alarm.*');
  clock.advance(1_000);
  clock.advance(1_000);
  expect(await listener.heard()).toEqual([
    { key: 'alarm.set', headers: { source: 'memory', node: 'leveret@localhost' } },
  ]);
});

test('when it happened is told in milliseconds and in seconds, and the body is empty', async () => {
  const clock = new ManualClock();
  const broker = await startBroker({ events: true, clock });
  const listener = await Listener.on(broker, 'queue.created');
  const { connection } = await connectTo(broker, { heartbeat: 0 });
  await (await channelOn(connection)).assertQueue('q');
  const [message] = await listener.messages();
  const nowMs = clock.nowMs();
  expect(message?.properties.headers).toMatchObject({ timestamp_in_ms: nowMs });
  expect(message?.properties).toMatchObject({ timestamp: Math.floor(nowMs / 1000), deliveryMode: 2 });
  expect(message?.fields.exchange).toBe('amq.rabbitmq.event');
  expect(message?.content.length).toBe(0);
});

test('bindings to the exchange, and events in durable queues, survive a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'leveret-events-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const first = await startBroker({ events: true, dataDir });
  await Listener.on(first, 'exchange.*');
  const { connection } = await connectTo(first);
  await (await channelOn(connection)).assertExchange('before', 'fanout');
  await first.close();
  const second = await startBroker({ events: true, dataDir });
  const other = closing(await connect(second.url));
  const channel = await other.createChannel();
  await channel.assertExchange('after', 'fanout');
  const names: unknown[] = [];
  for (let message = await channel.get('events'); message !== false; message = await channel.get('events')) {
    names.push(message.properties.headers?.['name']);
  }
  expect(names).toEqual(['before', 'after']);
});

test('without the option there is no such exchange', async () => {
  const broker = await startBroker();
  const { connection } = await connectTo(broker);
  await expect((await channelOn(connection)).checkExchange('amq.rabbitmq.event')).rejects.toThrow('NOT_FOUND');
});
