import { toPlain } from '../../codec/table.ts';
import { BROKER_NODE } from '../../core/names.ts';
import { effectiveDefinition } from '../../core/policy/merge.ts';
import { QUEUE_TYPE } from '../../core/queue/arguments.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { RetrySettings } from '../../core/queue/retry.ts';
import { appliedPolicies } from '../../core/topology/policies.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { Consumer } from '../../server/channel/consumer.ts';
import { Connection } from '../../server/connection/connection.ts';
import { figuresView } from '../figures.ts';
import { connectionDetails } from './connection.ts';
import { idleSince, type Statistics } from './statistics.ts';

type View = Readonly<Record<string, unknown>>;

/** What a message takes in its queue, by where it is: docs/ARCHITECTURE.md. */
const READY_BYTES = 16;
const WAITING_BYTES = 41;
const UNACKED_BYTES = 40;
const QUEUE_BYTES = 2048;

/** As a list has it. */
export function queueView(vhost: VirtualHost, queue: Queue, { metrics, ranges }: Statistics): View {
  const { properties, consumers } = queue;
  const { consumerCapacity } = metrics.queueFacts(vhost, queue);
  const { policy, operatorPolicy } = appliedPolicies(queue);
  return {
    ...queueBasics(vhost, queue),
    ...figuresView(metrics.queue(queue, ranges)),
    ...bytesOf(queue),
    ...(queue.type === 'quorum' ? quorumFields(queue) : classicFields(queue)),
    consumer_capacity: consumerCapacity,
    consumer_utilisation: consumerCapacity,
    consumers: consumers.size,
    effective_policy_definition: Object.fromEntries(effectiveDefinition(policy, operatorPolicy) ?? []),
    exclusive: properties.exclusiveOwner !== undefined,
    internal: false,
    internal_owner: false,
    memory: memoryOf(queue),
    messages_scheduled: queue.waiting.length,
    message_bytes_scheduled: queue.waiting.bytes,
    paused: consumers.paused,
  };
}

/** Who is where, and what it was declared as: what a queue is without statistics. */
export function queueBasics(vhost: VirtualHost, { properties, name, consumers, type }: Queue): View {
  return {
    arguments: { ...toPlain(properties.arguments), [QUEUE_TYPE]: type },
    auto_delete: properties.autoDelete,
    durable: properties.durable,
    exclusive: properties.exclusiveOwner !== undefined,
    name,
    node: BROKER_NODE,
    state: consumers.paused ? 'paused' : 'running',
    type,
    vhost: vhost.name,
  };
}

/** What is told of a queue that is asked for by itself, or in the detailed list, beside that. */
export function queueDetails(vhost: VirtualHost, queue: Queue, { metrics }: Statistics): View {
  const { properties, consumers, exclusiveConsumer } = queue;
  const { headMessageTimestamp, oldestMessageAgeMs } = metrics.queueFacts(vhost, queue);
  const { policy, operatorPolicy } = appliedPolicies(queue);
  const owner = properties.exclusiveOwner;
  const active = consumers.single ? consumers.active : undefined;
  return {
    ...(owner instanceof Connection ? { owner_pid_details: connectionDetails(owner) } : {}),
    ...(queue.type === 'quorum'
      ? {}
      : {
          exclusive_consumer_tag: tagOf(exclusiveConsumer),
          head_message_timestamp: headMessageTimestamp ?? null,
          ...idleSince(metrics.changedAtMs(queue)),
        }),
    oldest_message_age_ms: oldestMessageAgeMs ?? null,
    operator_policy: operatorPolicy?.name ?? null,
    policy: policy?.name ?? null,
    single_active_consumer_tag: tagOf(active),
  };
}

function tagOf(consumer: unknown): string | null {
  return consumer instanceof Consumer ? consumer.tag : null;
}

function quorumFields({ rules, waiting }: Queue): View {
  return {
    delayed_retry: printRetry(rules?.settings.retry),
    delivery_limit: rules?.settings.deliveryLimit ?? -1,
    leader: BROKER_NODE,
    members: [BROKER_NODE],
    online: [BROKER_NODE],
    open_files: { [BROKER_NODE]: 0 },
    publishers: 0,
    message_bytes_dlx: 0,
    messages_ram: 0,
    messages_delayed: waiting.length,
    messages_dlx: 0,
  };
}

/** What RabbitMQ tells of where messages are means nothing here: all that are ready count as in memory. */
function classicFields({ readyCount, counts }: Queue): View {
  return {
    messages_ram: readyCount + counts.unacked,
    messages_ready_ram: readyCount,
    messages_unacknowledged_ram: counts.unacked,
    storage_version: 2,
  };
}

function bytesOf({ readyBytes, counts }: Queue): View {
  return {
    message_bytes: readyBytes + counts.unackedBytes,
    message_bytes_persistent: counts.persistentBytes,
    message_bytes_ram: readyBytes + counts.unackedBytes,
    message_bytes_ready: readyBytes,
    message_bytes_unacknowledged: counts.unackedBytes,
    messages_persistent: counts.persistent,
  };
}

/** As RabbitMQ says it: `all (min: 300ms, max: 700ms)`. */
function printRetry(retry: RetrySettings | undefined): string {
  if (retry === undefined) return 'disabled';
  const { type, delaysMs, minMs, maxMs } = retry;
  return delaysMs === undefined ? `${type} (min: ${minMs}ms, max: ${maxMs}ms)` : `${type} (${delaysMs.join('ms, ')}ms)`;
}

/** An estimate, without the messages themselves. */
function memoryOf({ readyCount, waiting, counts: { unacked } }: Queue): number {
  return QUEUE_BYTES + READY_BYTES * readyCount + WAITING_BYTES * waiting.length + UNACKED_BYTES * unacked;
}
