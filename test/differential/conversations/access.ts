import { PERMISSIONS, type Permission } from '../../../src/core/access.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Grant } from '../operator.ts';
import type { Conversation, Stage } from '../stage.ts';
import { args } from '../talk.ts';

/** A permission, and the pattern that gives just what is needed of it. */
type Need = readonly [permission: Permission, pattern: string];

const EVERYTHING: Grant = { configure: '.*', write: '.*', read: '.*' };

/** What is there before an operation is tried: queues q and r, exchanges x and y, and the topic exchange t. */
async function furnish(channel: RawChannel): Promise<void> {
  for (const queue of ['q', 'r']) await channel.call('queue.declare', { queue });
  for (const exchange of ['x', 'y']) await channel.call('exchange.declare', { exchange });
  await channel.call('exchange.declare', { exchange: 't', type: 'topic' });
}

/** A user who may do everything in a virtual host of his own, furnished, and his connection. */
async function settled(stage: Stage, name = 'u'): Promise<{ vhost: string; user: string; channel: RawChannel }> {
  const vhost = await stage.vhost();
  const user = await stage.user(name);
  await stage.operator.permit(vhost, user, EVERYTHING);
  const channel = await stage.open({ vhost, user });
  await furnish(channel);
  stage.transcript.length = 0;
  return { vhost, user, channel };
}

function granting(needs: readonly Need[]): Grant {
  const pattern = (permission: Permission): string =>
    needs
      .filter(([needed]) => needed === permission)
      .map(([, given]) => given)
      .join('|');
  return { configure: pattern('configure'), write: pattern('write'), read: pattern('read') };
}

/** Every selection of the needs, the empty one first and all of them last. */
function selections(needs: readonly Need[]): readonly (readonly Need[])[] {
  return Array.from({ length: 2 ** needs.length }, (_, bits) => needs.filter((_need, index) => (bits >> index) & 1));
}

/** An operation, tried on a new channel with each selection of the permissions that it needs, and with no others. */
function needing(
  name: string,
  needs: readonly Need[],
  attempt: (channel: RawChannel) => Promise<unknown>,
): Conversation {
  const told = needs.map(([permission, pattern]) => `${permission} ${pattern}`).join(', ');
  return {
    name: `access: ${name}`,
    rule: `it needs ${told === '' ? 'no permission' : told}`,
    run: async (stage) => {
      const { vhost, user, channel } = await settled(stage);
      for (const [index, given] of selections(needs).entries()) {
        await stage.permit(vhost, user, granting(given));
        const own = channel.client.channel(index + 2);
        await own.call('channel.open');
        await attempt(own);
      }
    },
  };
}

/** The same, tried with each of the permissions alone, any of which will do. */
function needingAny(name: string, pattern: string, attempt: (channel: RawChannel) => Promise<unknown>): Conversation {
  return {
    name: `access: ${name}`,
    rule: `it needs configure, write or read ${pattern}`,
    run: async (stage) => {
      const { vhost, user, channel } = await settled(stage);
      for (const [index, permission] of [undefined, ...PERMISSIONS].entries()) {
        await stage.permit(vhost, user, granting(permission === undefined ? [] : [[permission, pattern]]));
        const own = channel.client.channel(index + 2);
        await own.call('channel.open');
        await attempt(own);
      }
    },
  };
}

/** Publishes, and waits for what becomes of it. */
async function publishes(channel: RawChannel, publish: Parameters<RawChannel['publish']>[0]): Promise<void> {
  await channel.call('confirm.select');
  channel.publish(publish);
  await channel.client.answer(channel.number, ['basic.ack']);
}

