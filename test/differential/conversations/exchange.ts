import { fromPlain } from '../../../src/codec/table.ts';
import type { Conversation } from '../stage.ts';
import { talk } from '../talk.ts';

/** Declares an exchange and declares it again, otherwise. */
function redeclare(what: string, rule: string, first: object, second: object): Conversation {
  return talk(`exchange redeclared with ${what}`, rule, async (channel, stage) => {
    const exchange = stage.exchange('x');
    await channel.call('exchange.declare', { exchange, ...first });
    await channel.call('exchange.declare', { exchange, ...second });
  });
}

const EQUIVALENT = 'a redeclaration has to say the same';
const DEFAULT = 'the default exchange is not to be touched';

export const EXCHANGE: readonly Conversation[] = [
  ...['direct', 'fanout', 'topic', 'headers'].map((type) =>
    talk(`exchange of type ${type}`, 'the four types of AMQP', (channel, stage) =>
      channel.call('exchange.declare', { exchange: stage.exchange('x'), type }),
    ),
  ),
  ...['direct', 'fanout', 'topic', 'headers', 'match'].map((type) =>
    talk(`amq.${type} is there`, 'the exchanges that AMQP predeclares', (channel) =>
      channel.call('exchange.declare', { exchange: `amq.${type}`, passive: true }),
    ),
  ),
  talk('exchange of an unknown type', 'an unknown type is 406', (channel, stage) =>
    channel.call('exchange.declare', { exchange: stage.exchange('x'), type: 'nosuch' }),
  ),
  talk('exchange of an empty type', 'an unknown type is 406', (channel, stage) =>
    channel.call('exchange.declare', { exchange: stage.exchange('x'), type: '' }),
  ),
  talk('exchange of a type in capitals', 'type names are in small letters', (channel, stage) =>
    channel.call('exchange.declare', { exchange: stage.exchange('x'), type: 'FANOUT' }),
  ),
  talk('passive declare of an exchange', 'the type is not looked at', async (channel, stage) => {
    const exchange = stage.exchange('x');
    await channel.call('exchange.declare', { exchange });
    await channel.call('exchange.declare', { exchange, passive: true, type: 'nosuch', durable: true });
  }),
  talk('passive declare of a missing exchange', 'what is not there is 404', (channel) =>
    channel.call('exchange.declare', { exchange: 'nosuch', passive: true }),
  ),
  talk('exchange declared without waiting', 'no answer where none is wanted', async (channel, stage) => {
    const exchange = stage.exchange('x');
    channel.send('exchange.declare', { exchange, noWait: true });
    await channel.call('exchange.declare', { exchange, passive: true });
  }),
  talk(
    'exchange declared wrongly without waiting',
    'an error is told even where no answer is wanted',
    async (channel) => {
      channel.send('exchange.declare', { exchange: 'nosuch', passive: true, noWait: true });
      await channel.refused();
    },
  ),
  redeclare('the same', EQUIVALENT, { durable: true }, { durable: true }),
  redeclare('another type', EQUIVALENT, { type: 'direct' }, { type: 'fanout' }),
  redeclare('another durability', EQUIVALENT, { durable: true }, { durable: false }),
  redeclare('another auto-delete', EQUIVALENT, { autoDelete: false }, { autoDelete: true }),
  redeclare('another internal', EQUIVALENT, { internal: false }, { internal: true }),
  redeclare(
    'everything different',
    'the type is compared first',
    {},
    { type: 'fanout', durable: true, autoDelete: true, internal: true },
  ),
  redeclare(
    'another durability, auto-delete and internal',
    'durability is compared next',
    {},
    { durable: true, autoDelete: true, internal: true },
  ),
  redeclare('an alternate exchange', EQUIVALENT, {}, { arguments: fromPlain({ 'alternate-exchange': 'other' }) }),
  redeclare(
    'another alternate exchange',
    EQUIVALENT,
    { arguments: fromPlain({ 'alternate-exchange': 'one' }) },
    {
      arguments: fromPlain({ 'alternate-exchange': 'other' }),
    },
  ),
  redeclare(
    'unknown arguments',
    'arguments that mean nothing are not compared',
    {},
    { arguments: fromPlain({ 'x-other': 1 }) },
  ),
  talk('alternate exchange that is no name', 'an alternate exchange is a string', (channel, stage) =>
    channel.call('exchange.declare', {
      exchange: stage.exchange('x'),
      arguments: fromPlain({ 'alternate-exchange': 5 }),
    }),
  ),
  talk('exchange name that is reserved', 'names that start with amq. are the server’s', (channel) =>
    channel.call('exchange.declare', { exchange: 'amq.mine' }),
  ),
  talk('passive declare of a reserved name', 'what is not there is 404', (channel) =>
    channel.call('exchange.declare', { exchange: 'amq.mine', passive: true }),
  ),
  talk('amq.direct redeclared as it is', 'a predeclared exchange may be declared', (channel) =>
    channel.call('exchange.declare', { exchange: 'amq.direct', durable: true }),
  ),
  talk('amq.direct redeclared as transient', EQUIVALENT, (channel) =>
    channel.call('exchange.declare', { exchange: 'amq.direct' }),
  ),
  talk('exchange name with line breaks', 'line breaks are left out of names', async (channel, stage) => {
    const exchange = stage.exchange('xy');
    await channel.call('exchange.declare', { exchange: `${exchange.slice(0, -1)}\r\ny` });
    await channel.call('exchange.declare', { exchange, passive: true });
  }),
  talk('declare of the default exchange', DEFAULT, (channel) => channel.call('exchange.declare', { durable: true })),
  talk('passive declare of the default exchange', DEFAULT, (channel) =>
    channel.call('exchange.declare', { passive: true }),
  ),
  talk('delete of the default exchange', DEFAULT, (channel) => channel.call('exchange.delete')),
  talk('bind of a queue to the default exchange', DEFAULT, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('queue.bind', { queue, routingKey: 'k' });
  }),
  talk('unbind of a queue from the default exchange', DEFAULT, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('queue.unbind', { queue, routingKey: queue });
  }),
  talk('bind of an exchange to the default exchange', DEFAULT, (channel) =>
    channel.call('exchange.bind', { destination: 'amq.direct' }),
  ),
  talk('bind of the default exchange to an exchange', DEFAULT, (channel) =>
    channel.call('exchange.bind', { source: 'amq.direct' }),
  ),
  talk('unbind of an exchange from the default exchange', DEFAULT, (channel) =>
    channel.call('exchange.unbind', { destination: 'amq.direct' }),
  ),
  talk('delete of a predeclared exchange', 'amq. exchanges stay', (channel) =>
    channel.call('exchange.delete', { exchange: 'amq.direct' }),
  ),
  talk('delete of a reserved name that is not there', 'the name is enough', (channel) =>
    channel.call('exchange.delete', { exchange: 'amq.nosuch' }),
  ),
  talk('delete of a missing exchange', 'what is not there is deleted already', (channel) =>
    channel.call('exchange.delete', { exchange: 'nosuch' }),
  ),
  talk('delete of a missing exchange if unused', 'what is not there is deleted already', (channel) =>
    channel.call('exchange.delete', { exchange: 'nosuch', ifUnused: true }),
  ),
  talk('delete of an exchange in use', 'if-unused keeps an exchange that has bindings', async (channel, stage) => {
    const exchange = stage.exchange('x');
    const queue = stage.queue('q');
    await channel.call('exchange.declare', { exchange });
    await channel.call('queue.declare', { queue });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'k' });
    await channel.call('exchange.delete', { exchange, ifUnused: true });
  }),
  talk(
    'delete of an exchange that is only a destination',
    'if-unused looks at bindings from it',
    async (channel, stage) => {
      const exchange = stage.exchange('x');
      await channel.call('exchange.declare', { exchange });
      await channel.call('exchange.bind', { destination: exchange, source: 'amq.fanout' });
      await channel.call('exchange.delete', { exchange, ifUnused: true });
      await channel.call('exchange.declare', { exchange, passive: true });
    },
  ),
  talk('delete of a bound exchange', 'its bindings go with it', async (channel, stage) => {
    const exchange = stage.exchange('x');
    const queue = stage.queue('q');
    await channel.call('exchange.declare', { exchange });
    await channel.call('queue.declare', { queue });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'k' });
    await channel.call('exchange.delete', { exchange });
    await channel.call('exchange.declare', { exchange });
    channel.publish({ exchange, routingKey: 'k', mandatory: true });
    await channel.see('basic.return');
  }),
  talk('bind to a missing exchange', 'what is not there is 404', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('queue.bind', { queue, exchange: 'nosuch' });
  }),
  talk('bind of a missing queue', 'what is not there is 404', (channel) =>
    channel.call('queue.bind', { queue: 'nosuch', exchange: 'amq.direct' }),
  ),
  talk('bind of a missing queue to a missing exchange', 'the exchange is missed first', (channel) =>
    channel.call('queue.bind', { queue: 'nosuch-q', exchange: 'nosuch-x' }),
  ),
  talk('bind of a missing exchange to a missing exchange', 'which of the two is missed first', (channel) =>
    channel.call('exchange.bind', { destination: 'nosuch-d', source: 'nosuch-s' }),
  ),
  talk('bind of a missing exchange', 'what is not there is 404', (channel) =>
    channel.call('exchange.bind', { destination: 'nosuch', source: 'amq.direct' }),
  ),
  talk('bind twice', 'a binding is there or it is not', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('queue.bind', { queue, exchange: 'amq.direct', routingKey: queue });
    await channel.call('queue.bind', { queue, exchange: 'amq.direct', routingKey: queue });
    await channel.call('queue.unbind', { queue, exchange: 'amq.direct', routingKey: queue });
    channel.publish({ exchange: 'amq.direct', routingKey: queue, mandatory: true });
    await channel.see('basic.return');
  }),
  talk('bind again with other arguments', 'arguments are part of a binding', async (channel, stage) => {
    const queue = stage.queue('q');
    const binding = { queue, exchange: 'amq.direct', routingKey: queue };
    await channel.call('queue.declare', { queue });
    await channel.call('queue.bind', binding);
    await channel.call('queue.bind', { ...binding, arguments: fromPlain({ a: 1 }) });
    await channel.call('queue.unbind', binding);
    channel.publish({ exchange: 'amq.direct', routingKey: queue, mandatory: true });
    await channel.call('basic.get', { queue, noAck: true });
    await channel.call('queue.unbind', { ...binding, arguments: fromPlain({ a: 1 }) });
    channel.publish({ exchange: 'amq.direct', routingKey: queue, mandatory: true });
    await channel.see('basic.return');
  }),
  talk('unbind of what is not bound', 'what is not there is unbound already', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('queue.unbind', { queue, exchange: 'amq.direct', routingKey: 'nosuch' });
  }),
  talk('unbind of a missing queue', 'what is not there is unbound already', (channel) =>
    channel.call('queue.unbind', { queue: 'nosuch', exchange: 'amq.direct' }),
  ),
  talk('unbind from a missing exchange', 'what is not there is unbound already', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue });
    await channel.call('queue.unbind', { queue, exchange: 'nosuch' });
  }),
  talk('unbind of missing exchanges', 'what is not there is unbound already', (channel) =>
    channel.call('exchange.unbind', { destination: 'nosuch-d', source: 'nosuch-s' }),
  ),
  talk('auto-delete exchange', 'it goes with its last binding', async (channel, stage) => {
    const exchange = stage.exchange('x');
    const queue = stage.queue('q');
    await channel.call('exchange.declare', { exchange, autoDelete: true });
    await channel.call('exchange.declare', { exchange, passive: true });
    await channel.call('queue.declare', { queue });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'a' });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'b' });
    await channel.call('queue.unbind', { queue, exchange, routingKey: 'a' });
    await channel.call('exchange.declare', { exchange, passive: true });
    await channel.call('queue.unbind', { queue, exchange, routingKey: 'b' });
    await channel.call('exchange.declare', { exchange, passive: true });
  }),
  talk('auto-delete exchange whose queue is deleted', 'it goes with its last binding', async (channel, stage) => {
    const exchange = stage.exchange('x');
    const queue = stage.queue('q');
    await channel.call('exchange.declare', { exchange, autoDelete: true });
    await channel.call('queue.declare', { queue });
    await channel.call('queue.bind', { queue, exchange, routingKey: 'a' });
    await channel.call('queue.delete', { queue });
    await channel.call('exchange.declare', { exchange, passive: true });
  }),
  talk('auto-delete exchange that was a destination', 'bindings to it do not count', async (channel, stage) => {
    const exchange = stage.exchange('x');
    await channel.call('exchange.declare', { exchange, autoDelete: true });
    await channel.call('exchange.bind', { destination: exchange, source: 'amq.fanout' });
    await channel.call('exchange.unbind', { destination: exchange, source: 'amq.fanout' });
    await channel.call('exchange.declare', { exchange, passive: true });
  }),
  talk('chain of auto-delete exchanges', 'one that goes takes the next along', async (channel, stage) => {
    const first = stage.exchange('x1');
    const second = stage.exchange('x2');
    const queue = stage.queue('q');
    await channel.call('exchange.declare', { exchange: first, autoDelete: true });
    await channel.call('exchange.declare', { exchange: second, autoDelete: true });
    await channel.call('exchange.bind', { destination: second, source: first });
    await channel.call('queue.declare', { queue });
    await channel.call('queue.bind', { queue, exchange: second });
    await channel.call('queue.delete', { queue });
    await channel.call('exchange.declare', { exchange: first, passive: true });
  }),
];
