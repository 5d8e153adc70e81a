import { EMPTY_TABLE, toPlain } from '../../codec/table.ts';
import { BROKER_NODE } from '../../core/names.ts';
import { printHost } from '../../lib/address.ts';
import type { Connection } from '../../server/connection/connection.ts';
import { introductionOf } from '../../server/introductions.ts';
import { tlsFacts } from '../../server/tls_facts.ts';
import type { Statistics } from './statistics.ts';

type View = Readonly<Record<string, unknown>>;

/** Who is connected, as it stands beside its channels and queues. */
export function connectionDetails({ name, origin }: Connection): View {
  return { name, peer_host: printHost(origin.remoteAddress), peer_port: origin.remotePort };
}

/** As a list of users' connections has it. */
export function briefConnection({ name, phase, userName }: Connection): View {
  const vhost = phase.name === 'running' ? phase.vhost.name : '';
  return { name, vhost, user: userName, node: BROKER_NODE };
}

/**
 * A connection that is open, or was just now. What is unknown of its TLS is null in a list, and empty where it is asked for by
 * itself: so in RabbitMQ. In one literal, as `queueView` is.
 */
export function connectionView(connection: Connection, inList: boolean, { metrics, ranges }: Statistics): View {
  const { origin, tuning, openedIn, channels, clientName } = connection;
  const { data_rates: octets } = metrics.connection(connection, ranges);
  const introduction = introductionOf(connection);
  const tls = tlsFacts(origin.tls);
  const fact = (name: string): unknown => (inList && tls[name] === '' ? null : tls[name]);
  return {
    recv_oct: octets['recv_oct'],
    recv_oct_details: octets['recv_oct_details'],
    send_oct: octets['send_oct'],
    send_oct_details: octets['send_oct_details'],
    ssl: tls['ssl'],
    ssl_protocol: fact('ssl_protocol'),
    ssl_key_exchange: fact('ssl_key_exchange'),
    ssl_cipher: fact('ssl_cipher'),
    ssl_hash: fact('ssl_hash'),
    peer_cert_subject: fact('peer_cert_subject'),
    peer_cert_issuer: fact('peer_cert_issuer'),
    peer_cert_serial_number: fact('peer_cert_serial_number'),
    peer_cert_validity: fact('peer_cert_validity'),
    auth_mechanism: introduction?.mechanism ?? '',
    channel_max: tuning.channelMax,
    channels: channels.size,
    connected_at: connection.connectedAtMs,
    client_properties: toPlain(introduction?.clientProperties ?? EMPTY_TABLE),
    frame_max: tuning.frameMax,
    host: printHost(origin.localAddress),
    name: connection.name,
    node: BROKER_NODE,
    peer_host: printHost(origin.remoteAddress),
    peer_port: origin.remotePort,
    port: origin.localPort,
    protocol: 'AMQP 0-9-1',
    recv_cnt: connection.recvCnt,
    send_cnt: connection.outbox.writes,
    send_pend: connection.socket.writableLength,
    state: connection.blocked ? 'blocked' : 'running',
    timeout: tuning.heartbeatSeconds,
    type: 'network',
    user: connection.userName,
    user_provided_name: clientName,
    user_who_performed_action: connection.userName,
    vhost: openedIn?.name,
  };
}
