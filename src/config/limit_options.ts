import { key } from './file_key.ts';
import type { Option } from './options.ts';
import { byteSize } from './rabbitmq_types.ts';
import { integer, integerOrInfinity, size } from './value_types.ts';

/** How much there may be of what clients make; infinity is no limit. */
export interface LimitSettings {
  readonly maxMessageSizeBytes: number;
  readonly frameMaxBytes: number;
  readonly initialFrameMaxBytes: number;
  readonly connectionMax: number;
  readonly channelMax: number;
  readonly channelMaxPerNode: number;
  readonly consumerMaxPerChannel: number;
  readonly channelTxMessageMax: number;
  readonly queueMax: number;
  readonly exchangeMax: number;
  readonly vhostMax: number;
}

const MAX_UINT16 = 0xffff;
const FRAME_MAX_BYTES = 16 * 2 ** 20;

export const LIMIT_OPTIONS: { readonly [Name in keyof LimitSettings]: Option<LimitSettings[Name]> } = {
  maxMessageSizeBytes: {
    key: 'max_message_size',
    environment: 'LEVERET_MAX_MESSAGE_SIZE',
    flag: '--max-message-size',
    type: size(1, 512 * 2 ** 20, 'up to 512MiB'),
    default: '128MiB',
    sentence: 'Largest message body accepted.',
    reload: true,
  },
  frameMaxBytes: {
    key: 'frame_max',
    environment: 'LEVERET_FRAME_MAX',
    flag: '--frame-max',
    type: byteSize(4096, FRAME_MAX_BYTES),
    default: '131072',
    sentence: 'Largest frame offered to clients, in bytes.',
  },
  initialFrameMaxBytes: {
    key: 'initial_frame_max',
    environment: 'LEVERET_INITIAL_FRAME_MAX',
    flag: '--initial-frame-max',
    type: byteSize(4096, FRAME_MAX_BYTES),
    default: '8192',
    sentence: 'Largest frame taken from a client that has not opened its virtual host yet, in bytes.',
    reload: true,
  },
  connectionMax: {
    key: 'connection_max',
    environment: 'LEVERET_CONNECTION_MAX',
    flag: '--connection-max',
    type: integerOrInfinity(0),
    default: 'infinity',
    sentence: 'Most connections at a time.',
    rabbitmq: [key('max_connections', integerOrInfinity(0))],
    reload: true,
  },
  channelMax: {
    key: 'channel_max',
    environment: 'LEVERET_CHANNEL_MAX',
    flag: '--channel-max',
    type: integer(0, MAX_UINT16),
    default: '2047',
    sentence: 'Most channels a connection may have open; 0 is as many as there can be.',
    rabbitmq: [key('max_channels_per_connection', integer(0, MAX_UINT16))],
  },
  channelMaxPerNode: {
    key: 'channel_max_per_node',
    environment: 'LEVERET_CHANNEL_MAX_PER_NODE',
    flag: '--channel-max-per-node',
    type: integerOrInfinity(1),
    default: 'infinity',
    sentence: 'Most channels open at a time, over all connections.',
    reload: true,
  },
  consumerMaxPerChannel: {
    key: 'consumer_max_per_channel',
    environment: 'LEVERET_CONSUMER_MAX_PER_CHANNEL',
    flag: '--consumer-max-per-channel',
    type: integerOrInfinity(1),
    default: 'infinity',
    sentence: 'Most consumers that a channel may have.',
    reload: true,
  },
  channelTxMessageMax: {
    key: 'channel_tx_message_max',
    environment: 'LEVERET_CHANNEL_TX_MESSAGE_MAX',
    flag: '--channel-tx-message-max',
    type: integerOrInfinity(1),
    default: '10000',
    sentence: 'Most messages that a transaction may publish.',
    reload: true,
  },
  queueMax: {
    key: 'cluster_queue_limit',
    environment: 'LEVERET_CLUSTER_QUEUE_LIMIT',
    flag: '--cluster-queue-limit',
    type: integerOrInfinity(1),
    default: 'infinity',
    sentence: 'Most queues, over all virtual hosts.',
    reload: true,
  },
  exchangeMax: {
    key: 'cluster_exchange_limit',
    environment: 'LEVERET_CLUSTER_EXCHANGE_LIMIT',
    flag: '--cluster-exchange-limit',
    type: integerOrInfinity(0),
    default: 'infinity',
    sentence: 'Most exchanges, over all virtual hosts, with the seven that each has from the start.',
    reload: true,
  },
  vhostMax: {
    key: 'vhost_max',
    environment: 'LEVERET_VHOST_MAX',
    flag: '--vhost-max',
    type: integerOrInfinity(0),
    default: 'infinity',
    sentence: 'Most virtual hosts.',
    reload: true,
  },
};
