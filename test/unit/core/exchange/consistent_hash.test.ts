import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AmqpError } from '../../../../src/codec/errors.ts';
import { type FieldTable, fromPlain } from '../../../../src/codec/table.ts';
import type { Binding } from '../../../../src/core/exchange/binding.ts';
import { ConsistentHashMatcher } from '../../../../src/core/exchange/consistent_hash.ts';
import { NO_PROPERTIES, type RoutedProperties } from '../../../../src/core/exchange/routed_properties.ts';
import { bindingOf, queue, text } from './samples.ts';

const KEYS = Array.from({ length: 4000 }, (_, index) => `customer.${index}`);

function matcherOf(bindings: readonly Binding[], table?: FieldTable): ConsistentHashMatcher {
  const matcher = new ConsistentHashMatcher(table);
  for (const binding of bindings) matcher.add(binding);
  return matcher;
}

function destination(
  matcher: ConsistentHashMatcher,
  key: string,
  properties: RoutedProperties = NO_PROPERTIES,
): string {
  const names: string[] = [];
  matcher.match(key, properties, ({ name }) => names.push(name));
  return names.length === 0 ? 'none' : names.join(' and ');
}

/** Where each key goes. */
function placement(matcher: ConsistentHashMatcher): string[] {
  return KEYS.map((key) => destination(matcher, key));
}

function shares(matcher: ConsistentHashMatcher): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of placement(matcher)) counts[name] = (counts[name] ?? 0) + 1 / KEYS.length;
  return counts;
}

const weights = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer({ min: 1, max: 10_000 }), {
  minKeys: 2,
  maxKeys: 8,
});

const bindingsOf = (members: Record<string, number>): Binding[] =>
  Object.entries(members).map(([name, weight]) => bindingOf(queue(name), `${weight}`));

describe('the share of a queue', () => {
  it('is its weight in the sum of weights', () => {
    fc.assert(
      fc.property(weights, (members) => {
        const sum = Object.values(members).reduce((total, weight) => total + weight);
        const found = shares(matcherOf(bindingsOf(members)));
        // Five standard deviations of the share that 4000 draws would get, and a little for those that get next to none.
        for (const [name, weight] of Object.entries(members)) {
          const share = weight / sum;
          const tolerance = 5 * Math.sqrt((share * (1 - share)) / KEYS.length) + 0.001;
          expect(Math.abs((found[name] ?? 0) - share)).toBeLessThan(tolerance);
        }
      }),
      { numRuns: 30, seed: 4 },
    );
  });

  it('is even among many queues of one weight', () => {
    const names = Array.from({ length: 50 }, (_, index) => `queue-${index}`);
    const found = shares(matcherOf(names.map((name) => bindingOf(queue(name), '1'))));
    for (const name of names) expect(Math.abs((found[name] ?? 0) - 0.02)).toBeLessThan(0.012);
  });
});

describe('when bindings change', () => {
  it('what moves goes to the queue that came, or comes from the one that went, and nothing else moves', () => {
    fc.assert(
      fc.property(weights, fc.nat(), (members, chosen) => {
        const bindings = bindingsOf(members);
        const matcher = matcherOf(bindings);
        const before = placement(matcher);
        const gone = bindings[chosen % bindings.length]!;
        matcher.remove(gone);
        const without = placement(matcher);
        const moved = before.filter((name, index) => name !== without[index]);
        expect(moved).toEqual(before.filter((name) => name === gone.destination.name));
        matcher.add(gone);
        expect(placement(matcher)).toEqual(before);
      }),
      { numRuns: 20 },
    );
  });

  it('their order makes no difference', () => {
    const bindings = bindingsOf({ a: 1, b: 2, c: 3, d: 4 });
    expect(placement(matcherOf([...bindings].reverse()))).toEqual(placement(matcherOf(bindings)));
  });

  it('a heavier weight only takes from others', () => {
    const light = placement(matcherOf(bindingsOf({ a: 10, b: 10, c: 10 })));
    const heavy = placement(matcherOf(bindingsOf({ a: 20, b: 10, c: 10 })));
    expect(heavy.filter((name, index) => name !== light[index] && name !== 'a')).toEqual([]);
    expect(heavy.filter((name) => name === 'a').length).toBeGreaterThan(light.filter((name) => name === 'a').length);
  });
});

