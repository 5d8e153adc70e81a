import { expect, onTestFinished, test, vi } from 'vitest';
import { startBroker, until } from '../support/broker.ts';
import { channelOn, confirmChannelOn, connectTo } from './amqplib/support.ts';

const MIB = 1024 * 1024;

/** From now on messages alone count: what else is in use here changes whenever V8 collects garbage, and clients have some too. */
function countMessagesOnly(): void {
  const none = { rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 };
  const usage = vi.spyOn(process, 'memoryUsage').mockReturnValue(none);
  onTestFinished(() => usage.mockRestore());
}

test('past the memory limit publishers are told and held, consumers go on, and publishers are told when it is over', async () => {
  countMessagesOnly();
  const broker = await startBroker({ memoryLimitBytes: 50 * MIB });
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
  for (let sent = 5; events.length === 0 && sent <= 100; sent += 5) {
    publish(5);
    await until(() => published === sent || events.length > 0);
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
  await until(() => events.includes('unblocked'));
  await publishing.waitForConfirms();
  expect(published).toBeGreaterThanOrEqual(before + 5);
  expect(events).toEqual(['blocked: low on memory', 'unblocked']);
});
