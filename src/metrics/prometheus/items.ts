import type { VirtualHost } from '../../core/vhost.ts';
import type { Channel } from '../../server/channel/channel.ts';
import type { Connection } from '../../server/connection/connection.ts';
import type { Server } from '../../server/server.ts';
import {
  CHANNEL_COPIES_GROUP,
  CHANNEL_EXCHANGE_GROUP,
  CHANNEL_GROUP,
  CHANNEL_QUEUE_GROUP,
  type ChannelExchange,
  type ChannelQueue,
  CONNECTION_GROUPS,
  EXCHANGE_COPIES_GROUP,
  EXCHANGE_GROUP,
  type ExchangeItem,
} from './client_groups.ts';
import { type Gathering, type Listing, listing } from './listing.ts';
import { OWN_QUEUE_GROUP, QUEUE_GROUPS } from './queue_groups.ts';
import type { QueueItem, Source } from './source.ts';

/** Every group that has objects, in RabbitMQ's order. Objects are listed when they are asked for, and once for all groups of a kind. */
export function listings(
  source: Source,
  vhosts: readonly VirtualHost[],
  queues: Gathering<QueueItem>,
): readonly Listing[] {
  const connections = once(() => connectionsIn(source.server, vhosts));
  const channels = once(() => flatMap(connections, (connection) => connection.channels.values()));
  const publishes = once(() => flatMap(channels, channelExchanges));
  const exchanges = once(() => exchangeItems(vhosts));
  return [
    ...QUEUE_GROUPS.map((group) => listing(group, queues)),
    listing(CHANNEL_GROUP, channels),
    listing(CHANNEL_EXCHANGE_GROUP, publishes),
    listing(CHANNEL_QUEUE_GROUP, () => flatMap(channels, channelQueues)),
    ...CONNECTION_GROUPS.map((group) => listing(group, connections)),
    listing(CHANNEL_COPIES_GROUP, publishes),
    listing(EXCHANGE_GROUP, exchanges),
    listing(EXCHANGE_COPIES_GROUP, exchanges),
    listing(OWN_QUEUE_GROUP, queues),
  ];
}

/** For all that is told of queues in one answer. */
export function queueItems(source: Source, vhosts: readonly VirtualHost[]): Gathering<QueueItem> {
  return once(function* () {
    const items: QueueItem[] = [];
    for (const vhost of vhosts) {
      // A copy: a queue may be deleted and declared again meanwhile.
      for (const queue of [...vhost.queues.values()]) {
        items.push({ vhost, queue, source, deliveries: undefined, labels: undefined });
        yield '';
      }
    }
    return items;
  });
}

function* connectionsIn(
  { connections }: Server,
  vhosts: readonly VirtualHost[],
): Generator<string, readonly Connection[], undefined> {
  const wanted = new Set<VirtualHost | undefined>(vhosts);
  const found: Connection[] = [];
  for (const connection of [...connections]) {
    const { openedIn } = connection;
    if (openedIn !== undefined && wanted.has(openedIn)) found.push(connection);
    yield '';
  }
  return found;
}

function* exchangeItems(vhosts: readonly VirtualHost[]): Generator<string, readonly ExchangeItem[], undefined> {
  const items: ExchangeItem[] = [];
  for (const vhost of vhosts) {
    for (const exchange of [...vhost.exchanges.values()]) {
      items.push({ vhost, exchange, counts: undefined });
      yield '';
    }
  }
  return items;
}

function* flatMap<T, S>(
  gather: Gathering<T>,
  inside: (thing: T) => Iterable<S>,
): Generator<string, readonly S[], undefined> {
  const found: S[] = [];
  for (const thing of yield* gather()) {
    for (const each of inside(thing)) found.push(each);
    yield '';
  }
  return found;
}

function channelExchanges(channel: Channel): ChannelExchange[] {
  return Array.from(channel.counts.publishes, (counts) => ({ channel, counts }));
}

function channelQueues(channel: Channel): ChannelQueue[] {
  return Array.from(channel.counts.deliveries, (counts) => ({ channel, counts }));
}

function once<T>(gather: Gathering<T>): Gathering<T> {
  let gathered: readonly T[] | undefined;
  return function* () {
    gathered ??= yield* gather();
    return gathered;
  };
}
