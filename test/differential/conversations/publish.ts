import type { BasicProperties } from '../../../src/codec/properties.ts';
import { type FieldTable, fromPlain } from '../../../src/codec/table.ts';
import { headerPayload } from '../../support/raw_bytes.ts';
import type { Conversation } from '../stage.ts';
import { drain, fill, queueTalk, talk } from '../talk.ts';

const REFUSED = 'a message that cannot be is refused';

/** A publish with these properties, and what comes of it. */
function published(name: string, rule: string, properties: BasicProperties): Conversation {
  return queueTalk(name, rule, async (channel, queue) => {
    channel.publish({ routingKey: queue, properties });
    await channel.call('basic.get', { queue, noAck: true });
  });
}

const headers = (plain: Parameters<typeof fromPlain>[0]): { headers: FieldTable } => ({ headers: fromPlain(plain) });

export const PUBLISH: readonly Conversation[] = [
  queueTalk('get', 'the answer says how many remain', async (channel, queue) => {
    fill(channel, queue, 'one', 'two');
    await channel.call('basic.get', { queue, noAck: true });
    await channel.call('basic.get', { queue, noAck: true });
    await channel.call('basic.get', { queue, noAck: true });
  }),
  talk('publish to a missing exchange', 'what is not there is 404', async (channel) => {
    channel.publish({ exchange: 'nosuch', routingKey: 'k' });
    await channel.refused();
  }),
  talk('publish to a missing exchange, another behind it', 'what follows the error is ignored', async (channel) => {
    channel.publish({ exchange: 'nosuch' });
    channel.publish({ exchange: 'nosuch' });
    await channel.refused();
    await channel.call('channel.open');
  }),
  talk('publish to an internal exchange', 'an internal exchange is for exchanges', async (channel, stage) => {
    const exchange = stage.exchange('x');
    await channel.call('exchange.declare', { exchange, internal: true });
    channel.publish({ exchange });
    await channel.refused();
  }),
  queueTalk(
    'publish through an internal exchange',
    'an internal exchange is for exchanges',
    async (channel, queue, stage) => {
      const inner = stage.exchange('inner');
      const outer = stage.exchange('outer');
      await channel.call('exchange.declare', { exchange: inner, internal: true, type: 'fanout' });
      await channel.call('exchange.declare', { exchange: outer, type: 'fanout' });
      await channel.call('exchange.bind', { source: outer, destination: inner });
      await channel.call('queue.bind', { queue, exchange: inner });
      channel.publish({ exchange: outer, routingKey: 'k' });
      await drain(channel, queue);
    },
  ),
  talk('unroutable', 'without mandatory a message that nobody wants is gone', async (channel) => {
    channel.publish({ routingKey: 'nosuch' });
    await channel.call('basic.qos');
  }),
  talk('unroutable and mandatory', 'with mandatory it comes back whole', async (channel) => {
    channel.publish({
      routingKey: 'nosuch',
      mandatory: true,
      properties: { contentType: 'text/plain', ...headers({ a: 1 }) },
      body: 'hello',
    });
    await channel.see('basic.return');
  }),
  talk('unroutable and mandatory without a body', 'with mandatory it comes back whole', async (channel) => {
    channel.publish({ exchange: 'amq.topic', routingKey: 'nosuch', mandatory: true, body: '' });
    await channel.see('basic.return');
  }),
  queueTalk('routable and mandatory', 'what is routed does not come back', async (channel, queue) => {
    channel.publish({ routingKey: queue, mandatory: true });
    await drain(channel, queue);
  }),
  queueTalk('immediate', 'immediate is not implemented', async (channel, queue) => {
    channel.publish({ routingKey: queue, immediate: true });
    await channel.refused();
  }),
  talk('immediate to a missing exchange', 'what is told first', async (channel) => {
    channel.publish({ exchange: 'nosuch', immediate: true });
    await channel.refused();
  }),
  published('all properties', 'properties come out as they went in', {
    contentType: 'text/plain',
    contentEncoding: 'utf-8',
    headers: fromPlain({ a: 1, b: 'two', c: true, d: 1.5, e: null, f: { g: [1, 'x'] }, h: 2 ** 40 }),
    deliveryMode: 2,
    priority: 5,
    correlationId: 'correlation',
    replyTo: 'reply',
    expiration: '100000',
    messageId: 'message',
    timestamp: 1_700_000_000,
    type: 'type',
    userId: 'guest',
    appId: 'app',
    clusterId: 'cluster',
  }),
  published('every tag of a header', 'field values keep their types', {
    headers: new Map([
      ['t', { tag: 't', value: true }],
      ['b', { tag: 'b', value: -5 }],
      ['B', { tag: 'B', value: 250 }],
      ['s', { tag: 's', value: -500 }],
      ['u', { tag: 'u', value: 60_000 }],
      ['I', { tag: 'I', value: -70_000 }],
      ['i', { tag: 'i', value: 4_000_000_000 }],
      ['l', { tag: 'l', value: -(2 ** 40) }],
      ['f', { tag: 'f', value: 0.5 }],
      ['d', { tag: 'd', value: 0.1 }],
      ['D', { tag: 'D', value: { scale: 2, value: 314 } }],
      ['S', { tag: 'S', value: Buffer.from('text') }],
      ['A', { tag: 'A', value: [{ tag: 'I', value: 1 }] }],
      ['T', { tag: 'T', value: 1_700_000_000 }],
      ['F', { tag: 'F', value: new Map([['x', { tag: 't', value: false }]]) }],
      ['V', { tag: 'V', value: undefined }],
      ['x', { tag: 'x', value: Uint8Array.of(0, 1, 255) }],
    ]),
  }),
  published('empty strings and an empty table', 'a property of no bytes is there', {
    contentType: '',
    headers: new Map(),
    correlationId: '',
    messageId: '',
  }),
  published('delivery mode of 7', 'the delivery mode is kept as it is', { deliveryMode: 7 }),
  published('priority of 255', 'the priority is kept as it is', { priority: 255 }),
  queueTalk('header named twice', 'the first one counts', async (channel, queue) => {
    channel.send('basic.publish', { routingKey: queue });
    const twice = Buffer.from('20000000000e01614900000001016149000000', 'hex');
    const properties = Buffer.concat([twice, Uint8Array.of(2)]);
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 0, properties) });
    await channel.call('basic.get', { queue, noAck: true });
  }),
  published('expiration that is no number', REFUSED, { expiration: 'abc' }),
  published('expiration with letters behind it', REFUSED, { expiration: '10x' }),
  published('expiration below zero', REFUSED, { expiration: '-1' }),
  published('expiration beyond any limit', REFUSED, { expiration: '315360000001' }),
  published('expiration that is empty', REFUSED, { expiration: '' }),
  published('expiration with a space', REFUSED, { expiration: ' 10' }),
  published('expiration with a sign', 'a sign is a part of a number', { expiration: '+100000' }),
  published('user id of somebody else', REFUSED, { userId: 'bob' }),
  talk('expiration that is no number to a missing exchange', 'the exchange is looked at first', async (channel) => {
    channel.publish({ exchange: 'nosuch', properties: { expiration: 'abc', userId: 'bob' } });
    await channel.refused();
  }),
  talk('everything wrong with a message', 'the expiration is looked at first', async (channel) => {
    channel.publish({
      routingKey: 'nosuch',
      properties: { expiration: 'abc', userId: 'bob', ...headers({ CC: 'a' }) },
    });
    await channel.refused();
  }),
];
