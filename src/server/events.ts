import type { ConnectionStartOk } from '../codec/methods.gen.ts';
import type { EventFields } from '../core/events.ts';
import { printEntries } from '../core/exchange/print_field.ts';
import { BROKER_NODE } from '../core/names.ts';
import { isReplyAddress } from '../core/topology/reply_queues.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { printAddress } from '../lib/address.ts';
import type { Channel } from './channel/channel.ts';
import type { Consumer } from './channel/consumer.ts';
import type { Connection } from './connection/connection.ts';
import { introductionOf, keepIntroduction } from './introductions.ts';
import { tlsFacts } from './tls_facts.ts';

/** What clients do, told as RabbitMQ's event exchange tells it. */

const PROTOCOL = '{0,9,1}';

/** The client named itself; nobody knows yet whether it may come in. */
export function introduced(connection: Connection, method: ConnectionStartOk): void {
  if (connection.server.keepsIntroductions) keepIntroduction(connection, method);
}

export function loginAccepted(connection: Connection, user: string): void {
  const { events } = connection.server;
  if (events.heard) events.happened('user.authentication.success', { name: user, ...loginOf(connection) });
}

export function loginRefused(connection: Connection, user: string): void {
  const { events } = connection.server;
  if (!events.heard) return;
  const error = `user '${user}' - invalid credentials`;
  events.happened('user.authentication.failure', { name: user, error, ...loginOf(connection) });
}

function loginOf(connection: Connection): EventFields {
  const { localAddress, remoteAddress, remotePort } = connection.origin;
  return {
    connection_name: connection.name,
    connection_type: 'network',
    host: printAddress(localAddress),
    peer_host: printAddress(remoteAddress),
    peer_port: remotePort,
    protocol: PROTOCOL,
    auth_mechanism: introductionOf(connection)?.mechanism ?? '',
    ssl: connection.origin.tls !== undefined,
  };
}

export function connectionCreated(connection: Connection, vhost: VirtualHost): void {
  const { events } = vhost;
  if (!events.heard) return;
  const { tuning, userName, origin } = connection;
  const { connection_name: name, connection_type: type, ...login } = loginOf(connection);
  events.happened('connection.created', {
    name,
    type,
    ...login,
    ...tlsFacts(origin.tls),
    ...clientOf(connection),
    pid: events.identityOf(connection),
    node: BROKER_NODE,
    port: origin.localPort,
    user: userName,
    vhost: vhost.name,
    timeout: tuning.heartbeatSeconds,
    frame_max: tuning.frameMax,
    channel_max: tuning.channelMax,
    connected_at: vhost.host.nowMs(),
    user_who_performed_action: userName,
  });
}

export function connectionClosed(connection: Connection): void {
  const { events } = connection.server;
  if (!events.heard) return;
  events.happened('connection.closed', {
    name: connection.name,
    pid: events.identityOf(connection),
    node: BROKER_NODE,
    ...clientOf(connection),
  });
}

function clientOf(connection: Connection): EventFields {
  const properties = introductionOf(connection)?.clientProperties;
  return {
    client_properties: properties === undefined ? [] : printEntries(properties),
    user_provided_name: connection.clientName,
  };
}

export function channelCreated(channel: Channel): void {
  const { connection, vhost, number } = channel;
  const { events } = vhost;
  if (!events.heard) return;
  events.happened('channel.created', {
    name: `${connection.name} (${number})`,
    number,
    pid: events.identityOf(channel),
    connection: events.identityOf(connection),
    user: connection.userName,
    vhost: vhost.name,
    user_who_performed_action: connection.userName,
  });
}

/** While it still has its consumers. */
export function channelClosed(channel: Channel): void {
  const { events } = channel.vhost;
  if (!events.heard) return;
  events.happened('channel.closed', {
    pid: events.identityOf(channel),
    consumer_count: channel.consumers.size,
    user_who_performed_action: channel.connection.userName,
  });
}

/** Those that wait for replies are no consumers to anybody. */
export function consumerCreated(consumer: Consumer): void {
  const { channel, queue } = consumer;
  const { events, name: vhost } = channel.vhost;
  if (!events.heard || isReplyAddress(queue.name)) return;
  events.happened('consumer.created', {
    consumer_tag: consumer.tag,
    queue: queue.name,
    vhost,
    channel: events.identityOf(channel),
    ack_required: !consumer.noAck,
    exclusive: consumer.exclusive,
    prefetch_count: consumer.prefetch,
    arguments: printEntries(consumer.arguments),
    user_who_performed_action: channel.connection.userName,
  });
}

export function consumerDeleted({ channel, queue, tag }: Consumer): void {
  const { events, name: vhost } = channel.vhost;
  if (!events.heard || isReplyAddress(queue.name)) return;
  events.happened('consumer.deleted', {
    consumer_tag: tag,
    queue: queue.name,
    vhost,
    channel: events.identityOf(channel),
    user_who_performed_action: channel.connection.userName,
  });
}
