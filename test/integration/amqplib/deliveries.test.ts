import type { GetMessage } from 'amqplib';
import { expect, test } from 'vitest';
import { startBroker, until } from '../../support/broker.ts';
import { channelOn, connectTo, depth, refusal, Subscription, send, settled } from './support.ts';

async function stage() {
  const broker = await startBroker();
  const { connection } = await connectTo(broker);
  const channel = await channelOn(connection);
  await channel.assertQueue('q');
  return { broker, connection, channel };
}

async function get(channel: Parameters<typeof depth>[0], queue = 'q'): Promise<GetMessage> {
  const message = await channel.get(queue);
  if (message === false) throw new Error(`${queue} is empty`);
  return message;
}

test('messages come in order, with everything they were published with', async () => {
  const { channel } = await stage();
  const options = {
    contentType: 'text/plain',
    contentEncoding: 'utf-8',
    headers: { a: 1, b: 'x', c: true, d: { e: [1, 'two', null] } },
    deliveryMode: 2,
    priority: 3,
    correlationId: 'c',
    replyTo: 'r',
    expiration: '100000',
    messageId: 'm',
    timestamp: 1_700_000_000,
    type: 't',
    userId: 'guest',
    appId: 'app',
  };
  channel.publish('', 'q', Buffer.from('höhö'), options);
  send(channel, 'q', ...Array.from({ length: 500 }, (_, index) => index));
  const subscription = await Subscription.to(channel, 'q', { noAck: true });
  await subscription.received(501);
  expect(subscription.bodies).toEqual(['höhö', ...Array.from({ length: 500 }, (_, index) => `${index}`)]);
  expect(subscription.messages[0]?.properties).toMatchObject(options);
  expect(subscription.messages[0]?.fields).toMatchObject({
    exchange: '',
    routingKey: 'q',
    redelivered: false,
    deliveryTag: 1,
  });
});

test('basic.get takes one message and says how many are left', async () => {
  const { channel } = await stage();
  expect(await channel.get('q')).toBe(false);
  send(channel, 'q', 1, 2);
  const message = await get(channel);
  expect([message.content.toString(), message.fields.messageCount, message.fields.redelivered]).toEqual([
    '1',
    1,
    false,
  ]);
});

test('what is rejected without requeue is gone, what is nacked with multiple comes back in its place', async () => {
  const { channel } = await stage();
  send(channel, 'q', 1, 2, 3, 4, 5);
  const messages: GetMessage[] = [];
  for (let i = 0; i < 4; i++) messages.push(await get(channel));
  const [first, second, third, fourth] = messages as [GetMessage, GetMessage, GetMessage, GetMessage];
  channel.reject(second, false);
  channel.nack(third, true, true);
  channel.ack(fourth);
  const again: string[] = [];
  for (let i = 0; i < 3; i++) {
    const { content, fields } = await get(channel);
    again.push(`${content} ${fields.redelivered}`);
  }
  expect(first.content.toString()).toBe('1');
  expect(again).toEqual(['1 true', '3 true', '5 false']);
});

test('unsettled messages go back in order when the channel closes, when the connection closes, and when it is cut', async () => {
  const { broker, channel } = await stage();
  send(channel, 'q', 1, 2, 3);
  await settled(channel);
  for (const leave of ['channel', 'connection', 'cut']) {
    const other = await connectTo(broker);
    const consuming = await channelOn(other.connection);
    const subscription = await Subscription.to(consuming, 'q');
    expect(await subscription.received(3)).toEqual(['1', '2', '3']);
    if (leave === 'channel') await consuming.close();
    else if (leave === 'connection') await other.connection.close();
    else (other.connection.connection as unknown as { stream: { destroy(): void } }).stream.destroy();
    await until(async () => (await depth(channel, 'q')) === 3);
  }
  const subscription = await Subscription.to(channel, 'q');
  expect(await subscription.received(3)).toEqual(['1', '2', '3']);
  expect(subscription.messages.every(({ fields }) => fields.redelivered)).toBe(true);
});

test('recover sends everything again, in order', async () => {
  const { channel } = await stage();
  send(channel, 'q', 1, 2, 3);
  const subscription = await Subscription.to(channel, 'q');
  await subscription.received(3);
  await channel.recover();
  expect(await subscription.received(6)).toEqual(['1', '2', '3', '1', '2', '3']);
});

test.each([
  ['an unknown tag', 7],
  ['a settled tag', 1],
])('settling %s closes the channel with 406, and what it held goes back', async (_what, tag) => {
  const { connection, channel } = await stage();
  const other = await channelOn(connection);
  send(channel, 'q', 1, 2);
  const message = await get(other);
  await get(other);
  other.ack(message);
  const wrong = { ...message, fields: { ...message.fields, deliveryTag: tag } };
  expect(await refusal(other, () => other.ack(wrong))).toMatch(
    `406 (PRECONDITION-FAILED) with message PRECONDITION_FAILED - unknown delivery tag ${tag}`,
  );
  expect(await depth(channel, 'q')).toBe(1);
});

test('prefetch holds back what is not settled, for each consumer', async () => {
  const { channel } = await stage();
  await channel.prefetch(3);
  const first = await Subscription.to(channel, 'q');
  await channel.prefetch(2);
  const second = await Subscription.to(channel, 'q');
  send(channel, 'q', ...Array.from({ length: 20 }, (_, index) => index));
  await settled(channel);
  await until(() => first.messages.length + second.messages.length === 5);
  expect([first.messages.length, second.messages.length, await depth(channel, 'q')]).toEqual([3, 2, 15]);
  first.ackAll();
  await first.received(3);
  expect([first.messages.length, second.messages.length, await depth(channel, 'q')]).toEqual([3, 2, 12]);
});

