import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { args, drain, fill, pause, talk } from '../talk.ts';

const ONE = 'one consumer at a time gets all messages';
const NEXT = 'the next one takes over';
const TYPES = ['classic', 'quorum'] as const;

function single(
  name: string,
  rule: string,
  say: (channel: RawChannel, queue: string, stage: Stage) => Promise<unknown>,
): Conversation[] {
  return TYPES.map((type) =>
    talk(`${type} queue, single active consumer: ${name}`, rule, async (channel, stage) => {
      const queue = stage.queue('q');
      const table = { 'x-single-active-consumer': true, 'x-queue-type': type };
      await channel.call('queue.declare', { queue, durable: true, ...args(table) });
      await say(channel, queue, stage);
    }),
  );
}

async function consumers(channel: RawChannel, queue: string, ...given: readonly [string, number?][]): Promise<void> {
  for (const [consumerTag, priority] of given) {
    const table = priority === undefined ? {} : args({ 'x-priority': priority });
    await channel.call('basic.consume', { queue, consumerTag, ...table });
    await pause(30);
  }
}

export const SINGLE_ACTIVE: readonly Conversation[] = [
  ...single('the first', ONE, async (channel, queue) => {
    await consumers(channel, queue, ['a'], ['b'], ['c']);
    fill(channel, queue, '1', '2', '3');
    await channel.see('basic.deliver', 3);
    channel.send('basic.ack', { deliveryTag: 3, multiple: true });
  }),
  ...single('it leaves', NEXT, async (channel, queue) => {
    await consumers(channel, queue, ['a'], ['b'], ['c']);
    for (const [index, tag] of ['a', 'b', 'c'].entries()) {
      fill(channel, queue, tag);
      await channel.see('basic.deliver');
      channel.send('basic.ack', { deliveryTag: index + 1 });
      await channel.call('basic.cancel', { consumerTag: tag });
      await pause(30);
    }
    fill(channel, queue, 'none');
    await pause(100);
  }),
  ...single('one that waits leaves', 'nothing changes', async (channel, queue) => {
    await consumers(channel, queue, ['a'], ['b'], ['c']);
    await channel.call('basic.cancel', { consumerTag: 'b' });
    fill(channel, queue, '1');
    await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.call('basic.cancel', { consumerTag: 'a' });
    fill(channel, queue, '2');
    await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: 2 });
  }),
  ...single('it is full', 'the others wait all the same', async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1 });
    await consumers(channel, queue, ['a'], ['b']);
    fill(channel, queue, '1', '2');
    await channel.see('basic.deliver');
    await pause(100);
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: 2 });
  }),
  ...single('priorities', 'the highest takes over', async (channel, queue) => {
    await consumers(channel, queue, ['a', 5], ['low', 1], ['high', 3], ['high2', 3]);
    for (const [index, tag] of ['a', 'high', 'high2', 'low'].entries()) {
      fill(channel, queue, tag);
      await channel.see('basic.deliver');
      channel.send('basic.ack', { deliveryTag: index + 1 });
      await channel.call('basic.cancel', { consumerTag: tag });
      await pause(30);
    }
  }),
  ...single('a higher priority comes', 'whether the first stays', async (channel, queue) => {
    await consumers(channel, queue, ['a'], ['high', 3]);
    fill(channel, queue, '1');
    await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: 1 });
    await pause(50);
    fill(channel, queue, '2');
    await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: 2 });
  }),
  ...single('a higher priority comes while the first has messages', 'they come first', async (channel, queue) => {
    await consumers(channel, queue, ['a']);
    fill(channel, queue, '1');
    await channel.see('basic.deliver');
    await consumers(channel, queue, ['high', 3]);
    fill(channel, queue, '2');
    await pause(100);
    await pause(100);
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: 2 });
  }),
  ...single('its connection ends', 'the next one gets what it had', async (_channel, queue, stage) => {
    const first = await stage.open({ label: 'B' });
    const second = await stage.open({ label: 'C' });
    await consumers(first, queue, ['a']);
    await consumers(second, queue, ['b']);
    first.publish({ routingKey: queue, body: '1' });
    first.publish({ routingKey: queue, body: '2' });
    await first.see('basic.deliver', 2);
    await first.client.call(0, 'connection.close');
    await second.see('basic.deliver', 2);
    second.send('basic.ack', { deliveryTag: 2, multiple: true });
  }),
  ...single('an exclusive one', 'there is only one anyway', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'a', exclusive: true });
  }),
  ...single('basic.get', 'whether it is allowed', async (channel, queue) => {
    fill(channel, queue, '1');
    await pause(100);
    await drain(channel, queue);
  }),
];
