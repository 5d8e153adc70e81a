import type { Conversation } from '../stage.ts';
import { args, confirmTalk, drain, pause, put, putAll, talk } from '../talk.ts';

const HEAD = 'a message expires when it is the first of its queue';
const UNUSED = 'a queue with x-expires goes when it was not used for so long';

export const EXPIRY: readonly Conversation[] = [
  confirmTalk('x-message-ttl', 'a message lives as long as its queue says', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-message-ttl': 50 }) });
    await putAll(channel, queue, '1', '2');
    await pause(250);
    await channel.call('queue.declare', { queue, passive: true });
    await channel.call('basic.get', { queue });
  }),
  confirmTalk('expiration', 'a message lives as long as it says itself', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await put(channel, { routingKey: queue, properties: { expiration: '50' } });
    await pause(250);
    await channel.call('basic.get', { queue });
  }),
  confirmTalk('expiration below x-message-ttl', 'the shorter time counts', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-message-ttl': 60_000 }) });
    await put(channel, { routingKey: queue, properties: { expiration: '50' } });
    await pause(250);
    await channel.call('basic.get', { queue });
  }),
  confirmTalk('expiration above x-message-ttl', 'the shorter time counts', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-message-ttl': 50 }) });
    await put(channel, { routingKey: queue, properties: { expiration: '60000' } });
    await pause(250);
    await channel.call('basic.get', { queue });
  }),
  confirmTalk('expiration of what is delivered in time', 'the property stays', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-message-ttl': 50_000 }) });
    await put(channel, { routingKey: queue, properties: { expiration: '60000' } });
    await channel.call('basic.get', { queue });
  }),
  confirmTalk('expiration behind a message that lives', HEAD, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await putAll(channel, queue, 'long');
    await put(channel, { routingKey: queue, body: 'short', properties: { expiration: '20' } });
    await pause(200);
    await channel.call('queue.declare', { queue, passive: true });
    await channel.call('basic.get', { queue });
    await channel.call('basic.get', { queue });
  }),
  confirmTalk('expiration uncovered by a get', HEAD, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await putAll(channel, queue, 'long');
    await put(channel, { routingKey: queue, body: 'short', properties: { expiration: '20' } });
    await pause(200);
    await channel.call('basic.get', { queue, noAck: true });
    await pause(50);
    await channel.call('queue.declare', { queue, passive: true });
  }),
  confirmTalk('expiration uncovered by a consumer', HEAD, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await putAll(channel, queue, 'long');
    for (const body of ['short', 'shorter']) {
      await put(channel, { routingKey: queue, body, properties: { expiration: '20' } });
    }
    await putAll(channel, queue, 'last');
    await pause(200);
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.see('basic.deliver', 2);
    await channel.call('queue.declare', { queue, passive: true });
  }),
  talk('x-message-ttl of 0', 'what cannot be delivered at once is gone', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-message-ttl': 0 }) });
    channel.publish({ routingKey: queue, body: '1' });
    await pause(100);
    await channel.call('basic.get', { queue });
    await channel.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
    channel.publish({ routingKey: queue, body: '2' });
    await channel.see('basic.deliver');
  }),
  talk('expiration of 0', 'what cannot be delivered at once is gone', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    channel.publish({ routingKey: queue, body: '1', properties: { expiration: '0' } });
    await pause(100);
    await channel.call('basic.get', { queue });
    await channel.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
    channel.publish({ routingKey: queue, body: '2', properties: { expiration: '0' } });
    await channel.see('basic.deliver');
  }),
  talk('expiration of 0 and a consumer that is full', 'no room is as good as no consumer', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-message-ttl': 0 }) });
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    channel.publish({ routingKey: queue, body: '1' });
    await channel.see('basic.deliver');
    channel.publish({ routingKey: queue, body: '2' });
    await pause(100);
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.call('queue.declare', { queue, passive: true });
  }),
  confirmTalk('a delivered message does not expire', 'time goes on, to no effect', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-message-ttl': 50 }) });
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    await pause(200);
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.call('basic.get', { queue });
  }),
  confirmTalk('a message that comes back too late', 'its time went on meanwhile', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-message-ttl': 50 }) });
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    await pause(200);
    channel.send('basic.nack', { deliveryTag: 1 });
    await channel.call('basic.get', { queue });
  }),
  confirmTalk(
    'x-message-ttl of a quorum queue',
    'a message lives as long as its queue says',
    async (channel, stage) => {
      const queue = stage.queue('q');
      const table = { 'x-queue-type': 'quorum', 'x-message-ttl': 100 };
      await channel.call('queue.declare', { queue, durable: true, ...args(table) });
      await putAll(channel, queue, '1', '2');
      await pause(500);
      await drain(channel, queue);
    },
  ),
  confirmTalk('expiration in a transaction', 'time begins with the commit', async (_channel, stage) => {
    const channel = await stage.open({ label: 'B' });
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('tx.select');
    channel.publish({ routingKey: queue, body: '1', properties: { expiration: '200' } });
    channel.publish({ routingKey: queue, body: '2', properties: { expiration: '60000' } });
    await pause(100);
    await channel.call('tx.commit');
    await pause(400);
    await drain(channel, queue);
  }),
  confirmTalk('x-expires', UNUSED, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-expires': 100 }) });
    await putAll(channel, queue, '1');
    await pause(400);
    await channel.call('queue.declare', { queue, passive: true });
  }),
  confirmTalk('x-expires with a consumer', 'a consumer is use', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-expires': 100 }) });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await pause(400);
    await channel.call('queue.declare', { queue, passive: true });
    await channel.call('basic.cancel', { consumerTag: 'ct' });
    await pause(400);
    await channel.call('queue.declare', { queue, passive: true });
  }),
  ...(['declared', 'declared passively', 'read'] as const).map((how) =>
    confirmTalk(`x-expires of a queue that is ${how}`, 'so is declaring, and basic.get', async (channel, stage) => {
      const queue = stage.queue('q');
      const declaration = { queue, ...args({ 'x-expires': 600 }) };
      await channel.call('queue.declare', declaration);
      for (let count = 0; count < 3; count++) {
        await pause(300);
        if (how === 'declared') await channel.call('queue.declare', declaration);
        else if (how === 'read') await channel.call('basic.get', { queue });
        else await channel.call('queue.declare', { queue, passive: true });
      }
      await pause(900);
      await channel.call('queue.declare', { queue, passive: true });
    }),
  ),
  confirmTalk('x-expires of a queue that is published to', 'publishing is no use', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args({ 'x-expires': 600 }) });
    for (let count = 0; count < 3; count++) {
      await pause(300);
      await putAll(channel, queue, `${count}`);
    }
    await channel.call('queue.declare', { queue, passive: true });
  }),
];
