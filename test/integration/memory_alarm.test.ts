// In a file, and so a process, of its own: what other tests leave to be collected would count as memory in use.
import { expect, test } from 'vitest';
import { startBroker, until } from '../support/broker.ts';
import { channelOn, confirmChannelOn, connectTo } from './amqplib/support.ts';

const MIB = 1024 * 1024;

function memoryBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('past the memory limit publishers are told and held, consumers go on, and publishers are told when it is over', async () => {
  const memoryLimitBytes = memoryBytes() + 150 * MIB;
  const broker = await startBroker({ memoryLimitBytes });
  const publisher = await connectTo(broker);
  const events: string[] = [];
  publisher.connection.on('blocked', (reason: string) => events.push(`blocked: ${reason}`));
  publisher.connection.on('unblocked', () => events.push('unblocked'));
  const publishing = await confirmChannelOn(publisher.connection);
  const consumer = await connectTo(broker);
  const consuming = await channelOn(consumer.connection);
  await consuming.assertQueue('q');
  let published = 0;
  const body = Buffer.alloc(MIB);
  const publish = (count: number): void => {
    for (let i = 0; i < count; i++) publishing.sendToQueue('q', body, {}, () => published++);
  };
  for (let sent = 0; events.length === 0 && sent < 400; sent += 5) {
    publish(5);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(events).toEqual(['blocked: low on memory']);
  publish(5);
  const before = published;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(published, 'nothing is taken from a held publisher').toBe(before);
  // Other connections are not held: this one consumes everything there is.
  await consuming.consume('q', () => {}, { noAck: true });
  await until(() => events.includes('unblocked'), 15_000);
  await publishing.waitForConfirms();
  expect(published).toBeGreaterThanOrEqual(before + 5);
  expect(events.slice(0, 2)).toEqual(['blocked: low on memory', 'unblocked']);
}, 40_000);
