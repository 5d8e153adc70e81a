import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { drain, fill, queueTalk } from '../talk.ts';

const REQUEUED = 'what was delivered and not settled goes back in its order, marked';

/** A queue of four messages, two of them delivered to a consumer that then goes away somehow. */
function departure(name: string, rule: string, leave: (consumer: RawChannel) => Promise<unknown>): Conversation {
  return {
    name,
    rule,
    run: async (stage) => {
      const watcher = await stage.open({ label: 'a' });
      const consumer = await stage.open({ label: 'b' });
      const queue = stage.queue('q');
      await watcher.call('queue.declare', { queue });
      fill(watcher, queue, '1', '2', '3', '4');
      await watcher.client.quiet();
      await consumer.call('basic.qos', { prefetchCount: 2 });
      await consumer.call('basic.consume', { queue, consumerTag: 'ct' });
      await consumer.see('basic.deliver', 2);
      await leave(consumer);
      await watcher.client.quiet();
      await drain(watcher, queue);
    },
  };
}

async function two(stage: Stage): Promise<readonly [RawChannel, RawChannel]> {
  return [await stage.open({ label: 'a' }), await stage.open({ label: 'b' })];
}

export const LIFECYCLE: readonly Conversation[] = [
  departure('consumer closes its channel', REQUEUED, (consumer) => consumer.call('channel.close')),
  departure('consumer closes its connection', REQUEUED, (consumer) => consumer.client.call(0, 'connection.close')),
  departure('consumer cuts its connection', REQUEUED, async (consumer) => consumer.client.close()),
  departure('consumer breaks its channel', REQUEUED, (consumer) =>
    consumer.call('queue.declare', { queue: 'nosuch', passive: true }),
  ),
  departure('consumer breaks its connection', REQUEUED, (consumer) => consumer.call('basic.qos', { prefetchSize: 1 })),
  departure('consumer acknowledges one and closes', REQUEUED, async (consumer) => {
    consumer.send('basic.ack', { deliveryTag: 1 });
    await consumer.see('basic.deliver');
    await consumer.call('channel.close');
  }),
  {
    name: 'requeued to another consumer',
    rule: 'what one consumer leaves the next one gets',
    run: async (stage) => {
      const [first, second] = await two(stage);
      const queue = stage.queue('q');
      await first.call('queue.declare', { queue });
      await first.call('basic.consume', { queue, consumerTag: 'first' });
      fill(first, queue, '1', '2');
      await first.see('basic.deliver', 2);
      await second.call('basic.consume', { queue, consumerTag: 'second' });
      first.client.close();
      await second.see('basic.deliver', 2);
    },
  },
  {
    name: 'round robin between connections',
    rule: 'consumers take turns, wherever they are',
    run: async (stage) => {
      const [first, second] = await two(stage);
      const queue = stage.queue('q');
      await first.call('queue.declare', { queue });
      await first.call('basic.consume', { queue, consumerTag: 'first', noAck: true });
      await second.call('basic.consume', { queue, consumerTag: 'second', noAck: true });
      fill(first, queue, '1', '2', '3', '4', '5');
      await first.see('basic.deliver', 3);
      await second.see('basic.deliver', 2);
    },
  },
  {
    name: 'exclusive consumer goes with its connection',
    rule: 'then another may have the queue',
    run: async (stage) => {
      const [first, second] = await two(stage);
      const queue = stage.queue('q');
      await first.call('queue.declare', { queue });
      await first.call('basic.consume', { queue, consumerTag: 'first', exclusive: true });
      await first.client.call(0, 'connection.close');
      await second.client.quiet();
      await second.call('basic.consume', { queue, consumerTag: 'second', exclusive: true });
    },
  },
  {
    name: 'queue deleted under the consumer of another connection',
    rule: 'consumers hear of the end of their queue',
    run: async (stage) => {
      const [first, second] = await two(stage);
      const queue = stage.queue('q');
      await first.call('queue.declare', { queue });
      await first.call('basic.consume', { queue, consumerTag: 'first' });
      await second.call('queue.delete', { queue });
      await first.see('basic.cancel');
    },
  },
  {
    name: 'auto-delete queue',
    rule: 'it goes with its last consumer, and not before its first',
    run: async (stage) => {
      const channel = await stage.open();
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue, autoDelete: true });
      await channel.call('queue.declare', { queue, passive: true });
      await channel.call('basic.consume', { queue, consumerTag: 'a' });
      await channel.call('basic.consume', { queue, consumerTag: 'b' });
      await channel.call('basic.cancel', { consumerTag: 'a' });
      await channel.client.quiet();
      await channel.call('queue.declare', { queue, passive: true });
      await channel.call('basic.cancel', { consumerTag: 'b' });
      await channel.client.quiet();
      await channel.call('queue.declare', { queue, passive: true });
    },
  },
  {
    name: 'auto-delete queue whose consumer’s channel closes',
    rule: 'it goes with its last consumer',
    run: async (stage) => {
      const channel = await stage.open();
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue, autoDelete: true });
      await channel.call('basic.consume', { queue });
      await channel.call('channel.close');
      await channel.client.quiet();
      await channel.call('channel.open');
      await channel.call('queue.declare', { queue, passive: true });
    },
  },
  {
    name: 'auto-delete queue whose consumer’s connection is cut',
    rule: 'it goes with its last consumer',
    run: async (stage) => {
      const [first, second] = await two(stage);
      const queue = stage.queue('q');
      await first.call('queue.declare', { queue, autoDelete: true });
      await first.call('basic.consume', { queue, consumerTag: 'a' });
      first.client.close();
      await second.client.quiet();
      await second.call('queue.declare', { queue, passive: true });
    },
  },
  {
    name: 'auto-delete queue that is only read by basic.get',
    rule: 'basic.get is no consumer',
    run: async (stage) => {
      const channel = await stage.open();
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue, autoDelete: true });
      fill(channel, queue, '1');
      await drain(channel, queue);
      await channel.call('queue.declare', { queue, passive: true });
    },
  },
  queueTalk(
    'tags after a channel is opened again',
    'delivery tags start at 1 with the channel',
    async (channel, queue) => {
      fill(channel, queue, '1', '2');
      await channel.call('basic.get', { queue });
      await channel.call('channel.close');
      await channel.call('channel.open');
      await channel.client.quiet();
      await channel.call('basic.get', { queue });
    },
  ),
  queueTalk(
    'last declared queue after a channel is opened again',
    'it is forgotten with the channel',
    async (channel) => {
      await channel.call('channel.close');
      await channel.call('channel.open');
      await channel.call('basic.get');
    },
  ),
  queueTalk(
    'half a message when the channel closes',
    'a publish without its content never was',
    async (channel, queue) => {
      await channel.client.call(2, 'channel.open');
      channel.client.send(2, 'basic.publish', { routingKey: queue });
      channel.client.frame({ type: 2, channel: 2, payload: Buffer.from('003c0000000000000000000a0000', 'hex') });
      await channel.call('basic.get', { queue });
    },
  ),
  queueTalk(
    'contents of two channels interleaved',
    'each channel has its own message under way',
    async (channel, queue) => {
      const { client } = channel;
      await client.call(2, 'channel.open');
      channel.send('basic.publish', { routingKey: queue });
      client.send(2, 'basic.publish', { routingKey: queue });
      client.frame({ type: 2, channel: 1, payload: Buffer.from('003c000000000000000000020000', 'hex') });
      client.frame({ type: 2, channel: 2, payload: Buffer.from('003c000000000000000000010000', 'hex') });
      client.frame({ type: 3, channel: 1, payload: Buffer.from('a') });
      client.frame({ type: 3, channel: 2, payload: Buffer.from('x') });
      await client.call(2, 'basic.get', { queue, noAck: true });
      client.frame({ type: 3, channel: 1, payload: Buffer.from('b') });
      await channel.call('basic.get', { queue, noAck: true });
    },
  ),
];
