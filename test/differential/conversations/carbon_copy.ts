import { fromPlain, type PlainTableInput } from '../../../src/codec/table.ts';
import type { Conversation } from '../stage.ts';
import { drain, queueTalk, talk } from '../talk.ts';

const REFUSED = 'a message that cannot be is refused';

/** A publish with these headers, and what comes of it. */
function published(name: string, rule: string, headers: PlainTableInput): Conversation {
  return queueTalk(name, rule, async (channel, queue) => {
    channel.publish({ routingKey: queue, properties: { headers: fromPlain(headers) } });
    await channel.call('basic.get', { queue, noAck: true });
  });
}

export const CARBON_COPY: readonly Conversation[] = [
  published('CC that is no array', REFUSED, { CC: 'a' }),
  published('BCC that is no array', REFUSED, { BCC: 5 }),
  published('CC with what is no string', 'items that are no strings are passed over', { CC: [5, true] }),
  talk('bad CC and another user', 'CC is looked at before the user', async (channel) => {
    channel.publish({ routingKey: 'nosuch', properties: { userId: 'bob', headers: fromPlain({ CC: 'a' }) } });
    await channel.refused();
  }),
  queueTalk(
    'CC and BCC',
    'keys in CC and BCC are routed to as well, and BCC is taken out',
    async (channel, queue, stage) => {
      const carbon = stage.queue('cc');
      const blind = stage.queue('bcc');
      await channel.call('queue.declare', { queue: carbon });
      await channel.call('queue.declare', { queue: blind });
      channel.publish({ routingKey: queue, properties: { headers: fromPlain({ CC: [carbon, queue], BCC: [blind] }) } });
      await drain(channel, queue);
      await drain(channel, carbon);
      await drain(channel, blind);
    },
  ),
  queueTalk(
    'CC where the key itself leads nowhere',
    'what is routed by CC does not come back',
    async (channel, queue) => {
      channel.publish({ routingKey: 'nosuch', mandatory: true, properties: { headers: fromPlain({ CC: [queue] }) } });
      await drain(channel, queue);
    },
  ),
  published('BCC first, then CC, both no arrays', 'CC is looked at before BCC', { BCC: 5, CC: 'a' }),
  queueTalk('BCC on its own', 'other headers stay, and an empty table with nothing left', async (channel, queue) => {
    channel.publish({ routingKey: queue, properties: { headers: fromPlain({ BCC: [queue] }), messageId: '1' } });
    channel.publish({ routingKey: queue, properties: { headers: fromPlain({ a: 1, BCC: [], b: 2 }), messageId: '2' } });
    await drain(channel, queue);
  }),
  talk('BCC of a message that comes back', 'BCC is taken out of it too', async (channel) => {
    const headers = fromPlain({ CC: ['nosuch'], BCC: ['nosuch'], a: 1 });
    channel.publish({ routingKey: 'nosuch', mandatory: true, properties: { headers } });
    await channel.see('basic.return');
  }),
  talk('bad CC and a bad expiration', 'the expiration is looked at before CC', async (channel) => {
    channel.publish({ routingKey: 'nosuch', properties: { expiration: 'x', headers: fromPlain({ CC: 'a' }) } });
    await channel.refused();
  }),
  queueTalk(
    'CC by a topic exchange',
    'each key is matched, and a queue has one copy',
    async (channel, queue, stage) => {
      const exchange = stage.exchange('x');
      await channel.call('exchange.declare', { exchange, type: 'topic' });
      await channel.call('queue.bind', { queue, exchange, routingKey: 'a.*' });
      channel.publish({ exchange, routingKey: 'b', properties: { headers: fromPlain({ CC: ['a.1', 'a.2'] }) } });
      channel.publish({ exchange, routingKey: 'a.3', properties: { headers: fromPlain({ BCC: ['a.1'] }) } });
      channel.publish({ exchange, routingKey: 'b', properties: { headers: fromPlain({ BCC: ['c'] }) } });
      await drain(channel, queue);
    },
  ),
  queueTalk(
    'CC and a headers exchange',
    'CC is a header like any other, and BCC is none',
    async (channel, queue, stage) => {
      const exchange = stage.exchange('x');
      const blind = stage.queue('blind');
      await channel.call('queue.declare', { queue: blind });
      await channel.call('exchange.declare', { exchange, type: 'headers' });
      await channel.call('queue.bind', { queue, exchange, arguments: fromPlain({ CC: null }) });
      await channel.call('queue.bind', { queue: blind, exchange, arguments: fromPlain({ BCC: null }) });
      channel.publish({ exchange, properties: { headers: fromPlain({ CC: ['x'], BCC: ['y'] }) } });
      await drain(channel, queue);
      await drain(channel, blind);
    },
  ),
  queueTalk('CC and an alternate exchange', 'one key that leads somewhere is enough', async (channel, queue, stage) => {
    const alternate = stage.exchange('alternate');
    const exchange = stage.exchange('x');
    const rest = stage.queue('rest');
    await channel.call('exchange.declare', { exchange: alternate, type: 'fanout' });
    await channel.call('exchange.declare', {
      exchange,
      type: 'direct',
      arguments: fromPlain({ 'alternate-exchange': alternate }),
    });
    await channel.call('queue.declare', { queue: rest });
    await channel.call('queue.bind', { queue: rest, exchange: alternate });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'a' });
    channel.publish({ exchange, routingKey: 'a', body: 'both', properties: { headers: fromPlain({ CC: ['b'] }) } });
    channel.publish({ exchange, routingKey: 'b', body: 'none', properties: { headers: fromPlain({ CC: ['c'] }) } });
    channel.publish({ exchange, routingKey: 'd', body: 'mandatory', mandatory: true });
    await drain(channel, queue);
    await drain(channel, rest);
  }),
  queueTalk('CC in a transaction', 'it is routed when it is published', async (channel, queue) => {
    await channel.call('tx.select');
    channel.publish({ routingKey: 'nosuch', properties: { headers: fromPlain({ BCC: [queue] }) } });
    await channel.call('tx.commit');
    await drain(channel, queue);
  }),
];
