import { BROKER_NODE } from '../../core/names.ts';
import { printHost } from '../../lib/address.ts';
import type { Channel } from '../../server/channel/channel.ts';
import { figuresView } from '../figures.ts';
import { connectionDetails } from './connection.ts';
import { idleSince, type Statistics } from './statistics.ts';

type View = Readonly<Record<string, unknown>>;

/** RabbitMQ's name for it. */
export function channelName({ connection, number }: Channel): string {
  return `${connection.name} (${number})`;
}

/** Whose channel it is, as it stands beside consumers. */
export function channelDetails(channel: Channel): View {
  const { connection, number } = channel;
  return {
    connection_name: connection.name,
    name: channelName(channel),
    node: BROKER_NODE,
    number,
    peer_host: printHost(connection.origin.remoteAddress),
    peer_port: connection.origin.remotePort,
    user: connection.userName,
  };
}

export function channelView(channel: Channel, { metrics, ranges }: Statistics): View {
  const { connection, mode, unacked, consumers } = channel;
  const uncommitted = mode.name === 'transaction' ? mode.transaction.uncommitted : { messages: 0, acks: 0 };
  return {
    ...figuresView(metrics.channel(channel, ranges)),
    ...idleSince(metrics.changedAtMs(channel)),
    acks_uncommitted: uncommitted.acks,
    confirm: mode.name === 'confirm',
    connection_details: connectionDetails(connection),
    consumer_count: consumers.size,
    messages_unacknowledged: unacked.count,
    messages_uncommitted: uncommitted.messages,
    messages_unconfirmed: mode.name === 'confirm' ? mode.confirms.unconfirmed : 0,
    name: channelName(channel),
    node: BROKER_NODE,
    number: channel.number,
    prefetch_count: channel.prefetch,
    state: channel.delivering ? 'running' : 'flow',
    transactional: mode.name === 'transaction',
    user: connection.userName,
    user_who_performed_action: connection.userName,
    vhost: channel.vhost.name,
  };
}
