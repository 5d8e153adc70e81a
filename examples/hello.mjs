// Sends one message and takes it back, with amqplib, the most used client for Node.js.
//
//   npm start                      in another terminal
//   node examples/hello.mjs [amqp://guest:guest@localhost:5672]

import amqplib from 'amqplib';

const connection = await amqplib.connect(process.argv[2] ?? 'amqp://guest:guest@localhost:5672');
const channel = await connection.createConfirmChannel();

const { queue } = await channel.assertQueue('', { exclusive: true });
channel.sendToQueue(queue, Buffer.from('Hello, Leveret!'));
await channel.waitForConfirms();

const message = await channel.get(queue, { noAck: true });
console.log(message ? message.content.toString() : 'The queue is empty.');
await connection.close();
