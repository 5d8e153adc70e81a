import type { Channel, GetMessage } from 'amqplib';
import { expect, test } from 'vitest';
import type { Broker } from '../../../src/index.ts';
import { open, startBroker } from '../../support/broker.ts';
import { channelOn, confirmChannelOn, connectTo } from './support.ts';

/** Everything that the queue `copies`, bound to the firehose, has. */
async function copies(channel: Channel): Promise<GetMessage[]> {
  const messages: GetMessage[] = [];
  for (;;) {
    const message = await channel.get('copies', { noAck: true });
    if (message === false) return messages;
    messages.push(message);
  }
}

async function listen(broker: Broker, pattern = '#'): Promise<Channel> {
  const { connection } = await connectTo(broker);
  const channel = await channelOn(connection);
  await channel.assertQueue('copies');
  await channel.bindQueue('copies', 'amq.rabbitmq.trace', pattern);
  return channel;
}

test('what is published and delivered is copied, with its properties in the headers', async () => {
  const broker = await startBroker();
  const listener = await listen(broker);
  broker.tracing('/', true);
  const { connection } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  await channel.assertQueue('q');
  channel.publish('amq.direct', 'nowhere', Buffer.from('lost'));
  channel.sendToQueue('q', Buffer.from('body'), { persistent: true, priority: 3, headers: { a: 1 } });
  await channel.waitForConfirms();
  const got = await channel.get('q');
  channel.nack(got as GetMessage);
  await channel.get('q', { noAck: true });

  const [lost, published, delivered, again, ...rest] = await copies(listener);
  expect(rest).toEqual([]);
  expect(lost?.fields.routingKey).toBe('publish.amq.direct');
  expect(lost?.properties.headers).toMatchObject({ exchange_name: 'amq.direct', routed_queues: [], properties: {} });
  const by = {
    node: 'leveret@localhost',
    vhost: '/',
    channel: 1,
    user: 'guest',
    connection: expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:\\d+ -> 127\\.0\\.0\\.1:${broker.port}$`)),
  };
  const message = {
    exchange_name: '',
    routing_keys: ['q'],
    properties: { delivery_mode: 2, priority: 3, headers: { a: 1 } },
  };
  expect(published?.fields).toMatchObject({ exchange: 'amq.rabbitmq.trace', routingKey: 'publish.' });
  expect(published?.content.toString()).toBe('body');
  expect(published?.properties.deliveryMode).toBeUndefined();
  expect(published?.properties.headers).toEqual({ ...by, ...message, routed_queues: ['q'] });
  expect(delivered?.fields.routingKey).toBe('deliver.q');
  expect(delivered?.content.toString()).toBe('body');
  expect(delivered?.properties.headers).toEqual({ ...by, ...message, redelivered: 0 });
  expect(again?.properties.headers).toEqual({ ...by, ...message, redelivered: 1 });
});

test('deliveries to consumers are copied, large ones whole, and copies are not copied', async () => {
  const broker = await startBroker();
  const listener = await listen(broker, 'deliver.#');
  broker.tracing('/', true);
  const { connection } = await connectTo(broker);
  const channel = await channelOn(connection);
  await channel.assertQueue('q');
  await channel.consume('q', () => {}, { noAck: true });
  // Gets what it is bound to get while it delivers: copies of its own deliveries.
  await channel.bindQueue('q', 'amq.rabbitmq.trace', 'deliver.q');
  const large = Buffer.alloc(300_000, 'x');
  channel.sendToQueue('q', Buffer.from('small'));
  channel.sendToQueue('q', large);
  await channel.checkQueue('q');

  const bodies: Buffer[] = [];
  while (bodies.length < 2) bodies.push(...(await copies(listener)).map(({ content }) => content));
  await channel.checkQueue('q');
  bodies.push(...(await copies(listener)).map(({ content }) => content));
  expect(bodies.map((body) => body.length)).toEqual([5, 300_000]);
  expect(bodies[1]?.equals(large)).toBe(true);
});

test('it is off at the start, and can be switched off again', async () => {
  const broker = await startBroker();
  const listener = await listen(broker);
  const { connection } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  const publish = async (): Promise<void> => {
    channel.publish('amq.fanout', 'k', Buffer.from('body'));
    await channel.waitForConfirms();
  };
  await publish();
  broker.tracing('/', true);
  await publish();
  broker.tracing('/', false);
  await publish();
  expect(await copies(listener)).toHaveLength(1);
  expect(() => broker.tracing('nosuch', true)).toThrow("no virtual host 'nosuch'");
});

test('a name too long for a routing key with a prefix is cut', async () => {
  const broker = await startBroker();
  const listener = await listen(broker);
  broker.tracing('/', true);
  const { connection } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  const name = 'x'.repeat(251);
  await channel.assertExchange(`${name}é`, 'fanout');
  channel.publish(`${name}é`, 'k', Buffer.from('body'));
  await channel.waitForConfirms();
  const [copy] = await copies(listener);
  expect(copy?.fields.routingKey).toBe(`publish.${'x'.repeat(247)}`);
  expect(copy?.properties.headers).toMatchObject({ exchange_name: `${name}é` });
});

test('what a transaction publishes is copied when it is published', async () => {
  const broker = await startBroker();
  const listener = await listen(broker, 'publish.#');
  broker.tracing('/', true);
  const { connection } = await connectTo(broker);
  const channel = await channelOn(connection);
  const { client } = await open(broker);
  await client.call(1, 'tx.select');
  client.channel(1).publish({ exchange: 'amq.fanout', routingKey: 'k', body: 'never' });
  await client.call(1, 'tx.rollback');
  await channel.checkQueue('copies');
  expect((await copies(listener)).map(({ content }) => content.toString())).toEqual(['never']);
});
