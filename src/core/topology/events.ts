import type { EventValue } from '../events.ts';
import type { Binding } from '../exchange/binding.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { printEntries } from '../exchange/print_field.ts';
import { BROKER_NODE } from '../names.ts';
import type { Policy, PolicyKind } from '../policy/policy.ts';
import { queueType } from '../queue/arguments.ts';
import type { Queue } from '../queue/queue.ts';
import type { VirtualHost } from '../vhost.ts';
import { isReplyAddress } from './reply_queues.ts';

/** What changes in the topology, told as RabbitMQ's event exchange tells it. */

export function queueCreated({ name: vhost, events }: VirtualHost, queue: Queue): void {
  if (!events.heard) return;
  const { name, durable, autoDelete, exclusiveOwner, arguments: table } = queue.properties;
  events.happened('queue.created', {
    name,
    vhost,
    durable,
    auto_delete: autoDelete,
    exclusive: exclusiveOwner !== undefined,
    owner_pid: exclusiveOwner === undefined ? '' : events.identityOf(exclusiveOwner),
    arguments: printEntries(table),
    type: typeOf(queue),
    leader: BROKER_NODE,
    members: [BROKER_NODE],
    user_who_performed_action: events.actor,
  });
}

/** Those that replies come by are no queues to anybody. */
export function queueDeleted({ name: vhost, events }: VirtualHost, queue: Queue): void {
  const { name } = queue;
  if (!events.heard || isReplyAddress(name)) return;
  events.happened('queue.deleted', { name, vhost, type: typeOf(queue), user_who_performed_action: events.actor });
}

export function exchangeCreated({ name: vhost, events }: VirtualHost, { properties }: Exchange): void {
  if (!events.heard) return;
  const { name, type, durable, autoDelete, internal, arguments: table } = properties;
  events.happened('exchange.created', {
    name,
    vhost,
    type,
    durable,
    auto_delete: autoDelete,
    internal,
    arguments: printEntries(table),
    policy: '',
    user_who_performed_action: events.actor,
  });
}

export function exchangeDeleted({ name: vhost, events }: VirtualHost, name: string): void {
  if (events.heard) events.happened('exchange.deleted', { name, vhost, user_who_performed_action: events.actor });
}

export function bindingChanged(
  { name: vhost, events }: VirtualHost,
  key: 'binding.created' | 'binding.deleted',
  binding: Binding,
): void {
  if (!events.heard) return;
  const { source, destination, routingKey, arguments: table } = binding;
  events.happened(key, {
    source_name: source,
    source_kind: 'exchange',
    destination_name: destination.name,
    destination_kind: destination.kind,
    routing_key: routingKey,
    arguments: printEntries(table),
    vhost,
    user_who_performed_action: events.actor,
  });
}

/** RabbitMQ keeps operator policies as parameters of this component. */
const OPERATOR_POLICY = 'operator_policy';

/** An operator's are told like a user's, and as a parameter. */
export function policySet({ name: vhost, events }: VirtualHost, kind: PolicyKind, policy: Policy): void {
  if (!events.heard) return;
  const { name, pattern, applyTo, priority } = policy;
  const definition: { readonly [key: string]: EventValue } = Object.fromEntries(policy.definition);
  const value = { pattern, 'apply-to': applyTo, priority, definition };
  const by = { name, vhost, user_who_performed_action: events.actor };
  if (kind === 'operator policy') events.happened('parameter.set', { component: OPERATOR_POLICY, value, ...by });
  events.happened('policy.set', { ...value, ...by });
}

export function policyCleared({ name: vhost, events }: VirtualHost, kind: PolicyKind, name: string): void {
  if (!events.heard) return;
  const by = { name, vhost, user_who_performed_action: events.actor };
  if (kind === 'policy') {
    events.happened('policy.cleared', by);
  } else {
    events.happened('parameter.cleared', { component: OPERATOR_POLICY, ...by });
    events.happened('operator.policy.cleared', by);
  }
}

function typeOf(queue: Queue): string {
  return `rabbit_${queueType(queue.properties)}_queue`;
}
