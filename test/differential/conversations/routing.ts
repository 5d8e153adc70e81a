import { type FieldTable, type FieldValue, fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { drain, queueTalk } from '../talk.ts';

/** One queue bound by a pattern, and the keys that are published: those that come out match. */
function topic(pattern: string, keys: readonly string[], rule: string): Conversation {
  return queueTalk(`topic pattern "${pattern}"`, rule, async (channel, queue, stage) => {
    const exchange = stage.exchange('x');
    await channel.call('exchange.declare', { exchange, type: 'topic' });
    await channel.call('queue.bind', { queue, exchange, routingKey: pattern });
    for (const key of keys) channel.publish({ exchange, routingKey: key, body: key });
    await drain(channel, queue);
  });
}

const WORDS = ['', 'a', 'b', 'a.b', 'a.c', 'a.b.c', 'b.a', 'a..b', 'a.', '.a', '.', 'a.x.y.b', 'A'];

/** One queue bound with arguments, and messages with headers: those that come out match. */
function headers(name: string, rule: string, binding: FieldTable, messages: readonly FieldTable[]): Conversation {
  return queueTalk(`headers: ${name}`, rule, async (channel, queue, stage) => {
    const exchange = await headersExchange(channel, stage);
    await channel.call('queue.bind', { queue, exchange, arguments: binding });
    for (const [index, table] of messages.entries()) {
      channel.publish({ exchange, properties: { headers: table }, body: `${index}` });
    }
    channel.publish({ exchange, body: 'without headers' });
    await drain(channel, queue);
  });
}

async function headersExchange(channel: RawChannel, stage: Stage): Promise<string> {
  const exchange = stage.exchange('x');
  await channel.call('exchange.declare', { exchange, type: 'headers' });
  return exchange;
}

function badMatch(name: string, value: FieldValue): Conversation {
  return queueTalk(`headers: x-match ${name}`, 'x-match is one of four words', async (channel, queue, stage) => {
    const exchange = await headersExchange(channel, stage);
    await channel.call('queue.bind', { queue, exchange, arguments: new Map([['x-match', value]]) });
  });
}

const tagged = (...fields: readonly (readonly [string, FieldValue])[]): FieldTable => new Map(fields);
const text = (value: string): FieldValue => ({ tag: 'S', value: Buffer.from(value) });

const AB = [{ a: 1, b: 2 }, { a: 1, b: 3 }, { a: 1 }, { b: 2 }, { a: 1, b: 2, c: 3 }, {}, { a: '1', b: 2 }].map(
  fromPlain,
);

const ONES: readonly FieldTable[] = [
  ...(['b', 'B', 's', 'u', 'I', 'i', 'l', 'f', 'd', 'T'] as const).map((tag) =>
    tagged(['a', { tag, value: 1 } as FieldValue]),
  ),
  tagged(['a', { tag: 't', value: true }]),
  tagged(['a', text('1')]),
  tagged(['a', { tag: 'V', value: undefined }]),
  tagged(['a', { tag: 'D', value: { scale: 0, value: 1 } }]),
];

async function bound(channel: RawChannel, stage: Stage, source: string, destination: string): Promise<void> {
  for (const exchange of [source, destination].map((name) => stage.exchange(name))) {
    await channel.call('exchange.declare', { exchange, type: 'fanout' });
  }
  await channel.call('exchange.bind', { source: stage.exchange(source), destination: stage.exchange(destination) });
}

export const ROUTING: readonly Conversation[] = [
  topic('a.b', WORDS, 'words match themselves'),
  topic('*', WORDS, 'a star is one word, which may be empty'),
  topic('#', WORDS, 'a hash is any number of words'),
  topic('', WORDS, 'no word matches no word'),
  topic('a.*', WORDS, 'a star is one word'),
  topic('*.b', WORDS, 'a star is one word'),
  topic('a.*.b', WORDS, 'an empty word is a word'),
  topic('a.#', WORDS, 'a hash may be no word at all'),
  topic('#.a', WORDS, 'a hash may be no word at all'),
  topic('a.#.b', WORDS, 'a hash in the middle'),
  topic('#.#', WORDS, 'two hashes are one'),
  topic('*.#', WORDS, 'at least one word'),
  topic('#.*', WORDS, 'at least one word'),
  topic('*.*', WORDS, 'two words'),
  topic('a.#.*', WORDS, 'a word behind a hash'),
  topic('a*', ['a*', 'ab', 'a'], 'a star within a word is a star'),
  topic('a..b', WORDS, 'an empty word matches itself'),
  queueTalk('topic: a queue bound twice', 'a queue gets one copy', async (channel, queue, stage) => {
    const exchange = stage.exchange('x');
    await channel.call('exchange.declare', { exchange, type: 'topic' });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'a.*' });
    await channel.call('queue.bind', { queue, exchange, routingKey: '#' });
    channel.publish({ exchange, routingKey: 'a.b' });
    await drain(channel, queue);
    await channel.call('queue.unbind', { queue, exchange, routingKey: '#' });
    channel.publish({ exchange, routingKey: 'a.b' });
    channel.publish({ exchange, routingKey: 'c' });
    await drain(channel, queue);
  }),
  queueTalk('direct', 'the whole key, byte by byte', async (channel, queue, stage) => {
    const exchange = stage.exchange('x');
    await channel.call('exchange.declare', { exchange });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'a' });
    await channel.call('queue.bind', { queue, exchange, routingKey: '' });
    for (const key of ['a', 'A', 'a.b', '#', '']) channel.publish({ exchange, routingKey: key, body: key });
    await drain(channel, queue);
  }),
  queueTalk('fanout', 'the key means nothing', async (channel, queue, stage) => {
    const exchange = stage.exchange('x');
    await channel.call('exchange.declare', { exchange, type: 'fanout' });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'a' });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'b' });
    for (const key of ['a', 'c', '']) channel.publish({ exchange, routingKey: key, body: key });
    await drain(channel, queue);
  }),
  queueTalk('default exchange', 'every queue is bound by its name', async (channel, queue) => {
    channel.publish({ routingKey: queue });
    await drain(channel, queue);
  }),
  queueTalk('exchange to exchange', 'the message keeps its exchange and key', async (channel, queue, stage) => {
    await bound(channel, stage, 'x1', 'x2');
    await channel.call('queue.bind', { queue, exchange: stage.exchange('x2') });
    channel.publish({ exchange: stage.exchange('x1'), routingKey: 'k' });
    await drain(channel, queue);
    await channel.call('exchange.unbind', { source: stage.exchange('x1'), destination: stage.exchange('x2') });
    channel.publish({ exchange: stage.exchange('x1'), routingKey: 'k', mandatory: true });
    await channel.see('basic.return');
  }),
  queueTalk('exchanges in a circle', 'one copy, and an end', async (channel, queue, stage) => {
    await bound(channel, stage, 'x1', 'x2');
    await bound(channel, stage, 'x2', 'x1');
    await channel.call('queue.bind', { queue, exchange: stage.exchange('x1') });
    await channel.call('queue.bind', { queue, exchange: stage.exchange('x2') });
    channel.publish({ exchange: stage.exchange('x1'), routingKey: 'k' });
    await drain(channel, queue);
  }),
  queueTalk('exchange bound to itself', 'one copy, and an end', async (channel, queue, stage) => {
    await bound(channel, stage, 'x1', 'x1');
    await channel.call('queue.bind', { queue, exchange: stage.exchange('x1') });
    channel.publish({ exchange: stage.exchange('x1'), routingKey: 'k' });
    await drain(channel, queue);
  }),
  headers('all', 'all of the binding', fromPlain({ 'x-match': 'all', a: 1, b: 2 }), AB),
  headers('no x-match', 'all is what is meant where nothing is said', fromPlain({ a: 1, b: 2 }), AB),
  headers('any', 'any of the binding', fromPlain({ 'x-match': 'any', a: 1, b: 2 }), AB),
  headers('all of nothing', 'an empty binding matches everything', fromPlain({ 'x-match': 'all' }), AB.slice(0, 2)),
  headers('any of nothing', 'an empty binding matches nothing', fromPlain({ 'x-match': 'any' }), AB.slice(0, 2)),
  headers('no arguments', 'an empty binding matches everything', fromPlain({}), AB.slice(0, 2)),
  headers('void', 'a void value asks for the header, whatever it is', fromPlain({ a: null }), ONES),
  headers('signedint', 'which values equal 1', tagged(['a', { tag: 'I', value: 1 }]), ONES),
  headers('long', 'which values equal 1', tagged(['a', { tag: 'l', value: 1 }]), ONES),
  headers('double', 'which values equal 1', tagged(['a', { tag: 'd', value: 1 }]), ONES),
  headers('timestamp', 'which values equal 1', tagged(['a', { tag: 'T', value: 1 }]), ONES),
  headers('bool', 'which values equal true', tagged(['a', { tag: 't', value: true }]), ONES),
  headers('longstr', 'which values equal "1"', tagged(['a', text('1')]), ONES),
  headers('keys that start with x-', 'they are not looked at', fromPlain({ 'x-match': 'all', 'x-a': 1, b: 2 }), [
    fromPlain({ b: 2 }),
    fromPlain({ b: 2, 'x-a': 1 }),
    fromPlain({ 'x-a': 1 }),
  ]),
  headers('all-with-x', 'keys that start with x- count', fromPlain({ 'x-match': 'all-with-x', 'x-a': 1, b: 2 }), [
    fromPlain({ b: 2 }),
    fromPlain({ b: 2, 'x-a': 1 }),
    fromPlain({ 'x-a': 1 }),
  ]),
  headers('any-with-x', 'keys that start with x- count', fromPlain({ 'x-match': 'any-with-x', 'x-a': 1, b: 2 }), [
    fromPlain({ b: 2 }),
    fromPlain({ 'x-a': 1 }),
    fromPlain({ c: 1 }),
  ]),
  headers('tables and arrays', 'nested values are compared whole', fromPlain({ a: { b: 1 }, c: [1, 2] }), [
    fromPlain({ a: { b: 1 }, c: [1, 2] }),
    fromPlain({ a: { b: 2 }, c: [1, 2] }),
    fromPlain({ a: { b: 1 }, c: [2, 1] }),
  ]),
  badMatch('zz', text('zz')),
  badMatch('in capitals', text('ALL')),
  badMatch('that is no string', { tag: 'I', value: 5 }),
];
