import { AMQPClient, type AMQPMessage } from '@cloudamqp/amqp-client';
import { expect, test } from 'vitest';
import { closing, startBroker, until } from '../support/broker.ts';

async function stage() {
  const broker = await startBroker();
  const client = new AMQPClient(broker.url);
  const connection = closing(await client.connect());
  return { broker, client, channel: await connection.channel() };
}

test('what is published with confirms is consumed in order, and acknowledged', async () => {
  const { channel } = await stage();
  await channel.confirmSelect();
  await channel.basicQos(10);
  const { name } = await channel.queueDeclare('', { exclusive: true, autoDelete: false });
  const bodies: (string | null)[] = [];
  const consumer = await channel.basicConsume(name, { noAck: false }, async (message: AMQPMessage) => {
    bodies.push(message.bodyString());
    await message.ack();
  });
  let last = 0;
  for (let i = 0; i < 20; i++) {
    last = await channel.basicPublish('', name, `message ${i}`, { deliveryMode: 2, headers: { i } });
  }
  expect(last).toBe(20);
  await until(() => bodies.length === 20);
  expect(bodies).toEqual(Array.from({ length: 20 }, (_, i) => `message ${i}`));
  await consumer.cancel();
  expect((await channel.queueDeclare(name, { passive: true, exclusive: true })).messageCount).toBe(0);
});

test('get, nack and reject', async () => {
  const { channel } = await stage();
  await channel.queueDeclare('q');
  await channel.basicPublish('', 'q', 'x');
  const first = await channel.basicGet('q', { noAck: false });
  await first?.nack(true);
  const second = await channel.basicGet('q', { noAck: false });
  expect([first?.redelivered, second?.redelivered, second?.bodyString()]).toEqual([false, true, 'x']);
  await second?.reject(false);
  expect(await channel.basicGet('q')).toBeNull();
});

test('exchanges of its own, bound to each other', async () => {
  const { channel } = await stage();
  await channel.exchangeDeclare('logs', 'topic');
  await channel.exchangeDeclare('errors', 'fanout', { autoDelete: false });
  await channel.exchangeBind('errors', 'logs', '*.error');
  await channel.queueDeclare('q');
  await channel.queueBind('q', 'errors', '');
  await channel.basicPublish('logs', 'disk.error', 'full');
  await channel.basicPublish('logs', 'disk.info', 'fine');
  expect((await channel.basicGet('q'))?.bodyString()).toBe('full');
  expect(await channel.basicGet('q')).toBeNull();
  await channel.queueUnbind('q', 'errors', '');
  await channel.exchangeDelete('errors');
  await channel.exchangeDelete('logs');
});

test('transactions', async () => {
  const { channel } = await stage();
  await channel.queueDeclare('q');
  await channel.txSelect();
  await channel.basicPublish('', 'q', 'forgotten');
  await channel.txRollback();
  await channel.basicPublish('', 'q', 'kept');
  expect((await channel.queueDeclare('q', { passive: true })).messageCount).toBe(0);
  await channel.txCommit();
  expect((await channel.basicGet('q'))?.bodyString()).toBe('kept');
});

test('a mistake closes the channel with its code and text', async () => {
  const { channel } = await stage();
  await expect(channel.queueDeclare('amq.mine')).rejects.toThrow(
    "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'",
  );
});

test('flow pauses deliveries', async () => {
  const { client, channel } = await stage();
  await channel.queueDeclare('q');
  const bodies: (string | null)[] = [];
  await channel.basicConsume('q', { noAck: true }, (message: AMQPMessage) => {
    bodies.push(message.bodyString());
  });
  await channel.basicFlow(false);
  const other = await client.channel();
  await other.confirmSelect();
  await other.basicPublish('', 'q', 'later');
  expect(bodies).toEqual([]);
  await channel.basicFlow(true);
  await until(() => bodies.length === 1);
});
