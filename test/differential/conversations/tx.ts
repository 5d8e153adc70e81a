import type { Conversation } from '../stage.ts';
import { drain, fill, queueTalk, talk } from '../talk.ts';

const NOT_SELECTED = 'a transaction needs tx.select';

export const TX: readonly Conversation[] = [
  talk('tx.commit without tx.select', NOT_SELECTED, (channel) => channel.call('tx.commit')),
  talk('tx.rollback without tx.select', NOT_SELECTED, (channel) => channel.call('tx.rollback')),
  talk('tx.select twice', 'the second changes nothing', async (channel) => {
    await channel.call('tx.select');
    await channel.call('tx.select');
    await channel.call('tx.commit');
    await channel.call('tx.rollback');
  }),
  queueTalk('publishes in a transaction', 'they are there with the commit', async (channel, queue) => {
    await channel.call('tx.select');
    fill(channel, queue, '1', '2');
    await channel.call('basic.get', { queue });
    await channel.call('tx.commit');
    await drain(channel, queue);
  }),
  queueTalk('publishes that are rolled back', 'they never were', async (channel, queue) => {
    await channel.call('tx.select');
    fill(channel, queue, '1');
    await channel.call('tx.rollback');
    fill(channel, queue, '2');
    await channel.call('tx.commit');
    await drain(channel, queue);
  }),
  queueTalk(
    'acks that are rolled back',
    'the delivery is outstanding again, and not delivered again',
    async (channel, queue) => {
      await channel.call('tx.select');
      fill(channel, queue, '1');
      await channel.call('tx.commit');
      await channel.call('basic.get', { queue });
      channel.send('basic.ack', { deliveryTag: 1 });
      await channel.call('tx.rollback');
      await channel.call('basic.get', { queue });
      channel.send('basic.ack', { deliveryTag: 1 });
      await channel.call('tx.commit');
      await channel.call('basic.recover');
      await channel.call('basic.get', { queue });
    },
  ),
  queueTalk('ack twice in a transaction', 'a tag is settled once, committed or not', async (channel, queue) => {
    fill(channel, queue, '1', '2');
    await channel.call('basic.get', { queue });
    await channel.call('basic.get', { queue });
    await channel.call('tx.select');
    channel.send('basic.ack', { deliveryTag: 1 });
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.refused();
  }),
  queueTalk('reject in a transaction', 'a requeue waits for the commit', async (channel, queue) => {
    fill(channel, queue, '1');
    await channel.call('basic.get', { queue });
    await channel.call('tx.select');
    channel.send('basic.reject', { deliveryTag: 1 });
    await channel.call('basic.get', { queue });
    await channel.call('tx.commit');
    await channel.call('basic.get', { queue });
  }),
  queueTalk(
    'unroutable and mandatory in a transaction',
    'it comes back with the commit, before commit-ok',
    async (channel) => {
      await channel.call('tx.select');
      channel.publish({ routingKey: 'nosuch', mandatory: true });
      await channel.client.quiet();
      await channel.call('tx.commit');
    },
  ),
  talk('publish to a missing exchange in a transaction', 'an error does not wait for the commit', async (channel) => {
    await channel.call('tx.select');
    channel.publish({ exchange: 'nosuch' });
    await channel.refused();
  }),
  queueTalk('channel closed with a transaction open', 'what was not committed never was', async (channel, queue) => {
    fill(channel, queue, '1');
    await channel.call('basic.get', { queue });
    await channel.call('tx.select');
    channel.send('basic.ack', { deliveryTag: 1 });
    fill(channel, queue, '2');
    await channel.call('channel.close');
    await channel.call('channel.open');
    await drain(channel, queue);
  }),
  queueTalk('ack of an unknown tag in a transaction', 'an error does not wait for the commit', async (channel) => {
    await channel.call('tx.select');
    channel.send('basic.ack', { deliveryTag: 3 });
    await channel.refused();
  }),
];
