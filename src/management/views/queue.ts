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
  const { consumers } = queue;
  const { consumerCapacity } = metrics.queueFacts(vhost, queue);
  return {
    ...declarationOf(vhost, queue),
    ...figuresView(metrics.queue(queue, ranges)),
    ...bytesOf(queue),
    ...(queue.type === 'quorum' ? quorumFields(queue) : classicFields(queue)),
    consumer_capacity: consumerCapacity,
    consumer_utilisation: consumerCapacity,
    consumers: consumers.size,
    memory: memoryOf(queue),
    messages_scheduled: queue.waiting.length,
    message_bytes_scheduled: queue.waiting.bytes,
    paused: consumers.paused,
  };
}

/** What does not change as messages come and go. */
export function queueBasics(vhost: VirtualHost, queue: Queue): View {
  return { ...declarationOf(vhost, queue), ...policiesOf(queue), ...(queue.type === 'quorum' ? replicas(queue) : {}) };
}

/** What is told in the detailed list, beside that of other lists. */
export function queueDetails(vhost: VirtualHost, queue: Queue, { metrics }: Statistics): View {
  const { consumers, exclusiveConsumer } = queue;
  const { headMessageTimestamp, oldestMessageAgeMs } = metrics.queueFacts(vhost, queue);
  const ofClassic = {
    exclusive_consumer_tag: tagOf(exclusiveConsumer),
    head_message_timestamp: headMessageTimestamp ?? null,
    ...idleSince(metrics.changedAtMs(queue)),
  };
  return {
    ...(queue.type === 'quorum' ? {} : ofClassic),
    ...policiesOf(queue),
    oldest_message_age_ms: oldestMessageAgeMs ?? null,
    single_active_consumer_tag: tagOf(consumers.single ? consumers.active : undefined),
  };
}

/** Whose alone it is, where it is. */
export function queueOwner({ properties: { exclusiveOwner } }: Queue): View {
  return exclusiveOwner instanceof Connection ? { owner_pid_details: connectionDetails(exclusiveOwner) } : {};
}

function declarationOf(vhost: VirtualHost, queue: Queue): View {
  const { properties, name, consumers, type } = queue;
  const { policy, operatorPolicy } = appliedPolicies(queue);
  return {
    arguments: { ...toPlain(properties.arguments), [QUEUE_TYPE]: type },
    auto_delete: properties.autoDelete,
    durable: properties.durable,
    effective_policy_definition: Object.fromEntries(effectiveDefinition(policy, operatorPolicy) ?? []),
    exclusive: properties.exclusiveOwner !== undefined,
    internal: false,
    internal_owner: false,
    name,
    node: BROKER_NODE,
    state: consumers.paused ? 'paused' : 'running',
    type,
    vhost: vhost.name,
  };
}

function policiesOf(queue: Queue): View {
  const { policy, operatorPolicy } = appliedPolicies(queue);
  return { policy: policy?.name ?? null, operator_policy: operatorPolicy?.name ?? null };
}

function tagOf(consumer: unknown): string | null {
  return consumer instanceof Consumer ? consumer.tag : null;
}

/** The only node has the only one. */
function replicas({ rules }: Queue): View {
  const delivery_limit = rules?.settings.deliveryLimit ?? -1;
  return { delivery_limit, leader: BROKER_NODE, members: [BROKER_NODE], online: [BROKER_NODE] };
}

function quorumFields(queue: Queue): View {
  const { rules, waiting } = queue;
  return {
    ...replicas(queue),
    delayed_retry: printRetry(rules?.settings.retry),
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
