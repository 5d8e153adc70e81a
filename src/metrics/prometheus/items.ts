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
import { type Listing, listing } from './listing.ts';
import { OWN_QUEUE_GROUP, QUEUE_GROUPS } from './queue_groups.ts';
import type { QueueItem, Source } from './source.ts';

/** Every group that has objects, in RabbitMQ's order. Objects are listed when they are asked for, and once for all groups of a kind. */
export function listings(source: Source, vhosts: readonly VirtualHost[]): readonly Listing[] {
  const queues = once(() => queueItems(source, vhosts));
  const connections = once(() => connectionsIn(source.server, vhosts));
  const channels = once(() => connections().flatMap((connection) => [...connection.channels.values()]));
  const publishes = once(() => channels().flatMap(channelExchanges));
  const exchanges = once(() => vhosts.flatMap(exchangeItems));
  return [
    ...QUEUE_GROUPS.map((group) => listing(group, queues)),
    listing(CHANNEL_GROUP, channels),
    listing(CHANNEL_EXCHANGE_GROUP, publishes),
    listing(CHANNEL_QUEUE_GROUP, () => channels().flatMap(channelQueues)),
    ...CONNECTION_GROUPS.map((group) => listing(group, connections)),
    listing(CHANNEL_COPIES_GROUP, publishes),
    listing(EXCHANGE_GROUP, exchanges),
    listing(EXCHANGE_COPIES_GROUP, exchanges),
    listing(OWN_QUEUE_GROUP, queues),
  ];
}

export function queueItems(source: Source, vhosts: readonly VirtualHost[]): QueueItem[] {
  return vhosts.flatMap((vhost) =>
    [...vhost.queues.values()].map((queue): QueueItem => ({ vhost, queue, source, deliveries: undefined })),
  );
}

function connectionsIn({ connections }: Server, vhosts: readonly VirtualHost[]): Connection[] {
  const wanted = new Set<VirtualHost | undefined>(vhosts);
  return [...connections].filter(({ openedIn }) => openedIn !== undefined && wanted.has(openedIn));
}

function exchangeItems(vhost: VirtualHost): ExchangeItem[] {
  return [...vhost.exchanges.values()].map((exchange) => ({ vhost, exchange, counts: undefined }));
}

function channelExchanges(channel: Channel): ChannelExchange[] {
  return [...channel.counts.publishes].map((counts) => ({ channel, counts }));
}

function channelQueues(channel: Channel): ChannelQueue[] {
  return [...channel.counts.deliveries].map((counts) => ({ channel, counts }));
}

function once<T>(list: () => readonly T[]): () => readonly T[] {
  let listed: readonly T[] | undefined;
  return () => {
    listed ??= list();
    return listed;
  };
}
