import { expect, test } from 'vitest';
import { startBroker, until } from '../support/broker.ts';
import { channelOn, connectTo, refusal } from './amqplib/support.ts';

test('a running broker takes another message size, also on channels that are open', async () => {
  const broker = await startBroker();
  const { connection } = await connectTo(broker);
  const channel = await channelOn(connection);
  await channel.assertQueue('q');
  channel.sendToQueue('q', Buffer.alloc(1000));
  await broker.reconfigure({ maxMessageSizeBytes: 999 });
  const text = await refusal(channel, () => channel.sendToQueue('q', Buffer.alloc(1000)));
  expect(text).toContain('message size 1000 is larger than configured max size 999');
});

test('a running broker takes other memory limits: publishers are told at once', async () => {
  const broker = await startBroker();
  const { connection } = await connectTo(broker);
  const events: string[] = [];
  connection.on('blocked', (reason: string) => events.push(reason));
  connection.on('unblocked', () => events.push('unblocked'));
  const channel = await channelOn(connection);
  await channel.assertQueue('q');
  await broker.reconfigure({ memoryLimitBytes: 1 });
  channel.sendToQueue('q', Buffer.alloc(10));
  await until(() => events.length === 1);
  await broker.reconfigure({ memoryLimitBytes: 2 ** 40 });
  await until(() => events.length === 2);
  expect(events).toEqual(['low on memory', 'unblocked']);
});

test('connections to come are offered another heartbeat; what is left out stays', async () => {
  const broker = await startBroker({ heartbeatSeconds: 60 });
  const offered = async (): Promise<number> => {
    const { connection } = await connectTo(broker, {});
    return (connection as unknown as { connection: { heartbeat: number } }).connection.heartbeat;
  };
  expect(await offered()).toBe(60);
  await broker.reconfigure({ heartbeatSeconds: 7 });
  expect(await offered()).toBe(7);
  await broker.reconfigure({ maxMessageSizeBytes: 10 });
  expect(await offered()).toBe(7);
});
