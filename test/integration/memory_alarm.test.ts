// In a file, and so a process, of its own: what other tests leave to be collected would count as memory in use.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { startBroker, until } from '../support/broker.ts';
import { channelOn, confirmChannelOn, connectTo } from './amqplib/support.ts';

const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
/** The limit is one of memory in use, and what nobody uses any more is in use until V8 comes round to it. */
const collectGarbage: () => void = runInNewContext('gc');

function memoryBytes(): number {
  collectGarbage();
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
  // What was taken before is confirmed by the time the broker has answered somebody else.
  await consuming.checkQueue('q');
  publish(5);
  const before = published;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(published, 'nothing is taken from a held publisher').toBe(before);
  // Other connections are not held: this one consumes everything there is.
  await consuming.consume('q', () => {}, { noAck: true });
  const without = (condition: () => boolean): Promise<void> =>
    until(() => {
      collectGarbage();
      return condition();
    }, 15_000);
  await without(() => events.includes('unblocked'));
  await without(() => published >= before + 5);
  expect(events.slice(0, 2)).toEqual(['blocked: low on memory', 'unblocked']);
}, 40_000);
