import type { BasicProperties } from '../../../src/codec/properties.ts';
import { EMPTY_TABLE, type FieldTable, type FieldValue, fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { drain, queueTalk, talk } from '../talk.ts';

const tagged = (name: string, field: FieldValue): FieldTable => new Map([[name, field]]);
const text = (value: string): FieldValue => ({ tag: 'S', value: Buffer.from(value) });

async function declared(channel: RawChannel, stage: Stage, type: string, table = EMPTY_TABLE): Promise<string> {
  const exchange = stage.exchange('x');
  await channel.call('exchange.declare', { exchange, type, arguments: table });
  return exchange;
}

function declaring(name: string, rule: string, type: string, table: FieldTable): Conversation {
  return talk(name, rule, async (channel, stage) => {
    await declared(channel, stage, type, table);
  });
}

const POSITIVE = 'the length is a positive integer of a signed type';

function historyLength(name: string, field: FieldValue): Conversation {
  const table = tagged('x-recent-history-length', field);
  return declaring(`recent history: length ${name}`, POSITIVE, 'x-recent-history', table);
}

function weight(routingKey: string): Conversation {
  return queueTalk(
    `consistent hash: binding key "${routingKey}"`,
    'the key is a weight',
    async (channel, queue, stage) => {
      const exchange = await declared(channel, stage, 'x-consistent-hash');
      await channel.call('queue.bind', { queue, exchange, routingKey });
    },
  );
}

async function confirmed(
  channel: RawChannel,
  exchange: string,
  messages: readonly { readonly body: string; readonly routingKey?: string; readonly properties?: BasicProperties }[],
): Promise<void> {
  await channel.call('confirm.select');
  for (const message of messages) channel.publish({ exchange, ...message });
  await channel.client.confirms(messages.length);
}

/** Everything goes to the one queue, whatever the type's way to choose. */
function chooses(type: string, bindingKey: string, table = EMPTY_TABLE): Conversation {
  const by = [...table.keys()].map((name) => ` by ${name}`).join('');
  return queueTalk(`${type}${by}: one queue`, 'one of one is always the same', async (channel, queue, stage) => {
    const exchange = await declared(channel, stage, type, table);
    await channel.call('queue.bind', { queue, exchange, routingKey: bindingKey });
    const properties = { headers: fromPlain({ a: 1 }), messageId: 'm', timestamp: 5 };
    await confirmed(channel, exchange, [
      { body: '1', routingKey: 'k' },
      { body: '2', routingKey: '', properties },
    ]);
    await drain(channel, queue);
    await channel.call('queue.unbind', { queue, exchange, routingKey: bindingKey });
    channel.publish({ exchange, routingKey: 'k', mandatory: true });
    await channel.see('basic.return');
  });
}

function history(
  name: string,
  rule: string,
  say: (channel: RawChannel, queue: string, exchange: string, stage: Stage) => Promise<void>,
  length?: number,
): Conversation {
  return queueTalk(`recent history: ${name}`, rule, async (channel, queue, stage) => {
    const table = length === undefined ? {} : { 'x-recent-history-length': length };
    await say(channel, queue, await declared(channel, stage, 'x-recent-history', fromPlain(table)), stage);
  });
}

const letters = (count: number): { body: string; routingKey: string }[] =>
  Array.from({ length: count }, (_, index) => ({ body: `${index + 1}`, routingKey: 'k' }));

const EXCLUSIVE = 'a header or a property, not both';

export const EXCHANGE_TYPES: readonly Conversation[] = [
  chooses('x-random', 'anything'),
  chooses('x-local-random', ''),
  chooses('x-modulus-hash', 'anything'),
  chooses('x-consistent-hash', '5'),
  chooses('x-consistent-hash', '5', fromPlain({ 'hash-header': 'a' })),
  chooses('x-consistent-hash', '5', fromPlain({ 'hash-property': 'message_id' })),

  talk('modulus hash: which queue', 'by the hash of the key and the order of names', async (channel, stage) => {
    const exchange = await declared(channel, stage, 'x-modulus-hash');
    const queues = ['c', 'a', 'b'].map((name) => stage.queue(name));
    for (const queue of queues) {
      await channel.call('queue.declare', { queue });
      await channel.call('queue.bind', { queue, exchange });
    }
    const keys = ['', 'a', 'b', 'c', 'orders.created', 'a key longer than twelve bytes', 'ä', '1', '2', '3'];
    await channel.call('confirm.select');
    // One by one, as confirms come in any order.
    for (const routingKey of keys) {
      channel.publish({ exchange, routingKey, body: routingKey });
      await channel.client.confirms(1);
    }
    for (const queue of queues) await drain(channel, queue);
  }),

  talk('modulus hash: CC and BCC', 'all keys together are hashed', async (channel, stage) => {
    const exchange = await declared(channel, stage, 'x-modulus-hash');
    const queues = ['a', 'b', 'c', 'd', 'e'].map((name) => stage.queue(name));
    for (const queue of queues) {
      await channel.call('queue.declare', { queue });
      await channel.call('queue.bind', { queue, exchange });
    }
    await channel.call('confirm.select');
    for (const body of ['1', '2', '3', '4', '5', '6']) {
      const copies = body === '1' ? {} : { CC: ['x', body], BCC: [`${body}${body}`] };
      channel.publish({ exchange, routingKey: 'k', body, properties: { headers: fromPlain(copies) } });
      await channel.client.confirms(1);
    }
    for (const queue of queues) await drain(channel, queue);
  }),

  queueTalk('local random: a binding key', 'there is none', async (channel, queue, stage) => {
    const exchange = await declared(channel, stage, 'x-local-random');
    await channel.call('queue.bind', { queue, exchange, routingKey: 'k' });
  }),
  talk('local random: a quorum queue', 'classic queues only', async (channel, stage) => {
    const exchange = await declared(channel, stage, 'x-local-random');
    const queue = stage.queue('q');
    const table = fromPlain({ 'x-queue-type': 'quorum' });
    await channel.call('queue.declare', { queue, durable: true, arguments: table });
    await channel.call('queue.bind', { queue, exchange, routingKey: '' });
  }),
  talk('local random: an exchange', 'queues only', async (channel, stage) => {
    const source = await declared(channel, stage, 'x-local-random');
    await channel.call('exchange.bind', { source, destination: 'amq.fanout' });
  }),

  ...['0', '-1', 'x', '', '1.5', ' 1', '+5', '007', '10000', '10001', '99999999999999999999', 'ä'].map(weight),
  declaring(
    'consistent hash: header and property',
    EXCLUSIVE,
    'x-consistent-hash',
    fromPlain({ 'hash-header': 'a', 'hash-property': 'zz' }),
  ),
  declaring(
    'consistent hash: unknown property',
    'one of three',
    'x-consistent-hash',
    fromPlain({ 'hash-property': 'zz' }),
  ),
  ...['message_id', 'correlation_id', 'timestamp'].map((property) =>
    declaring(
      `consistent hash: by ${property}`,
      'one of three',
      'x-consistent-hash',
      fromPlain({ 'hash-property': property }),
    ),
  ),
  declaring(
    'consistent hash: a header that is no string',
    'header and property are names',
    'x-consistent-hash',
    fromPlain({ 'hash-header': 5 }),
  ),
  declaring(
    'consistent hash: a property that is no string',
    'header and property are names',
    'x-consistent-hash',
    fromPlain({ 'hash-property': true }),
  ),

  historyLength('of one', { tag: 'I', value: 1 }),
  historyLength('that is a byte', { tag: 'b', value: 3 }),
  historyLength('that is a short', { tag: 's', value: 3 }),
  historyLength('that is a long', { tag: 'l', value: 3 }),
  historyLength('of zero', { tag: 'I', value: 0 }),
  historyLength('below zero', { tag: 'I', value: -1 }),
  historyLength('that is a string', text('5')),
  historyLength('that is a bool', { tag: 't', value: true }),
  historyLength('that is a double', { tag: 'd', value: 1.5 }),
  historyLength('that is a timestamp', { tag: 'T', value: 3 }),
  historyLength('that is unsigned', { tag: 'i', value: 3 }),
  historyLength('that is void', { tag: 'V', value: undefined }),

  history('twenty, unless told otherwise', 'a new binding gets the last ones', async (channel, queue, exchange) => {
    await confirmed(channel, exchange, letters(22));
    await channel.call('queue.bind', { queue, exchange });
    await channel.call('queue.declare', { queue, passive: true });
    await drain(channel, queue);
  }),
  history(
    'as many as asked for',
    'a new binding gets the last ones',
    async (channel, queue, exchange) => {
      await confirmed(channel, exchange, letters(3));
      await channel.call('queue.bind', { queue, exchange });
      await drain(channel, queue);
      await channel.call('queue.bind', { queue, exchange });
      await drain(channel, queue);
      await channel.call('queue.bind', { queue, exchange, routingKey: 'another' });
      await drain(channel, queue);
      channel.publish({ exchange, body: 'and what comes then', routingKey: 'k' });
      await channel.client.confirms(1);
      await drain(channel, queue);
    },
    2,
  ),
  history('what is not to be remembered', 'by a header', async (channel, queue, exchange) => {
    const noStore = (value: FieldValue): BasicProperties => ({ headers: tagged('x-recent-history-no-store', value) });
    await confirmed(channel, exchange, [
      { body: '1', properties: noStore({ tag: 't', value: true }) },
      { body: '2', properties: noStore({ tag: 't', value: false }) },
      { body: '3', properties: noStore(text('true')) },
    ]);
    await channel.call('queue.bind', { queue, exchange });
    await drain(channel, queue);
  }),
  history('properties and large bodies', 'they come as they were', async (channel, queue, exchange) => {
    const properties = { contentType: 'text/plain', headers: fromPlain({ a: 1 }), deliveryMode: 2 };
    await confirmed(channel, exchange, [{ body: 'with properties', properties, routingKey: 'k' }, { body: '' }]);
    await channel.call('queue.bind', { queue, exchange });
    await drain(channel, queue);
  }),
  history('a message that nobody gets', 'it is returned, and remembered', async (channel, queue, exchange) => {
    channel.publish({ exchange, body: 'early', mandatory: true });
    await channel.see('basic.return');
    await channel.call('queue.bind', { queue, exchange });
    await drain(channel, queue);
  }),
  history(
    'a message that the alternate exchange gets',
    'it is remembered',
    async (channel, queue, _exchange, stage) => {
      const exchange = stage.exchange('y');
      const table = fromPlain({ 'alternate-exchange': 'amq.fanout' });
      await channel.call('queue.bind', { queue, exchange: 'amq.fanout' });
      await channel.call('exchange.declare', { exchange, type: 'x-recent-history', arguments: table });
      await confirmed(channel, exchange, [{ body: '1' }]);
      await drain(channel, queue);
      await channel.call('queue.bind', { queue, exchange });
      await drain(channel, queue);
    },
  ),
  history('an exchange bound to it', 'the exchange routes them', async (channel, queue, source, stage) => {
    const destination = stage.exchange('y');
    await channel.call('exchange.declare', { exchange: destination, type: 'direct' });
    await channel.call('queue.bind', { queue, exchange: destination, routingKey: 'k' });
    await confirmed(channel, source, letters(2));
    await channel.call('exchange.bind', { source, destination });
    await drain(channel, queue);
  }),
  history(
    'an exchange that leads nowhere bound to it',
    'the binding is there',
    async (channel, _queue, source, stage) => {
      const destination = stage.exchange('y');
      await channel.call('exchange.declare', { exchange: destination, type: 'fanout' });
      await confirmed(channel, source, letters(1));
      await channel.call('exchange.bind', { source, destination });
    },
  ),
  history('declared again', 'it has forgotten', async (channel, queue, exchange) => {
    await confirmed(channel, exchange, letters(1));
    await channel.call('exchange.delete', { exchange });
    await channel.call('exchange.declare', { exchange, type: 'x-recent-history' });
    await channel.call('queue.bind', { queue, exchange });
    await drain(channel, queue);
  }),
];
