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
import { messageStats } from '../figures.ts';
import { connectionDetails } from './connection.ts';
import { idleSince, type Statistics } from './statistics.ts';

type View = Readonly<Record<string, unknown>>;

/** What a message takes in its queue, by where it is: docs/ARCHITECTURE.md. */
const READY_BYTES = 16;
const WAITING_BYTES = 41;
const UNACKED_BYTES = 40;
const QUEUE_BYTES = 2048;

/**
 * As a list has it. What there is not of a queue of its type is undefined, and so not in the JSON. It is one literal, and not put
 * together from parts, since that takes several times as long, and lists have very many of them.
 */
export function queueView(
  vhost: VirtualHost,
  queue: Queue,
  { metrics, ranges }: Statistics,
  details?: QueueDetails,
): View {
  const { lengths, msg_rates: counted } = metrics.queue(queue, ranges);
  const { name, consumers, type, properties, readyCount, readyBytes, counts, waiting } = queue;
  const capacity = metrics.consumerCapacity(queue);
  const quorum = type === 'quorum' ? quorumFields(queue) : undefined;
  const classic = type === 'quorum' ? undefined : queue;
  return {
    arguments: argumentsOf(queue),
    auto_delete: properties.autoDelete,
    durable: properties.durable,
    effective_policy_definition: policyDefinitionOf(queue),
    exclusive: properties.exclusiveOwner !== undefined,
    internal: false,
    internal_owner: false,
    name,
    node: BROKER_NODE,
    state: stateOf(queue),
    type,
    vhost: vhost.name,
    messages_ready: lengths['messages_ready'],
    messages_ready_details: lengths['messages_ready_details'],
    messages_unacknowledged: lengths['messages_unacknowledged'],
    messages_unacknowledged_details: lengths['messages_unacknowledged_details'],
    messages: lengths['messages'],
    messages_details: lengths['messages_details'],
    message_stats: messageStats(counted).message_stats,
    message_bytes: readyBytes + counts.unackedBytes,
    message_bytes_persistent: counts.persistentBytes,
    message_bytes_ram: readyBytes + counts.unackedBytes,
    message_bytes_ready: readyBytes,
    message_bytes_unacknowledged: counts.unackedBytes,
    messages_persistent: counts.persistent,
    delivery_limit: quorum?.delivery_limit,
    leader: quorum?.leader,
    members: quorum?.members,
    online: quorum?.online,
    delayed_retry: quorum?.delayed_retry,
    open_files: quorum?.open_files,
    publishers: quorum?.publishers,
    message_bytes_dlx: quorum?.message_bytes_dlx,
    // What RabbitMQ tells of where messages are means nothing here: all of a classic queue that are ready count as in memory.
    messages_ram: quorum?.messages_ram ?? readyCount + counts.unacked,
    messages_delayed: quorum?.messages_delayed,
    messages_dlx: quorum?.messages_dlx,
    messages_ready_ram: classic?.readyCount,
    messages_unacknowledged_ram: classic?.counts.unacked,
    storage_version: classic === undefined ? undefined : 2,
    consumer_capacity: capacity,
    consumer_utilisation: capacity,
    consumers: consumers.size,
    memory: memoryOf(queue),
    messages_scheduled: waiting.length,
    message_bytes_scheduled: waiting.bytes,
    paused: consumers.paused,
    exclusive_consumer_tag: details?.exclusive_consumer_tag,
    head_message_timestamp: details?.head_message_timestamp,
    idle_since: details?.idle_since,
    policy: details?.policy,
    operator_policy: details?.operator_policy,
    oldest_message_age_ms: details?.oldest_message_age_ms,
    single_active_consumer_tag: details?.single_active_consumer_tag,
  };
}

