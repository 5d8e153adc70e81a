import { fromPlain } from '../../../src/codec/table.ts';
import type { Conversation } from '../stage.ts';
import { fill, redeclared, talk } from '../talk.ts';

const MISSING = 'what is not there is 404';

export const QUEUE: readonly Conversation[] = [
  talk('declare', 'the answer has the name and two counts', (channel, stage) =>
    channel.call('queue.declare', { queue: stage.queue('q'), durable: true }),
  ),
  talk('declare of a server-named queue', 'an empty name is filled in', async (channel) => {
    const ok = await channel.call('queue.declare', { exclusive: true });
    const queue = ok?.name === 'queue.declare-ok' ? ok.queue : '';
    await channel.call('queue.declare', { queue, passive: true });
  }),
  talk('the last declared queue', 'an empty name stands for it afterwards', async (channel, stage) => {
    await channel.call('queue.declare', { queue: stage.queue('q') });
    await channel.call('queue.bind', { exchange: 'amq.fanout' });
    await channel.call('queue.unbind', { exchange: 'amq.fanout' });
    await channel.call('basic.get');
    await channel.call('basic.consume', { consumerTag: 'ct' });
    await channel.call('queue.purge');
    await channel.call('queue.delete');
  }),
  talk(
    'the last declared queue as routing key',
    'queue.bind with neither name nor key takes the name for both',
    async (channel, stage) => {
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue });
      await channel.call('queue.bind', { exchange: 'amq.direct' });
      channel.publish({ exchange: 'amq.direct', routingKey: queue, mandatory: true });
      await channel.call('basic.get', { noAck: true });
    },
  ),
  talk('the last declared queue after a passive declare', 'a passive declare counts as one', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('queue.declare', { queue: stage.queue('r') });
    await channel.call('queue.declare', { queue, passive: true });
    await channel.call('queue.purge');
    await channel.call('queue.delete');
    await channel.call('queue.declare', { queue, passive: true });
  }),
  talk('the last declared queue is gone', MISSING, async (channel, stage) => {
    await channel.call('queue.declare', { queue: stage.queue('q') });
    await channel.call('queue.delete');
    await channel.call('basic.get');
  }),
  ...(['basic.get', 'basic.consume', 'queue.purge', 'queue.delete'] as const).map((name) =>
    talk(`${name} with no queue declared`, 'an empty name without a declared queue is 404', (channel) =>
      channel.call(name),
    ),
  ),
  talk('queue.bind with no queue declared', 'an empty name without a declared queue is 404', (channel) =>
    channel.call('queue.bind', { exchange: 'amq.direct' }),
  ),
  talk('queue.unbind with no queue declared', 'an empty name without a declared queue is 404', (channel) =>
    channel.call('queue.unbind', { exchange: 'amq.direct' }),
  ),
  talk(
    'passive declare without a name',
    'an empty name does not stand for the last queue here',
    async (channel, stage) => {
      await channel.call('queue.declare', { queue: stage.queue('q') });
      await channel.call('queue.declare', { passive: true });
    },
  ),
  talk('passive declare with no queue declared', 'an empty name without a declared queue is 404', (channel) =>
    channel.call('queue.declare', { passive: true }),
  ),
  talk('queue declared without waiting', 'no answer where none is wanted', async (channel, stage) => {
    const queue = stage.queue('q');
    channel.send('queue.declare', { queue, noWait: true });
    channel.send('queue.bind', { queue, exchange: 'amq.fanout', noWait: true });
    channel.send('queue.purge', { queue, noWait: true });
    channel.send('queue.delete', { queue, noWait: true });
    await channel.call('queue.declare', { queue, passive: true });
  }),
  talk('passive declare of a queue', 'properties are not looked at', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('queue.declare', { queue, passive: true, durable: true, autoDelete: true });
  }),
  talk('passive declare of a missing queue', MISSING, (channel) =>
    channel.call('queue.declare', { queue: 'nosuch', passive: true }),
  ),
  ...(['basic.get', 'basic.consume', 'queue.purge'] as const).map((name) =>
    talk(`${name} of a missing queue`, MISSING, (channel) => channel.call(name, { queue: 'nosuch' })),
  ),
  talk('queue.delete of a missing queue', 'what is not there is deleted already', (channel) =>
    channel.call('queue.delete', { queue: 'nosuch' }),
  ),
  talk('queue.delete of a missing queue if unused and empty', 'what is not there is deleted already', (channel) =>
    channel.call('queue.delete', { queue: 'nosuch', ifUnused: true, ifEmpty: true }),
  ),
  redeclared('the same', { durable: true }, { durable: true }),
  redeclared('another durability', { durable: true }, { durable: false }),
  redeclared('another durability the other way', { durable: false }, { durable: true }),
  redeclared('another auto-delete', { autoDelete: true }, { autoDelete: false }),
  redeclared('another durability and auto-delete', {}, { durable: true, autoDelete: true }),
  redeclared('exclusive', {}, { exclusive: true }),
  redeclared('not exclusive', { exclusive: true }, { exclusive: false }),
  redeclared('exclusive and durable', { exclusive: true, durable: true }, { exclusive: true, durable: false }),
  redeclared(
    'exclusive and everything different',
    { exclusive: true },
    { exclusive: false, durable: true, autoDelete: true },
  ),
  talk('queue name that is reserved', 'names that start with amq. are the server’s', (channel) =>
    channel.call('queue.declare', { queue: 'amq.mine' }),
  ),
  talk('queue named by the server declared by name', 'names that start with amq. are the server’s', async (channel) => {
    const ok = await channel.call('queue.declare', { exclusive: true });
    const queue = ok?.name === 'queue.declare-ok' ? ok.queue : '';
    await channel.call('queue.declare', { queue, exclusive: true });
  }),
  talk('reserved queue name of type quorum', 'the name is looked at before the arguments', (channel) =>
    channel.call('queue.declare', { queue: 'amq.mine', arguments: fromPlain({ 'x-queue-type': 'quorum' }) }),
  ),
  talk('passive declare of a reserved queue name', MISSING, (channel) =>
    channel.call('queue.declare', { queue: 'amq.mine', passive: true }),
  ),
  talk('queue name with line breaks', 'line breaks are left out of names', async (channel, stage) => {
    const queue = stage.queue('qr');
    await channel.call('queue.declare', { queue: `${queue.slice(0, -1)}\r\nr` });
    await channel.call('queue.declare', { queue, passive: true });
  }),
  talk('queue name in UTF-8', 'names are UTF-8', (channel, stage) =>
    channel.call('queue.declare', { queue: stage.queue('häschen-🐇') }),
  ),
  talk('queue name of 255 bytes', 'a reply text that would be too long is cut', async (channel) => {
    await channel.call('queue.declare', { queue: 'n'.repeat(255), passive: true });
  }),
  talk('queue name of 255 bytes in UTF-8', 'a reply text is cut between characters', async (channel) => {
    await channel.call('queue.declare', { queue: 'ä'.repeat(127), passive: true });
  }),
  talk('transient queue that is not exclusive', 'transient queues may be shared', (channel, stage) =>
    channel.call('queue.declare', { queue: stage.queue('q') }),
  ),
  talk('counts of messages and consumers', 'ready messages, and all consumers', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('confirm.select');
    fill(channel, queue, '1', '2', '3');
    await channel.client.confirms(3);
    await channel.call('queue.declare', { queue, passive: true });
    await channel.call('basic.get', { queue });
    await channel.call('queue.declare', { queue, passive: true });
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.see('basic.deliver');
    await channel.call('queue.declare', { queue, passive: true });
  }),
  talk('purge', 'what is ready goes, and is counted', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    fill(channel, queue, '1', '2', '3');
    await channel.call('basic.get', { queue });
    await channel.call('queue.purge', { queue });
    channel.send('basic.reject', { deliveryTag: 1, requeue: true });
    await channel.client.quiet();
    await channel.call('queue.declare', { queue, passive: true });
    await channel.call('basic.get', { queue });
  }),
  talk('delete', 'what was ready is counted', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    fill(channel, queue, '1', '2', '3');
    await channel.call('basic.get', { queue });
    await channel.call('queue.delete', { queue });
    channel.send('basic.ack', { deliveryTag: 1 });
    await channel.call('basic.qos');
  }),
  talk('requeue into a deleted queue', 'settling what is gone is no error', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    fill(channel, queue, '1', '2');
    await channel.call('basic.get', { queue });
    await channel.call('basic.get', { queue });
    await channel.call('queue.delete', { queue });
    channel.send('basic.nack', { deliveryTag: 2, multiple: true });
    await channel.call('basic.qos');
  }),
  talk('delete if unused', 'a queue with consumers is in use', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    await channel.call('queue.delete', { queue, ifUnused: true });
  }),
  talk('delete if empty', 'a queue with ready messages is not empty', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    channel.publish({ routingKey: queue });
    await channel.call('queue.delete', { queue, ifEmpty: true });
  }),
  talk('delete if empty with an unacknowledged message', 'only ready messages count', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    channel.publish({ routingKey: queue });
    await channel.call('basic.get', { queue });
    await channel.call('queue.delete', { queue, ifEmpty: true });
  }),
  talk('delete if unused and empty of a queue that is neither', 'which is told first', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('basic.qos', { prefetchCount: 1 });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    fill(channel, queue, '1', '2');
    await channel.see('basic.deliver');
    await channel.call('queue.delete', { queue, ifUnused: true, ifEmpty: true });
  }),
];
