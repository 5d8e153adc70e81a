import type { Conversation } from '../stage.ts';
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
];