const QUEUES: readonly Conversation[] = [
  needing('queue.declare', [['configure', '^new$']], (channel) => channel.call('queue.declare', { queue: 'new' })),
  needing('queue.declare of one that is there', [['configure', '^q$']], (channel) =>
    channel.call('queue.declare', { queue: 'q' }),
  ),
  needingAny('queue.declare, passive', '^q$', (channel) =>
    channel.call('queue.declare', { queue: 'q', passive: true }),
  ),
  needingAny('queue.declare, passive, of none', '^none$', (channel) =>
    channel.call('queue.declare', { queue: 'none', passive: true }),
  ),
  needing('queue.declare without a name', [['configure', '^amq\\.gen-']], (channel) =>
    channel.call('queue.declare', { exclusive: true }),
  ),
  needing('queue.declare of a reserved name', [['configure', '^amq\\.q$']], (channel) =>
    channel.call('queue.declare', { queue: 'amq.q' }),
  ),
  needing(
    'queue.declare with a dead-letter exchange',
    [
      ['configure', '^new$'],
      ['read', '^new$'],
      ['write', '^x$'],
    ],
    (channel) => channel.call('queue.declare', { queue: 'new', ...args({ 'x-dead-letter-exchange': 'x' }) }),
  ),
  needing(
    'queue.declare that dead-letters to the default exchange',
    [
      ['configure', '^new$'],
      ['read', '^new$'],
      ['write', '^amq\\.default$'],
    ],
    (channel) => channel.call('queue.declare', { queue: 'new', ...args({ 'x-dead-letter-exchange': '' }) }),
  ),
  needing('queue.declare with a dead-letter exchange, of one that is there', [['configure', '^q$']], (channel) =>
    channel.call('queue.declare', { queue: 'q', ...args({ 'x-dead-letter-exchange': 'x' }) }),
  ),
  needing('queue.declare with a mistake, and a dead-letter exchange', [['configure', '^new$']], (channel) =>
    channel.call('queue.declare', {
      queue: 'new',
      ...args({ 'x-dead-letter-exchange': 'x', 'x-message-ttl': -1 }),
    }),
  ),
  needing('queue.declare with a dead-letter exchange that is no name', [['configure', '^new$']], (channel) =>
    channel.call('queue.declare', { queue: 'new', ...args({ 'x-dead-letter-exchange': 1 }) }),
  ),
  needing('queue.delete', [['configure', '^q$']], (channel) => channel.call('queue.delete', { queue: 'q' })),
  needing('queue.delete of none', [['configure', '^none$']], (channel) =>
    channel.call('queue.delete', { queue: 'none' }),
  ),
  needing('queue.purge', [['read', '^q$']], (channel) => channel.call('queue.purge', { queue: 'q' })),
  needing('queue.purge of none', [['read', '^none$']], (channel) => channel.call('queue.purge', { queue: 'none' })),
  needing(
    'queue.bind',
    [
      ['write', '^q$'],
      ['read', '^x$'],
    ],
    (channel) => channel.call('queue.bind', { queue: 'q', exchange: 'x', routingKey: 'k' }),
  ),
  needing(
    'queue.bind of none to none',
    [
      ['write', '^none$'],
      ['read', '^none$'],
    ],
    (channel) => channel.call('queue.bind', { queue: 'none', exchange: 'none' }),
  ),
  needing('queue.bind to the default exchange', [['write', '^q$']], (channel) =>
    channel.call('queue.bind', { queue: 'q', exchange: '', routingKey: 'k' }),
  ),
  needing(
    'queue.unbind',
    [
      ['write', '^q$'],
      ['read', '^x$'],
    ],
    (channel) => channel.call('queue.unbind', { queue: 'q', exchange: 'x', routingKey: 'k' }),
  ),
];

