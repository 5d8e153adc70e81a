import type { fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { args, drain, pause, putAll, talk } from '../talk.ts';

type Plain = Parameters<typeof fromPlain>[0];
type Say = (channel: RawChannel, queue: string, stage: Stage) => Promise<unknown>;

const ALL = { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 200, 'x-delayed-retry-max': 400 };
/** Surely too soon for the first wait, and surely enough for it and the second. */
const [SOON_MS, FIRST_MS, SECOND_MS] = [60, 330, 560];

function retry(name: string, rule: string, table: Plain, say: Say): Conversation {
  return talk(`retry: ${name}`, rule, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('confirm.select');
    await channel.call('queue.declare', { queue, durable: true, ...args({ 'x-queue-type': 'quorum', ...table }) });
    await say(channel, queue, stage);
  });
}

async function get(channel: RawChannel, queue: string): Promise<void> {
  await channel.call('basic.get', { queue });
}

/** What the queue gives after so long, which may be nothing. */
async function getAfter(channel: RawChannel, queue: string, waitMs: number): Promise<void> {
  await pause(waitMs);
  await get(channel, queue);
}

export const RETRY: readonly Conversation[] = [
  retry('rejected', 'waits grow by the minimum, up to the maximum', ALL, async (channel, queue) => {
    await putAll(channel, queue, '1');
    await get(channel, queue);
    channel.send('basic.reject', { deliveryTag: 1 });
    await getAfter(channel, queue, SOON_MS);
    await getAfter(channel, queue, FIRST_MS);
    channel.send('basic.reject', { deliveryTag: 2 });
    await getAfter(channel, queue, 250);
    await getAfter(channel, queue, SECOND_MS - 250);
    channel.send('basic.reject', { deliveryTag: 3 });
    await getAfter(channel, queue, SECOND_MS);
  }),
  retry('nacked', 'what is given back waits as after the first failure', ALL, async (channel, queue) => {
    await putAll(channel, queue, '1');
    await get(channel, queue);
    for (const deliveryTag of [1, 2]) {
      channel.send('basic.nack', { deliveryTag });
      await getAfter(channel, queue, SOON_MS);
      await getAfter(channel, queue, FIRST_MS);
    }
  }),
  retry(
    'only failures',
    'what is given back does not wait',
    { ...ALL, 'x-delayed-retry-type': 'failed' },
    async (channel, queue) => {
      await putAll(channel, queue, '1');
      await get(channel, queue);
      channel.send('basic.nack', { deliveryTag: 1 });
      await getAfter(channel, queue, SOON_MS);
      channel.send('basic.reject', { deliveryTag: 2 });
      await getAfter(channel, queue, SOON_MS);
      await getAfter(channel, queue, FIRST_MS);
    },
  ),
  retry(
    'only returns',
    'a failure does not wait',
    { ...ALL, 'x-delayed-retry-type': 'returned' },
    async (channel, queue) => {
      await putAll(channel, queue, '1');
      await get(channel, queue);
      channel.send('basic.reject', { deliveryTag: 1 });
      await getAfter(channel, queue, SOON_MS);
      channel.send('basic.nack', { deliveryTag: 2 });
      await getAfter(channel, queue, SOON_MS);
      await getAfter(channel, queue, FIRST_MS);
    },
  ),
  retry('disabled', 'nothing waits', { ...ALL, 'x-delayed-retry-type': 'disabled' }, async (channel, queue) => {
    await putAll(channel, queue, '1');
    await get(channel, queue);
    channel.send('basic.reject', { deliveryTag: 1 });
    await getAfter(channel, queue, SOON_MS);
  }),
  retry(
    'without a maximum',
    'every wait is the minimum',
    { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 200 },
    async (channel, queue) => {
      await putAll(channel, queue, '1');
      await get(channel, queue);
      for (const deliveryTag of [1, 2]) {
        channel.send('basic.reject', { deliveryTag });
        await getAfter(channel, queue, FIRST_MS);
      }
    },
  ),
  retry('order', 'what waits lets others pass, and comes when it is due', ALL, async (channel, queue) => {
    await putAll(channel, queue, '1', '2', '3');
    for (let i = 0; i < 2; i++) await get(channel, queue);
    channel.send('basic.reject', { deliveryTag: 2 });
    await pause(50);
    channel.send('basic.reject', { deliveryTag: 1 });
    await getAfter(channel, queue, 50);
    await pause(FIRST_MS);
    await drain(channel, queue);
  }),
  retry('consumer', 'a consumer gets it again when the time has come', ALL, async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1 });
    await putAll(channel, queue, '1');
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.see('basic.deliver');
    channel.send('basic.reject', { deliveryTag: 1 });
    await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: 2 });
  }),
  retry('lost', 'what a channel had when it closed has failed', ALL, async (channel, queue) => {
    await putAll(channel, queue, '1');
    await get(channel, queue);
    await channel.call('channel.close', { replyCode: 200 });
    await channel.call('channel.open');
    await getAfter(channel, queue, SOON_MS);
    await getAfter(channel, queue, FIRST_MS);
  }),
  retry('counted', 'what waits is not ready, and is purged', ALL, async (channel, queue) => {
    await putAll(channel, queue, '1', '2');
    await get(channel, queue);
    channel.send('basic.reject', { deliveryTag: 1 });
    await pause(SOON_MS);
    await channel.call('queue.declare', { queue, passive: true });
    await channel.call('queue.purge', { queue });
    await getAfter(channel, queue, FIRST_MS);
  }),
  talk('retry: limit', 'beyond the limit it dies at once', async (channel, stage) => {
    const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
    const grave = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
    await channel.call('confirm.select');
    await channel.call('queue.declare', { queue: dead });
    const table = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1, ...ALL, ...grave };
    await channel.call('queue.declare', { queue, durable: true, ...args(table) });
    await putAll(channel, queue, '1');
    await get(channel, queue);
    channel.send('basic.reject', { deliveryTag: 1 });
    await getAfter(channel, queue, FIRST_MS);
    channel.send('basic.reject', { deliveryTag: 2 });
    await getAfter(channel, dead, 150);
  }),
  retry('expired', 'it goes on ageing while it waits', { ...ALL, 'x-message-ttl': 100 }, async (channel, queue) => {
    await putAll(channel, queue, '1');
    await get(channel, queue);
    channel.send('basic.reject', { deliveryTag: 1 });
    await getAfter(channel, queue, FIRST_MS);
  }),
  talk('retry: a classic queue', 'only quorum queues have it', (channel, stage) =>
    channel.call('queue.declare', { queue: stage.queue('q'), ...args(ALL) }),
  ),
];
