// A broker inside a program: in memory, on a free port, gone when it is closed.
//
//   npm run build && node examples/embed.mjs

import amqplib from 'amqplib';
import { createBroker } from 'leveret';

const broker = await createBroker();
console.log(`A broker listens on port ${broker.port}.`);

const connection = await amqplib.connect(broker.url);
const channel = await connection.createChannel();
await channel.assertQueue('jobs');
await channel.consume('jobs', async (message) => {
  console.log(`Received ${message.content}.`);
  channel.ack(message);
  await connection.close();
  await broker.close();
});
channel.sendToQueue('jobs', Buffer.from('a job'));
