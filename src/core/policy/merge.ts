import { getInteger } from '../../codec/table.ts';
import { queueType } from '../queue/arguments.ts';
import type { QueueProperties } from '../queue/properties.ts';
import { type RetryRequest, type RetrySettings, retrySettings } from '../queue/retry.ts';
import { argumentSettings, type QueueSettings, retryRequest } from '../queue/settings.ts';
import { leastDeliveryLimit, policyKey } from './keys.ts';
import type { Policy, PolicyDefinition, PolicyValue } from './policy.ts';

/** What a policy and an operator policy ask for together, by key; undefined where neither applies. */
export function effectiveDefinition(
  policy: Policy | undefined,
  operatorPolicy: Policy | undefined,
): PolicyDefinition | undefined {
  if (policy === undefined || operatorPolicy === undefined) return (policy ?? operatorPolicy)?.definition;
  const merged = new Map(policy.definition);
  for (const [name, operatorValue] of operatorPolicy.definition) {
    const value = merged.get(name);
    merged.set(name, value === undefined ? operatorValue : mergeValue(name, value, operatorValue));
  }
  return new Map([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mergeValue(name: string, value: PolicyValue, operatorValue: PolicyValue): PolicyValue {
  return policyKey(name)?.merge?.(value, operatorValue) ?? operatorValue;
}

/**
 * What a queue has to do, by its arguments and the policies that apply to it.
 *
 * | setting                          | where arguments and policies both have it              |
 * | -------------------------------- | ------------------------------------------------------ |
 * | TTL, expiry, lengths             | the least                                              |
 * | consumer timeout                 | the least, 0, which is none, left out                  |
 * | delivery limit                   | the least, a negative one, which is none, left out     |
 * | dead-letter exchange, routing key| the argument                                           |
 * | overflow                         | the argument; on a quorum queue the policy             |
 * | delayed retry                    | the least times; of the rest the policy                |
 * | scheduled delivery               | it is enough that one of them has it                   |
 */
export function effectiveSettings(
  properties: QueueProperties,
  policy: Policy | undefined,
  operatorPolicy: Policy | undefined,
): QueueSettings {
  const asked = argumentSettings(properties.arguments);
  const definition = effectiveDefinition(policy, operatorPolicy);
  if (definition === undefined) return asked;
  return {
    ...asked,
    messageTtlMs: least(asked.messageTtlMs, numberOf(definition, 'message-ttl')),
    expiresMs: least(asked.expiresMs, numberOf(definition, 'expires')),
    maxLength: least(asked.maxLength, numberOf(definition, 'max-length')),
    maxLengthBytes: least(asked.maxLengthBytes, numberOf(definition, 'max-length-bytes')),
    overflow: overflow(properties, asked, definition),
    deadLetterExchange: asked.deadLetterExchange ?? textOf(definition, 'dead-letter-exchange'),
    deadLetterRoutingKey: asked.deadLetterRoutingKey ?? textOf(definition, 'dead-letter-routing-key'),
    consumerTimeoutMs: leastTimeout(asked.consumerTimeoutMs, numberOf(definition, 'consumer-timeout')),
    deliveryLimit: deliveryLimit(properties, asked, definition),
    ...(asked.groupBy === undefined ? waits(properties, asked, definition) : {}),
  };
}

function overflow(
  properties: QueueProperties,
  asked: QueueSettings,
  definition: PolicyDefinition,
): QueueSettings['overflow'] {
  const isArgument = properties.arguments.has('x-overflow') && queueType(properties) !== 'quorum';
  const value = isArgument ? undefined : textOf(definition, 'overflow');
  return (value as QueueSettings['overflow'] | undefined) ?? asked.overflow;
}

/** What `asked` has may be the default of the queue's type, which any policy replaces. */
function deliveryLimit(
  properties: QueueProperties,
  asked: QueueSettings,
  definition: PolicyDefinition,
): number | undefined {
  const value = numberOf(definition, 'delivery-limit');
  if (value === undefined) return asked.deliveryLimit;
  const argument = getInteger(properties.arguments, 'x-delivery-limit');
  const limit = argument === undefined ? value : leastDeliveryLimit(argument, value);
  return limit < 0 ? undefined : limit;
}

/** Not of queues with message groups: what waits lets others of its group pass. */
function waits(
  properties: QueueProperties,
  asked: QueueSettings,
  definition: PolicyDefinition,
): Pick<QueueSettings, 'retry' | 'scheduled'> {
  const scheduled = asked.scheduled || definition.get('scheduled-delivery') === true;
  return { retry: retry(properties, definition), scheduled };
}

function retry(properties: QueueProperties, definition: PolicyDefinition): RetrySettings | undefined {
  const asked = retryRequest(properties.arguments);
  const own = (name: keyof RetryRequest): unknown => definition.get(`delayed-retry-${name}`) ?? asked[name];
  const leastOf = (name: 'min' | 'max'): unknown => {
    const argument = typeof asked[name] === 'number' ? asked[name] : undefined;
    return least(argument, numberOf(definition, `delayed-retry-${name}`));
  };
  return retrySettings({
    type: own('type'),
    min: leastOf('min'),
    max: leastOf('max'),
    backoff: own('backoff'),
    factor: own('factor'),
    jitter: own('jitter'),
    delays: own('delays'),
  });
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** No timeout is 0: where one is, the other counts. */
function leastTimeout(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || a === 0 ? (b ?? a) : least(a, b === 0 ? undefined : b);
}

function numberOf(definition: PolicyDefinition, name: string): number | undefined {
  return definition.get(name) as number | undefined;
}

function textOf(definition: PolicyDefinition, name: string): string | undefined {
  return definition.get(name) as string | undefined;
}
