import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfirmChannel, connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { createBroker } from '../../src/index.ts';

/** Publishes on one broker, restarts it, and tells what its queues hold then. */
async function afterRestart(publish: (channel: ConfirmChannel) => void): Promise<Record<string, unknown[]>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-copies-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const queues = ['to', 'cc', 'bcc'];
  const first = await createBroker({ dataDir });
  const connection = await connect(first.url);
  const channel = await connection.createConfirmChannel();
  for (const queue of queues) await channel.assertQueue(queue, { durable: true });
  publish(channel);
  await channel.waitForConfirms();
  await connection.close();
  await first.close();
  const second = await createBroker({ dataDir });
  onTestFinished(() => second.close());
  const reading = await connect(second.url);
  const get = await reading.createChannel();
  const found: Record<string, unknown[]> = {};
  for (const queue of queues) {
    found[queue] = [];
    for (let message = await get.get(queue); message !== false; message = await get.get(queue)) {
      found[queue].push([message.fields.routingKey, message.properties.headers, message.content.length]);
    }
  }
  await reading.close();
  return found;
}

const COPIES = { CC: ['cc'], BCC: ['bcc', 'to'], a: 1 };
const SHOWN = { CC: ['cc'], a: 1 };

test.each([10, 100_000, 600_000])(
  'a persistent message of %d bytes with CC and BCC outlives the broker in each queue',
  async (bytes) => {
    const found = await afterRestart((channel) => {
      channel.sendToQueue('to', Buffer.alloc(bytes), { persistent: true, headers: COPIES });
    });
    const expected = ['to', SHOWN, bytes];
    expect(found).toEqual({ to: [expected], cc: [expected], bcc: [expected] });
  },
);

test('a CC copy expires like any other message', async () => {
  const broker = await createBroker();
  onTestFinished(() => broker.close());
  const connection = await connect(broker.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('copy');
  channel.sendToQueue('nowhere', Buffer.from('m'), { expiration: '0', headers: { CC: ['copy'] } });
  await channel.waitForConfirms();
  expect(await channel.get('copy')).toBe(false);
  await connection.close();
});

test('a large message that a full queue refuses harms nothing', async () => {
  const broker = await createBroker();
  onTestFinished(() => broker.close());
  const connection = await connect(broker.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('full', { arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' } });
  await channel.assertQueue('copy');
  const large = Buffer.alloc(600_000, 'm');
  const refused = new Promise<boolean>((resolve) => {
    const headers = { BCC: ['copy'] };
    channel.sendToQueue('full', large, { headers }, (error) => resolve(error !== null && error !== undefined));
  });
  expect(await refused).toBe(true);
  const copy = await channel.get('copy', { noAck: true });
  expect(copy !== false && copy.content.equals(large)).toBe(true);
  await connection.close();
});
