import { fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { args, drain, keep, keepAll, pause, restarted } from '../talk.ts';

type Plain = Parameters<typeof fromPlain>[0];

const TOLD = 'what it died of is told afterwards';
const ADDED = 'a second death is told with the first';
const CAUSED = 'dead letters go where they did before';

interface Graves {
  readonly queue: string;
  readonly dead: string;
}

/** A queue whose dead go to a durable exchange, and from there to a durable queue. */
async function graves(channel: RawChannel, stage: Stage, table: Plain = {}): Promise<Graves> {
  const [queue, dead, exchange] = [stage.queue('q'), stage.queue('dead'), stage.exchange('dlx')];
  await channel.call('exchange.declare', { exchange, type: 'fanout', durable: true });
  await channel.call('queue.declare', { queue: dead, durable: true });
  await channel.call('queue.bind', { queue: dead, exchange });
  const given = args({ 'x-dead-letter-exchange': exchange, ...table });
  await channel.call('queue.declare', { queue, durable: true, ...given });
  return { queue, dead };
}

/** Such a conversation for each of the ways to die: some die before the restart, and some after it. */
function dying(
  reason: string,
  table: Plain,
  die: (channel: RawChannel, queue: string) => Promise<unknown>,
): Conversation[] {
  return (['classic', 'quorum'] as const)
    .filter((type) => type === 'quorum' || !('x-delivery-limit' in table))
    .flatMap((type) => [
      restarted(`dead letter, ${reason} before, ${type} queue`, TOLD, async (channel, stage) => {
        const { queue, dead } = await graves(channel, stage, { 'x-queue-type': type, ...table });
        await die(channel, queue);
        const again = await stage.restart();
        await drain(again, queue);
        await drain(again, dead);
      }),
      restarted(`dead letter, ${reason} after, ${type} queue`, CAUSED, async (channel, stage) => {
        const { queue, dead } = await graves(channel, stage, { 'x-queue-type': type, ...table });
        const again = await stage.restart();
        await again.call('confirm.select');
        await die(again, queue);
        await drain(again, queue);
        await drain(again, dead);
      }),
    ]);
}

async function refuse(channel: RawChannel, queue: string, deliveryTag = 1): Promise<void> {
  await channel.call('basic.get', { queue });
  channel.send('basic.reject', { deliveryTag, requeue: false });
  await pause(200);
}

export const RESTARTED_DEAD_LETTER: readonly Conversation[] = [
  ...dying('rejected', {}, async (channel, queue) => {
    await keep(channel, { routingKey: queue, body: 'b', properties: { headers: fromPlain({ a: 1 }), messageId: 'm' } });
    await refuse(channel, queue);
  }),
  ...dying('expired', { 'x-message-ttl': 200 }, async (channel, queue) => {
    await keepAll(channel, queue, '1', '2');
    await pause(700);
  }),
  ...dying('of its own expiration', {}, async (channel, queue) => {
    await keep(channel, { routingKey: queue, body: '1', properties: { expiration: '200' } });
    await pause(700);
  }),
  ...dying('maxlen', { 'x-max-length': 1 }, async (channel, queue) => {
    await keepAll(channel, queue, '1', '2', '3');
    await pause(200);
  }),
  ...dying('delivery_limit', { 'x-delivery-limit': 1 }, async (channel, queue) => {
    await keepAll(channel, queue, '1');
    for (let deliveryTag = 1; deliveryTag <= 2; deliveryTag++) {
      await channel.call('basic.get', { queue });
      channel.send('basic.reject', { deliveryTag });
      await pause(200);
    }
  }),
  restarted('dead letter, expired while it is down', CAUSED, async (channel, stage) => {
    const { queue, dead } = await graves(channel, stage, { 'x-message-ttl': 1500 });
    await keepAll(channel, queue, '1', '2');
    const again = await stage.restart();
    await pause(2000);
    await drain(again, queue);
    await drain(again, dead);
  }),
  restarted('dead letter, a second death', ADDED, async (channel, stage) => {
    const { queue, dead } = await graves(channel, stage);
    await keepAll(channel, queue, '1');
    await refuse(channel, queue);
    await channel.call('basic.get', { queue: dead });
    const again = await stage.restart();
    await again.call('queue.delete', { queue: dead });
    const behind = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue };
    await again.call('queue.declare', { queue: dead, durable: true, ...args(behind) });
    await again.call('basic.get', { queue });
  }),
  restarted('dead letter, round and round', 'deaths are counted on', async (channel, stage) => {
    const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
    const to = (name: string): Plain => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': name });
    await channel.call('queue.declare', { queue, durable: true, ...args(to(dead)) });
    await channel.call('queue.declare', { queue: dead, durable: true, ...args(to(queue)) });
    await keepAll(channel, queue, '1');
    await refuse(channel, queue, 1);
    await refuse(channel, dead, 2);
    await refuse(channel, queue, 3);
    const again = await stage.restart();
    await refuse(again, dead, 1);
    await refuse(again, queue, 2);
    await drain(again, dead);
  }),
  restarted(
    'dead letter, carbon copies',
    'CC is kept, and takes no part in a death with a key',
    async (channel, stage) => {
      const [queue, copy, dead] = [stage.queue('q'), stage.queue('copy'), stage.queue('dead')];
      for (const name of [copy, dead]) await channel.call('queue.declare', { queue: name, durable: true });
      const to = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
      await channel.call('queue.declare', { queue, durable: true, ...args(to) });
      await keep(channel, { routingKey: queue, properties: { headers: fromPlain({ CC: [copy] }) } });
      const again = await stage.restart();
      await refuse(again, queue);
      await drain(again, dead);
      await drain(again, copy);
    },
  ),
  restarted('dead letter, an exchange that is gone', 'they are dropped', async (channel, stage) => {
    const queue = stage.queue('q');
    const exchange = stage.exchange('dlx');
    await channel.call('exchange.declare', { exchange, type: 'fanout', durable: true });
    await channel.call('queue.declare', { queue, durable: true, ...args({ 'x-dead-letter-exchange': exchange }) });
    await keepAll(channel, queue, '1');
    await channel.call('exchange.delete', { exchange });
    const again = await stage.restart();
    await refuse(again, queue);
    await again.call('queue.declare', { queue, passive: true });
  }),
  restarted('dead letter, transient', 'what was transient is so in its grave', async (channel, stage) => {
    const { queue, dead } = await graves(channel, stage);
    await keep(channel, { routingKey: queue, body: '1', properties: { deliveryMode: 1 } });
    await refuse(channel, queue);
    await channel.call('queue.declare', { queue: dead, passive: true });
    const again = await stage.restart();
    await drain(again, dead);
  }),
  restarted('dead letter, unsettled', 'what was with nobody is not dead', async (channel, stage) => {
    const { queue, dead } = await graves(channel, stage);
    await keepAll(channel, queue, '1', '2');
    await channel.call('basic.get', { queue });
    const again = await stage.restart();
    await drain(again, dead);
    await drain(again, queue);
  }),
];
