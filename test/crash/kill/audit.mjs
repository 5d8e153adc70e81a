// Empties every queue and holds what was in it against the ledger.

import { setTimeout as sleep } from 'node:timers/promises';
import amqplib from 'amqplib';
import { makeBody } from './body.mjs';
import { receive } from './consumers.mjs';
import { Order } from './ledger.mjs';

const EMPTY_TIMEOUT_MS = 15_000;

/** `barrier` is emptied too, and gets one message. Returns how many messages there were. */
export async function audit(url, { ledger, pipeline, victim, barrier }) {
  const connection = await amqplib.connect(url, { noDelay: true });
  const found = new Map();
  let count = 0;
  for (const queue of ledger.queueNames) {
    const ids = await empty(connection, queue, { ledger, mayBeAbsent: queue === victim });
    ledger.emptied(queue, ids);
    found.set(queue, new Set(ids));
    count += ids.length;
  }
  pipeline.check((queue) => found.get(queue) ?? new Set());
  // The acknowledgements are on disk with what is confirmed after them, so that nothing of this may ever be seen again.
  const channel = await connection.createConfirmChannel();
  const id = ledger.nextId();
  ledger.sent(id, `barrier.${id}`, [barrier]);
  channel.sendToQueue(barrier, makeBody(id, 20), { persistent: true, messageId: String(id) });
  await channel.waitForConfirms();
  ledger.confirmed(id);
  await connection.close();
  return count;
}

/** The ids of all messages, in the order in which one consumer gets them. */
async function empty(connection, queue, { ledger, mayBeAbsent }) {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  const declared = await channel.checkQueue(queue).catch((error) => {
    if (mayBeAbsent && error.code === 404) return undefined;
    throw error;
  });
  if (declared === undefined) return [];
  const ids = [];
  const order = new Order(queue);
  let failure;
  await channel.consume(queue, (delivery) => {
    try {
      ids.push(receive(ledger, queue, delivery, order));
    } catch (error) {
      failure ??= error;
    }
  });
  const deadline = performance.now() + EMPTY_TIMEOUT_MS;
  while (ids.length < declared.messageCount && failure === undefined) {
    if (performance.now() > deadline)
      throw new Error(`${queue}: ${ids.length} of ${declared.messageCount} messages came`);
    await sleep(2);
  }
  if (failure !== undefined) throw failure;
  if (ids.length > 0) channel.ackAll();
  const { messageCount } = await channel.checkQueue(queue);
  if (messageCount > 0) throw new Error(`${queue}: ${messageCount} messages more than it said`);
  await channel.close();
  return ids;
}
