import { getString } from '../../codec/table.ts';
import type { Pattern } from '../../lib/pattern.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { effectiveDefinition, effectiveSettings } from '../policy/merge.ts';
import type { Policy, PolicyKind, PolicyTarget } from '../policy/policy.ts';
import { type Applied, NONE_APPLIED } from '../policy/table.ts';
import { queueType } from '../queue/arguments.ts';
import type { Queue } from '../queue/queue.ts';
import type { VirtualHost } from '../vhost.ts';
import { policyCleared, policySet } from './events.ts';

/** What applies to each queue and exchange that some policy is for. Others are not here. */
const applied = new WeakMap<Queue | Exchange, Applied>();

/** Adds or replaces a policy, which applies at once. `pattern` is its own, compiled. */
export function setPolicy(vhost: VirtualHost, kind: PolicyKind, policy: Policy, pattern: Pattern): void {
  if (!vhost.policies.set(kind, policy, pattern)) return;
  vhost.durable?.policySet(kind, policy);
  policySet(vhost, kind, policy);
  applyToAll(vhost);
}

/** Takes a policy away from everything that it applies to. False if there is none of that name. */
export function deletePolicy(vhost: VirtualHost, kind: PolicyKind, name: string): boolean {
  if (!vhost.policies.delete(kind, name)) return false;
  vhost.durable?.policyDeleted(kind, name);
  policyCleared(vhost, kind, name);
  applyToAll(vhost);
  return true;
}

/** The policies that apply to a queue or exchange now. */
export function appliedPolicies(object: Queue | Exchange): Applied {
  return applied.get(object) ?? NONE_APPLIED;
}

/** Of a queue or exchange that is new. */
export function applyPolicies(vhost: VirtualHost, object: Queue | Exchange): void {
  if (!vhost.policies.isEmpty) reapply(vhost, object);
}

function applyToAll(vhost: VirtualHost): void {
  // Alternate exchanges, and whether a queue may refuse a message, are part of routes.
  vhost.topologyVersion++;
  // Copies: what is applied may end a queue, and with it exchanges.
  for (const exchange of [...vhost.exchanges.values()]) reapply(vhost, exchange);
  for (const queue of [...vhost.queues.values()]) reapply(vhost, queue);
}

/** What has the same policies as before is not touched: its timers run on. */
function reapply(vhost: VirtualHost, object: Queue | Exchange): void {
  const before = appliedPolicies(object);
  const now = vhost.policies.match(targetOf(object));
  if (now.policy === before.policy && now.operatorPolicy === before.operatorPolicy) return;
  applied.set(object, now);
  const { policy, operatorPolicy } = now;
  if (object.kind === 'exchange') setAlternateExchange(object, now);
  else if (!object.deleted) object.applySettings(effectiveSettings(object.properties, policy, operatorPolicy));
}

function targetOf(object: Queue | Exchange): PolicyTarget {
  const { kind, name } = object;
  return kind === 'exchange' ? { kind, name } : { kind, name, queueType: queueType(object.properties) };
}

/** The argument wins. */
function setAlternateExchange(exchange: Exchange, { policy, operatorPolicy }: Applied): void {
  const argument = getString(exchange.properties.arguments, 'alternate-exchange');
  const byPolicy = effectiveDefinition(policy, operatorPolicy)?.get('alternate-exchange') as string | undefined;
  exchange.alternateExchange = argument ?? byPolicy;
}
