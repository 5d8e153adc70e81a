import { fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { queueTalk, talk } from '../talk.ts';

const REPLIES = 'amq.rabbitmq.reply-to';

export const REPLY_TO: readonly Conversation[] = [
  queueTalk('direct reply', 'the reply goes straight back to the channel that asked', async (channel, queue) => {
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'replies', noAck: true });
    await channel.call('basic.consume', { queue, consumerTag: 'server', noAck: true });
    channel.publish({ routingKey: queue, properties: { replyTo: REPLIES, correlationId: '1' }, body: 'ping' });
    await channel.see('basic.deliver');
    const replyTo = channel.client.lastProperties?.replyTo ?? '';
    channel.publish({ routingKey: replyTo, properties: { correlationId: '1' }, body: 'pong', mandatory: true });
    await channel.see('basic.deliver');
  }),
  talk('reply address without a consumer', 'an address needs somebody behind it', async (channel) => {
    channel.publish({ routingKey: 'nosuch', properties: { replyTo: REPLIES } });
    await channel.refused();
  }),
  talk('reply consumer that acknowledges', 'replies are not acknowledged', (channel) =>
    channel.call('basic.consume', { queue: REPLIES }),
  ),
  talk('two reply consumers on a channel', 'a channel has one', async (channel) => {
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'a', noAck: true });
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'b', noAck: true });
  }),
  talk('reply consumer after a cancel', 'a channel has one at a time', async (channel) => {
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'a', noAck: true });
    await channel.call('basic.cancel', { consumerTag: 'a' });
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'b', noAck: true });
  }),
  talk('declare of the reply queue', 'it is there for everyone', async (channel) => {
    await channel.call('queue.declare', { queue: REPLIES, passive: true });
    await channel.call('queue.declare', { queue: REPLIES });
  }),
  talk('reply to nobody', 'an address that leads nowhere', async (channel) => {
    channel.publish({ routingKey: `${REPLIES}.nosuch`, mandatory: true });
    await channel.see('basic.return');
  }),
  talk('reply consumer that acknowledges, when there is one', 'that there is one comes first', async (channel) => {
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'a', noAck: true });
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'b' });
  }),
  queueTalk('tag of a reply consumer used again', 'a tag stands for one consumer', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'a', noAck: true });
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'a', noAck: true });
  }),
  queueTalk('consumer with the tag of a reply consumer', 'a tag stands for one consumer', async (channel, queue) => {
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'a', noAck: true });
    await channel.call('basic.consume', { queue, consumerTag: 'a', noAck: true });
  }),
  talk('exclusive reply consumer with arguments', 'they mean nothing here', async (channel) => {
    const given = { 'x-priority': 'high', 'x-stream-offset': 'first' };
    const shape = { queue: REPLIES, consumerTag: 'a', noAck: true, exclusive: true, arguments: fromPlain(given) };
    await channel.call('basic.consume', shape);
  }),
  talk('reply consumer without a tag', 'the server makes one up', (channel) =>
    channel.call('basic.consume', { queue: REPLIES, noAck: true }),
  ),
  talk('get from the reply queue', 'it is no queue to get from', (channel) =>
    channel.call('basic.get', { queue: REPLIES, noAck: true }),
  ),
  talk('purge of the reply queue', 'it is no queue to purge', (channel) =>
    channel.call('queue.purge', { queue: REPLIES }),
  ),
  talk('delete of the reply queue', 'it is no queue to delete', (channel) =>
    channel.call('queue.delete', { queue: REPLIES }),
  ),
  talk('reply queue bound to an exchange', 'it is no queue to bind', async (channel) => {
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'a', noAck: true });
    await channel.call('queue.bind', { queue: REPLIES, exchange: 'amq.fanout' });
  }),
  talk('declare of an address that leads nowhere', 'it is not found', async (channel) => {
    await channel.call('queue.declare', { queue: `${REPLIES}.nosuch` });
  }),
  talk('passive declare of an address that leads nowhere', 'it is not found', async (channel) => {
    await channel.call('queue.declare', { queue: `${REPLIES}.nosuch`, passive: true });
  }),
  talk('declare of what begins like the reply queue', 'the prefix is reserved', async (channel) => {
    await channel.call('queue.declare', { queue: `${REPLIES}x` });
  }),
  talk('publish to the reply queue itself', 'it is no address', async (channel) => {
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'a', noAck: true });
    channel.publish({ routingKey: REPLIES, mandatory: true });
    await channel.see('basic.return');
  }),
  talk('reply address and an unknown exchange', 'the exchange is looked at before the address', async (channel) => {
    channel.publish({ exchange: 'nosuch', properties: { replyTo: REPLIES } });
    await channel.refused();
  }),
  talk('reply address, bad expiration and bad CC', 'the address is looked at before both', async (channel) => {
    channel.publish({ properties: { replyTo: REPLIES, expiration: 'x', headers: fromPlain({ CC: 'a' }) } });
    await channel.refused();
  }),
  talk('reply address of a message that comes back', 'it has become a real one', async (channel) => {
    await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'replies', noAck: true });
    channel.publish({ routingKey: 'nosuch', mandatory: true, properties: { replyTo: REPLIES } });
    await channel.see('basic.return');
  }),
  talk('reply address of one’s own', 'only the name itself becomes an address', async (channel) => {
    channel.publish({ routingKey: 'nosuch', mandatory: true, properties: { replyTo: `${REPLIES}.nosuch` } });
    await channel.see('basic.return');
  }),
  between(
    'address looked up',
    'whoever answers can ask whether it is still good',
    async (asking, answering, replyTo) => {
      await answering.call('queue.declare', { queue: replyTo });
      await answering.call('queue.declare', { queue: replyTo, passive: true });
      await asking.call('basic.cancel', { consumerTag: 'replies' });
      await answering.call('queue.declare', { queue: replyTo, passive: true });
    },
  ),
  between('address bound to an exchange', 'it is no queue to bind', async (_asking, answering, replyTo) => {
    await answering.call('queue.bind', { queue: replyTo, exchange: 'amq.fanout' });
  }),
  between('address unbound from an exchange', 'it is no queue to unbind', async (_asking, answering, replyTo) => {
    await answering.call('queue.unbind', { queue: replyTo, exchange: 'amq.fanout' });
  }),
  between('get from an address', 'it is no queue to get from', async (_asking, answering, replyTo) => {
    await answering.call('basic.get', { queue: replyTo, noAck: true });
  }),
  between('purge of an address', 'it is no queue to purge', async (_asking, answering, replyTo) => {
    await answering.call('queue.purge', { queue: replyTo });
  }),
  between('delete of an address', 'it is no queue to delete', async (asking, answering, replyTo) => {
    await answering.call('queue.delete', { queue: replyTo });
    answering.publish({ routingKey: replyTo });
    await asking.see('basic.deliver');
  }),
  between('address consumed from', 'it is no queue to consume from', async (_asking, answering, replyTo) => {
    await answering.call('basic.consume', { queue: replyTo, noAck: true });
  }),
  queueTalk('reply by CC', 'an address is as good as a queue there', async (channel, queue) => {
    const replyTo = await address(channel, queue);
    channel.publish({ routingKey: 'nosuch', properties: { headers: fromPlain({ CC: [replyTo] }) } });
    await channel.see('basic.deliver');
  }),
  between('reply after the consumer was cancelled', 'it leads nowhere', async (asking, answering, replyTo) => {
    await asking.call('basic.cancel', { consumerTag: 'replies' });
    answering.publish({ routingKey: replyTo });
    answering.publish({ routingKey: replyTo, mandatory: true });
    await answering.call('channel.flow', { active: true });
  }),
  between('reply after the channel was closed', 'it leads nowhere', async (asking, answering, replyTo) => {
    await asking.call('channel.close');
    answering.publish({ routingKey: replyTo });
    answering.publish({ routingKey: replyTo, mandatory: true });
    await answering.call('channel.flow', { active: true });
  }),
  between('replies', 'persistent, empty, large or confirmed', async (asking, answering, replyTo) => {
    answering.publish({ routingKey: replyTo, mandatory: true, properties: { deliveryMode: 2 } });
    answering.publish({ routingKey: replyTo, body: '' });
    answering.publish({ routingKey: replyTo, body: 'm'.repeat(100_000) });
    await asking.see('basic.deliver', 3);
    await answering.call('confirm.select');
    answering.publish({ routingKey: replyTo });
    await answering.client.confirms(1);
    await asking.see('basic.deliver');
    answering.publish({ routingKey: `${REPLIES}.nosuch` });
    await answering.client.confirms(1);
  }),
  between('reply by a transaction', 'it goes when it is committed', async (asking, answering, replyTo) => {
    await answering.call('tx.select');
    answering.publish({ routingKey: replyTo });
    await answering.call('tx.commit');
    await asking.see('basic.deliver');
  }),
  between(
    'reply with another exchange',
    'addresses are known to the default exchange',
    async (_asking, answering, replyTo) => {
      answering.publish({ exchange: 'amq.direct', routingKey: replyTo, mandatory: true });
      await answering.see('basic.return');
    },
  ),
];

/** Consumes replies, and finds out their address by a message to oneself. */
async function address(channel: RawChannel, queue: string): Promise<string> {
  await channel.call('basic.consume', { queue: REPLIES, consumerTag: 'replies', noAck: true });
  channel.publish({ routingKey: queue, properties: { replyTo: REPLIES } });
  await channel.call('basic.get', { queue, noAck: true });
  return channel.client.lastProperties?.replyTo ?? '';
}

/** One connection that consumes replies, another that has been asked. */
function between(
  name: string,
  rule: string,
  say: (asking: RawChannel, answering: RawChannel, replyTo: string) => Promise<unknown>,
): Conversation {
  const run = async (stage: Stage): Promise<void> => {
    const asking = await stage.open({ label: 'a' });
    const answering = await stage.open({ label: 'b' });
    const queue = stage.queue('q');
    await asking.call('queue.declare', { queue });
    await say(asking, answering, await address(asking, queue));
  };
  return { name, rule, run };
}
