// A publisher that is not sure whether a message arrived sends it again. The queue takes it once, after a restart too.
//
//   npm run build && node examples/deduplication.mjs

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqplib from 'amqplib';
import { createBroker } from 'leveret';

const dataDir = await mkdtemp(join(tmpdir(), 'leveret-example-'));

/** Starts a broker, sends the order in it, and says how many orders wait then. */
async function sendOrder(id) {
  const broker = await createBroker({ dataDir });
  const connection = await amqplib.connect(broker.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('orders', {
    arguments: { 'x-message-deduplication': true, 'x-cache-size': 10_000, 'x-cache-ttl': 3_600_000 },
  });
  const headers = { 'x-deduplication-header': id };
  channel.sendToQueue('orders', Buffer.from(`order ${id}`), { persistent: true, headers });
  await channel.waitForConfirms();
  const { messageCount } = await channel.checkQueue('orders');
  await connection.close();
  await broker.close();
  return messageCount;
}

console.log(`Order 17 sent: ${await sendOrder('17')} waiting.`);
console.log(`Order 17 sent again after a restart: ${await sendOrder('17')} waiting.`);
console.log(`Order 18 sent: ${await sendOrder('18')} waiting.`);
await rm(dataDir, { recursive: true });
