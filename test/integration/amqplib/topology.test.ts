import { expect, test } from 'vitest';
import { startBroker, until } from '../../support/broker.ts';
import { channelOn, connectTo, depth, refusal, Subscription, send, settled } from './support.ts';

async function stage() {
  const broker = await startBroker();
  const { connection } = await connectTo(broker);
  return { broker, connection, channel: await channelOn(connection) };
}

test('the default exchange leads to every queue by its name', async () => {
  const { channel } = await stage();
  const { queue } = await channel.assertQueue('');
  expect(queue).toMatch(/^amq\.gen-[\w-]{22}$/);
  send(channel, queue, 'a');
  expect(await depth(channel, queue)).toBe(1);
});

test('direct, fanout, topic and headers exchanges route each in its way, one copy to a queue', async () => {
  const { channel } = await stage();
  for (const type of ['direct', 'fanout', 'topic', 'headers']) {
    await channel.assertQueue(type);
    await channel.assertQueue(`${type}-other`);
  }
  await channel.bindQueue('direct', 'amq.direct', 'k');
  await channel.bindQueue('direct-other', 'amq.direct', 'other');
  await channel.bindQueue('fanout', 'amq.fanout', 'whatever');
  await channel.bindQueue('fanout', 'amq.fanout', 'twice');
  await channel.bindQueue('topic', 'amq.topic', '*.orange.#');
  await channel.bindQueue('topic', 'amq.topic', '#');
  await channel.bindQueue('topic-other', 'amq.topic', 'lazy.*');
  await channel.bindQueue('headers', 'amq.headers', '', { 'x-match': 'any', animal: 'hare', legs: 4 });
  await channel.bindQueue('headers-other', 'amq.headers', '', { animal: 'hare', legs: 2 });
  channel.publish('amq.direct', 'k', Buffer.from('m'));
  channel.publish('amq.fanout', 'k', Buffer.from('m'));
  channel.publish('amq.topic', 'quick.orange.hare', Buffer.from('m'));
  channel.publish('amq.headers', '', Buffer.from('m'), { headers: { animal: 'hare', legs: 4 } });
  for (const type of ['direct', 'fanout', 'topic', 'headers']) {
    expect([type, await depth(channel, type), await depth(channel, `${type}-other`)]).toEqual([type, 1, 0]);
  }
});

test('exchanges bound to exchanges pass messages on, in circles too, and stop when unbound', async () => {
  const { channel } = await stage();
  for (const name of ['a', 'b', 'c']) await channel.assertExchange(name, 'fanout');
  await channel.bindExchange('b', 'a', '');
  await channel.bindExchange('c', 'b', '');
  await channel.bindExchange('a', 'c', '');
  await channel.assertQueue('q');
  await channel.bindQueue('q', 'b', '');
  await channel.bindQueue('q', 'c', '');
  channel.publish('a', '', Buffer.from('m'));
  expect(await depth(channel, 'q')).toBe(1);
  await channel.unbindExchange('b', 'a', '');
  channel.publish('a', '', Buffer.from('m'));
  expect(await depth(channel, 'q')).toBe(1);
});

test('what an exchange cannot route goes to its alternate, and is not returned', async () => {
  const { channel } = await stage();
  await channel.assertExchange('rest', 'fanout');
  await channel.assertExchange('main', 'direct', { alternateExchange: 'rest' });
  await channel.assertQueue('known');
  await channel.assertQueue('unknown');
  await channel.bindQueue('known', 'main', 'k');
  await channel.bindQueue('unknown', 'rest', '');
  const returned: unknown[] = [];
  channel.on('return', (message) => returned.push(message));
  channel.publish('main', 'k', Buffer.from('1'), { mandatory: true });
  channel.publish('main', 'nobody', Buffer.from('2'), { mandatory: true });
  expect([await depth(channel, 'known'), await depth(channel, 'unknown')]).toEqual([1, 1]);
  expect(returned).toEqual([]);
  const message = await channel.get('unknown');
  expect(message || undefined).toBeDefined();
  expect((message || undefined)?.fields).toMatchObject({ exchange: 'main', routingKey: 'nobody' });
});

test('purge and delete say how many ready messages there were', async () => {
  const { channel } = await stage();
  await channel.assertQueue('q');
  send(channel, 'q', 1, 2, 3);
  await channel.get('q');
  expect(await channel.purgeQueue('q')).toEqual({ messageCount: 2 });
  send(channel, 'q', 4);
  expect(await channel.deleteQueue('q')).toEqual({ messageCount: 1 });
  expect(await channel.deleteQueue('q'), 'deleting what is not there is fine').toEqual({ messageCount: 0 });
});