const EXCHANGES: readonly Conversation[] = [
  needing('exchange.declare', [['configure', '^new$']], (channel) =>
    channel.call('exchange.declare', { exchange: 'new' }),
  ),
  needing('exchange.declare of one that is there', [['configure', '^x$']], (channel) =>
    channel.call('exchange.declare', { exchange: 'x' }),
  ),
  needingAny('exchange.declare, passive', '^x$', (channel) =>
    channel.call('exchange.declare', { exchange: 'x', passive: true }),
  ),
  needingAny('exchange.declare, passive, of none', '^none$', (channel) =>
    channel.call('exchange.declare', { exchange: 'none', passive: true }),
  ),
  needing('exchange.declare of a type that there is not', [], (channel) =>
    channel.call('exchange.declare', { exchange: 'new', type: 'nonsense' }),
  ),
  needing('exchange.declare of a reserved name', [['configure', '^amq\\.x$']], (channel) =>
    channel.call('exchange.declare', { exchange: 'amq.x' }),
  ),
  needing('exchange.declare of the default exchange', [], (channel) =>
    channel.call('exchange.declare', { exchange: '' }),
  ),
  needing(
    'exchange.declare with an alternate exchange',
    [
      ['configure', '^new$'],
      ['read', '^new$'],
      ['write', '^x$'],
    ],
    (channel) => channel.call('exchange.declare', { exchange: 'new', ...args({ 'alternate-exchange': 'x' }) }),
  ),
  needing('exchange.declare with an alternate exchange that is no name', [['configure', '^new$']], (channel) =>
    channel.call('exchange.declare', { exchange: 'new', ...args({ 'alternate-exchange': 1 }) }),
  ),
  needing('exchange.delete', [['configure', '^x$']], (channel) => channel.call('exchange.delete', { exchange: 'x' })),
  needing('exchange.delete of none', [['configure', '^none$']], (channel) =>
    channel.call('exchange.delete', { exchange: 'none' }),
  ),
  needing('exchange.delete of one of the system', [], (channel) =>
    channel.call('exchange.delete', { exchange: 'amq.direct' }),
  ),
  needing(
    'exchange.bind',
    [
      ['write', '^x$'],
      ['read', '^y$'],
    ],
    (channel) => channel.call('exchange.bind', { destination: 'x', source: 'y', routingKey: 'k' }),
  ),
  needing('exchange.bind to the default exchange', [['write', '^amq\\.default$']], (channel) =>
    channel.call('exchange.bind', { destination: '', source: 'y', routingKey: 'k' }),
  ),
  needing('exchange.bind from the default exchange', [['write', '^x$']], (channel) =>
    channel.call('exchange.bind', { destination: 'x', source: '', routingKey: 'k' }),
  ),
  needing(
    'exchange.unbind',
    [
      ['write', '^x$'],
      ['read', '^y$'],
    ],
    (channel) => channel.call('exchange.unbind', { destination: 'x', source: 'y', routingKey: 'k' }),
  ),
];

const MESSAGES: readonly Conversation[] = [
  needing('basic.publish', [['write', '^x$']], (channel) => publishes(channel, { exchange: 'x', routingKey: 'k' })),
  needing('basic.publish to the default exchange', [['write', '^amq\\.default$']], (channel) =>
    publishes(channel, { routingKey: 'q' }),
  ),
  needing('basic.publish to none', [['write', '^none$']], (channel) => publishes(channel, { exchange: 'none' })),
  needing('basic.publish with a mistake', [['write', '^x$']], (channel) =>
    publishes(channel, { exchange: 'x', properties: { expiration: 'soon' } }),
  ),
  needing('basic.publish in a transaction', [['write', '^x$']], async (channel) => {
    await channel.call('tx.select');
    channel.publish({ exchange: 'x', routingKey: 'k' });
    await channel.call('tx.commit');
  }),
  needing('basic.get', [['read', '^q$']], (channel) => channel.call('basic.get', { queue: 'q', noAck: true })),
  needing('basic.get of none', [['read', '^none$']], (channel) => channel.call('basic.get', { queue: 'none' })),
  needing('basic.consume', [['read', '^q$']], (channel) => channel.call('basic.consume', { queue: 'q' })),
  needing('basic.consume of none', [['read', '^none$']], (channel) => channel.call('basic.consume', { queue: 'none' })),
  needing('basic.consume of replies', [], (channel) =>
    channel.call('basic.consume', { queue: 'amq.rabbitmq.reply-to', noAck: true }),
  ),
  needing('basic.cancel of none', [], (channel) => channel.call('basic.cancel', { consumerTag: 'none' })),
  needing('basic.qos', [], (channel) => channel.call('basic.qos', { prefetchCount: 1 })),
];

/** The topic exchange t, and a permission for its routing keys besides the exchanges'. */
function topical(
  name: string,
  rule: string,
  grant: { readonly write: string; readonly read: string },
  attempts: readonly ((channel: RawChannel, names: { vhost: string; user: string }) => Promise<unknown>)[],
): Conversation {
  return {
    name: `access: ${name}`,
    rule,
    run: async (stage) => {
      const { vhost, user, channel } = await settled(stage, 'u.+');
      await stage.operator.permitTopic(vhost, user, 't', grant);
      stage.note(`topics of t: write '${grant.write}' read '${grant.read}'`);
      for (const [index, attempt] of attempts.entries()) {
        const own = channel.client.channel(index + 2);
        await own.call('channel.open');
        await attempt(own, { vhost, user });
      }
    },
  };
}

