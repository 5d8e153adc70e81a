import { EMPTY_TABLE, fromPlain } from '../../../src/codec/table.ts';
import type { Conversation } from '../stage.ts';
import { fill, queueTalk as talk } from '../talk.ts';

const IN_USE = 'an exclusive consumer is the only one';
const CANCEL_NOTIFY = 'consumers hear of the end of their queue';

export const CONSUME: readonly Conversation[] = [
  talk('consume and deliver', 'the answer comes before the first delivery', async (channel, queue) => {
    fill(channel, queue, 'one', 'two');
    await channel.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
    await channel.see('basic.deliver', 2);
    fill(channel, queue, 'three');
    await channel.see('basic.deliver');
    await channel.call('queue.declare', { queue, passive: true });
  }),
  talk('consumer tag from the server', 'an empty tag is filled in', async (channel, queue) => {
    await channel.call('basic.consume', { queue });
  }),
  talk('consume without waiting', 'no answer where none is wanted', async (channel, queue) => {
    fill(channel, queue, 'one');
    channel.send('basic.consume', { queue, consumerTag: 'ct', noWait: true });
    await channel.see('basic.deliver');
  }),
  talk('consumer tag used twice', 'a tag is used once on a channel: 530', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
  }),
  talk(
    'consumer tag used twice, the second time for a missing queue',
    'the tag is looked at before the queue',
    async (channel, queue) => {
      await channel.call('basic.consume', { queue, consumerTag: 'ct' });
      await channel.call('basic.consume', { queue: 'nosuch', consumerTag: 'ct' });
    },
  ),
  talk('consumer tag used on two channels', 'a tag is of its channel', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.client.call(2, 'channel.open');
    await channel.client.call(2, 'basic.consume', { queue, consumerTag: 'ct' });
  }),
  talk('consumer tag used again after a cancel', 'a cancelled tag is free', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.call('basic.cancel', { consumerTag: 'ct' });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
  }),
  talk('cancel of an unknown tag', 'what is not there is cancelled already', async (channel) => {
    await channel.call('basic.cancel', { consumerTag: 'nosuch' });
  }),
  talk('cancel without waiting', 'no answer where none is wanted', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    channel.send('basic.cancel', { consumerTag: 'ct', noWait: true });
    await channel.call('queue.declare', { queue, passive: true });
  }),
  talk(
    'cancel keeps what was delivered',
    'deliveries can be settled after their consumer is gone',
    async (channel, queue) => {
      fill(channel, queue, 'one', 'two');
      await channel.call('basic.consume', { queue, consumerTag: 'ct' });
      await channel.see('basic.deliver', 2);
      await channel.call('basic.cancel', { consumerTag: 'ct' });
      await channel.call('queue.declare', { queue, passive: true });
      channel.send('basic.reject', { deliveryTag: 1 });
      await channel.client.quiet();
      await channel.call('queue.declare', { queue, passive: true });
      channel.send('basic.ack', { deliveryTag: 2 });
      await channel.call('basic.get', { queue });
    },
  ),
  talk('exclusive consumer, then another', IN_USE, async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'a', exclusive: true });
    await channel.call('basic.consume', { queue, consumerTag: 'b' });
  }),
  talk('consumer, then an exclusive one', IN_USE, async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'a' });
    await channel.call('basic.consume', { queue, consumerTag: 'b', exclusive: true });
  }),
  talk('exclusive consumer after a cancel', IN_USE, async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'a', exclusive: true });
    await channel.call('basic.cancel', { consumerTag: 'a' });
    await channel.call('basic.consume', { queue, consumerTag: 'b', exclusive: true });
  }),
  talk('get from an exclusively consumed queue', 'basic.get is not a consumer', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'a', exclusive: true });
    await channel.call('basic.get', { queue });
  }),
  talk(
    'get and purge and delete of an exclusively consumed queue',
    'only consuming is exclusive',
    async (channel, queue) => {
      await channel.call('basic.consume', { queue, consumerTag: 'a', exclusive: true });
      await channel.client.call(2, 'channel.open');
      await channel.client.call(2, 'queue.purge', { queue });
      channel.client.send(2, 'queue.delete', { queue });
      await channel.client.quiet();
    },
  ),
  talk('bad x-priority', 'an argument of the wrong kind is 406', async (channel, queue) => {
    await channel.call('basic.consume', { queue, arguments: fromPlain({ 'x-priority': 'high' }) });
  }),
  talk('unknown consume argument', 'arguments that mean nothing are not looked at', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct', arguments: fromPlain({ 'x-other': 1 }) });
  }),
  talk('no-local', 'a consumer gets what its own connection publishes, whatever it says', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct', noLocal: true, noAck: true });
    fill(channel, queue, 'one');
    await channel.see('basic.deliver');
  }),
  talk('prefetch of a consumer', 'no more than so many unacknowledged', async (channel, queue) => {
    fill(channel, queue, '1', '2', '3', '4', '5');
    await channel.call('basic.qos', { prefetchCount: 2 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.see('basic.deliver', 2);
    await channel.client.quiet();
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: 3, multiple: true });
    await channel.see('basic.deliver', 2);
  }),
  talk('prefetch and no-ack', 'without acknowledgements there is no limit', async (channel, queue) => {
    fill(channel, queue, '1', '2', '3');
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
    await channel.see('basic.deliver', 3);
  }),
  talk('prefetch set after consuming', 'it is for consumers to come', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.call('basic.qos', { prefetchCount: 1 });
    fill(channel, queue, '1', '2', '3');
    await channel.see('basic.deliver', 3);
  }),
  talk('prefetch for each of two consumers', 'global=false counts for each consumer', async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'a' });
    await channel.call('basic.consume', { queue, consumerTag: 'b' });
    fill(channel, queue, '1', '2', '3');
    await channel.see('basic.deliver', 2);
  }),
  talk('global prefetch', 'global=true counts for the channel', async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1, global: true });
    await channel.call('basic.consume', { queue, consumerTag: 'a' });
    await channel.call('basic.consume', { queue, consumerTag: 'b' });
    fill(channel, queue, '1', '2', '3');
    const first = await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: first?.deliveryTag ?? 0 });
    await channel.see('basic.deliver');
  }),
  talk('global prefetch of two', 'the consumers of a channel take turns', async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 2, global: true });
    for (const consumerTag of ['a', 'b', 'c']) await channel.call('basic.consume', { queue, consumerTag });
    fill(channel, queue, '1', '2', '3', '4', '5', '6', '7', '8');
    await channel.see('basic.deliver', 2);
    for (let deliveryTag = 1; deliveryTag <= 6; deliveryTag++) {
      channel.send('basic.ack', { deliveryTag });
      await channel.see('basic.deliver');
    }
  }),
  talk(
    'global prefetch raised while consuming',
    'global=true is for consumers that are there too',
    async (channel, queue) => {
      await channel.call('basic.qos', { prefetchCount: 1, global: true });
      await channel.call('basic.consume', { queue, consumerTag: 'a' });
      fill(channel, queue, '1', '2', '3');
      await channel.see('basic.deliver');
      await channel.call('basic.qos', { prefetchCount: 0, global: true });
      await channel.see('basic.deliver', 2);
    },
  ),
  talk('get and global prefetch', 'what basic.get took counts for no prefetch', async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1, global: true });
    await channel.call('basic.consume', { queue, consumerTag: 'a' });
    fill(channel, queue, '1', '2', '3', '4');
    const first = await channel.see('basic.deliver');
    const got = await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: first?.deliveryTag ?? 0 });
    await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: got?.name === 'basic.get-ok' ? got.deliveryTag : 0 });
    await channel.call('basic.get', { queue });
  }),
  talk(
    'global prefetch and a consumer that does not acknowledge',
    'it waits for room too, and takes none',
    async (channel, queue) => {
      await channel.call('basic.qos', { prefetchCount: 1, global: true });
      await channel.call('basic.consume', { queue, consumerTag: 'a' });
      fill(channel, queue, '1');
      const first = await channel.see('basic.deliver');
      await channel.call('basic.consume', { queue, consumerTag: 'b', noAck: true });
      await channel.call('basic.cancel', { consumerTag: 'a' });
      fill(channel, queue, '2', '3');
      await channel.client.quiet();
      channel.send('basic.ack', { deliveryTag: first?.deliveryTag ?? 0 });
      await channel.see('basic.deliver', 2);
    },
  ),
  talk('global prefetch in a transaction', 'an ack makes room when it is committed', async (channel, queue) => {
    fill(channel, queue, '1', '2');
    await channel.call('tx.select');
    await channel.call('basic.qos', { prefetchCount: 1, global: true });
    await channel.call('basic.consume', { queue, consumerTag: 'a' });
    await channel.see('basic.deliver');
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'b' });
    await channel.client.quiet();
    await channel.call('tx.rollback');
    await channel.client.quiet();
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.call('basic.cancel', { consumerTag: 'b' });
    await channel.call('tx.commit');
    await channel.see('basic.deliver');
  }),
  talk('get and prefetch', 'basic.get knows no prefetch', async (channel, queue) => {
    fill(channel, queue, '1', '2');
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.get', { queue });
    await channel.call('basic.get', { queue });
  }),
  talk('prefetch of bytes', 'prefetch_size is not implemented', async (channel) => {
    await channel.call('basic.qos', { prefetchSize: 10 });
  }),
  talk('round robin', 'consumers take turns', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'a', noAck: true });
    await channel.call('basic.consume', { queue, consumerTag: 'b', noAck: true });
    await channel.call('basic.consume', { queue, consumerTag: 'c', noAck: true });
    fill(channel, queue, '1', '2', '3', '4', '5', '6', '7');
    await channel.see('basic.deliver', 7);
  }),
  talk('round robin with one consumer full', 'who has no room is passed over', async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'a' });
    await channel.call('basic.qos', { prefetchCount: 0 });
    await channel.call('basic.consume', { queue, consumerTag: 'b' });
    fill(channel, queue, '1', '2', '3', '4');
    await channel.see('basic.deliver', 4);
  }),
  talk('consumer priority', 'the highest with room is served first', async (channel, queue) => {
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'low' });
    await channel.call('basic.consume', { queue, consumerTag: 'high', arguments: fromPlain({ 'x-priority': 5 }) });
    await channel.call('basic.consume', { queue, consumerTag: 'lowest', arguments: fromPlain({ 'x-priority': -5 }) });
    for (const body of ['1', '2', '3', '4']) {
      fill(channel, queue, body);
      if (body !== '4') await channel.see('basic.deliver');
    }
    await channel.client.quiet();
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.see('basic.deliver');
  }),
  talk('queue deleted under its consumers', CANCEL_NOTIFY, async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.client.call(2, 'channel.open');
    channel.client.send(2, 'queue.delete', { queue });
    await channel.client.quiet();
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
  }),
  talk('queue deleted by the channel that consumes', CANCEL_NOTIFY, async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    channel.send('queue.delete', { queue });
    await channel.see('basic.cancel');
  }),
  {
    name: 'queue deleted under a consumer that cannot be told',
    rule: 'a client without the capability is told nothing',
    run: async (stage) => {
      const channel = await stage.open({ clientProperties: EMPTY_TABLE });
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue });
      await channel.call('basic.consume', { queue, consumerTag: 'ct' });
      await channel.call('queue.delete', { queue });
    },
  },
  talk('consumer with two queues', 'a channel may consume from many queues', async (channel, queue, stage) => {
    const other = stage.queue('r');
    await channel.call('queue.declare', { queue: other });
    await channel.call('basic.consume', { queue, consumerTag: 'a', noAck: true });
    await channel.call('basic.consume', { queue: other, consumerTag: 'b', noAck: true });
    fill(channel, queue, '1');
    await channel.see('basic.deliver');
    fill(channel, other, '2');
    await channel.see('basic.deliver');
  }),
  talk('channel.flow', 'flow(true) is answered', async (channel) => {
    await channel.call('channel.flow', { active: true });
  }),
  talk('channel.flow that stops', 'flow(false) holds deliveries back until flow(true)', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
    const answer = await channel.call('channel.flow', { active: false });
    if (answer?.name !== 'channel.flow-ok') return;
    fill(channel, queue, '1');
    await channel.client.quiet();
    await channel.call('channel.flow', { active: true });
    await channel.see('basic.deliver');
  }),
];
