// Messages that are delivered later: listed, called off and put off while they wait, and still there after a restart.
//
//   npm run build && node examples/scheduling.mjs

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqplib from 'amqplib';
import { createBroker } from 'leveret';

const dataDir = await mkdtemp(join(tmpdir(), 'leveret-example-'));
const DAY_MS = 86_400_000;

/** Starts a broker, does something with a channel to it, and stops it. */
async function withBroker(what) {
  const broker = await createBroker({ dataDir });
  const connection = await amqplib.connect(broker.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('reminders', { arguments: { 'x-scheduled-delivery': true } });
  await what(channel, broker.scheduled({ queue: 'reminders' }));
  await connection.close();
  await broker.close();
}

await withBroker(async (channel, scheduled) => {
  const remind = (text, headers) => channel.sendToQueue('reminders', Buffer.from(text), { persistent: true, headers });
  remind('call back', { 'x-deliver-at': Date.now() + 365 * DAY_MS });
  remind('send the bill', { 'x-delay': DAY_MS });
  remind('take the tea out', { 'x-delay': 1000 });
  await channel.waitForConfirms();
  const [tea, bill, call] = await scheduled.list();
  console.log(
    `${scheduled.length} wait, the bill ${Math.round((bill.readyAtMs - tea.readyAtMs) / DAY_MS)} day longer.`,
  );
  await scheduled.cancel([call.id]);
  await scheduled.reschedule(bill.id, tea.readyAtMs + 200);
});

await withBroker(async (channel) => {
  await new Promise((resolve) => {
    let reminded = 0;
    channel.consume('reminders', (message) => {
      console.log(`After a restart: ${message.content}.`);
      channel.ack(message);
      if (++reminded === 2) resolve();
    });
  });
});
await rm(dataDir, { recursive: true });
