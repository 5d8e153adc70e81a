import { describe, expect, test } from 'vitest';
import { checkPolicy, PolicyError, type PolicyRequest } from '../../../../src/core/policy/check.ts';
import { POLICY_KEYS } from '../../../../src/core/policy/keys.ts';
import type { PolicyKind } from '../../../../src/core/policy/policy.ts';

function problems(request: Partial<PolicyRequest>, kind: PolicyKind = 'policy', patternProblem?: string) {
  try {
    checkPolicy(kind, 'mine', { pattern: '^q', definition: { 'max-length': 1 }, ...request }, patternProblem);
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyError);
    return (error as PolicyError).problems;
  }
  return [];
}

/** What RabbitMQ 4.3 answers to each, by `rabbitmqctl set_policy` and by HTTP. */
const REFUSED: Readonly<Record<string, readonly [unknown, string][]>> = {
  'alternate-exchange': [[5, '5 is not a valid alternate exchange name']],
  'consumer-disconnected-timeout': [[-1, '-1 is not a valid consumer disconnected timeout']],
  'consumer-timeout': [['5', '<<"5">> is not a valid consumer timeout']],
  'dead-letter-exchange': [[true, 'true is not a valid dead letter exchange name']],
  'dead-letter-routing-key': [[null, 'null is not a valid dead letter routing key']],
  'dead-letter-strategy': [['twice', '<<"twice">> is not a valid dead letter strategy']],
  'delayed-retry-max': [[0, '0 is not a valid delayed retry maximum delay. Must be a positive integer']],
  'delayed-retry-min': [[0, '0 is not a valid delayed retry minimum delay. Must be a positive integer']],
  'delayed-retry-type': [
    ['x', '<<"x">> is not a valid delayed retry type. Must be one of: all, failed, returned, disabled'],
    ['all', 'delayed-retry-min is required when delayed-retry-type is all'],
  ],
  'delayed-retry-backoff': [
    ['steep', '<<"steep">> is not a valid delayed retry backoff. Must be one of: linear, exponential'],
  ],
  'delayed-retry-delays': [['soon', '<<"soon">> is not a valid list of delays such as 10s, 1m, 15m']],
  'delayed-retry-factor': [[0.5, '0.5 is not a valid delayed retry factor. Must be from 1 to 1000']],
  'delayed-retry-jitter': [[2, '2 is not a valid delayed retry jitter. Must be from 0 to 1']],
  'scheduled-delivery': [['yes', '<<"yes">> is not a valid boolean']],
  'delivery-limit': [[1.5, '1.5 is not a valid delivery limit']],
  expires: [
    [0, '0 is not a valid queue expiry'],
    [-1, '-1 is not a valid queue expiry'],
  ],
  'initial-cluster-size': [[-1, '-1 is not a valid cluster size']],
  'max-age': [['7', '<<"7">> is not a valid max age']],
  'max-in-memory-bytes': [[-1, '-1 is not a valid maximum memory in bytes']],
  'max-in-memory-length': [[-1, '-1 is not a valid maximum memory in bytes']],
  'max-length': [
    [-1, '-1 is not a valid maximum length'],
    ['10', '<<"10">> is not a valid maximum length'],
    [[1, 'a'], '[1,<<"a">>] is not a valid maximum length'],
    [{ b: 1, a: true }, '#{<<"a">> => true,<<"b">> => 1} is not a valid maximum length'],
  ],
  'max-length-bytes': [[-1, '-1 is not a valid maximum length in bytes']],
  'message-ttl': [[-1, '-1 is not a valid message TTL']],
  overflow: [['x', '<<"x">> is not a valid overflow value']],
  'queue-leader-locator': [['x', '<<"x">> is not a valid queue leader locator value']],
  'queue-mode': [['x', '<<"x">> is not a valid queue-mode value']],
  'queue-version': [[3, '3 is not a valid queue-version value']],
  'stream-filter-size-bytes': [[1, '1 is not a valid filter size. Valid range is 16-255']],
  'stream-max-segment-size-bytes': [[3_000_000_001, '3000000001 is not a valid segment size']],
  'target-group-size': [[0, '0 is not a valid qq target count value']],
};

const TAKEN: Readonly<Record<string, readonly unknown[]>> = {
  'alternate-exchange': ['x', ''],
  'consumer-disconnected-timeout': [0],
  'consumer-timeout': [0, 5],
  'dead-letter-exchange': ['x', ''],
  'dead-letter-routing-key': ['x', ''],
  'dead-letter-strategy': ['at-most-once', 'at-least-once'],
  'delayed-retry-max': [1],
  'delayed-retry-min': [1],
  'delayed-retry-type': ['disabled'],
  'delayed-retry-backoff': ['linear', 'exponential'],
  'delayed-retry-delays': ['10s, 1m, 15m', '0ms'],
  'delayed-retry-factor': [1, 1.5],
  'delayed-retry-jitter': [0, 0.25, 1],
  'scheduled-delivery': [true, false],
  'delivery-limit': [-1, 0, 5],
  expires: [1],
  'initial-cluster-size': [0],
  'max-age': ['7D', '1Y', '10s'],
  'max-in-memory-bytes': [0],
  'max-in-memory-length': [0],
  'max-length': [0, 2 ** 60],
  'max-length-bytes': [0],
  'message-ttl': [0],
  overflow: ['drop-head', 'reject-publish', 'reject-publish-dlx'],
  'queue-leader-locator': ['client-local', 'balanced', 'random', 'least-leaders'],
  'queue-mode': ['default', 'lazy'],
  'queue-version': [1, 2],
  'stream-filter-size-bytes': [16, 255],
  'stream-max-segment-size-bytes': [0, 3_000_000_000],
  'target-group-size': [1],
};

