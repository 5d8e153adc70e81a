import { DeliveryCounts, PublishCounts } from '../core/counts.ts';
import type { Exchange } from '../core/exchange/exchange.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { Channel } from '../server/channel/channel.ts';
import type { Connection } from '../server/connection/connection.ts';
import type { NodeFigures } from './node_figures.ts';
import type { Totals } from './totals.ts';

/**
 * The numbers of each kind of object that have a history, by RabbitMQ's names, and how they are read: into a row of numbers, so
 * that reading ten thousand objects makes none.
 *
 *     lengths     what there is now                              messages, messages_ready ...
 *     msg_rates   what was counted; RabbitMQ's message_stats     publish, deliver ...
 *     data_rates  octets                                         recv_oct, send_oct
 *     node        what the node uses; what has come and gone     mem_used, connection_created ...
 */
export type ColumnGroup = 'lengths' | 'msg_rates' | 'data_rates' | 'node';

export interface Kind<T> {
  readonly columns: readonly string[];
  readonly groups: readonly ColumnGroup[];
  readonly read: (object: T, row: Float64Array) => void;
}

/** What is not kept, but added up, if a kind has all of it. */
export const SUMS: readonly { readonly name: string; readonly group: ColumnGroup; readonly of: readonly string[] }[] = [
  { name: 'messages', group: 'lengths', of: ['messages_ready', 'messages_unacknowledged'] },
  { name: 'deliver_get', group: 'msg_rates', of: ['deliver', 'deliver_no_ack', 'get', 'get_no_ack'] },
];

/** Of message_stats: what is told together, if any of it has happened. */
export const TOLD_TOGETHER: readonly (readonly string[])[] = [
  ['publish', 'confirm', 'return_unroutable', 'drop_unroutable'],
  ['deliver', 'deliver_no_ack', 'get', 'get_no_ack', 'get_empty', 'redeliver', 'ack', 'deliver_get'],
  ['publish_in', 'publish_out'],
];

const LENGTHS = ['messages_ready', 'messages_unacknowledged'] as const;
const PUBLISHES = ['publish', 'confirm', 'return_unroutable', 'drop_unroutable'] as const;
const DELIVERIES = ['deliver', 'deliver_no_ack', 'get', 'get_no_ack', 'get_empty', 'redeliver', 'ack'] as const;
const OCTETS = ['recv_oct', 'send_oct'] as const;

/** Column names by group, in the order of the row. */
function kind<T>(groups: readonly [ColumnGroup, readonly string[]][], read: Kind<T>['read']): Kind<T> {
  return {
    columns: groups.flatMap(([, names]) => names),
    groups: groups.flatMap(([group, names]) => names.map(() => group)),
    read,
  };
}

const deliveries = new DeliveryCounts();
const publishes = new PublishCounts();

export const QUEUE: Kind<Queue> = kind(
  [
    ['lengths', LENGTHS],
    ['msg_rates', ['publish', ...DELIVERIES]],
  ],
  (queue, row) => {
    const { counts } = queue;
    row[0] = queue.readyCount;
    row[1] = counts.unacked;
    row[2] = queue.nextSequence - counts.firstSequence;
    deliveries.clear();
    putDeliveries(row, 3, counts.deliveries.sum(deliveries));
  },
);

export const EXCHANGE: Kind<Exchange> = kind(
  [['msg_rates', ['publish_in', 'publish_out', 'confirm', 'return_unroutable', 'drop_unroutable']]],
  (exchange, row) => {
    publishes.clear();
    exchange.publishes.sum(publishes);
    row[0] = publishes.publish;
    row[1] = publishes.publishOut;
    row[2] = publishes.confirm;
    row[3] = publishes.returnUnroutable;
    row[4] = publishes.dropUnroutable;
  },
);

export const CHANNEL: Kind<Channel> = kind([['msg_rates', [...PUBLISHES, ...DELIVERIES]]], ({ counts }, row) => {
  publishes.clear();
  putPublishes(row, 0, counts.sumPublishes(publishes));
  deliveries.clear();
  putDeliveries(row, 4, counts.sumDeliveries(deliveries));
});

export const CONNECTION: Kind<Connection> = kind([['data_rates', OCTETS]], ({ recvOct, outbox }, row) => {
  row[0] = recvOct;
  row[1] = outbox.bytesWritten;
});

export const VHOST: Kind<Totals> = kind(
  [
    ['lengths', LENGTHS],
    ['msg_rates', [...PUBLISHES, ...DELIVERIES, 'disk_reads', 'disk_writes']],
    ['data_rates', OCTETS],
  ],
  (totals, row) => {
    const { counts } = totals;
    row[0] = totals.messagesReady;
    row[1] = totals.messagesUnacknowledged;
    putPublishes(row, 2, counts.publishes);
    putDeliveries(row, 6, totals.deliveries);
    row[13] = counts.diskReads;
    row[14] = counts.diskWrites;
    row[15] = counts.recvOct;
    row[16] = counts.sendOct;
  },
);

export const NODE: Kind<NodeFigures> = kind(
  [
    [
      'node',
      [
        ...['mem_used', 'fd_used', 'disk_free', 'connection_created', 'connection_closed', 'channel_created'],
        ...['channel_closed', 'queue_declared', 'queue_created', 'queue_deleted', 'io_sync_count', 'io_sync_time'],
        ...['event_loop_delay'],
      ],
    ],
  ],
  (figures, row) => {
    const { counters, counts } = figures;
    row[0] = figures.residentBytes;
    row[1] = figures.fileDescriptors;
    row[2] = figures.diskFreeBytes ?? 0;
    row[3] = counters.connectionsOpened;
    row[4] = counters.connectionsClosed;
    row[5] = counters.channelsOpened;
    row[6] = counters.channelsClosed;
    row[7] = counts.queuesDeclared;
    row[8] = counts.queuesCreated;
    row[9] = counts.queuesDeleted;
    row[10] = figures.syncs;
    row[11] = figures.syncSeconds;
    row[12] = figures.eventLoopDelayMs;
  },
);

function putPublishes(row: Float64Array, at: number, counts: PublishCounts): void {
  row[at] = counts.publish;
  row[at + 1] = counts.confirm;
  row[at + 2] = counts.returnUnroutable;
  row[at + 3] = counts.dropUnroutable;
}

function putDeliveries(row: Float64Array, at: number, counts: DeliveryCounts): void {
  row[at] = counts.deliver;
  row[at + 1] = counts.deliverNoAck;
  row[at + 2] = counts.get;
  row[at + 3] = counts.getNoAck;
  row[at + 4] = counts.getEmpty;
  row[at + 5] = counts.redeliver;
  row[at + 6] = counts.ack;
}
