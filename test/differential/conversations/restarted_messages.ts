import { fromPlain } from '../../../src/codec/table.ts';
import type { Conversation } from '../stage.ts';
import { drain, keep, keepAll, putAll, restarted, restartedQueue } from '../talk.ts';

const KEPT = 'what is persistent is there again, in its order';
const ALL_OR_NONE = 'what was committed is there, and nothing else';

export const RESTARTED_MESSAGES: readonly Conversation[] = [
  ...restartedQueue('persistent', KEPT, {}, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1', '2', '3');
    const again = await stage.restart();
    await again.call('queue.declare', { queue, passive: true });
    await drain(again, queue);
  }),
  ...restartedQueue(
    'transient',
    'what is transient is gone, but not from a quorum queue',
    {},
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1');
      await putAll(channel, queue, '2');
      await keepAll(channel, queue, '3');
      await putAll(channel, queue, '4');
      const again = await stage.restart();
      await drain(again, queue);
    },
  ),
  ...restartedQueue('properties', 'a message is the same', {}, async (channel, queue, stage) => {
    await keep(channel, {
      routingKey: queue,
      body: 'body',
      properties: {
        contentType: 'text/plain',
        contentEncoding: 'utf-8',
        headers: fromPlain({ a: 1, b: { c: [true, 'd', 5_000_000_000] }, e: 1.5 }),
        deliveryMode: 2,
        priority: 3,
        correlationId: 'c',
        replyTo: 'r',
        expiration: '6000000',
        messageId: 'm',
        timestamp: 5_000_000_000,
        type: 't',
        userId: 'guest',
        appId: 'a',
        clusterId: 'cl',
      },
    });
    const again = await stage.restart();
    await again.call('basic.get', { queue, noAck: true });
  }),
  ...restartedQueue('bodies', 'of any length', {}, async (channel, queue, stage) => {
    await keepAll(channel, queue, '', 'x'.repeat(5000));
    const parts = [Buffer.alloc(131_064, 'a'), Buffer.alloc(131_064, 'b'), Buffer.alloc(100, 'c')];
    await keep(channel, { routingKey: queue, body: parts });
    await keepAll(channel, queue, 'last');
    const again = await stage.restart();
    await drain(again, queue);
  }),
  ...restartedQueue('acknowledged', 'what was settled is gone', {}, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1', '2', '3', '4', '5');
    for (let count = 0; count < 4; count++) await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 2, multiple: true });
    channel.send('basic.reject', { deliveryTag: 4, requeue: false });
    const again = await stage.restart();
    await again.call('queue.declare', { queue, passive: true });
    await again.call('basic.get', { queue, noAck: true });
  }),
  ...restartedQueue(
    'purged',
    'what was purged is gone, and what comes then is not',
    {},
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1', '2');
      await channel.call('queue.purge', { queue });
      await keepAll(channel, queue, '3');
      const again = await stage.restart();
      await drain(again, queue);
    },
  ),
  ...restartedQueue('deleted and declared', 'a new queue has no old messages', {}, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1', '2');
    await channel.call('queue.delete', { queue });
    await channel.call('queue.declare', { queue, durable: true });
    await keepAll(channel, queue, '3');
    const again = await stage.restart();
    await drain(again, queue);
  }),
  restarted('one message in several queues', KEPT, async (channel, stage) => {
    const exchange = stage.exchange('x');
    const queues = [stage.queue('q1'), stage.queue('q2'), stage.queue('q3')];
    await channel.call('exchange.declare', { exchange, type: 'fanout', durable: true });
    for (const [index, queue] of queues.entries()) {
      await channel.call('queue.declare', { queue, durable: index !== 2 });
      await channel.call('queue.bind', { queue, exchange });
    }
    for (const body of ['1', '2']) await keep(channel, { exchange, body });
    await channel.call('basic.get', { queue: queues[0]!, noAck: true });
    const again = await stage.restart();
    for (const queue of queues.slice(0, 2)) await drain(again, queue);
    await again.call('queue.declare', { queue: queues[2]!, passive: true });
  }),
  restarted('carbon copies', 'each has its own; BCC is not told', async (channel, stage) => {
    const queues = ['q', 'cc', 'bcc'].map((name) => stage.queue(name));
    for (const queue of queues) await channel.call('queue.declare', { queue, durable: true });
    const [queue = '', cc = '', bcc = ''] = queues;
    await keep(channel, { routingKey: queue, properties: { headers: fromPlain({ CC: [cc], BCC: [bcc], a: 1 }) } });
    const again = await stage.restart();
    for (const name of queues) await drain(again, name);
  }),
  ...restartedQueue('committed publishes', ALL_OR_NONE, {}, async (_channel, queue, stage) => {
    const channel = await stage.open({ label: 'B ' });
    await channel.call('tx.select');
    const put = (body: string): void => channel.publish({ routingKey: queue, body, properties: { deliveryMode: 2 } });
    for (const body of ['1', '2']) put(body);
    await channel.call('tx.commit');
    put('3');
    await channel.call('tx.rollback');
    put('4');
    const again = await stage.restart();
    await drain(again, queue);
  }),
  ...restartedQueue('committed acks', ALL_OR_NONE, {}, async (filler, queue, stage) => {
    await keepAll(filler, queue, '1', '2', '3');
    const channel = await stage.open({ label: 'B ' });
    await channel.call('tx.select');
    for (let count = 0; count < 3; count++) await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.call('tx.commit');
    channel.send('basic.ack', { deliveryTag: 2 });
    const again = await stage.restart();
    await drain(again, queue);
  }),
  ...restartedQueue('publishing goes on', 'what comes then is behind', {}, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1', '2');
    const again = await stage.restart();
    await again.call('confirm.select');
    await keepAll(again, queue, '3');
    await again.call('basic.consume', { queue, consumerTag: 'ct' });
    await again.see('basic.deliver', 3);
    again.send('basic.ack', { deliveryTag: 3, multiple: true });
  }),
];
