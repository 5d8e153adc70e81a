import type { Conversation } from '../stage.ts';
import { drain, fill, queueTalk, talk } from '../talk.ts';

const UNKNOWN_TAG = 'a delivery is settled once: a tag that is not outstanding is 406';

export const SETTLE: readonly Conversation[] = [
  queueTalk('ack', 'what is acknowledged is gone', async (channel, queue) => {
    fill(channel, queue, 'one');
    await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.call('basic.recover');
    await channel.call('basic.get', { queue });
  }),
  queueTalk('ack of several', 'multiple settles everything up to the tag', async (channel, queue) => {
    fill(channel, queue, '1', '2', '3');
    for (let count = 0; count < 3; count += 1) await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 2, multiple: true });
    channel.send('basic.nack', { deliveryTag: 3 });
    await drain(channel, queue);
  }),
  queueTalk('ack of everything', 'tag 0 with multiple is everything outstanding', async (channel, queue) => {
    fill(channel, queue, '1', '2');
    await channel.call('basic.get', { queue });
    await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 0, multiple: true });
    await channel.call('basic.recover');
    await channel.call('basic.get', { queue });
  }),
  talk('ack of everything where there is nothing', 'tag 0 with multiple may be nothing', async (channel) => {
    channel.send('basic.ack', { deliveryTag: 0, multiple: true });
    await channel.call('basic.qos');
  }),
  ...(['basic.ack', 'basic.nack', 'basic.reject'] as const).flatMap((name) => [
    talk(`${name} of an unknown tag`, UNKNOWN_TAG, async (channel) => {
      channel.send(name, { deliveryTag: 7 });
      await channel.refused();
    }),
    talk(`${name} of tag 0`, UNKNOWN_TAG, async (channel) => {
      channel.send(name, { deliveryTag: 0 });
      await channel.refused();
    }),
    queueTalk(`${name} twice`, UNKNOWN_TAG, async (channel, queue) => {
      fill(channel, queue, '1', '2');
      await channel.call('basic.get', { queue });
      await channel.call('basic.get', { queue });
      channel.send(name, { deliveryTag: 1 });
      channel.send(name, { deliveryTag: 1 });
      await channel.refused();
    }),
  ]),
  talk('ack of several with an unknown tag', UNKNOWN_TAG, async (channel) => {
    channel.send('basic.ack', { deliveryTag: 5, multiple: true });
    await channel.refused();
  }),
  queueTalk('ack of several with a tag that was settled', UNKNOWN_TAG, async (channel, queue) => {
    fill(channel, queue, '1', '2');
    await channel.call('basic.get', { queue });
    await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 2 });
    channel.send('basic.ack', { deliveryTag: 2, multiple: true });
    await channel.refused();
  }),
  queueTalk('ack of several with a tag that was settled and nothing before it', UNKNOWN_TAG, async (channel, queue) => {
    fill(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 1 });
    channel.send('basic.ack', { deliveryTag: 1, multiple: true });
    await channel.refused();
  }),
  queueTalk('ack of several with a tag not yet given', UNKNOWN_TAG, async (channel, queue) => {
    fill(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 2, multiple: true });
    await channel.refused();
  }),
  queueTalk('ack of what needed none', UNKNOWN_TAG, async (channel, queue) => {
    fill(channel, queue, '1');
    await channel.call('basic.get', { queue, noAck: true });
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.refused();
  }),
  queueTalk('ack on another channel', 'tags are of their channel', async (channel, queue) => {
    fill(channel, queue, '1');
    await channel.call('basic.get', { queue });
    await channel.client.call(2, 'channel.open');
    channel.client.send(2, 'basic.ack', { deliveryTag: 1 });
    await channel.client.channel(2).refused();
  }),
  queueTalk('reject', 'without requeue the message is gone', async (channel, queue) => {
    fill(channel, queue, '1', '2');
    await channel.call('basic.get', { queue });
    channel.send('basic.reject', { deliveryTag: 1, requeue: false });
    await drain(channel, queue);
  }),
  queueTalk('requeue', 'a message goes back to where it was', async (channel, queue) => {
    fill(channel, queue, '1', '2', '3', '4');
    for (let count = 0; count < 3; count += 1) await channel.call('basic.get', { queue });
    channel.send('basic.reject', { deliveryTag: 2 });
    channel.send('basic.reject', { deliveryTag: 1 });
    await drain(channel, queue);
  }),
  queueTalk('requeue of several', 'they go back in their order', async (channel, queue) => {
    fill(channel, queue, '1', '2', '3', '4');
    for (let count = 0; count < 3; count += 1) await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 0, multiple: true });
    await drain(channel, queue);
  }),
  queueTalk('requeue to a consumer', 'the message comes again, marked', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    fill(channel, queue, '1');
    await channel.see('basic.deliver');
    channel.send('basic.reject', { deliveryTag: 1 });
    await channel.see('basic.deliver');
  }),
  queueTalk('recover', 'everything outstanding comes again, marked and in order', async (channel, queue) => {
    fill(channel, queue, '1', '2', '3');
    for (let count = 0; count < 3; count += 1) await channel.call('basic.get', { queue });
    await channel.call('basic.recover');
    await drain(channel, queue);
  }),
  queueTalk('recover with a consumer', 'recover-ok comes before what is delivered again', async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    fill(channel, queue, '1', '2');
    await channel.see('basic.deliver', 2);
    await channel.call('basic.recover');
    await channel.see('basic.deliver', 2);
  }),
  queueTalk('recover-async', 'recover without an answer', async (channel, queue) => {
    fill(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.recover-async');
    await drain(channel, queue);
  }),
  queueTalk(
    'recover without requeue',
    'everything outstanding comes again, to the same consumer',
    async (channel, queue) => {
      await channel.call('basic.consume', { queue, consumerTag: 'ct' });
      fill(channel, queue, '1', '2');
      await channel.see('basic.deliver', 2);
      const answer = await channel.call('basic.recover', { requeue: false });
      if (answer?.name === 'basic.recover-ok') await channel.see('basic.deliver', 2);
    },
  ),
];
