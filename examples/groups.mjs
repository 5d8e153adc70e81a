// The steps of an order are done one after the other, though two workers share the queue: an order is with one of them at a time.
//
//   npm run build && node examples/groups.mjs

import amqplib from 'amqplib';
import { createBroker } from 'leveret';

const broker = await createBroker();
const connection = await amqplib.connect(broker.url);
const channel = await connection.createConfirmChannel();
await channel.assertQueue('steps', { arguments: { 'x-group-by': 'header:order' } });

let done = 0;
let wanted = 0;
let allDone;

/** A worker that takes one message after the other, and notes what it did. */
async function worker() {
  const steps = [];
  const channel = await connection.createChannel();
  await channel.prefetch(1);
  await channel.consume('steps', (message) => {
    steps.push(message.content.toString());
    channel.ack(message);
    if (++done === wanted) allDone();
  });
  return { steps, leave: () => channel.close() };
}

/** Publishes steps of orders, and waits until they are done. */
async function order(...steps) {
  wanted += steps.length;
  const finished = new Promise((resolve) => {
    allDone = resolve;
  });
  for (const step of steps) {
    channel.sendToQueue('steps', Buffer.from(step), { headers: { order: step.split(' ')[0] } });
  }
  await finished;
}

const first = await worker();
const second = await worker();
await order('apples picked', 'bread baked', 'apples packed', 'bread sliced', 'apples sent', 'bread sent');
console.log(`The first worker: ${first.steps.join(', ')}.`);
console.log(`The second worker: ${second.steps.join(', ')}.`);

await first.leave();
await order('apples paid');
console.log(`The first is gone, and the second goes on: ${second.steps.at(-1)}.`);
await connection.close();
await broker.close();