it('goes where it went in every earlier version', () => {
  const matcher = matcherOf(bindingsOf({ red: 1, green: 1, blue: 2 }));
  const keys = ['', 'a', 'orders', 'orders.created', 'ä', '1', '2', '3'];
  const names = ['blue', 'green', 'blue', 'blue', 'blue', 'red', 'red', 'green'];
  expect(keys.map((key) => destination(matcher, key))).toEqual(names);
});

describe('a queue bound twice', () => {
  it('counts once, with the weight it was first bound with, until that is gone', () => {
    const [first, second, other] = [bindingOf(queue('a'), '1'), bindingOf(queue('a'), '9'), bindingOf(queue('b'), '1')];
    // The destination is one object, as a queue is.
    const again = { ...second, destination: first.destination };
    const matcher = matcherOf([first, again, other]);
    const even = shares(matcher)['a'] ?? 0;
    expect(Math.abs(even - 0.5)).toBeLessThan(0.05);
    matcher.remove(first);
    expect(shares(matcher)['a']).toBeGreaterThan(0.85);
    matcher.remove(again);
    expect(shares(matcher)).toEqual({ b: expect.closeTo(1) });
  });
});

it('routes nowhere without bindings', () => {
  expect(destination(new ConsistentHashMatcher(), 'k')).toBe('none');
});

describe('what is hashed', () => {
  const members = bindingsOf(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`q${index}`, 1])));
  const reached = (table: FieldTable, messages: readonly RoutedProperties[]): number => {
    const matcher = matcherOf(members, table);
    return new Set(messages.map((message, index) => destination(matcher, `key ${index}`, message))).size;
  };
  const many = Array.from({ length: 50 }, (_, index) => index);

  it.each<[string, FieldTable, (index: number) => RoutedProperties]>([
    ['a header', fromPlain({ 'hash-header': 'h' }), (index) => ({ headers: fromPlain({ h: index }) })],
    ['message_id', fromPlain({ 'hash-property': 'message_id' }), (index) => ({ messageId: `${index}` })],
    ['correlation_id', fromPlain({ 'hash-property': 'correlation_id' }), (index) => ({ correlationId: `${index}` })],
    ['timestamp', fromPlain({ 'hash-property': 'timestamp' }), (index) => ({ timestamp: index })],
  ])('is %s, where that is asked for, and no longer the key', (_, table, message) => {
    expect(new ConsistentHashMatcher(table).keyDecides).toBe(false);
    expect(reached(table, many.map(message))).toBeGreaterThan(10);
    expect(
      reached(
        table,
        many.map(() => message(7)),
      ),
    ).toBe(1);
    expect(
      reached(
        table,
        many.map(() => NO_PROPERTIES),
      ),
    ).toBe(1);
  });

  it('is the key, where nothing is asked for', () => {
    expect(new ConsistentHashMatcher().keyDecides).toBe(true);
    expect(
      reached(
        fromPlain({}),
        many.map(() => NO_PROPERTIES),
      ),
    ).toBeGreaterThan(10);
  });

  it('takes integers of any width for the same', () => {
    const messages = (['b', 's', 'I', 'l'] as const).map((tag) => ({ headers: new Map([['h', { tag, value: 5 }]]) }));
    expect(reached(fromPlain({ 'hash-header': 'h' }), messages)).toBe(1);
    const others = [{ headers: new Map([['h', text('5')]]) }, ...messages];
    expect(reached(fromPlain({ 'hash-header': 'h' }), others)).toBe(2);
  });
});

it.each([
  [{ 'hash-header': 'a', 'hash-property': 'zz' }, 'hash-header and hash-property are mutually exclusive'],
  [{ 'hash-property': 'zz' }, 'Unsupported property: zz'],
  [{ 'hash-header': 5 }, "invalid type 'signedint' for arg 'hash-header'"],
])('refuses the arguments %j', (table, explanation) => {
  expect(() => new ConsistentHashMatcher(fromPlain(table))).toThrow(new AmqpError(406, explanation));
});
