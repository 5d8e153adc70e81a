// A broker for the tests of an application: each file has its own, so that tests in parallel share nothing.
//
//   npm run build && npx vitest run --root examples

import amqplib from 'amqplib';
import { createBroker } from 'leveret';
import { afterAll, beforeAll, expect, test } from 'vitest';

let broker;
let connection;
beforeAll(async () => {
  broker = await createBroker();
  connection = await amqplib.connect(broker.url);
});
afterAll(async () => {
  await connection.close();
  await broker.close();
});

test('an order is announced to whoever asked for its kind', async () => {
  const channel = await connection.createChannel();
  await channel.assertExchange('orders', 'topic');
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'orders', '*.paid');

  const received = new Promise((done) => channel.consume(queue, done, { noAck: true }));
  channel.publish('orders', 'books.shipped', Buffer.from('1'));
  channel.publish('orders', 'books.paid', Buffer.from('2'));

  expect((await received).content.toString()).toBe('2');
});