test('routes follow the topology at once: a queue deleted and declared again gets nothing by its old bindings', async () => {
  const { channel } = await stage();
  await channel.assertQueue('q');
  await channel.bindQueue('q', 'amq.direct', 'k');
  channel.publish('amq.direct', 'k', Buffer.from('1'));
  await channel.deleteQueue('q');
  channel.publish('amq.direct', 'k', Buffer.from('2'));
  await channel.assertQueue('q');
  channel.publish('amq.direct', 'k', Buffer.from('3'));
  expect(await depth(channel, 'q')).toBe(0);
  await channel.bindQueue('q', 'amq.direct', 'k');
  channel.publish('amq.direct', 'k', Buffer.from('4'));
  expect(await depth(channel, 'q')).toBe(1);
});

test('an auto-delete queue goes with its last consumer, not before it had one', async () => {
  const { connection, channel } = await stage();
  await channel.assertQueue('q', { autoDelete: true });
  await settled(channel);
  const first = await Subscription.to(channel, 'q');
  const second = await Subscription.to(channel, 'q');
  await channel.cancel(first.consumerTag);
  await channel.checkQueue('q');
  await channel.cancel(second.consumerTag);
  expect(await refusal(await channelOn(connection), (other) => other.checkQueue('q'))).toMatch(/^404 .*no queue 'q'/);
});

test('an auto-delete queue goes when its only consumer loses its connection', async () => {
  const { broker, channel } = await stage();
  const other = await connectTo(broker);
  const consuming = await channelOn(other.connection);
  await consuming.assertQueue('q', { autoDelete: true });
  await Subscription.to(consuming, 'q');
  await other.connection.close();
  expect(await refusal(channel, () => channel.checkQueue('q'))).toMatch(/^404/);
});

test('an auto-delete exchange goes with the last binding it is the source of, and takes its source with it', async () => {
  const { connection, channel } = await stage();
  await channel.assertExchange('first', 'fanout', { autoDelete: true });
  await channel.assertExchange('second', 'fanout', { autoDelete: true });
  await channel.bindExchange('second', 'first', '');
  await channel.assertQueue('q');
  await channel.bindQueue('q', 'second', '');
  await channel.deleteQueue('q');
  for (const name of ['first', 'second']) {
    const other = await channelOn(connection);
    expect(await refusal(other, () => other.checkExchange(name))).toMatch(`no exchange '${name}'`);
  }
});

test("an exclusive queue is its connection's alone, and gone before the connection's close is answered", async () => {
  const { broker, connection } = await stage();
  const owner = await connectTo(broker);
  const owning = await channelOn(owner.connection);
  await owning.assertQueue('mine', { exclusive: true });
  await (await channelOn(owner.connection)).checkQueue('mine');
  for (const offence of ['checkQueue', 'deleteQueue', 'purgeQueue', 'get'] as const) {
    const other = await channelOn(connection);
    expect(await refusal(other, () => other[offence]('mine'))).toMatch(
      /^405 .*RESOURCE_LOCKED - cannot obtain exclusive/,
    );
  }
  await owner.connection.close();
  const next = await channelOn(connection);
  await next.assertQueue('mine', { exclusive: true });
});

test('an exclusive queue goes when its connection is cut', async () => {
  const { broker, connection } = await stage();
  const owner = await connectTo(broker);
  await (await channelOn(owner.connection)).assertQueue('mine', { exclusive: true });
  const { stream } = owner.connection.connection as unknown as { stream: { destroy(): void } };
  stream.destroy();
  await until(async () => {
    const other = await channelOn(connection);
    return /^404/.test(await refusal(other, () => other.checkQueue('mine')));
  });
});

test('redeclaring otherwise is refused, and the connection lives on', async () => {
  const { connection, channel } = await stage();
  await channel.assertQueue('q', { durable: true });
  await channel.assertExchange('e', 'direct');
  const other = await channelOn(connection);
  expect(await refusal(other, () => other.assertQueue('q', { durable: false }))).toMatch(
    /^406 .*inequivalent arg 'durable'/,
  );
  const third = await channelOn(connection);
  expect(await refusal(third, () => third.assertExchange('e', 'fanout'))).toMatch(/^406 .*inequivalent arg 'type'/);
  await channel.assertQueue('q', { durable: true });
});
