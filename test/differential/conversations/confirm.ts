import { fromPlain } from '../../../src/codec/table.ts';
import type { Conversation } from '../stage.ts';
import { fill, queueTalk, talk } from '../talk.ts';

const MODES = 'a channel has confirms or transactions, not both';

export const CONFIRM: readonly Conversation[] = [
  queueTalk('confirms', 'publishes are counted from 1', async (channel, queue) => {
    await channel.call('confirm.select');
    fill(channel, queue, '1', '2', '3');
    await channel.client.confirms(3);
    fill(channel, queue, '4');
    await channel.client.confirms(1);
  }),
  queueTalk('publishes before confirm.select', 'what came before is not counted', async (channel, queue) => {
    fill(channel, queue, '1', '2');
    await channel.call('confirm.select');
    fill(channel, queue, '3');
    await channel.client.confirms(1);
  }),
  queueTalk('confirm.select twice', 'the second changes nothing', async (channel, queue) => {
    await channel.call('confirm.select');
    fill(channel, queue, '1');
    await channel.client.confirms(1);
    await channel.call('confirm.select');
    fill(channel, queue, '2');
    await channel.client.confirms(1);
  }),
  queueTalk('confirm.select without waiting', 'no answer where none is wanted', async (channel, queue) => {
    channel.send('confirm.select', { noWait: true });
    fill(channel, queue, '1');
    await channel.client.confirms(1);
  }),
  talk('confirm of what is unroutable', 'what nobody wants is confirmed', async (channel) => {
    await channel.call('confirm.select');
    channel.publish({ routingKey: 'nosuch' });
    await channel.client.confirms(1);
  }),
  talk('confirm of what comes back', 'the return comes before the confirm', async (channel) => {
    await channel.call('confirm.select');
    channel.publish({ routingKey: 'nosuch', mandatory: true });
    await channel.client.confirms(1);
  }),
  talk('confirm of a persistent message', 'a durable queue confirms what it has kept', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, durable: true });
    await channel.call('confirm.select');
    channel.publish({ routingKey: queue, properties: { deliveryMode: 2 } });
    await channel.client.confirms(1);
  }),
  queueTalk('confirm of a message to several queues', 'one confirm for all of them', async (channel, queue, stage) => {
    const other = stage.queue('r');
    const exchange = stage.exchange('x');
    await channel.call('queue.declare', { queue: other, durable: true });
    await channel.call('exchange.declare', { exchange, type: 'fanout' });
    await channel.call('queue.bind', { queue, exchange });
    await channel.call('queue.bind', { queue: other, exchange });
    await channel.call('confirm.select');
    channel.publish({ exchange, properties: { deliveryMode: 2 } });
    await channel.client.confirms(1);
  }),
  talk('publish that fails in confirm mode', 'an error is no confirm', async (channel) => {
    await channel.call('confirm.select');
    channel.publish({ exchange: 'nosuch' });
    await channel.refused();
  }),
  queueTalk('confirms start again with the channel', 'a channel opened again counts from 1', async (channel, queue) => {
    await channel.call('confirm.select');
    await channel.call('channel.close');
    await channel.call('channel.open');
    fill(channel, queue, '1');
    await channel.call('basic.qos');
  }),
  talk('tx.select in confirm mode', MODES, async (channel) => {
    await channel.call('confirm.select');
    await channel.call('tx.select');
  }),
  talk('confirm.select in tx mode', MODES, async (channel) => {
    await channel.call('tx.select');
    await channel.call('confirm.select');
  }),
  queueTalk(
    'alternate exchange',
    'what it takes does not come back, and keeps the name of the first exchange',
    async (channel, queue, stage) => {
      const exchange = stage.exchange('x');
      const alternate = stage.exchange('ae');
      await channel.call('exchange.declare', { exchange: alternate, type: 'fanout' });
      await channel.call('queue.bind', { queue, exchange: alternate });
      await channel.call('exchange.declare', { exchange, arguments: fromPlain({ 'alternate-exchange': alternate }) });
      channel.publish({ exchange, routingKey: 'k', mandatory: true });
      await channel.call('basic.get', { queue, noAck: true });
    },
  ),
  talk('alternate exchange that is not there', 'what it would take comes back', async (channel, stage) => {
    const exchange = stage.exchange('x');
    await channel.call('exchange.declare', { exchange, arguments: fromPlain({ 'alternate-exchange': 'nosuch' }) });
    channel.publish({ exchange, routingKey: 'k', mandatory: true });
    await channel.see('basic.return');
  }),
  talk('alternate exchange that leads nowhere', 'what nobody takes comes back', async (channel, stage) => {
    const exchange = stage.exchange('x');
    const alternate = stage.exchange('ae');
    await channel.call('exchange.declare', { exchange: alternate, type: 'fanout' });
    await channel.call('exchange.declare', { exchange, arguments: fromPlain({ 'alternate-exchange': alternate }) });
    channel.publish({ exchange, routingKey: 'k', mandatory: true });
    await channel.see('basic.return');
  }),
];
