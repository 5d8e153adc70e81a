import type { fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation } from '../stage.ts';
import { args, drain, keepAll, pause, restarted, restartedQueue } from '../talk.ts';

type Plain = Parameters<typeof fromPlain>[0];

const BACK = 'what was not settled is ready again';
const COUNTED = 'how often it came back is kept';
const SOON: Plain = { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 1000 };
const LATE: Plain = { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 600_000, 'x-delayed-retry-max': 1_200_000 };

/** Gets a message, and sends it back as a failure, so many times. */
async function fail(channel: RawChannel, queue: string, times: number): Promise<void> {
  for (let tag = 1; tag <= times; tag++) {
    await channel.call('basic.get', { queue });
    channel.send('basic.reject', { deliveryTag: tag });
    await pause(100);
  }
}

export const RESTARTED_RETURNS: readonly Conversation[] = [
  ...restartedQueue('unsettled, got', BACK, {}, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1', '2', '3', '4', '5');
    for (let count = 0; count < 3; count++) await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 2 });
    const again = await stage.restart();
    await again.call('queue.declare', { queue, passive: true });
    await drain(again, queue);
  }),
  ...restartedQueue('unsettled, delivered', BACK, {}, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1', '2', '3', '4');
    await channel.call('basic.qos', { prefetchCount: 2 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.see('basic.deliver', 2);
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.see('basic.deliver');
    const again = await stage.restart();
    await drain(again, queue);
  }),
  ...restartedQueue(
    'unsettled, of two consumers',
    BACK,
    {},
    async (channel, queue, stage) => {
      const other = await stage.open({ label: 'B ' });
      await channel.call('basic.qos', { prefetchCount: 1 });
      await other.call('basic.qos', { prefetchCount: 1 });
      await other.call('basic.consume', { queue, consumerTag: 'b' });
      await keepAll(channel, queue, '1');
      await other.see('basic.deliver');
      await keepAll(channel, queue, '2', '3');
      await channel.call('basic.get', { queue });
      const again = await stage.restart();
      await drain(again, queue);
    },
    ['classic'],
  ),
  ...restartedQueue('returned', 'that it was delivered is kept', {}, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1', '2');
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1 });
    await pause(100);
    const again = await stage.restart();
    await drain(again, queue);
  }),
  ...restartedQueue('returned and unsettled', BACK, {}, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1', '2', '3');
    for (let count = 0; count < 3; count++) await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 3 });
    await pause(100);
    const again = await stage.restart();
    await drain(again, queue);
  }),
  ...restartedQueue(
    'failed',
    COUNTED,
    {},
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1', '2');
      await fail(channel, queue, 2);
      const again = await stage.restart();
      await again.call('basic.get', { queue });
      again.send('basic.reject', { deliveryTag: 1 });
      await pause(100);
      await drain(again, queue);
    },
    ['quorum'],
  ),
  ...restartedQueue(
    'given back',
    'that it was acquired is kept, and is no failure',
    {},
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1');
      for (let tag = 1; tag <= 2; tag++) {
        await channel.call('basic.get', { queue });
        channel.send('basic.nack', { deliveryTag: tag });
        await pause(100);
      }
      const again = await stage.restart();
      await drain(again, queue);
    },
    ['quorum'],
  ),
  restarted('delivery limit', COUNTED, async (channel, stage) => {
    const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
    const grave = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
    await channel.call('queue.declare', { queue: dead, durable: true });
    const table = { 'x-queue-type': 'quorum', 'x-delivery-limit': 2, ...grave };
    await channel.call('queue.declare', { queue, durable: true, ...args(table) });
    await keepAll(channel, queue, '1');
    await fail(channel, queue, 2);
    const again = await stage.restart();
    await fail(again, queue, 1);
    await again.call('basic.get', { queue });
    await drain(again, dead);
  }),
  restarted('delivery limit and lost deliveries', COUNTED, async (channel, stage) => {
    const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
    const grave = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
    await channel.call('queue.declare', { queue: dead, durable: true });
    const table = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1, ...grave };
    await channel.call('queue.declare', { queue, durable: true, ...args(table) });
    await keepAll(channel, queue, '1');
    await fail(channel, queue, 1);
    await channel.call('basic.get', { queue });
    const again = await stage.restart();
    await pause(300);
    await drain(again, queue);
    await drain(again, dead);
  }),
  ...restartedQueue(
    'retry that is due',
    'it comes when its time has come',
    SOON,
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1', '2');
      await fail(channel, queue, 1);
      const again = await stage.restart();
      await pause(1500);
      await drain(again, queue);
    },
    ['quorum'],
  ),
  ...restartedQueue(
    'retry that is not due',
    'it goes on waiting',
    LATE,
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1', '2');
      await fail(channel, queue, 1);
      const again = await stage.restart();
      await again.call('queue.declare', { queue, passive: true });
      await drain(again, queue);
      await again.call('queue.purge', { queue });
      await again.call('queue.delete', { queue });
    },
    ['quorum'],
  ),
  ...restartedQueue(
    'retry of what was with a consumer',
    'that it was lost is a failure',
    SOON,
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1', '2');
      await channel.call('basic.get', { queue });
      const again = await stage.restart();
      await pause(1500);
      await drain(again, queue);
    },
    ['quorum'],
  ),
];
