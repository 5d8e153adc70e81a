import type { Conversation } from '../stage.ts';
import { args, drain, keep, keepAll, pause, restarted, restartedQueue } from '../talk.ts';

const GOES_ON = 'time goes on while the broker is down';
const ENOUGH_MS = 1500;

export const RESTARTED_TIME: readonly Conversation[] = [
  ...restartedQueue('x-message-ttl that is over', GOES_ON, { 'x-message-ttl': 1000 }, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1', '2');
    const again = await stage.restart();
    await pause(ENOUGH_MS);
    await again.call('queue.declare', { queue, passive: true });
    await drain(again, queue);
  }),
  ...restartedQueue(
    'x-message-ttl',
    'what is not over goes on',
    { 'x-message-ttl': 600_000 },
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1', '2');
      const again = await stage.restart();
      await drain(again, queue);
    },
  ),
  ...restartedQueue('expiration', GOES_ON, {}, async (channel, queue, stage) => {
    await keep(channel, { routingKey: queue, body: '1', properties: { expiration: '1000' } });
    await keep(channel, { routingKey: queue, body: '2', properties: { expiration: '600000' } });
    await keep(channel, { routingKey: queue, body: '3', properties: { expiration: '1000' } });
    await keepAll(channel, queue, '4');
    const again = await stage.restart();
    await pause(ENOUGH_MS);
    await drain(again, queue);
  }),
  ...restartedQueue('both', 'the sooner counts', { 'x-message-ttl': 1000 }, async (channel, queue, stage) => {
    await keep(channel, { routingKey: queue, body: '1', properties: { expiration: '600000' } });
    const again = await stage.restart();
    await again.call('confirm.select');
    await pause(ENOUGH_MS);
    await keep(again, { routingKey: queue, body: '2', properties: { expiration: '600000' } });
    await drain(again, queue);
  }),
  ...restartedQueue(
    'a TTL of 0',
    'what nobody takes at once dies',
    { 'x-message-ttl': 0 },
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1');
      const again = await stage.restart();
      await again.call('confirm.select');
      await keepAll(again, queue, '2');
      await drain(again, queue);
      await again.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
      await keepAll(again, queue, '3');
    },
  ),
  ...restartedQueue(
    'unsettled and over',
    'it dies when it is back',
    { 'x-message-ttl': 1000 },
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1', '2');
      await channel.call('basic.get', { queue });
      const again = await stage.restart();
      await pause(ENOUGH_MS);
      await drain(again, queue);
    },
  ),
  ...restartedQueue(
    'x-expires',
    'a queue that is used later stays',
    { 'x-expires': 600_000 },
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1');
      const again = await stage.restart();
      await drain(again, queue);
    },
  ),
  ...restartedQueue(
    'x-expires that is over',
    'it goes with its messages',
    { 'x-expires': 5000 },
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1');
      await channel.call('basic.consume', { queue, consumerTag: 'ct' });
      await channel.see('basic.deliver');
      const again = await stage.restart();
      await pause(6000);
      await again.call('queue.declare', { queue, passive: true });
    },
  ),
  ...restartedQueue(
    'x-expires begins anew',
    'the queue has not been unused',
    { 'x-expires': 5000 },
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1');
      await channel.call('basic.consume', { queue, consumerTag: 'ct' });
      await channel.see('basic.deliver');
      const again = await stage.restart();
      await again.call('queue.declare', { queue, passive: true });
      await again.call('basic.get', { queue });
    },
  ),
  ...restartedQueue(
    'consumer timeout of a queue',
    'it holds afterwards',
    { 'x-consumer-timeout': 300 },
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1');
      const again = await stage.restart();
      again.send('basic.consume', { queue, consumerTag: 'ct' });
      await again.see('basic.cancel');
      await again.call('basic.get', { queue, noAck: true });
    },
    ['quorum'],
  ),
  restarted('expired into a queue that expires', GOES_ON, async (channel, stage) => {
    const [first, second, third] = [stage.queue('q1'), stage.queue('q2'), stage.queue('q3')];
    const to = (queue: string): Record<string, string> => ({
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': queue,
    });
    await channel.call('queue.declare', {
      queue: first,
      durable: true,
      ...args({ 'x-message-ttl': 800, ...to(second) }),
    });
    await channel.call('queue.declare', {
      queue: second,
      durable: true,
      ...args({ 'x-message-ttl': 800, ...to(third) }),
    });
    await channel.call('queue.declare', { queue: third, durable: true });
    await keepAll(channel, first, '1');
    const again = await stage.restart();
    await pause(2 * ENOUGH_MS);
    for (const queue of [first, second, third]) await drain(again, queue);
  }),
];
