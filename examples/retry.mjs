// A message that cannot be worked on waits longer each time before it is tried again, and holds nobody up. Having failed too
// often, it goes to another queue.
//
//   npm run build && node examples/retry.mjs

import amqplib from 'amqplib';
import { createBroker } from 'leveret';

const broker = await createBroker();
const connection = await amqplib.connect(broker.url);
const channel = await connection.createChannel();
await channel.assertQueue('failed');
await channel.assertQueue('work', {
  arguments: {
    'x-delayed-retry-type': 'all',
    'x-delayed-retry-delays': '200ms, 400ms',
    'x-delivery-limit': 2,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': 'failed',
  },
});

await channel.prefetch(1);
await channel.consume('work', (message) => {
  const job = message.content.toString();
  const failures = message.properties.headers['x-delivery-count'] ?? 0;
  if (job === 'good') {
    console.log('good: done');
    channel.ack(message);
  } else {
    console.log(`${job}: try ${failures + 1} fails`);
    channel.reject(message, true);
  }
});

const givenUp = new Promise((resolve) => {
  channel.consume('failed', resolve, { noAck: true });
});
for (const job of ['bad', 'good']) channel.sendToQueue('work', Buffer.from(job));

const { content, properties } = await givenUp;
console.log(`${content}: given up, reason ${properties.headers['x-last-death-reason']}`);
await connection.close();
await broker.close();
