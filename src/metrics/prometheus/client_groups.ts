import { type ChannelDeliveries, type ChannelPublishes, PublishCounts } from '../../core/counts.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import type { Channel } from '../../server/channel/channel.ts';
import type { Connection } from '../../server/connection/connection.ts';
import { counter, type Family, type Group, gauge, labels } from './family.ts';

/** What there is of each connection and channel, of a channel and an exchange or a queue, and of each exchange. */

export interface ChannelExchange {
  readonly channel: Channel;
  readonly counts: ChannelPublishes;
}

export interface ChannelQueue {
  readonly channel: Channel;
  readonly counts: ChannelDeliveries;
}

export interface ExchangeItem {
  readonly vhost: VirtualHost;
  readonly exchange: Exchange;
  counts: PublishCounts | undefined;
}

/** RabbitMQ has the process here, which nobody outside of it knows; this is the name that connections and channels go by. */
function channelName({ connection, number }: Channel): string {
  return `${connection.name} (${number})`;
}

/** RabbitMQ calls this label so, too. */
const connectionLabels = ({ name }: Connection): string => labels({ channel: name });

const channels: readonly Family<Channel>[] = [
  gauge('channel_consumers', 'Consumers on a channel', ({ consumers }) => consumers.size),
  gauge('channel_messages_unacked', 'Delivered but not yet acknowledged messages', ({ unacked }) => unacked.count),
  gauge('channel_messages_unconfirmed', 'Published but not yet confirmed messages', ({ mode }) =>
    mode.name === 'confirm' ? mode.confirms.unconfirmed : 0,
  ),
  gauge('channel_messages_uncommitted', 'Messages received in a transaction but not yet committed', ({ mode }) =>
    mode.name === 'transaction' ? mode.transaction.uncommitted.messages : 0,
  ),
  gauge('channel_acks_uncommitted', 'Message acknowledgements in a transaction not yet committed', ({ mode }) =>
    mode.name === 'transaction' ? mode.transaction.uncommitted.acks : 0,
  ),
  gauge('consumer_prefetch', 'Limit of unacknowledged messages for each consumer', ({ prefetch }) => prefetch),
  gauge(
    'channel_prefetch',
    'Deprecated and will be removed in a future version',
    ({ globalPrefetch }) => globalPrefetch,
  ),
];

const publishes: readonly Family<ChannelExchange>[] = [
  counter(
    'channel_messages_published_total',
    'Total number of messages published into an exchange on a channel',
    ({ counts }) => counts.publish,
  ),
  counter(
    'channel_messages_confirmed_total',
    'Total number of messages published into an exchange and confirmed on the channel',
    ({ counts }) => counts.confirm,
  ),
  counter(
    'channel_messages_unroutable_returned_total',
    'Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable',
    ({ counts }) => counts.returnUnroutable,
  ),
  counter(
    'channel_messages_unroutable_dropped_total',
    'Total number of messages published as non-mandatory into an exchange and dropped as unroutable',
    ({ counts }) => counts.dropUnroutable,
  ),
];

const deliveries: readonly Family<ChannelQueue>[] = [
  counter(
    'channel_get_ack_total',
    'Total number of messages fetched with basic.get in manual acknowledgement mode',
    ({ counts }) => counts.get,
  ),
  counter(
    'channel_get_total',
    'Total number of messages fetched with basic.get in automatic acknowledgement mode',
    ({ counts }) => counts.getNoAck,
  ),
  counter(
    'channel_messages_delivered_ack_total',
    'Total number of messages delivered to consumers in manual acknowledgement mode',
    ({ counts }) => counts.deliver,
  ),
  counter(
    'channel_messages_delivered_total',
    'Total number of messages delivered to consumers in automatic acknowledgement mode',
    ({ counts }) => counts.deliverNoAck,
  ),
  counter(
    'channel_messages_redelivered_total',
    'Total number of messages redelivered to consumers',
    ({ counts }) => counts.redeliver,
  ),
  counter(
    'channel_messages_acked_total',
    'Total number of messages acknowledged by consumers',
    ({ counts }) => counts.ack,
  ),
  counter(
    'channel_get_empty_total',
    'Total number of times basic.get operations fetched no message',
    ({ counts }) => counts.getEmpty,
  ),
];

