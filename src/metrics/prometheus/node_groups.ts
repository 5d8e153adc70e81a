import { counter, type Family, type Group, gauge } from './family.ts';
import type { Source } from './source.ts';

/** What there is once for the node. The names, helps and groups are RabbitMQ's; what has no meaning here is left out. */

const none = (): string => '';

const churn: readonly Family<Source>[] = [
  counter(
    'connections_opened_total',
    'Total number of connections opened',
    ({ server }) => server.counters.connectionsOpened,
  ),
  counter(
    'connections_closed_total',
    'Total number of connections closed or terminated',
    ({ server }) => server.counters.connectionsClosed,
  ),
  counter('channels_opened_total', 'Total number of channels opened', ({ server }) => server.counters.channelsOpened),
  counter('channels_closed_total', 'Total number of channels closed', ({ server }) => server.counters.channelsClosed),
  counter('queues_declared_total', 'Total number of queues declared', ({ node }) => node.counts.queuesDeclared),
  counter('queues_created_total', 'Total number of queues created', ({ node }) => node.counts.queuesCreated),
  counter('queues_deleted_total', 'Total number of queues deleted', ({ node }) => node.counts.queuesDeleted),
];

const coarse: readonly Family<Source>[] = [
  gauge('process_open_fds', 'Open file descriptors', ({ files }) => files.used),
  // RabbitMQ 4 has given up the two of sockets; the dashboards that people have ask for them still.
  gauge('process_open_tcp_sockets', 'Open TCP sockets', ({ server }) => server.connections.size),
  gauge('process_resident_memory_bytes', 'Memory used in bytes', ({ figures }) => figures.residentBytes),
  gauge('disk_space_available_bytes', 'Disk space available in bytes', ({ figures }) => figures.diskFreeBytes),
];

const limits: readonly Family<Source>[] = [
  gauge('process_max_fds', 'Open file descriptors limit', ({ files }) => files.max),
  gauge('process_max_tcp_sockets', 'Open TCP sockets limit', ({ files }) => files.max),
  gauge(
    'resident_memory_limit_bytes',
    'Memory high watermark in bytes',
    ({ server }) => server.alarms.memoryLimitBytes,
  ),
  gauge(
    'disk_space_available_limit_bytes',
    'Free disk space low watermark in bytes',
    ({ server }) => server.alarms.diskFreeLimitBytes,
  ),
  gauge('erlang_uptime_seconds', 'Node uptime', () => process.uptime()),
];

const persister: readonly Family<Source>[] = [
  counter('io_read_ops_total', 'Total number of I/O read operations', ({ pages }) => pages?.reads),
  counter('io_write_bytes_total', 'Total number of I/O bytes written', ({ journals }) => {
    let bytes = 0;
    for (const { bytesWritten } of journals.values()) bytes += bytesWritten;
    return bytes;
  }),
  counter('io_sync_ops_total', 'Total number of I/O sync operations', ({ figures }) => figures.syncs),
  counter('io_sync_time_seconds_total', 'Total I/O sync time', ({ figures }) => figures.syncSeconds),
];

const AMQP = (): string => 'protocol="amqp091"';

const logins: readonly Family<Source>[] = [
  counter(
    'auth_attempts_total',
    'Total number of authentication attempts',
    ({ server }) => server.counters.loginsAccepted + server.counters.loginsRefused,
  ),
  counter(
    'auth_attempts_succeeded_total',
    'Total number of successful authentication attempts',
    ({ server }) => server.counters.loginsAccepted,
  ),
  counter(
    'auth_attempts_failed_total',
    'Total number of failed authentication attempts',
    ({ server }) => server.counters.loginsRefused,
  ),
];

export const NODE_GROUPS: readonly Group<Source>[] = [
  { name: 'connection_churn_metrics', families: churn, labels: none },
  { name: 'node_coarse_metrics', families: coarse, labels: none },
  { name: 'node_metrics', families: limits, labels: none },
  { name: 'node_persister_metrics', families: persister, labels: none },
  { name: 'auth_attempt_metrics', families: logins, labels: AMQP },
];

/** Those that are in no group, and so are not to be had in detail. */
export const NODE_TOTALS: readonly Family<Source>[] = [
  gauge('connections', 'Connections currently open', ({ node }) => node.connections),
  gauge('channels', 'Channels currently open', ({ node }) => node.channels),
  gauge('consumers', 'Consumers currently connected', ({ node }) => node.consumers),
  gauge('queues', 'Queues available', ({ node }) => node.queues),
];

export const ALARMS: readonly Family<Source>[] = [
  {
    name: 'alarms_free_disk_space_watermark',
    type: 'untyped',
    help: 'is 1 if free disk space watermark alarm is in effect',
    value: ({ server }) => (server.alarms.on.includes('disk') ? 1 : 0),
  },
  {
    name: 'alarms_memory_used_watermark',
    type: 'untyped',
    help: 'is 1 if VM memory watermark alarm is in effect',
    value: ({ server }) => (server.alarms.on.includes('memory') ? 1 : 0),
  },
];
