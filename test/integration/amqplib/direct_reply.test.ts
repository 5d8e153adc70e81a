import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { expect, test } from 'vitest';
import { startBroker, until } from '../../support/broker.ts';
import { channelOn, connectTo, refusal, Subscription } from './support.ts';

const REPLIES = 'amq.rabbitmq.reply-to';

/** Answers each request with its body in capitals, to whom it says. */
async function serve(connection: ChannelModel): Promise<void> {
  const channel = await channelOn(connection);
  await channel.assertQueue('requests');
  await channel.consume(
    'requests',
    (message) => {
      const { properties, content } = message as ConsumeMessage;
      const answer = Buffer.from(content.toString().toUpperCase());
      channel.sendToQueue(properties.replyTo, answer, { correlationId: properties.correlationId });
    },
    { noAck: true },
  );
}

test('each of many callers gets the answers to its own questions, in order', async () => {
  const broker = await startBroker();
  await serve((await connectTo(broker)).connection);
  const callers = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const { connection } = await connectTo(broker);
      const channel = await channelOn(connection);
      return { name: `caller ${index}`, channel, answers: await Subscription.to(channel, REPLIES, { noAck: true }) };
    }),
  );
  for (let i = 0; i < 200; i++) {
    for (const { name, channel } of callers) {
      channel.sendToQueue('requests', Buffer.from(name), { replyTo: REPLIES, correlationId: `${i}` });
    }
  }
  await until(() => callers.every(({ answers }) => answers.messages.length === 200));
  for (const { name, answers } of callers) {
    expect(new Set(answers.messages.map(({ content }) => content.toString()))).toEqual(new Set([name.toUpperCase()]));
    expect(answers.messages.map(({ properties }) => Number(properties.correlationId))).toEqual(
      Array.from({ length: 200 }, (_, index) => index),
    );
  }
});

test('a consumer of replies under the name that LavinMQ has for them', async () => {
  const broker = await startBroker();
  const { connection } = await connectTo(broker);
  await serve(connection);
  const channel = await channelOn(connection);
  const answers = await Subscription.to(channel, 'amq.direct.reply-to', { noAck: true });
  channel.sendToQueue('requests', Buffer.from('a'), { replyTo: 'amq.direct.reply-to' });
  await until(() => answers.messages.length === 1);
});

test('other properties of a request are as they were', async () => {
  const { connection } = await connectTo(await startBroker());
  const channel = await channelOn(connection);
  await channel.assertQueue('requests');
  await Subscription.to(channel, REPLIES, { noAck: true });
  const options = { messageId: 'm', headers: { a: [1, { b: 'c' }] }, persistent: true, type: 't', priority: 3 };
  channel.sendToQueue('requests', Buffer.from('body'), { ...options, replyTo: REPLIES });
  const message = await channel.get('requests', { noAck: true });
  if (message === false) throw new Error('nothing came');
  const { replyTo, messageId, headers, deliveryMode, type, priority } = message.properties;
  expect(replyTo).toMatch(/^amq\.rabbitmq\.reply-to\..{22}$/);
  expect({ messageId, headers, persistent: deliveryMode === 2, type, priority }).toEqual(options);
  expect(message.content.toString()).toBe('body');
});

test('a reply larger than a page arrives whole', async () => {
  const { connection } = await connectTo(await startBroker());
  await serve(connection);
  const channel = await channelOn(connection);
  const answers = await Subscription.to(channel, REPLIES, { noAck: true });
  channel.sendToQueue('requests', Buffer.alloc(1_000_000, 'a'), { replyTo: REPLIES });
  await until(() => answers.messages.length === 1);
  expect(answers.messages[0]?.content.equals(Buffer.alloc(1_000_000, 'A'))).toBe(true);
});

test('a request on a channel that does not consume replies is refused', async () => {
  const { connection } = await connectTo(await startBroker());
  await Subscription.to(await channelOn(connection), REPLIES, { noAck: true });
  const other = await channelOn(connection);
  const text = await refusal(other, (channel) => channel.sendToQueue('q', Buffer.from('m'), { replyTo: REPLIES }));
  expect(text).toBe('406 (PRECONDITION-FAILED) with message PRECONDITION_FAILED - fast reply consumer does not exist');
});