const OPERATOR_KEYS = [
  'delayed-retry-backoff',
  'delayed-retry-delays',
  'delayed-retry-factor',
  'delayed-retry-jitter',
  'delayed-retry-max',
  'delayed-retry-min',
  'delayed-retry-type',
  'delivery-limit',
  'expires',
  'max-in-memory-bytes',
  'max-in-memory-length',
  'max-length',
  'max-length-bytes',
  'message-ttl',
  'overflow',
  'queue-version',
  'target-group-size',
];

describe('every key', () => {
  const names = POLICY_KEYS.map(({ name }) => name).sort();

  test('is tested', () => {
    expect(Object.keys(REFUSED).sort()).toEqual(names);
    expect(Object.keys(TAKEN).sort()).toEqual(names);
  });

  test.each(names)('%s', (name) => {
    for (const [value, problem] of REFUSED[name]!)
      expect(problems({ definition: { [name]: value } })).toEqual([problem]);
    for (const value of TAKEN[name]!) expect(problems({ definition: { [name]: value } })).toEqual([]);
  });

  test('an operator policy has those that narrow', () => {
    const taken = names.filter(
      (name) => problems({ definition: { [name]: TAKEN[name]![0] } }, 'operator policy').length === 0,
    );
    expect(taken).toEqual(OPERATOR_KEYS);
    expect(problems({ definition: { 'dead-letter-exchange': 'x' } }, 'operator policy')).toEqual([
      '[{<<"dead-letter-exchange">>,<<"x">>}] are not recognised policy settings',
    ]);
  });
});

describe('a definition', () => {
  test('is not empty', () => {
    expect(problems({ definition: {} })).toEqual(['no policy provided']);
  });

  test.each([[[]], ['x'], [5], [null], [undefined]])('is no %j', (definition) => {
    expect(problems({ definition })).toHaveLength(1);
  });

  test('tells all unknown keys at once, by name', () => {
    expect(problems({ definition: { zeta: 1, nonsense: 'a', alpha: [1] } })).toEqual([
      '[{<<"alpha">>,[1]},{<<"nonsense">>,<<"a">>},{<<"zeta">>,1}] are not recognised policy settings',
    ]);
  });

  test('with keys of mirrored queues is refused, as since RabbitMQ 4.0', () => {
    expect(problems({ definition: { 'ha-mode': 'all' } })).toEqual([
      '[{<<"ha-mode">>,<<"all">>}] are not recognised policy settings',
    ]);
  });

  test('tells the first wrong value, ahead of unknown keys', () => {
    expect(problems({ definition: { 'ha-mode': 'all', 'message-ttl': -1, 'max-length': -2 } })).toEqual([
      '-2 is not a valid maximum length',
    ]);
    expect(problems({ definition: { 'target-group-size': 0, expires: 0 } })).toEqual(['0 is not a valid queue expiry']);
  });

  test('does not say where a leader is, ahead of everything', () => {
    expect(problems({ definition: { expires: 0, 'queue-master-locator': 'x' } })).toEqual([
      'use of deprecated queue-master-locator argument is not permitted',
    ]);
  });

  test('has a longest retry delay no shorter than the shortest', () => {
    const definition = { 'delayed-retry-type': 'all', 'delayed-retry-min': 5, 'delayed-retry-max': 3 };
    expect(problems({ definition })).toEqual(['delayed-retry-max (3) must not be smaller than delayed-retry-min (5)']);
    expect(problems({ definition: { ...definition, 'delayed-retry-max': 5 } })).toEqual([]);
  });

  test('that inherits a name does not have it', () => {
    expect(problems({ definition: { toString: 1 } })).toEqual([
      '[{<<"toString">>,1}] are not recognised policy settings',
    ]);
  });
});

describe('a policy', () => {
  test('has defaults', () => {
    expect(checkPolicy('policy', 'mine', { pattern: '', definition: { 'max-length': 1 } }, undefined)).toEqual({
      name: 'mine',
      pattern: '',
      applyTo: 'all',
      priority: 0,
      definition: new Map([['max-length', 1]]),
    });
  });

  test.each(['queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges', 'all'])(
    'applies to %s',
    (applyTo) => {
      expect(problems({ applyTo })).toEqual([]);
    },
  );

  test('tells everything that is wrong, in the order of RabbitMQ', () => {
    const request = { pattern: '^p(', definition: { expires: 0 }, priority: 'a', applyTo: 'x' };
    expect(problems(request, 'policy', 'pattern should be regular expression but is invalid: why')).toEqual([
      '0 is not a valid queue expiry',
      "apply-to 'x' unrecognised; should be one of: 'queues', 'classic_queues',  'quorum_queues', 'streams', 'exchanges', or 'all'",
      'pattern should be regular expression but is invalid: why',
      'priority should be a number, actually was <<"a">>',
    ]);
  });

  test('has a text as its pattern, and a number as its priority', () => {
    expect(problems({ pattern: 5 })).toEqual(['pattern should be a binary but was 5']);
    expect(problems({ priority: Number.NaN })).toHaveLength(1);
    expect(problems({ priority: 1.5 })).toEqual([]);
  });

  test('that is refused says so as RabbitMQ does', () => {
    expect(new PolicyError(['one', 'two']).message).toBe('Validation failed\n\none\ntwo\n');
  });
});
