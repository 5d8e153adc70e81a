import { Connection } from 'rabbitmq-client';
import { expect, test } from 'vitest';
import { closing, startBroker, until } from '../support/broker.ts';

async function stage() {
  const broker = await startBroker();
  const connection = closing(new Connection(broker.url));
  connection.on('error', () => {});
  await connection.onConnect(5_000);
  return { broker, connection };
}

test('a publisher with confirms and a consumer with prefetch carry every message', async () => {
  const { connection } = await stage();
  const received: unknown[] = [];
  const consumer = connection.createConsumer(
    { queue: 'work', queueOptions: { durable: true }, qos: { prefetchCount: 5 }, concurrency: 5 },
    async (message) => {
      received.push(message.body);
    },
  );
  await new Promise<void>((resolve) => consumer.once('ready', resolve));
  const publisher = connection.createPublisher({ confirm: true, maxAttempts: 2 });
  for (let i = 0; i < 200; i++) await publisher.send('work', { number: i });
  await until(() => received.length === 200);
  expect(received).toEqual(Array.from({ length: 200 }, (_, number) => ({ number })));
  await publisher.close();
  await consumer.close();
});

test('a consumer that throws has its message requeued, and redelivered', async () => {
  const { connection } = await stage();
  const seen: [unknown, boolean][] = [];
  const consumer = connection.createConsumer({ queue: 'q', requeue: true }, async (message) => {
    seen.push([message.body, message.redelivered]);
    if (!message.redelivered) throw new Error('once more');
  });
  consumer.on('error', () => {});
  await new Promise<void>((resolve) => consumer.once('ready', resolve));
  await connection.createPublisher().send('q', 'task');
  await until(() => seen.length === 2);
  expect(seen).toEqual([
    ['task', false],
    ['task', true],
  ]);
  await consumer.close();
});

test('remote procedure calls come back to the one who called', async () => {
  const { connection } = await stage();
  const server = connection.createConsumer({ queue: 'rpc' }, async (message, reply) => {
    await reply(message.body * message.body);
  });
  await new Promise<void>((resolve) => server.once('ready', resolve));
  const answers: number[] = [];
  const own = { queue: 'answers', queueOptions: { exclusive: true }, noAck: true };
  const replies = connection.createConsumer(own, async (message) => {
    answers.push(message.body);
  });
  await new Promise<void>((resolve) => replies.once('ready', resolve));
  const publisher = connection.createPublisher();
  for (const number of [2, 3, 4]) await publisher.send({ routingKey: 'rpc', replyTo: 'answers' }, number);
  await until(() => answers.length === 3);
  expect(answers).toEqual([4, 9, 16]);
  await server.close();
  await replies.close();
});

test('what goes nowhere is returned', async () => {
  const { connection } = await stage();
  const publisher = connection.createPublisher({ confirm: true });
  const returned = new Promise<string>((resolve) => {
    publisher.on('basic.return', ({ replyText, routingKey }) => resolve(`${replyText} ${routingKey}`));
  });
  await publisher.send({ routingKey: 'nowhere', mandatory: true }, 'x');
  expect(await returned).toBe('NO_ROUTE nowhere');
});

test('it comes back to a broker that was restarted on the same port', async () => {
  const { broker, connection } = await stage();
  await connection.queueDeclare({ queue: 'q' });
  const lost = new Promise<void>((resolve) => connection.once('error', () => resolve()));
  await broker.close();
  await lost;
  await startBroker({ port: broker.port });
  await until(() => connection.ready, 15_000);
  expect((await connection.queueDeclare({ queue: 'q' })).messageCount).toBe(0);
});
