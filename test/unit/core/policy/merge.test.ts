import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromPlain, type PlainTableInput } from '../../../../src/codec/table.ts';
import { effectiveDefinition, effectiveSettings } from '../../../../src/core/policy/merge.ts';
import type { Policy, PolicyValue } from '../../../../src/core/policy/policy.ts';
import { argumentSettings, type QueueSettings } from '../../../../src/core/queue/settings.ts';

function policy(definition: Readonly<Record<string, PolicyValue | undefined>>): Policy {
  const entries = Object.entries(definition).filter((entry): entry is [string, PolicyValue] => entry[1] !== undefined);
  return { name: 'p', pattern: '', applyTo: 'all', priority: 0, definition: new Map(entries) };
}

function settings(
  argument: PlainTableInput,
  byPolicy: Readonly<Record<string, PolicyValue | undefined>>,
  byOperator: Readonly<Record<string, PolicyValue | undefined>>,
): QueueSettings {
  const properties = {
    name: 'q',
    durable: true,
    autoDelete: false,
    exclusiveOwner: undefined,
    arguments: fromPlain(argument),
  };
  return effectiveSettings(properties, policy(byPolicy), policy(byOperator));
}

const VALUES = [undefined, 1, 2, 3] as const;

/** Argument, policy and operator policy, each missing or one of three values. */
const TRIPLES = VALUES.flatMap((a) => VALUES.flatMap((b) => VALUES.map((c) => [a, b, c] as const)));

const NUMBERS = [
  ['message-ttl', 'messageTtlMs'],
  ['expires', 'expiresMs'],
  ['max-length', 'maxLength'],
  ['max-length-bytes', 'maxLengthBytes'],
] as const;

describe.each(NUMBERS)('%s', (key, setting) => {
  test('is the least of what is there, in every combination', () => {
    for (const triple of TRIPLES) {
      const [argument, byPolicy, byOperator] = triple;
      const merged = settings({ [`x-${key}`]: argument }, { [key]: byPolicy }, { [key]: byOperator });
      const present = triple.filter((value) => value !== undefined);
      expect(merged[setting], String(triple)).toBe(present.length === 0 ? undefined : Math.min(...present));
    }
  });
});

describe.each([
  ['dead-letter-exchange', 'deadLetterExchange'],
  ['dead-letter-routing-key', 'deadLetterRoutingKey'],
] as const)('%s', (key, setting) => {
  test.each([
    [undefined, undefined, undefined],
    ['argument', undefined, 'argument'],
    [undefined, 'policy', 'policy'],
    ['argument', 'policy', 'argument'],
    ['', 'policy', ''],
    [undefined, '', ''],
  ])('argument %j, policy %j: %j', (argument, byPolicy, expected) => {
    expect(settings({ [`x-${key}`]: argument }, { [key]: byPolicy }, { expires: 1 })[setting]).toBe(expected);
  });
});

describe('overflow', () => {
  const A = 'reject-publish';
  const B = 'reject-publish-dlx';
  const D = 'drop-head';
  test.each([
    // argument, policy, operator policy, of a classic queue, of a quorum queue
    [undefined, undefined, undefined, D, D],
    [A, undefined, undefined, A, A],
    [undefined, B, undefined, B, B],
    [undefined, undefined, B, B, B],
    [undefined, A, B, B, B],
    [A, B, undefined, A, B],
    [A, undefined, B, A, B],
    [A, D, B, A, B],
    [D, A, undefined, D, A],
  ])('argument %s, policy %s, operator %s: %s, quorum %s', (argument, byPolicy, byOperator, classic, quorum) => {
    const inPolicies = [{ overflow: byPolicy }, { overflow: byOperator, expires: 1 }] as const;
    expect(settings({ 'x-overflow': argument }, ...inPolicies).overflow).toBe(classic);
    expect(settings({ 'x-overflow': argument, 'x-queue-type': 'quorum' }, ...inPolicies).overflow).toBe(quorum);
  });
});

