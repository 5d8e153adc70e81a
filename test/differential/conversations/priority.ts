import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation } from '../stage.ts';
import { args, confirmTalk, drain, pause, put } from '../talk.ts';

const ORDER = 'the highest priority first, the oldest of it first';

/** A message for each priority, which is its body too. */
async function putEach(channel: RawChannel, routingKey: string, ...priorities: (number | undefined)[]): Promise<void> {
  for (const [index, priority] of priorities.entries()) {
    await put(channel, { routingKey, body: `${priority} ${index}`, properties: { priority } });
  }
}

export const PRIORITY: readonly Conversation[] = [
  confirmTalk('x-max-priority', ORDER, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-max-priority': 5 }) });
    await putEach(channel, queue, 0, 3, 5, 1, 3, 5, 0);
    await drain(channel, queue);
  }),
  confirmTalk('priority beyond the highest', 'it counts as the highest', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-max-priority': 3 }) });
    await putEach(channel, queue, 1, 3, 200, 3, 4);
    await drain(channel, queue);
  }),
  confirmTalk('no priority', 'it counts as the lowest', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-max-priority': 3 }) });
    await putEach(channel, queue, undefined, 1, 0, undefined);
    await drain(channel, queue);
  }),
  confirmTalk('priority without x-max-priority', 'it means nothing', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await putEach(channel, queue, 1, 9, 3);
    await drain(channel, queue);
  }),
  confirmTalk('x-max-priority of 0', 'there is one priority', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-max-priority': 0 }) });
    await putEach(channel, queue, 0, 9, 3);
    await drain(channel, queue);
  }),
  confirmTalk('x-max-priority of 255', ORDER, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-max-priority': 255 }) });
    await putEach(channel, queue, 254, 255, 0, 128);
    await drain(channel, queue);
  }),
  confirmTalk('priority of what comes back', 'it goes back to its old place', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-max-priority': 3 }) });
    await putEach(channel, queue, 3, 3, 1, 1);
    for (let count = 0; count < 3; count++) await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 3 });
    channel.send('basic.nack', { deliveryTag: 1 });
    await putEach(channel, queue, 2, 3);
    await drain(channel, queue);
  }),
  confirmTalk(
    'priority with x-max-length',
    'what would be delivered first is dropped first',
    async (channel, stage) => {
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue, ...args({ 'x-max-priority': 3, 'x-max-length': 2 }) });
      await putEach(channel, queue, 1, 2, 0, 3);
      await drain(channel, queue);
    },
  ),
  confirmTalk('priority and expiry', 'each priority has a first message', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-max-priority': 3 }) });
    await putEach(channel, queue, 3);
    await put(channel, { routingKey: queue, body: 'low', properties: { priority: 1, expiration: '30' } });
    await put(channel, { routingKey: queue, body: 'lower', properties: { priority: 0, expiration: '30' } });
    await pause(250);
    await channel.call('queue.declare', { queue, passive: true });
    await drain(channel, queue);
  }),
  confirmTalk('priority and a consumer', ORDER, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-max-priority': 3 }) });
    await putEach(channel, queue, 1, 3, 2);
    await channel.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
    await channel.see('basic.deliver', 3);
  }),
  confirmTalk('priority in a quorum queue', ORDER, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, durable: true, ...args({ 'x-queue-type': 'quorum' }) });
    await putEach(channel, queue, 0, undefined, 4, 5, 3, 31, 32, 255, 30, 4, undefined, 9, 1);
    await drain(channel, queue);
  }),
  confirmTalk('priority of what comes back to a quorum queue', 'it keeps its priority', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, durable: true, ...args({ 'x-queue-type': 'quorum' }) });
    await putEach(channel, queue, 9, 1);
    await channel.call('basic.get', { queue });
    await channel.call('basic.get', { queue });
    channel.send('basic.reject', { deliveryTag: 2 });
    channel.send('basic.reject', { deliveryTag: 1 });
    await putEach(channel, queue, 5);
    await pause(100);
    await drain(channel, queue);
  }),
];
