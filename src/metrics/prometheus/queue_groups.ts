import { DeliveryCounts } from '../../core/counts.ts';
import { consumerCapacity, headMessageTimestamp, oldestAgeMs } from '../queue_facts.ts';
import { counter, type Family, type Group, gauge, labels } from './family.ts';
import type { QueueItem } from './source.ts';

/** What there is of each queue. */

export function queueLabels(item: QueueItem): string {
  item.labels ??= labels({ vhost: item.vhost.name, queue: item.queue.name });
  return item.labels;
}

function delivered(item: QueueItem): DeliveryCounts {
  item.deliveries ??= item.queue.counts.deliveries.sum(new DeliveryCounts());
  return item.deliveries;
}

const coarse: readonly Family<QueueItem>[] = [
  gauge('queue_messages_ready', 'Messages ready to be delivered to consumers', ({ queue }) => queue.readyCount),
  gauge(
    'queue_messages_unacked',
    'Messages delivered to consumers but not yet acknowledged',
    ({ queue }) => queue.counts.unacked,
  ),
  gauge(
    'queue_messages',
    'Sum of ready and unacknowledged messages - total queue depth',
    ({ queue }) => queue.readyCount + queue.counts.unacked,
  ),
];

const consumers = gauge<QueueItem>('queue_consumers', 'Consumers on a queue', ({ queue }) => queue.consumers.size);
const capacity = ({ queue, source }: QueueItem): number => consumerCapacity(queue, source.trackOf(queue));

const details: readonly Family<QueueItem>[] = [
  consumers,
  gauge('queue_consumer_capacity', 'Consumer capacity', capacity),
  gauge('queue_consumer_utilisation', 'Same as consumer capacity', capacity),
  gauge('queue_messages_persistent', 'Persistent messages', ({ queue }) => queue.counts.persistent),
  gauge(
    'queue_messages_persistent_bytes',
    'Size in bytes of persistent messages',
    ({ queue }) => queue.counts.persistentBytes,
  ),
  gauge(
    'queue_messages_bytes',
    'Size in bytes of ready and unacknowledged messages',
    ({ queue }) => queue.readyBytes + queue.counts.unackedBytes,
  ),
  gauge('queue_messages_ready_bytes', 'Size in bytes of ready messages', ({ queue }) => queue.readyBytes),
  gauge(
    'queue_messages_unacked_bytes',
    'Size in bytes of all unacknowledged messages',
    ({ queue }) => queue.counts.unackedBytes,
  ),
  gauge('queue_head_message_timestamp', 'Timestamp of the first message in the queue, if any', ({ queue, vhost }) =>
    headMessageTimestamp(queue, vhost.store.pages),
  ),
  counter(
    'queue_disk_reads_total',
    'Total number of times queue read messages from disk',
    ({ queue }) => queue.counts.diskReads,
  ),
  counter(
    'queue_disk_writes_total',
    'Total number of times queue wrote messages to disk',
    ({ queue }) => queue.counts.diskWrites,
  ),
];

const deliveries: readonly Family<QueueItem>[] = [
  counter(
    'queue_get_ack_total',
    'Total number of messages fetched from a queue with basic.get in manual acknowledgement mode',
    (item) => delivered(item).get,
  ),
  counter(
    'queue_get_total',
    'Total number of messages fetched from a queue with basic.get in automatic acknowledgement mode',
    (item) => delivered(item).getNoAck,
  ),
  counter(
    'queue_messages_delivered_ack_total',
    'Total number of messages delivered from a queue to consumers in manual acknowledgement mode',
    (item) => delivered(item).deliver,
  ),
  counter(
    'queue_messages_delivered_total',
    'Total number of messages delivered from a queue to consumers in automatic acknowledgement mode',
    (item) => delivered(item).deliverNoAck,
  ),
  counter(
    'queue_messages_redelivered_total',
    'Total number of messages redelivered from a queue to consumers',
    (item) => delivered(item).redeliver,
  ),
  counter(
    'queue_messages_acked_total',
    'Total number of messages acknowledged by consumers on a queue',
    (item) => delivered(item).ack,
  ),
  counter(
    'queue_get_empty_total',
    'Total number of times basic.get operations fetched no message on a queue',
    (item) => delivered(item).getEmpty,
  ),
];

export const QUEUE_GROUPS: readonly Group<QueueItem>[] = [
  { name: 'queue_coarse_metrics', families: coarse, labels: queueLabels },
  { name: 'queue_consumer_count', families: [consumers], labels: queueLabels },
  { name: 'queue_metrics', families: details, labels: queueLabels },
  { name: 'queue_delivery_metrics', families: deliveries, labels: queueLabels },
];

/** Leveret's own. */
export const OWN_QUEUE_GROUP: Group<QueueItem> = {
  name: 'leveret_queue_metrics',
  families: [
    gauge('queue_messages_scheduled', 'Messages that wait for their time', ({ queue }) => queue.waiting.length),
    gauge('queue_oldest_message_age_seconds', 'How long the first ready message has been there, at most', (item) => {
      const { queue, source } = item;
      const ageMs = oldestAgeMs(queue, source.trackOf(queue), source.nowMs);
      return ageMs === undefined ? undefined : ageMs / 1000;
    }),
    counter(
      'queue_messages_published_total',
      'Total number of messages that came to a queue, by whatever way',
      ({ queue }) => queue.nextSequence - queue.counts.firstSequence,
    ),
  ],
  labels: queueLabels,
};
