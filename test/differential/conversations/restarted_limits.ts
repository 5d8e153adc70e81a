import type { fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation } from '../stage.ts';
import { args, drain, fill, keep, keepAll, pause, restarted, restartedQueue } from '../talk.ts';

type Plain = Parameters<typeof fromPlain>[0];

const HOLDS = 'a limit holds afterwards, and counts what was there';
const ORDER = 'the highest first, and each in its order';
const SINGLE: Plain = { 'x-single-active-consumer': true };

async function more(again: RawChannel, queue: string, ...bodies: readonly string[]): Promise<void> {
  await again.call('confirm.select');
  await keepAll(again, queue, ...bodies);
  await pause(100);
  await again.call('queue.declare', { queue, passive: true });
  await drain(again, queue);
}

async function prioritised(channel: RawChannel, queue: string, ...priorities: readonly number[]): Promise<void> {
  for (const [index, priority] of priorities.entries()) {
    await keep(channel, { routingKey: queue, body: `${priority} ${index}`, properties: { priority } });
  }
}

export const RESTARTED_LIMITS: readonly Conversation[] = [
  ...restartedQueue('x-max-length', HOLDS, { 'x-max-length': 3 }, async (channel, queue, stage) => {
    await keepAll(channel, queue, '1', '2', '3', '4');
    await more(await stage.restart(), queue, '5');
  }),
  ...restartedQueue(
    'x-max-length-bytes',
    HOLDS,
    { 'x-max-length-bytes': 8 },
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '11', '222');
      await more(await stage.restart(), queue, '33333', '4');
    },
    ['classic'],
  ),
  ...restartedQueue(
    'reject-publish',
    HOLDS,
    { 'x-max-length': 2, 'x-overflow': 'reject-publish' },
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1');
      const again = await stage.restart();
      await again.call('confirm.select');
      await keepAll(again, queue, '2');
      await pause(100);
      await keepAll(again, queue, '3', '4', '5');
      await pause(100);
      await again.call('basic.get', { queue, noAck: true });
    },
  ),
  restarted('reject-publish-dlx', HOLDS, async (channel, stage) => {
    const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
    const table = { 'x-max-length': 1, 'x-overflow': 'reject-publish-dlx' };
    const grave = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
    await channel.call('queue.declare', { queue: dead, durable: true });
    await channel.call('queue.declare', { queue, durable: true, ...args({ ...table, ...grave }) });
    await keepAll(channel, queue, '1');
    const again = await stage.restart();
    await more(again, queue, '2');
    await drain(again, dead);
  }),
  ...restartedQueue(
    'unsettled beyond the limit',
    'what is back is too many',
    { 'x-max-length': 2 },
    async (channel, queue, stage) => {
      await keepAll(channel, queue, '1', '2');
      for (let count = 0; count < 2; count++) await channel.call('basic.get', { queue });
      await keepAll(channel, queue, '3', '4');
      const again = await stage.restart();
      await again.call('queue.declare', { queue, passive: true });
      await more(again, queue, '5');
    },
    ['classic'],
  ),
  ...restartedQueue(
    'priorities',
    ORDER,
    { 'x-max-priority': 10 },
    async (channel, queue, stage) => {
      await prioritised(channel, queue, 1, 5, 0, 9, 5, 20);
      await keepAll(channel, queue, 'none');
      const again = await stage.restart();
      await again.call('confirm.select');
      await prioritised(again, queue, 5, 9);
      await drain(again, queue);
    },
    ['classic'],
  ),
  ...restartedQueue(
    'priorities of a quorum queue',
    'two kinds, and each in its order',
    {},
    async (channel, queue, stage) => {
      await prioritised(channel, queue, 1, 5, 0);
      const again = await stage.restart();
      await again.call('confirm.select');
      await prioritised(again, queue, 9);
      await drain(again, queue);
    },
    ['quorum'],
  ),
  ...restartedQueue(
    'priorities, unsettled',
    ORDER,
    { 'x-max-priority': 10 },
    async (channel, queue, stage) => {
      await prioritised(channel, queue, 1, 5, 9);
      for (let count = 0; count < 2; count++) await channel.call('basic.get', { queue });
      const again = await stage.restart();
      await drain(again, queue);
    },
    ['classic'],
  ),
  ...restartedQueue('single active consumer', 'one of those that come is', SINGLE, async (channel, queue, stage) => {
    await channel.call('basic.consume', { queue, consumerTag: 'before' });
    await keepAll(channel, queue, '1', '2');
    const again = await stage.restart();
    await again.call('basic.qos', { prefetchCount: 1 });
    await again.call('basic.consume', { queue, consumerTag: 'a' });
    await again.see('basic.deliver');
    await again.call('basic.consume', { queue, consumerTag: 'b' });
    await pause(100);
    again.send('basic.ack', { deliveryTag: 1 });
    await again.see('basic.deliver');
    await again.call('basic.cancel', { consumerTag: 'a' });
    again.send('basic.ack', { deliveryTag: 2 });
    fill(again, queue, '3');
    await again.see('basic.deliver');
  }),
];
