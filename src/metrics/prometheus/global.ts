import type { DeliveryCounts } from '../../core/counts.ts';
import { QUEUE_KINDS, type QueueKind } from '../../core/counts.ts';
import type { DeathReason } from '../../core/queue/rules.ts';
import { SIZE_BOUNDS } from '../../server/counters.ts';
import { counter, type Family, gauge } from './family.ts';
import type { Source } from './source.ts';
import { type Format, header, histogram, line } from './writer.ts';

/** RabbitMQ's global counters, which it tells apart by protocol and kind of queue. Unlike others, they never go back. */

const PROTOCOL = 'protocol="amqp091"';

function kindLabel(kind: QueueKind): string {
  return `queue_type="rabbit_${kind}_queue"`;
}

const BY_PROTOCOL: readonly Family<Source>[] = [
  gauge('consumers', 'Current number of consumers', ({ node }) => node.consumers),
  counter(
    'messages_confirmed_total',
    'Total number of messages confirmed to publishers',
    ({ node }) => node.counts.publishes.confirm,
  ),
  counter(
    'messages_received_confirm_total',
    'Total number of messages received from publishers expecting confirmations',
    ({ node }) => node.counts.publishedForConfirm,
  ),
  counter(
    'messages_received_total',
    'Total number of messages received from publishers',
    ({ node }) => node.counts.publishes.publish,
  ),
  counter(
    'messages_routed_total',
    'Total number of messages routed to queues or streams',
    ({ node }) => node.counts.publishes.publishOut,
  ),
  counter(
    'messages_unroutable_dropped_total',
    'Total number of messages published as non-mandatory into an exchange and dropped as unroutable',
    ({ node }) => node.counts.publishes.dropUnroutable,
  ),
  counter(
    'messages_unroutable_returned_total',
    'Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable',
    ({ node }) => node.counts.publishes.returnUnroutable,
  ),
  gauge('publishers', 'Current number of publishers', ({ node }) => node.publishers),
];

const BY_KIND: readonly Family<DeliveryCounts>[] = [
  counter('messages_acknowledged_total', 'Total number of messages acknowledged by consumers', ({ ack }) => ack),
  counter(
    'messages_delivered_consume_auto_ack_total',
    'Total number of messages delivered to consumers using basic.consume with automatic acknowledgment',
    ({ deliverNoAck }) => deliverNoAck,
  ),
  counter(
    'messages_delivered_consume_manual_ack_total',
    'Total number of messages delivered to consumers using basic.consume with manual acknowledgment',
    ({ deliver }) => deliver,
  ),
  counter(
    'messages_delivered_get_auto_ack_total',
    'Total number of messages delivered to consumers using basic.get with automatic acknowledgment',
    ({ getNoAck }) => getNoAck,
  ),
  counter(
    'messages_delivered_get_manual_ack_total',
    'Total number of messages delivered to consumers using basic.get with manual acknowledgment',
    ({ get }) => get,
  ),
  counter(
    'messages_delivered_total',
    'Total number of messages delivered to consumers',
    ({ deliverGet }) => deliverGet,
  ),
  counter(
    'messages_get_empty_total',
    'Total number of times basic.get operations fetched no message',
    ({ getEmpty }) => getEmpty,
  ),
  counter(
    'messages_redelivered_total',
    'Total number of messages redelivered to consumers',
    ({ redeliver }) => redeliver,
  ),
];

interface DeathFamily {
  readonly reason: DeathReason;
  readonly help: string;
}

const DEATHS: readonly DeathFamily[] = [
  { reason: 'delivery_limit', help: 'delivery-limit exceeded' },
  { reason: 'expired', help: 'message TTL exceeded' },
  { reason: 'maxlen', help: 'overflow drop-head or reject-publish-dlx' },
  { reason: 'rejected', help: 'basic.reject or basic.nack' },
];

export function* globalCounters(format: Format, source: Source): Generator<string, void, undefined> {
  for (const { name, type, help, value } of BY_PROTOCOL) {
    yield header(format, `rabbitmq_global_${name}`, type, help);
    yield line(`rabbitmq_global_${name}`, PROTOCOL, value(source) ?? 0);
  }
  const { deliveries } = source.node.counts;
  for (const { name, type, help, value } of BY_KIND) {
    yield header(format, `rabbitmq_global_${name}`, type, help);
    for (const kind of QUEUE_KINDS) {
      yield line(`rabbitmq_global_${name}`, `${PROTOCOL},${kindLabel(kind)}`, value(deliveries[kind]) ?? 0);
    }
  }
  for (const { reason, help } of DEATHS) {
    const name = `rabbitmq_global_messages_dead_lettered_${reason}_total`;
    yield header(format, name, 'counter', `Total number of messages dead-lettered due to ${help}`);
    yield* deaths(name, source, reason);
  }
  yield* sizes(format, source);
}

function* deaths(name: string, { node }: Source, reason: DeathReason): Generator<string, void, undefined> {
  for (const type of ['classic', 'quorum'] as const) {
    for (const deadLetters of [true, false]) {
      const strategy = `dead_letter_strategy="${deadLetters ? 'at_most_once' : 'disabled'}"`;
      yield line(name, `${kindLabel(type)},${strategy}`, node.counts.deaths.of(type, reason, deadLetters));
    }
  }
}

function* sizes(format: Format, { server, node }: Source): Generator<string, void, undefined> {
  const name = 'rabbitmq_message_size_bytes';
  const { publish: count, bytes: sum } = node.counts.publishes;
  const upTo = server.counters.sizes.upTo(count);
  yield header(format, name, 'histogram', 'Size of messages received from publishers');
  yield histogram(name, PROTOCOL, { bounds: SIZE_BOUNDS, upTo, count, sum });
}
