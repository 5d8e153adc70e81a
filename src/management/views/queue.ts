import { toPlain } from '../../codec/table.ts';
import { BROKER_NODE } from '../../core/names.ts';
import { effectiveDefinition } from '../../core/policy/merge.ts';
import { QUEUE_TYPE, queueType } from '../../core/queue/arguments.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { RetrySettings } from '../../core/queue/retry.ts';
import { appliedPolicies } from '../../core/topology/policies.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { Consumer } from '../../server/channel/consumer.ts';
import { Connection } from '../../server/connection/connection.ts';
import { connectionDetails } from './connection.ts';

type View = Readonly<Record<string, unknown>>;

/** What a message takes in its queue, by where it is: docs/ARCHITECTURE.md. */
const READY_BYTES = 16;
const WAITING_BYTES = 41;
const UNACKED_BYTES = 40;
const QUEUE_BYTES = 2048;

/** As a list has it. */
export function queueView(vhost: VirtualHost, queue: Queue): View {
  const { properties, consumers } = queue;
  const { policy, operatorPolicy } = appliedPolicies(queue);
  return {
    ...queueBasics(vhost, queue),
    ...(queueType(properties) === 'quorum' ? quorumFields(queue) : { storage_version: 2 }),
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
export function queueBasics(vhost: VirtualHost, { properties, name, consumers }: Queue): View {
  const type = queueType(properties);
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
export function queueDetails(queue: Queue): View {
  const { properties, consumers, exclusiveConsumer } = queue;
  const { policy, operatorPolicy } = appliedPolicies(queue);
  const owner = properties.exclusiveOwner;
  const active = consumers.single ? consumers.active : undefined;
  return {
    ...(owner instanceof Connection ? { owner_pid_details: connectionDetails(owner) } : {}),
    ...(queueType(properties) === 'quorum' ? {} : { exclusive_consumer_tag: tagOf(exclusiveConsumer) }),
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
    message_bytes_dlx: 0,
    messages_delayed: waiting.length,
    messages_dlx: 0,
  };
}

/** As RabbitMQ says it: `all (min: 300ms, max: 700ms)`. */
function printRetry(retry: RetrySettings | undefined): string {
  if (retry === undefined) return 'disabled';
  const { type, delaysMs, minMs, maxMs } = retry;
  return delaysMs === undefined ? `${type} (min: ${minMs}ms, max: ${maxMs}ms)` : `${type} (${delaysMs.join('ms, ')}ms)`;
}

/** An estimate, without the messages themselves. */
function memoryOf({ readyCount, waiting, unackedCount }: Queue): number {
  return QUEUE_BYTES + READY_BYTES * readyCount + WAITING_BYTES * waiting.length + UNACKED_BYTES * unackedCount;
}
