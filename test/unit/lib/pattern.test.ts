import { describe, expect, test } from 'vitest';
import { backtrackingCost } from '../../../src/lib/backtracking.ts';
import { compilePattern, PatternError } from '../../../src/lib/pattern.ts';

async function matches(source: string, name: string): Promise<boolean> {
  return (await compilePattern(source)).matches(name);
}

async function problem(source: string): Promise<string> {
  const error = await compilePattern(source).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(PatternError);
  return (error as PatternError).message;
}

describe('a pattern', () => {
  test.each([
    ['', 'anything', true],
    ['.*', '', true],
    ['^orders\\.', 'orders.new', true],
    ['^orders\\.', 'my.orders.new', false],
    ['orders', 'my.orders.new', true],
    ['^(a|b)+$', 'abab', true],
    ['^(a|b)+$', 'abcb', false],
    ['(?i)^ORDERS$', 'orders', true],
    ['^[[:alpha:]]+$', 'abc', true],
    ['^\\d{3}$', '123', true],
  ])('%s on %s: %s', async (source, name, expected) => {
    expect(await matches(source, name)).toBe(expected);
  });

  test('matches bytes, as RabbitMQ does', async () => {
    expect(await matches('^ä$', 'ä')).toBe(true);
    expect(await matches('^.$', 'ä')).toBe(false);
    expect(await matches('^..$', 'ä')).toBe(true);
  });

  test('keeps the source that it was made of', async () => {
    expect((await compilePattern('^ä')).source).toBe('^ä');
  });

  test('that nests repetitions takes no longer for it', async () => {
    const pattern = await compilePattern('^(a+)+$');
    const before = performance.now();
    expect(pattern.matches(`${'a'.repeat(250)}!`)).toBe(false);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe('look-arounds and references', () => {
  test.each([
    ['^(?!amq\\.).*', 'orders', true],
    ['^(?!amq\\.).*', 'amq.gen-1', false],
    ['^(?!(amq|sys)\\.).+', 'sys.x', false],
    ['^((?!dead).)*$', 'a.dead.b', false],
    ['^((?!dead).)*$', 'a.live.b', true],
    ['(?<!\\.)retry$', 'x.retry', false],
    ['(?<!\\.)retry$', 'x-retry', true],
    ['^(\\w)\\1', 'aab', true],
    ['^(?!ä).', 'äb', false],
  ])('%s on %s: %s', async (source, name, expected) => {
    expect(await matches(source, name)).toBe(expected);
  });

  test.each(['^(?=a)(a+)+$', '^(?!x)(a|a)*$', '(?!x).*.*.*.*y', `^(?!x)${'(a|a)'.repeat(40)}$`])(
    '%s might take too long, and is refused',
    async (source) => {
      expect(await problem(source)).toBe(
        'should be regular expression but is invalid: with look-arounds or references it could take too long to match',
      );
    },
  );

  test('the costliest pattern that is taken still answers soon', async () => {
    const source = '^(?!x)(a|a)(a|a)(a|a)(a|a).*.*y';
    expect(backtrackingCost(source)).toBe(2 ** 21);
    const pattern = await compilePattern('^(?!x)(a|a)(a|a)(a|a).*.*y');
    const before = performance.now();
    expect(pattern.matches('a'.repeat(255))).toBe(false);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  test('are not tried on a name that is longer than names are', async () => {
    expect(await matches('^(?!x).', 'a'.repeat(256))).toBe(false);
  });

  test.each([
    ['^(?!amq\\.).*', 2 * 256],
    ['(?!amq\\.).*', 2 * 256 * 256],
    ['^(?!a|b)c|d', (1 + 1) * 3 * 256],
    ['^(?=.*a)(?=.*b).*', (1 + 256 + 256) * 256],
    ['^(a|b)+$', 2 ** 264],
    ['^a{2}b{1,3}?c?', 3 * 2],
    ['^(a|b){3}$', 8],
    ['^[a\\]]$', 1],
  ])('%s costs %d', (source, cost) => {
    expect(backtrackingCost(source)).toBe(cost);
  });

  test.each(['(?>a)', '(?i)a', '\\Aa', '\\p{L}', '[]a]', '[[:alpha:]]', '[a', '(a', 'a)', '[\\h]'])(
    '%s is not understood as JavaScript would',
    (source) => {
      expect(backtrackingCost(source)).toBeUndefined();
    },
  );
});

describe('what is not a pattern', () => {
  test.each([
    ['^p(', 'missing closing ): `^p(`'],
    ['p)', 'unexpected ): `p)`'],
    ['*p', 'missing argument to repetition operator: `*`'],
    ['[p', 'missing closing ]: `[p`'],
    ['(?!a)\\Ab', 'invalid or unsupported Perl syntax: `(?!`'],
    ['a++', 'invalid nested repetition operator: `++`'],
  ])('%s', async (source, reason) => {
    expect(await problem(source)).toBe(`should be regular expression but is invalid: ${reason}`);
  });

  test('more than a kilobyte', async () => {
    expect(await problem('ä'.repeat(513))).toBe('must not exceed 1024 bytes');
    expect(await matches('ä'.repeat(512), 'ä')).toBe(false);
  });
});