test('a global prefetch is for all consumers of the channel together', async () => {
  const { channel } = await stage();
  await channel.prefetch(4, true);
  const first = await Subscription.to(channel, 'q');
  const second = await Subscription.to(channel, 'q');
  send(channel, 'q', ...Array.from({ length: 20 }, (_, index) => index));
  const both = () => first.messages.length + second.messages.length;
  await until(() => both() === 4);
  expect(await depth(channel, 'q')).toBe(16);
  first.ackAll();
  await until(() => both() === 4);
  expect(await depth(channel, 'q')).toBe(14);
});

test('a global prefetch of one serves every queue of its channel in turn', async () => {
  const { channel } = await stage();
  await channel.prefetch(1, true);
  const queues = ['q', 'r', 's'];
  for (const queue of queues) await channel.assertQueue(queue);
  const subscriptions: Subscription[] = [];
  for (const queue of queues) subscriptions.push(await Subscription.to(channel, queue));
  for (const queue of queues) send(channel, queue, 1, 2, 3, 4);
  const taken = () => subscriptions.map(({ messages }) => messages.length);
  for (let count = 1; count <= 6; count++) {
    await until(() => taken().some((length) => length > 0));
    for (const subscription of subscriptions) subscription.ackAll();
  }
  await until(() => taken().some((length) => length > 0));
  for (const queue of queues) expect(await depth(channel, queue)).toBeLessThan(3);
});

test('replies come in although a global prefetch leaves no room', async () => {
  const { channel } = await stage();
  await channel.prefetch(1, true);
  const work = await Subscription.to(channel, 'q');
  const replies = await Subscription.to(channel, 'amq.rabbitmq.reply-to', { noAck: true });
  channel.publish('', 'q', Buffer.from('question'), { replyTo: 'amq.rabbitmq.reply-to' });
  await work.received(1);
  channel.publish('', work.messages[0]?.properties.replyTo ?? '', Buffer.from('answer'));
  await replies.received(1);
});

test('consumers with prefetch share fairly: nobody starves and nobody hoards', async () => {
  const { broker, channel } = await stage();
  const counts = [0, 0, 0, 0];
  for (const index of counts.keys()) {
    const { connection } = await connectTo(broker);
    const consuming = await channelOn(connection);
    await consuming.prefetch(10);
    await consuming.consume('q', (message) => {
      if (message === null) return;
      counts[index] = (counts[index] as number) + 1;
      setImmediate(() => consuming.ack(message));
    });
  }
  send(channel, 'q', ...Array.from({ length: 4_000 }, (_, index) => index));
  await until(() => counts.reduce((sum, count) => sum + count, 0) === 4_000, 10_000);
  for (const count of counts) expect(count).toBeGreaterThan(400);
});

test('a slow consumer gets only what its prefetch allows, and the others the rest', async () => {
  const { broker, channel } = await stage();
  await channel.prefetch(1);
  const slow = await Subscription.to(channel, 'q');
  const { connection } = await connectTo(broker);
  const fast = await channelOn(connection);
  await fast.prefetch(10);
  let done = 0;
  await fast.consume('q', (message) => {
    if (message === null) return;
    done++;
    fast.ack(message);
  });
  send(channel, 'q', ...Array.from({ length: 1_000 }, (_, index) => index));
  await until(() => done === 999, 10_000);
  expect(slow.messages).toHaveLength(1);
});

test('the higher priority is served first while it has room', async () => {
  const { channel } = await stage();
  await channel.prefetch(2);
  const low = await Subscription.to(channel, 'q');
  const high = await Subscription.to(channel, 'q', { priority: 10 });
  send(channel, 'q', 1, 2, 3);
  await until(() => low.messages.length + high.messages.length === 3);
  expect([high.bodies, low.bodies]).toEqual([['1', '2'], ['3']]);
});

test('an exclusive consumer keeps others out until it leaves', async () => {
  const { connection, channel } = await stage();
  const only = await Subscription.to(channel, 'q', { exclusive: true });
  const other = await channelOn(connection);
  expect(await refusal(other, () => Subscription.to(other, 'q'))).toMatch(/^403 .*in exclusive use/);
  await channel.cancel(only.consumerTag);
  await Subscription.to(await channelOn(connection), 'q');
});

test('a consumer hears when its queue is deleted, and its channel lives on', async () => {
  const { connection, channel } = await stage();
  const subscription = await Subscription.to(channel, 'q');
  await (await channelOn(connection)).deleteQueue('q');
  await until(() => subscription.cancelled);
  await channel.assertQueue('q');
});

test('after cancel nothing more is delivered, and what was delivered can be settled', async () => {
  const { channel } = await stage();
  const subscription = await Subscription.to(channel, 'q');
  send(channel, 'q', 1);
  await subscription.received(1);
  await channel.cancel(subscription.consumerTag);
  send(channel, 'q', 2);
  subscription.ackAll();
  expect(await depth(channel, 'q')).toBe(1);
  expect(subscription.messages).toEqual([]);
});

test('two consumers of one channel keep their deliveries apart', async () => {
  const { channel } = await stage();
  await channel.assertQueue('r');
  const one = await Subscription.to(channel, 'q', { consumerTag: 'one' });
  const two = await Subscription.to(channel, 'r', { noAck: true, consumerTag: 'two' });
  for (let i = 0; i < 50; i++) {
    send(channel, 'q', `q${i}`);
    send(channel, 'r', `r${i}`);
  }
  await one.received(50);
  await two.received(50);
  expect([one.bodies.every((body) => body.startsWith('q')), two.bodies.every((body) => body.startsWith('r'))]).toEqual([
    true,
    true,
  ]);
  one.ackAll();
  await settled(channel);
});
