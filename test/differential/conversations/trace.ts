import { fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { drain, talk } from '../talk.ts';

const SAME = 'the firehose has a copy of what is published and delivered';

/** A conversation with a queue, an exchange that leads to it, and another queue that has the copies of both. */
function traced(
  name: string,
  rule: string,
  say: (channel: RawChannel, names: { queue: string; exchange: string }, stage: Stage) => Promise<unknown>,
): Conversation {
  return talk(name, rule, async (channel, stage) => {
    const before = stage.transcript.length;
    const copies = stage.queue('copies');
    const queue = stage.queue('q');
    const exchange = stage.exchange('x');
    await stage.trace();
    await channel.call('queue.declare', { queue: copies });
    await channel.call('queue.declare', { queue });
    await channel.call('exchange.declare', { exchange, type: 'topic' });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'to.q' });
    for (const routingKey of [`publish.${exchange}`, `deliver.${queue}`]) {
      await channel.call('queue.bind', { queue: copies, exchange: 'amq.rabbitmq.trace', routingKey });
    }
    await channel.call('confirm.select');
    stage.transcript.length = before;
    await say(channel, { queue, exchange }, stage);
    await channel.client.quiet();
    await drain(channel, copies);
  });
}

export const TRACE: readonly Conversation[] = [
  traced('a traced message with every property', SAME, async (channel, { queue, exchange }) => {
    channel.publish({
      exchange,
      routingKey: 'to.q',
      body: 'body',
      properties: {
        contentType: 'text/plain',
        contentEncoding: 'utf-8',
        headers: fromPlain({ a: 1, b: { c: [true, 'd', 5_000_000_000] } }),
        deliveryMode: 2,
        priority: 3,
        correlationId: 'c',
        replyTo: 'r',
        expiration: '60000',
        messageId: 'm',
        timestamp: 5_000_000_000,
        type: 't',
        userId: 'guest',
        appId: 'a',
        clusterId: 'cl',
      },
    });
    await channel.client.confirms(1);
    await channel.call('basic.get', { queue, noAck: true });
  }),
  traced(
    'a traced message with none, delivered twice',
    'the copy says whether it was redelivered',
    async (channel, names) => {
      const { queue, exchange } = names;
      channel.publish({ exchange, routingKey: 'to.q', body: 'body' });
      await channel.client.confirms(1);
      await channel.call('basic.get', { queue });
      channel.send('basic.nack', { deliveryTag: 1, requeue: true });
      await channel.call('basic.consume', { queue, consumerTag: 'c', noAck: true });
      await channel.see('basic.deliver');
      await channel.call('basic.cancel', { consumerTag: 'c' });
    },
  ),
  traced('a traced message that goes nowhere', 'it is copied all the same', async (channel, { exchange }) => {
    channel.publish({ exchange, routingKey: 'nowhere', body: 'body', properties: { headers: fromPlain({}) } });
    await channel.client.confirms(1);
  }),
  traced('a traced message with CC', 'its keys are among the routing keys', async (channel, { queue, exchange }) => {
    const headers = fromPlain({ CC: ['to.q', 'elsewhere'] });
    channel.publish({ exchange, routingKey: 'nowhere', body: 'body', properties: { headers } });
    await channel.client.confirms(1);
    await channel.call('basic.get', { queue, noAck: true });
  }),
  traced(
    'a traced message with BCC',
    'its keys are among the routing keys, and not in the properties',
    async (channel, { exchange }) => {
      const headers = fromPlain({ BCC: ['to.q', 'elsewhere'], a: 1 });
      channel.publish({ exchange, routingKey: 'nowhere', body: 'body', properties: { headers } });
      await channel.client.confirms(1);
    },
  ),
  traced('a traced transaction that is rolled back', 'what it published was copied', async (channel, { exchange }) => {
    const other = channel.client.channel(2);
    await other.call('channel.open');
    await other.call('tx.select');
    other.publish({ exchange, routingKey: 'to.q', body: 'body' });
    await other.call('tx.rollback');
  }),
];