describe('delivery-limit', () => {
  const limit = (argument?: number, byPolicy?: number, byOperator?: number) =>
    settings(
      { 'x-queue-type': 'quorum', 'x-delivery-limit': argument },
      { 'delivery-limit': byPolicy },
      { 'delivery-limit': byOperator },
    ).deliveryLimit;

  test('is the least, as long as all are limits', () => {
    for (const triple of TRIPLES) {
      const present = triple.filter((value) => value !== undefined);
      if (present.length > 0) expect(limit(...triple), String(triple)).toBe(Math.min(...present));
    }
  });

  test('takes the place of the default, even where it is higher', () => {
    expect(limit()).toBe(20);
    expect(limit(undefined, 50)).toBe(50);
  });

  test.each([
    [-1, 5, undefined, 5],
    [5, -1, undefined, 5],
    [undefined, -1, undefined, undefined],
    [undefined, -1, 7, 7],
    [-1, -1, -1, undefined],
    [0, 5, 5, 0],
  ])('argument %s, policy %s, operator %s: %s', (argument, byPolicy, byOperator, expected) => {
    expect(limit(argument, byPolicy, byOperator)).toBe(expected);
  });
});

test('without policies, the arguments are all there is', () => {
  const table = fromPlain({ 'x-max-length': 5, 'x-max-priority': 3, 'x-single-active-consumer': true });
  const properties = { name: 'q', durable: true, autoDelete: false, exclusiveOwner: undefined, arguments: table };
  expect(effectiveSettings(properties, undefined, undefined)).toEqual(argumentSettings(table));
});

test('priorities and single active consumers are what they were declared with', () => {
  const merged = settings({ 'x-max-priority': 3, 'x-single-active-consumer': true }, { 'max-length': 1 }, {});
  expect(merged).toMatchObject({ maxPriority: 3, singleActiveConsumer: true, maxLength: 1 });
});

test('in a queue with groups no message waits, whatever a policy says', () => {
  const later = { 'delayed-retry-type': 'all', 'delayed-retry-min': 5, 'scheduled-delivery': true };
  expect(settings({}, later, {})).toMatchObject({ scheduled: true, retry: { minMs: 5 } });
  expect(settings({ 'x-group-by': 'a' }, later, {})).toMatchObject({ scheduled: false, retry: undefined });
});

describe('the effective definition', () => {
  test('is undefined where nothing applies, and a single one as it is', () => {
    const one = policy({ 'max-length': 1 });
    expect(effectiveDefinition(undefined, undefined)).toBeUndefined();
    expect(effectiveDefinition(one, undefined)).toBe(one.definition);
    expect(effectiveDefinition(undefined, one)).toBe(one.definition);
  });

  test.each([
    ['max-length', 5, 7, 5],
    ['target-group-size', 3, 5, 5],
    ['delayed-retry-min', 3, 5, 5],
    ['delayed-retry-max', 3, 5, 3],
    ['delayed-retry-type', 'all', 'failed', 'failed'],
    ['queue-version', 1, 2, 2],
    ['overflow', 'drop-head', 'reject-publish', 'reject-publish'],
    ['delivery-limit', -1, 3, 3],
  ])('%s: %s and the operator’s %s make %s', (key, value, operatorValue, expected) => {
    const merged = effectiveDefinition(policy({ [key]: value }), policy({ [key]: operatorValue }));
    expect(merged).toEqual(new Map([[key, expected]]));
  });

  test('has all keys of both, by name', () => {
    const merged = effectiveDefinition(
      policy({ 'message-ttl': 3, 'dead-letter-exchange': 'x' }),
      policy({ expires: 9 }),
    );
    expect([...(merged ?? [])]).toEqual([
      ['dead-letter-exchange', 'x'],
      ['expires', 9],
      ['message-ttl', 3],
    ]);
  });
});

const amount = fc.option(fc.nat(1000), { nil: undefined });
const numbers = fc.record({ 'message-ttl': amount, 'max-length': amount, 'max-length-bytes': amount, expires: amount });

test('an operator policy never lets more through than there was without it', () => {
  fc.assert(
    fc.property(numbers, numbers, numbers, (argument, byPolicy, byOperator) => {
      const table = Object.fromEntries(Object.entries(argument).map(([key, value]) => [`x-${key}`, value]));
      const without = settings(table, byPolicy, {});
      const merged = settings(table, byPolicy, byOperator);
      for (const [key, setting] of NUMBERS) {
        const limit = merged[setting] ?? Number.POSITIVE_INFINITY;
        expect(limit).toBeLessThanOrEqual(without[setting] ?? Number.POSITIVE_INFINITY);
        expect(limit).toBeLessThanOrEqual(byOperator[key] ?? Number.POSITIVE_INFINITY);
      }
    }),
  );
});
