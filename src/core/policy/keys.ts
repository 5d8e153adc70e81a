import type { QueueType } from '../queue/arguments.ts';
import { parseDelays, RETRY_TYPES } from '../queue/retry.ts';
import { BACKOFFS, FACTOR_MAX } from '../queue/retry_arguments.ts';
import type { PolicyValue } from './policy.ts';

/** The keys that a policy's definition may have: RabbitMQ's, in the order in which it looks at them. */

export interface PolicyKey {
  readonly name: string;
  readonly accepts: (value: unknown) => boolean;
  /** What is said of a value that is not accepted, after the value. */
  readonly problem: string;
  /** Of a policy's and an operator policy's value, the one that counts. Undefined for what operator policies do not have. */
  readonly merge: ((value: PolicyValue, operatorValue: PolicyValue) => PolicyValue) | undefined;
  /** A policy with this key passes over queues of these types, with all that it has. */
  readonly notFor: readonly QueueType[];
}

const CLASSIC: readonly QueueType[] = ['classic'];
const QUORUM: readonly QueueType[] = ['quorum'];
const BOTH: readonly QueueType[] = ['classic', 'quorum'];

const SEGMENT_BYTES_MAX = 3_000_000_000;
const LEADER_LOCATORS = ['client-local', 'balanced', 'random', 'least-leaders'];
const OVERFLOWS = ['drop-head', 'reject-publish', 'reject-publish-dlx'];
const STRATEGIES = ['at-most-once', 'at-least-once'];

type Merge = NonNullable<PolicyKey['merge']>;

const least: Merge = (value, operatorValue) => Math.min(Number(value), Number(operatorValue));
const greatest: Merge = (value, operatorValue) => Math.max(Number(value), Number(operatorValue));
const operators: Merge = (_value, operatorValue) => operatorValue;
const leastLimit: Merge = (value, operatorValue) => leastDeliveryLimit(Number(value), Number(operatorValue));

/** No delivery limit is negative: where one is, the other counts. */
export function leastDeliveryLimit(a: number, b: number): number {
  return a < 0 || b < 0 ? Math.max(a, b) : Math.min(a, b);
}

/**
 * Of several mistakes the first one is told. Keys about replicas, memory and streams are accepted, since definitions that
 * people have hold them, and mean nothing here.
 */
export const POLICY_KEYS: readonly PolicyKey[] = [
  key('alternate-exchange', isText, 'alternate exchange name'),
  key('consumer-disconnected-timeout', isNatural, 'consumer disconnected timeout'),
  key('consumer-timeout', isNatural, 'consumer timeout'),
  key('dead-letter-exchange', isText, 'dead letter exchange name'),
  key('dead-letter-routing-key', isText, 'dead letter routing key'),
  key('dead-letter-strategy', oneOf(STRATEGIES), 'dead letter strategy', { notFor: CLASSIC }),
  // RabbitMQ's classic queues have none.
  key('delivery-limit', Number.isInteger, 'delivery limit', { merge: leastLimit }),
  key('expires', isPositive, 'queue expiry', { merge: least }),
  key('initial-cluster-size', isNatural, 'cluster size', { notFor: BOTH }),
  key('max-age', isAge, 'max age', { notFor: BOTH }),
  key('max-in-memory-bytes', isNatural, 'maximum memory in bytes', { notFor: CLASSIC, merge: least }),
  key('max-in-memory-length', isNatural, 'maximum memory in bytes', { notFor: CLASSIC, merge: least }),
  key('max-length', isNatural, 'maximum length', { merge: least }),
  key('max-length-bytes', isNatural, 'maximum length in bytes', { merge: least }),
  key('message-ttl', isNatural, 'message TTL', { merge: least }),
  key('overflow', oneOf(OVERFLOWS), 'overflow value', { merge: operators }),
  key('queue-leader-locator', oneOf(LEADER_LOCATORS), 'queue leader locator value'),
  key('queue-mode', oneOf(['default', 'lazy']), 'queue-mode value', { notFor: QUORUM }),
  key('queue-version', (value) => value === 1 || value === 2, 'queue-version value', { merge: operators }),
  key('stream-filter-size-bytes', isFilterSize, 'filter size. Valid range is 16-255'),
  key('stream-max-segment-size-bytes', isSegmentSize, 'segment size', { notFor: BOTH }),
  key('delayed-retry-max', isPositive, 'delayed retry maximum delay. Must be a positive integer', { merge: least }),
  key('delayed-retry-min', isPositive, 'delayed retry minimum delay. Must be a positive integer', { merge: greatest }),
  key('delayed-retry-type', oneOf(RETRY_TYPES), `delayed retry type. Must be one of: ${RETRY_TYPES.join(', ')}`, {
    merge: operators,
  }),
  // Leveret's own.
  key('delayed-retry-backoff', oneOf(BACKOFFS), `delayed retry backoff. Must be one of: ${BACKOFFS.join(', ')}`, {
    merge: operators,
  }),
  key('delayed-retry-delays', isDelays, 'list of delays such as 10s, 1m, 15m', { merge: operators }),
  key('delayed-retry-factor', isFrom(1, FACTOR_MAX), `delayed retry factor. Must be from 1 to ${FACTOR_MAX}`, {
    merge: operators,
  }),
  key('delayed-retry-jitter', isFrom(0, 1), 'delayed retry jitter. Must be from 0 to 1', { merge: operators }),
  key('scheduled-delivery', (value) => typeof value === 'boolean', 'boolean'),
  key('target-group-size', isPositive, 'qq target count value', { notFor: CLASSIC, merge: greatest }),
];

const BY_NAME: ReadonlyMap<string, PolicyKey> = new Map(POLICY_KEYS.map((known) => [known.name, known]));

export function policyKey(name: string): PolicyKey | undefined {
  return BY_NAME.get(name);
}

function key(
  name: string,
  accepts: PolicyKey['accepts'],
  what: string,
  { merge, notFor = [] }: { readonly merge?: Merge; readonly notFor?: readonly QueueType[] } = {},
): PolicyKey {
  return { name, accepts, problem: `is not a valid ${what}`, merge, notFor };
}

function isDelays(value: unknown): boolean {
  return typeof value === 'string' && parseDelays(value) !== undefined;
}

function isFrom(min: number, max: number): (value: unknown) => boolean {
  return (value) => typeof value === 'number' && value >= min && value <= max;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isNatural(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function isPositive(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0;
}

function isFilterSize(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 16 && (value as number) <= 255;
}

function isSegmentSize(value: unknown): boolean {
  return isNatural(value) && (value as number) <= SEGMENT_BYTES_MAX;
}

/** A number and its unit: years, months, days, hours, minutes or seconds. */
function isAge(value: unknown): boolean {
  return typeof value === 'string' && /^\d+[YMDhms]$/.test(value);
}

function oneOf(values: readonly string[]): (value: unknown) => boolean {
  return (value) => values.includes(value as string);
}
