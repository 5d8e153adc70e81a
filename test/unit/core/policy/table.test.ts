import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { APPLY_TO, type Policy, type PolicyTarget } from '../../../../src/core/policy/policy.ts';
import { PolicyTable } from '../../../../src/core/policy/table.ts';
import type { Pattern } from '../../../../src/lib/pattern.ts';

function policy(name: string, given: Partial<Policy> = {}): Policy {
  return { name, pattern: '', applyTo: 'all', priority: 0, definition: new Map([['max-length', 1]]), ...given };
}

/** A pattern that is a prefix, which is enough here. */
function prefix(source: string): Pattern {
  return { source, matches: (name) => name.startsWith(source) };
}

function tableOf(...policies: readonly Policy[]): PolicyTable {
  const table = new PolicyTable();
  for (const each of policies) table.set('policy', each, prefix(each.pattern));
  return table;
}

const CLASSIC: PolicyTarget = { kind: 'queue', name: 'q', queueType: 'classic' };
const QUORUM: PolicyTarget = { kind: 'queue', name: 'q', queueType: 'quorum' };
const EXCHANGE: PolicyTarget = { kind: 'exchange', name: 'q' };

function applying(table: PolicyTable, target: PolicyTarget = CLASSIC): string | undefined {
  return table.match(target).policy?.name;
}

describe('what a policy is for', () => {
  test.each([
    ['all', true, true, true],
    ['queues', true, true, false],
    ['classic_queues', true, false, false],
    ['quorum_queues', false, true, false],
    ['streams', false, false, false],
    ['exchanges', false, false, true],
  ] as const)('%s: classic %s, quorum %s, exchange %s', (applyTo, classic, quorum, exchange) => {
    const table = tableOf(policy('p', { applyTo }));
    expect([CLASSIC, QUORUM, EXCHANGE].map((target) => applying(table, target) === 'p')).toEqual([
      classic,
      quorum,
      exchange,
    ]);
  });

  test.each([
    ['delivery-limit', true, true],
    ['dead-letter-strategy', false, true],
    ['max-in-memory-length', false, true],
    ['target-group-size', false, true],
    ['queue-mode', true, false],
    ['max-age', false, false],
    ['initial-cluster-size', false, false],
    ['stream-max-segment-size-bytes', false, false],
    ['stream-filter-size-bytes', true, true],
    ['alternate-exchange', true, true],
    ['consumer-timeout', true, true],
  ])('with %s beside other keys: classic %s, quorum %s, every exchange', (key, classic, quorum) => {
    const table = tableOf(
      policy('p', {
        priority: 1,
        definition: new Map<string, string | number>([
          ['max-length', 1],
          [key, 1],
        ]),
      }),
      policy('next'),
    );
    expect([CLASSIC, QUORUM, EXCHANGE].map((target) => applying(table, target))).toEqual([
      classic ? 'p' : 'next',
      quorum ? 'p' : 'next',
      'p',
    ]);
  });
});

describe('precedence', () => {
  test('the highest priority, then the first name by bytes', () => {
    const table = tableOf(
      policy('zz', { priority: 1 }),
      policy('aa', { priority: 1 }),
      policy('Aa', { priority: 1 }),
      policy('0'),
    );
    expect(applying(table)).toBe('Aa');
    table.delete('policy', 'Aa');
    expect(applying(table)).toBe('aa');
    table.delete('policy', 'aa');
    expect(applying(table)).toBe('zz');
    table.delete('policy', 'zz');
    expect(applying(table)).toBe('0');
    table.delete('policy', '0');
    expect(applying(table)).toBeUndefined();
    expect(table.isEmpty).toBe(true);
  });

  test('only one applies: another one’s keys do not shine through', () => {
    const table = tableOf(policy('low', { definition: new Map([['expires', 1]]) }), policy('high', { priority: 1 }));
    expect([...(table.match(CLASSIC).policy?.definition.keys() ?? [])]).toEqual(['max-length']);
  });

  test('policies and operator policies are apart', () => {
    const table = tableOf(policy('p'));
    table.set('operator policy', policy('p', { priority: 5 }), prefix(''));
    expect(table.match(CLASSIC)).toMatchObject({ policy: { priority: 0 }, operatorPolicy: { priority: 5 } });
    expect(table.delete('operator policy', 'p')).toBe(true);
    expect(table.delete('operator policy', 'p')).toBe(false);
    expect(applying(table)).toBe('p');
  });
});

describe('setting', () => {
  test('replaces by name', () => {
    const table = tableOf(policy('p'), policy('p', { priority: 3 }));
    expect(table.list('policy')).toMatchObject([{ priority: 3 }]);
    expect(table.get('policy', 'p')?.priority).toBe(3);
  });

  test('the same again is no change', () => {
    const table = tableOf(policy('p'));
    const before = table.get('policy', 'p');
    expect(table.set('policy', policy('p'), prefix(''))).toBe(false);
    expect(table.get('policy', 'p')).toBe(before);
    const changes: Partial<Policy>[] = [
      { pattern: 'x' },
      { applyTo: 'queues' },
      { priority: 1 },
      { definition: new Map([['max-length', 2]]) },
      { definition: new Map([['expires', 1]]) },
    ];
    for (const change of changes)
      expect(tableOf(policy('p')).set('policy', policy('p', change), prefix(''))).toBe(true);
  });
});

test('any sequence of changes leaves what a plain search finds', () => {
  const change = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'B', 'ä'),
    deleted: fc.boolean(),
    priority: fc.integer({ min: -2, max: 2 }),
    pattern: fc.constantFrom('', 'q', 'qu', 'x'),
    applyTo: fc.constantFrom(...APPLY_TO),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const table = new PolicyTable();
      const model = new Map<string, Policy>();
      for (const { name, deleted, ...given } of changes) {
        if (deleted) {
          expect(table.delete('policy', name)).toBe(model.delete(name));
          continue;
        }
        const changed = policy(name, given);
        table.set('policy', changed, prefix(given.pattern));
        model.set(name, changed);
      }
      const found = [...model.values()]
        .filter(
          ({ applyTo, pattern }) =>
            ['all', 'queues', 'classic_queues'].includes(applyTo) && 'queue'.startsWith(pattern),
        )
        .sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))[0];
      expect(table.match({ kind: 'queue', name: 'queue', queueType: 'classic' }).policy).toEqual(found);
    }),
  );
});
