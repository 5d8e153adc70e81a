import type { Conversation } from '../stage.ts';
import { args, drain, keepAll, pause, restarted, restartedQueue } from '../talk.ts';

const HOLDS = 'a policy holds afterwards';
/** RabbitMQ tells its queues of a policy some time after it was set. */
const APPLIED_MS = 500;

export const RESTARTED_POLICIES: readonly Conversation[] = [
  ...restartedQueue('policy: max-length', HOLDS, {}, async (channel, queue, stage) => {
    await stage.policy('q', { definition: { 'max-length': 2 }, applyTo: 'queues' });
    await pause(APPLIED_MS);
    await keepAll(channel, queue, '1', '2', '3');
    const again = await stage.restart();
    await again.call('confirm.select');
    await keepAll(again, queue, '4');
    await pause(100);
    await drain(again, queue);
  }),
  ...restartedQueue('policy: message-ttl', HOLDS, {}, async (channel, queue, stage) => {
    await stage.policy('q', { definition: { 'message-ttl': 1000 } });
    await pause(APPLIED_MS);
    await keepAll(channel, queue, '1', '2');
    const again = await stage.restart();
    await again.call('confirm.select');
    await pause(1500);
    await drain(again, queue);
    await keepAll(again, queue, '3');
    await pause(1500);
    await drain(again, queue);
  }),
  ...restartedQueue('policy: dead-lettering', HOLDS, {}, async (channel, queue, stage) => {
    const dead = stage.queue('dead');
    await channel.call('queue.declare', { queue: dead, durable: true });
    await stage.policy('q', { definition: { 'dead-letter-exchange': '', 'dead-letter-routing-key': dead } });
    await pause(APPLIED_MS);
    await keepAll(channel, queue, '1');
    const again = await stage.restart();
    await again.call('basic.get', { queue });
    again.send('basic.reject', { deliveryTag: 1, requeue: false });
    await pause(300);
    await drain(again, dead);
  }),
  ...restartedQueue(
    'policy: overflow',
    HOLDS,
    {},
    async (channel, queue, stage) => {
      await stage.policy('q', { definition: { 'max-length': 1, overflow: 'reject-publish' } });
      await pause(APPLIED_MS);
      await keepAll(channel, queue, '1');
      const again = await stage.restart();
      await again.call('confirm.select');
      await keepAll(again, queue, '2', '3', '4');
      await again.call('basic.get', { queue, noAck: true });
    },
    ['classic'],
  ),
  ...restartedQueue('policy: expires', HOLDS, {}, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1');
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.see('basic.deliver');
    await stage.policy('q', { definition: { expires: 5000 } });
    await pause(APPLIED_MS);
    const again = await stage.restart();
    await pause(6000);
    await again.call('queue.declare', { queue, passive: true });
  }),
  restarted('policy: delivery-limit', HOLDS, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, durable: true, ...args({ 'x-queue-type': 'quorum' }) });
    await stage.policy('q', { definition: { 'delivery-limit': 1 } });
    await pause(APPLIED_MS);
    await keepAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.reject', { deliveryTag: 1 });
    const again = await stage.restart();
    await again.call('basic.get', { queue });
    again.send('basic.reject', { deliveryTag: 1 });
    await pause(200);
    await again.call('basic.get', { queue });
  }),
  restarted('policy: alternate-exchange', HOLDS, async (channel, stage) => {
    const [exchange, other, queue] = [stage.exchange('x'), stage.exchange('other'), stage.queue('q')];
    for (const name of [exchange, other]) {
      await channel.call('exchange.declare', {
        exchange: name,
        type: name === other ? 'fanout' : 'direct',
        durable: true,
      });
    }
    await channel.call('queue.declare', { queue, durable: true });
    await channel.call('queue.bind', { queue, exchange: other });
    await stage.policy('x', { definition: { 'alternate-exchange': other }, applyTo: 'exchanges' });
    await pause(APPLIED_MS);
    const again = await stage.restart();
    await again.call('confirm.select');
    again.publish({ exchange, routingKey: 'nowhere', mandatory: true });
    await again.client.confirms(1);
    await drain(again, queue);
  }),
  ...restartedQueue('policy: two', 'the higher priority counts', {}, async (_channel, queue, stage) => {
    await stage.policy('q', { definition: { 'max-length': 5 }, priority: 1 });
    await stage.policy('q', { definition: { 'max-length': 2 }, priority: 7 });
    await stage.policy('', { definition: { 'max-length': 1 }, priority: 3 });
    await pause(APPLIED_MS);
    const again = await stage.restart();
    await again.call('confirm.select');
    await keepAll(again, queue, '1', '2', '3');
    await pause(100);
    await drain(again, queue);
  }),
  ...restartedQueue(
    'policy: and an argument',
    'the smaller counts',
    { 'x-max-length': 3 },
    async (_channel, queue, stage) => {
      await stage.policy('q', { definition: { 'max-length': 2 } });
      await pause(APPLIED_MS);
      const again = await stage.restart();
      await again.call('confirm.select');
      await keepAll(again, queue, '1', '2', '3', '4');
      await pause(100);
      await drain(again, queue);
    },
  ),
  ...restartedQueue('policy: and an operator policy', 'the smaller counts', {}, async (_channel, queue, stage) => {
    await stage.policy('q', { definition: { 'max-length': 3 } });
    await stage.policy('q', { definition: { 'max-length': 1 }, applyTo: 'queues' }, 'operator-policies');
    await pause(APPLIED_MS);
    const again = await stage.restart();
    await again.call('confirm.select');
    await keepAll(again, queue, '1', '2', '3', '4');
    await pause(100);
    await drain(again, queue);
  }),
  ...restartedQueue('policy: deleted', 'it holds no more', {}, async (channel, queue, stage) => {
    const name = await stage.policy('q', { definition: { 'max-length': 1 } });
    await pause(APPLIED_MS);
    await keepAll(channel, queue, '1', '2');
    await stage.operator.deletePolicy('policies', name);
    await pause(APPLIED_MS);
    const again = await stage.restart();
    await again.call('confirm.select');
    await keepAll(again, queue, '3', '4');
    await pause(100);
    await drain(again, queue);
  }),
  ...restartedQueue('policy: deleted afterwards', 'it is let go of', {}, async (channel, queue, stage) => {
    const name = await stage.policy('q', { definition: { 'max-length': 1 } });
    await pause(APPLIED_MS);
    await keepAll(channel, queue, '1', '2');
    const again = await stage.restart();
    await again.call('confirm.select');
    await stage.operator.deletePolicy('policies', name);
    await pause(APPLIED_MS);
    await keepAll(again, queue, '3', '4');
    await drain(again, queue);
  }),
];