const to = (exchange: string, routingKey: string) => (channel: RawChannel) =>
  publishes(channel, { exchange, routingKey });
const bindTo = (exchange: string, routingKey: string) => (channel: RawChannel) =>
  channel.call('queue.bind', { queue: 'q', exchange, routingKey });

const TOPICS: readonly Conversation[] = [
  topical('topics to publish to', 'the key has to match, on that exchange', { write: '^a\\.', read: '' }, [
    to('t', 'a.b'),
    to('t', 'b.a'),
    to('t', ''),
    to('amq.topic', 'b.a'),
    to('x', 'b.a'),
  ]),
  topical('no topics', 'the empty pattern is the empty key', { write: '', read: '' }, [
    to('t', ''),
    to('t', 'a'),
    bindTo('t', ''),
    bindTo('t', 'a'),
  ]),
  topical('topics to bind with', 'of the source, to bind and to unbind', { write: '.*', read: '^a' }, [
    bindTo('t', 'a.#'),
    bindTo('t', '#'),
    (channel) => channel.call('queue.unbind', { queue: 'q', exchange: 't', routingKey: '#' }),
    (channel) => channel.call('exchange.bind', { destination: 'x', source: 't', routingKey: '#' }),
    (channel) => channel.call('exchange.bind', { destination: 't', source: 'x', routingKey: '#' }),
    bindTo('amq.topic', '#'),
  ]),
  topical('topics of a user', 'the names stand for themselves', { write: '^{username}$', read: '^{vhost}\\.' }, [
    to('t', '{username}'),
    (channel, { user }) => to('t', user)(channel),
    (channel, { user }) => to('t', user.replace('.+', 'xx'))(channel),
    bindTo('t', '{vhost}.a'),
    (channel, { vhost }) => bindTo('t', `${vhost}.a`)(channel),
  ]),
  topical('topics with CC', 'every key has to match', { write: '^a', read: '.*' }, [
    (channel) => publishes(channel, { exchange: 't', routingKey: 'a', properties: headers({ CC: ['ab'] }) }),
    (channel) => publishes(channel, { exchange: 't', routingKey: 'a', properties: headers({ CC: ['b'] }) }),
    (channel) => publishes(channel, { exchange: 't', routingKey: 'a', properties: headers({ BCC: ['a', 'c'] }) }),
  ]),
  topical('topics and user-id', 'the topic is looked at first', { write: '^a', read: '.*' }, [
    (channel) => publishes(channel, { exchange: 't', routingKey: 'b', properties: { userId: 'other' } }),
    (channel) => publishes(channel, { exchange: 't', routingKey: 'a', properties: { userId: 'other' } }),
  ]),
];

function headers(plain: Parameters<typeof args>[0]): { headers: ReturnType<typeof args>['arguments'] } {
  return { headers: args(plain).arguments };
}

const TIMES: readonly Conversation[] = [
  {
    name: 'access: unanchored',
    rule: 'a pattern is found anywhere in a name',
    run: async (stage) => {
      const { vhost, user, channel } = await settled(stage);
      await stage.permit(vhost, user, { configure: 'b.d', write: '', read: '' });
      for (const queue of ['abcde', 'abde']) await channel.call('queue.declare', { queue });
    },
  },
  {
    name: 'access: an impersonator',
    rule: 'user-id may be another name, for whom had the tag when he logged in',
    run: async (stage) => {
      const { vhost, user } = await settled(stage);
      const plain = await stage.open({ vhost, user, label: 'A ' });
      await stage.operator.user(user, user, ['impersonator']);
      const other = await stage.open({ vhost, user, label: 'B ' });
      for (const channel of [plain, other]) {
        await publishes(channel, { exchange: 'x', properties: { userId: 'other' } });
      }
    },
  },
];

export const ACCESS: readonly Conversation[] = [...QUEUES, ...EXCHANGES, ...MESSAGES, ...TOPICS, ...TIMES];
