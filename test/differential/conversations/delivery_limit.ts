import type { fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { args, drain, fill, pause, talk } from '../talk.ts';

type Plain = Parameters<typeof fromPlain>[0];

const COUNTED = 'a message that comes back more often than that is dead';
const TOLD = 'a message that came back says how often';

function quorum(
  name: string,
  rule: string,
  table: Plain,
  say: (channel: RawChannel, queue: string, stage: Stage) => Promise<unknown>,
): Conversation {
  return talk(`delivery limit: ${name}`, rule, async (channel, stage) => {
    const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
    const where = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
    await channel.call('queue.declare', { queue: dead });
    await channel.call('queue.declare', {
      queue,
      durable: true,
      ...args({ 'x-queue-type': 'quorum', ...where, ...table }),
    });
    await channel.call('basic.consume', { queue: dead, consumerTag: 'dead', noAck: true });
    await say(channel, queue, stage);
  });
}

/** Sends the message back so many times, and sees it come again. */
async function sendBack(
  channel: RawChannel,
  times: number,
  how: 'basic.reject' | 'basic.nack',
  firstTag = 1,
): Promise<void> {
  for (let tag = firstTag; tag < firstTag + times; tag++) {
    channel.send(how, { deliveryTag: tag });
    await channel.see('basic.deliver');
  }
}

export const DELIVERY_LIMIT: readonly Conversation[] = [
  quorum('rejected', COUNTED, { 'x-delivery-limit': 2 }, async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    fill(channel, queue, '1');
    await channel.see('basic.deliver');
    await sendBack(channel, 3, 'basic.reject');
  }),
  quorum('the default', 'it is 20', {}, async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    fill(channel, queue, '1');
    await channel.see('basic.deliver');
    await sendBack(channel, 21, 'basic.reject');
  }),
  quorum('nacked', 'a nack is no failure', { 'x-delivery-limit': 1 }, async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    fill(channel, queue, '1');
    await channel.see('basic.deliver');
    await sendBack(channel, 3, 'basic.nack');
    await sendBack(channel, 2, 'basic.reject', 4);
  }),
  quorum('recovered', 'whether that is a failure', { 'x-delivery-limit': 1 }, async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    fill(channel, queue, '1');
    await channel.see('basic.deliver');
    for (let count = 0; count < 2; count++) {
      await channel.call('basic.recover');
      await channel.see('basic.deliver');
    }
  }),
  quorum('a channel that closes', COUNTED, { 'x-delivery-limit': 1 }, async (channel, queue) => {
    fill(channel, queue, '1');
    await pause(150);
    for (let number = 2; number <= 4; number++) {
      await channel.client.call(number, 'channel.open');
      await channel.client.call(number, 'basic.get', { queue });
      await channel.client.call(number, 'channel.close');
      await pause(100);
    }
  }),
  quorum('got', TOLD, { 'x-delivery-limit': 5 }, async (channel, queue) => {
    fill(channel, queue, '1');
    await pause(150);
    for (let tag = 1; tag <= 2; tag++) {
      await channel.call('basic.get', { queue });
      channel.send('basic.reject', { deliveryTag: tag });
      await pause(50);
    }
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 3 });
    await pause(50);
    await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 4 });
  }),
  quorum('headers of its own', TOLD, { 'x-delivery-limit': 5 }, async (channel, queue) => {
    const headers: Parameters<typeof args>[0] = { a: 1, 'x-delivery-count': 9 };
    channel.publish({ routingKey: queue, properties: { headers: args(headers).arguments, messageId: 'm' } });
    await pause(150);
    for (let tag = 1; tag <= 2; tag++) {
      await channel.call('basic.get', { queue });
      channel.send('basic.reject', { deliveryTag: tag });
      await pause(50);
    }
  }),
  quorum(
    'refused after it came back',
    'what it says in its grave',
    { 'x-delivery-limit': 5 },
    async (channel, queue) => {
      fill(channel, queue, '1');
      await pause(150);
      await channel.call('basic.get', { queue });
      channel.send('basic.reject', { deliveryTag: 1 });
      await pause(50);
      await channel.call('basic.get', { queue });
      channel.send('basic.reject', { deliveryTag: 2, requeue: false });
      await channel.see('basic.deliver');
    },
  ),
  quorum('of 0', COUNTED, { 'x-delivery-limit': 0 }, async (channel, queue) => {
    fill(channel, queue, '1');
    await pause(150);
    await channel.call('basic.get', { queue });
    channel.send('basic.reject', { deliveryTag: 1 });
    await channel.see('basic.deliver');
  }),
  quorum('of -1', 'there is none', { 'x-delivery-limit': -1 }, async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    fill(channel, queue, '1');
    await channel.see('basic.deliver');
    await sendBack(channel, 22, 'basic.reject');
  }),
  quorum('out of order', 'what came back comes first', {}, async (channel, queue) => {
    fill(channel, queue, '1', '2', '3');
    await pause(150);
    for (let count = 0; count < 3; count++) await channel.call('basic.get', { queue });
    channel.send('basic.reject', { deliveryTag: 2 });
    await pause(50);
    channel.send('basic.reject', { deliveryTag: 1 });
    await pause(50);
    await drain(channel, queue);
    channel.send('basic.ack', { deliveryTag: 3 });
  }),
];
