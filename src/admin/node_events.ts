import { BROKER_ITSELF, type EventFields, type EventKey, type Events, type EventValue } from '../core/events.ts';
import { BROKER_NODE } from '../core/names.ts';
import { policyCleared, queueDeleted } from '../core/topology/events.ts';
import type { VirtualHost } from '../core/vhost.ts';
import type { UserLimits, VhostLimits } from '../server/limits.ts';
import type { Metadata, ParameterRecord, VhostRecord } from './metadata.ts';
import type { PermissionInput, TopicPermissionInput } from './permissions.ts';

/** What an operator changes about users, permissions, virtual hosts and parameters, told as RabbitMQ's event exchange tells it. */

/** RabbitMQ keeps all limits of somebody as one parameter of this name. */
const LIMITS = 'limits';

export function userCreated(events: Events, name: string): void {
  tell(events, 'user.created', { name });
}

export function passwordChanged(events: Events, name: string, passwordHash: string): void {
  tell(events, passwordHash === '' ? 'user.password.cleared' : 'user.password.changed', { name });
}

export function tagsSet(events: Events, name: string, tags: readonly string[]): void {
  tell(events, 'user.tags.set', { name, tags });
}

export function userDeleted(events: Events, name: string): void {
  tell(events, 'user.deleted', { name });
}

export function userLimitsChanged(events: Events, username: string, limits: UserLimits): void {
  if (Object.keys(limits).length === 0) tell(events, 'user.limits.cleared', { name: LIMITS, username });
  else tell(events, 'user.limits.set', { ...limits, name: LIMITS, username });
}

export function permissionSet(events: Events, vhost: string, user: string, permission: PermissionInput): void {
  const { configure, write, read } = permission;
  tell(events, 'permission.created', { user, vhost, configure, write, read });
}

export function permissionCleared(events: Events, vhost: string, user: string): void {
  tell(events, 'permission.deleted', { user, vhost });
}

export function topicPermissionSet(
  events: Events,
  vhost: string,
  user: string,
  exchange: string,
  { write, read }: TopicPermissionInput,
): void {
  tell(events, 'topic.permission.created', { user, vhost, exchange, write, read });
}

export function topicPermissionsCleared(events: Events, vhost: string, user: string): void {
  tell(events, 'topic.permission.deleted', { user, vhost });
}

export function vhostSet(
  events: Events,
  key: 'vhost.created' | 'vhost.updated',
  vhost: VhostRecord,
  tracing: boolean,
): void {
  const { name, description, tags, defaultQueueType, protectedFromDeletion } = vhost;
  tell(events, key, {
    name,
    description,
    tags,
    default_queue_type: defaultQueueType,
    protected_from_deletion: protectedFromDeletion,
    ...(key === 'vhost.updated' ? { deletion_protection: protectedFromDeletion } : {}),
    tracing,
    cluster_state: { [BROKER_NODE]: 'running' },
  });
}

export function vhostLimitsChanged(events: Events, vhost: string, limits: VhostLimits): void {
  const parameter = { vhost, component: 'vhost-limits', name: LIMITS };
  if (Object.keys(limits).length === 0) {
    parameterCleared(events, parameter);
    tell(events, 'vhost.limits.cleared', { name: LIMITS, vhost });
  } else {
    parameterSet(events, { ...parameter, value: limits });
    tell(events, 'vhost.limits.set', { ...limits, name: LIMITS, vhost });
  }
}

/** While all that is in it, and all that is said of it, is there. */
export function vhostDeleted(events: Events, vhost: VirtualHost, metadata: Metadata): void {
  if (!events.heard) return;
  const { name } = vhost;
  for (const queue of vhost.queues.values()) queueDeleted(vhost, queue);
  for (const { user, vhost: of } of metadata.permissions.list()) if (of === name) permissionCleared(events, name, user);
  if (metadata.vhostLimits.has(name)) vhostLimitsChanged(events, name, {});
  for (const parameter of metadata.parameters.values()) {
    if (parameter.vhost === name) parameterCleared(events, parameter);
  }
  for (const kind of ['policy', 'operator policy'] as const) {
    for (const policy of vhost.policies.list(kind)) policyCleared(vhost, kind, policy.name);
  }
  tell(events, 'vhost.deleted', { name });
  events.happened('vhost.down', { name, node: BROKER_NODE, user_who_performed_action: BROKER_ITSELF });
}

/** `vhost` is undefined for a global one. */
export function parameterSet(
  events: Events,
  { vhost, component, name, value }: Omit<ParameterRecord, 'vhost'> & { readonly vhost?: string },
): void {
  if (events.heard) tell(events, 'parameter.set', { vhost, component, name, value: eventValue(value) });
}

export function parameterCleared(
  events: Events,
  { vhost, component, name }: Omit<ParameterRecord, 'vhost' | 'value'> & { readonly vhost?: string },
): void {
  tell(events, 'parameter.cleared', { vhost, component, name });
}

/** Any JSON. There is nothing in a table for null that all clients read, so it is its name, as in RabbitMQ. */
function eventValue(value: unknown): EventValue {
  if (Array.isArray(value)) return value.map(eventValue);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === null || typeof value !== 'object') return 'null';
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, eventValue(item)]));
}

function tell(events: Events, key: EventKey, fields: EventFields): void {
  if (events.heard) events.happened(key, { ...fields, user_who_performed_action: events.actor });
}