/** What lists of queues are often sorted by, of a queue by itself: the same as in `queueView`. */
export const QUEUE_FIELDS: ReadonlyMap<string, (queue: Queue) => unknown> = new Map(
  Object.entries<(queue: Queue) => unknown>({
    auto_delete: ({ properties }) => properties.autoDelete,
    durable: ({ properties }) => properties.durable,
    exclusive: ({ properties }) => properties.exclusiveOwner !== undefined,
    state: stateOf,
    message_bytes: ({ readyBytes, counts }) => readyBytes + counts.unackedBytes,
    message_bytes_persistent: ({ counts }) => counts.persistentBytes,
    message_bytes_ram: ({ readyBytes, counts }) => readyBytes + counts.unackedBytes,
    message_bytes_ready: ({ readyBytes }) => readyBytes,
    message_bytes_unacknowledged: ({ counts }) => counts.unackedBytes,
    messages_persistent: ({ counts }) => counts.persistent,
    memory: memoryOf,
    messages_scheduled: ({ waiting }) => waiting.length,
    message_bytes_scheduled: ({ waiting }) => waiting.bytes,
  }),
);

/** What does not change as messages come and go. */
export function queueBasics(vhost: VirtualHost, queue: Queue): View {
  return { ...declarationOf(vhost, queue), ...policiesOf(queue), ...(queue.type === 'quorum' ? replicas(queue) : {}) };
}

/** What is told in the detailed list, beside that of other lists. */
export interface QueueDetails {
  /** Of a classic queue, as the two below. */
  readonly exclusive_consumer_tag?: string | null;
  readonly head_message_timestamp?: number | null;
  readonly idle_since?: string;
  readonly policy: string | null;
  readonly operator_policy: string | null;
  readonly oldest_message_age_ms: number | null;
  readonly single_active_consumer_tag: string | null;
}

export function queueDetails(vhost: VirtualHost, queue: Queue, { metrics }: Statistics): QueueDetails {
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

function argumentsOf({ properties, type }: Queue): View {
  return { ...toPlain(properties.arguments), [QUEUE_TYPE]: type };
}

function policyDefinitionOf(queue: Queue): View {
  const { policy, operatorPolicy } = appliedPolicies(queue);
  return Object.fromEntries(effectiveDefinition(policy, operatorPolicy) ?? []);
}

function stateOf({ consumers }: Queue): string {
  return consumers.paused ? 'paused' : 'running';
}

function declarationOf(vhost: VirtualHost, queue: Queue): View {
  const { properties, name, type } = queue;
  return {
    arguments: argumentsOf(queue),
    auto_delete: properties.autoDelete,
    durable: properties.durable,
    effective_policy_definition: policyDefinitionOf(queue),
    exclusive: properties.exclusiveOwner !== undefined,
    internal: false,
    internal_owner: false,
    name,
    node: BROKER_NODE,
    state: stateOf(queue),
    type,
    vhost: vhost.name,
  };
}

function policiesOf(queue: Queue): Pick<QueueDetails, 'policy' | 'operator_policy'> {
  const { policy, operatorPolicy } = appliedPolicies(queue);
  return { policy: policy?.name ?? null, operator_policy: operatorPolicy?.name ?? null };
}

function tagOf(consumer: unknown): string | null {
  return consumer instanceof Consumer ? consumer.tag : null;
}

interface Replicas {
  readonly delivery_limit: number;
  readonly leader: string;
  readonly members: readonly string[];
  readonly online: readonly string[];
}

/** The only node has the only one. */
function replicas({ rules }: Queue): Replicas {
  const delivery_limit = rules?.settings.deliveryLimit ?? -1;
  return { delivery_limit, leader: BROKER_NODE, members: [BROKER_NODE], online: [BROKER_NODE] };
}

interface QuorumFields extends Replicas {
  readonly delayed_retry: string;
  readonly open_files: View;
  readonly publishers: number;
  readonly message_bytes_dlx: number;
  readonly messages_ram: number;
  readonly messages_delayed: number;
  readonly messages_dlx: number;
}

function quorumFields(queue: Queue): QuorumFields {
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