const octets: readonly Family<Connection>[] = [
  counter(
    'connection_incoming_bytes_total',
    'Total number of bytes received on a connection',
    ({ recvOct }) => recvOct,
  ),
  counter(
    'connection_outgoing_bytes_total',
    'Total number of bytes sent on a connection',
    ({ outbox }) => outbox.bytesWritten,
  ),
];

const packets: readonly Family<Connection>[] = [
  counter(
    'connection_incoming_packets_total',
    'Total number of packets received on a connection',
    ({ recvCnt }) => recvCnt,
  ),
  counter(
    'connection_outgoing_packets_total',
    'Total number of packets sent on a connection',
    ({ outbox }) => outbox.writes,
  ),
  gauge(
    'connection_pending_packets',
    'Number of packets waiting to be sent on a connection',
    ({ outbox }) => outbox.pendingWrites,
  ),
  gauge('connection_channels', 'Channels on a connection', (connection) => connection.channels.size),
];

function published(item: ExchangeItem): PublishCounts {
  item.counts ??= item.exchange.publishes.sum(new PublishCounts());
  return item.counts;
}

function exchangeLabels({ vhost, exchange }: ExchangeItem): string {
  return labels({ vhost: vhost.name, exchange: exchange.name });
}

const exchanges: readonly Family<ExchangeItem>[] = [
  counter(
    'exchange_messages_published_total',
    'Total number of messages published into an exchange',
    (item) => published(item).publish,
  ),
  counter(
    'exchange_messages_confirmed_total',
    'Total number of messages published into an exchange and confirmed',
    (item) => published(item).confirm,
  ),
  counter(
    'exchange_messages_unroutable_returned_total',
    'Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable',
    (item) => published(item).returnUnroutable,
  ),
  counter(
    'exchange_messages_unroutable_dropped_total',
    'Total number of messages published as non-mandatory into an exchange and dropped as unroutable',
    (item) => published(item).dropUnroutable,
  ),
];

export const CHANNEL_GROUP: Group<Channel> = {
  name: 'channel_metrics',
  families: channels,
  labels: (channel) => labels({ channel: channelName(channel) }),
};

export const CHANNEL_EXCHANGE_GROUP: Group<ChannelExchange> = {
  name: 'channel_exchange_metrics',
  families: publishes,
  labels: ({ channel, counts }) =>
    labels({ channel: channelName(channel), vhost: channel.vhost.name, exchange: counts.exchange.name }),
};

/** Where RabbitMQ also tells the queues apart: here they are taken together, since nobody counts by all three. */
export const CHANNEL_COPIES_GROUP: Group<ChannelExchange> = {
  name: 'channel_queue_exchange_metrics',
  families: [
    counter(
      'queue_messages_published_total',
      'Total number of messages published into a queue through an exchange on a channel',
      ({ counts }) => counts.publishOut,
    ),
  ],
  labels: ({ channel, counts }) =>
    labels({ channel: channelName(channel), exchange_vhost: channel.vhost.name, exchange: counts.exchange.name }),
};

/** As CHANNEL_COPIES_GROUP. */
export const EXCHANGE_COPIES_GROUP: Group<ExchangeItem> = {
  name: 'queue_exchange_metrics',
  families: [
    counter(
      'queue_exchange_messages_published_total',
      'Total number of messages published into a queue through an exchange',
      (item) => published(item).publishOut,
    ),
  ],
  labels: exchangeLabels,
};

export const CHANNEL_QUEUE_GROUP: Group<ChannelQueue> = {
  name: 'channel_queue_metrics',
  families: deliveries,
  labels: ({ channel, counts }) =>
    labels({ channel: channelName(channel), vhost: channel.vhost.name, queue: counts.queue.name }),
};

export const CONNECTION_GROUPS: readonly Group<Connection>[] = [
  { name: 'connection_coarse_metrics', families: octets, labels: connectionLabels },
  { name: 'connection_metrics', families: packets, labels: connectionLabels },
];

export const EXCHANGE_GROUP: Group<ExchangeItem> = {
  name: 'exchange_metrics',
  families: exchanges,
  labels: exchangeLabels,
};
