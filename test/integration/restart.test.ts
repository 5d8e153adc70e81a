import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { createBroker } from '../../src/index.ts';

/** Starts a broker on the folder, does something with a channel of it, and stops it in good order. */
async function life<T>(
  dataDir: string,
  what: (channel: Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>) => Promise<T>,
): Promise<T> {
  const broker = await createBroker({ dataDir });
  try {
    const connection = await connect(broker.url);
    const result = await what(await connection.createConfirmChannel());
    await connection.close();
    return result;
  } finally {
    await broker.close();
  }
}

function dataFolder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-restart-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

test('messages published after a restart to a queue that had been emptied are there after the next', async () => {
  const dataDir = dataFolder();
  await life(dataDir, async (channel) => {
    await channel.assertQueue('q', { durable: true });
    for (let i = 0; i < 5; i++) channel.sendToQueue('q', Buffer.from(`before ${i}`), { persistent: true });
    await channel.waitForConfirms();
    for (let i = 0; i < 5; i++) await channel.get('q', { noAck: true });
  });
  await life(dataDir, async (channel) => {
    for (let i = 0; i < 3; i++) channel.sendToQueue('q', Buffer.from(`after ${i}`), { persistent: true });
    await channel.waitForConfirms();
  });
  const bodies = await life(dataDir, async (channel) => {
    const got = [];
    for (let i = 0; i < 3; i++) got.push(await channel.get('q', { noAck: true }));
    return got.map((message) => (typeof message === 'object' ? message.content.toString() : message));
  });
  expect(bodies).toEqual(['after 0', 'after 1', 'after 2']);
});
