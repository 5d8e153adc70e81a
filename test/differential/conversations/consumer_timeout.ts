import { EMPTY_TABLE, type fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import { CLIENT_CAPABILITIES, type Conversation, type Stage } from '../stage.ts';
import { args, fill, pause, queueTalk } from '../talk.ts';

type Plain = Parameters<typeof fromPlain>[0];

const SOON: Plain = { 'x-consumer-timeout': 300 };
const LATE = 'who does not settle a delivery in time loses it';

/** With one message in a quorum queue, and a client that is told when its consumers are cancelled, or is not. */
function late(
  name: string,
  { ofQueue = {}, told = true }: { readonly ofQueue?: Plain; readonly told?: boolean },
  say: (channel: RawChannel, queue: string, stage: Stage) => Promise<unknown>,
): Conversation {
  return {
    name: `consumer timeout: ${name}`,
    rule: LATE,
    run: async (stage) => {
      const channel = await stage.open({ clientProperties: told ? CLIENT_CAPABILITIES : EMPTY_TABLE });
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue, durable: true, ...args({ 'x-queue-type': 'quorum', ...ofQueue }) });
      await channel.call('confirm.select');
      fill(channel, queue, 'm');
      await channel.client.confirms(1);
      await say(channel, queue, stage);
    },
  };
}

async function consume(channel: RawChannel, queue: string, table: Plain = SOON): Promise<void> {
  channel.send('basic.consume', { queue, consumerTag: 'ct', ...args(table) });
  await channel.see('basic.deliver');
}

const refused = (what: string, value: number | string): Conversation =>
  late(`${what}`, {}, (channel, queue) =>
    channel.call('basic.consume', { queue, consumerTag: 'ct', ...args({ 'x-consumer-timeout': value }) }),
  );

export const CONSUMER_TIMEOUT: readonly Conversation[] = [
  late('of a consumer', {}, async (channel, queue) => {
    await consume(channel, queue);
    await channel.see('basic.cancel');
    await channel.call('basic.get', { queue, noAck: true });
  }),
  late('of a queue', { ofQueue: SOON }, async (channel, queue) => {
    await consume(channel, queue, {});
    await channel.see('basic.cancel');
    await channel.call('basic.get', { queue, noAck: true });
  }),
  late('longer than it takes', {}, async (channel, queue) => {
    await consume(channel, queue, { 'x-consumer-timeout': 60_000 });
    await pause(500);
    channel.send('basic.ack', { deliveryTag: 1 });
  }),
  late('and settled afterwards', {}, async (channel, queue) => {
    await consume(channel, queue);
    await channel.see('basic.cancel');
    await channel.call('basic.get', { queue, noAck: true });
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.call('queue.declare', { queue, passive: true });
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.refused();
  }),
  late('of a client that is not told', { told: false }, async (channel, queue) => {
    await consume(channel, queue);
    await channel.refused();
  }),
  late('of a consumer that was cancelled', {}, async (channel, queue) => {
    await consume(channel, queue);
    await channel.call('basic.cancel', { consumerTag: 'ct' });
    await channel.refused();
  }),
  late('of what was got', { ofQueue: SOON }, async (channel, queue) => {
    await channel.call('basic.get', { queue });
    await channel.refused();
  }),
  refused('as a text', '5'),
  refused('below zero', -1),
  queueTalk('consumer timeout: in a classic queue', LATE, async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct', ...args({ 'x-consumer-timeout': 60_000 }) });
  }),
  queueTalk('consumer timeout: of a classic queue', LATE, async (channel, _queue, stage) => {
    await channel.call('queue.declare', { queue: stage.queue('q2'), ...args({ 'x-consumer-timeout': 60_000 }) });
  }),
];
