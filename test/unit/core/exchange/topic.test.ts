import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../../../../src/core/exchange/binding.ts';
import { TopicMatcher } from '../../../../src/core/exchange/topic.ts';
import { topicMatches } from './oracle.ts';
import { bindingOf, integer, matched, queue, table } from './samples.ts';

/** Keys and patterns of few words, so that they meet often; '' makes empty words. */
const wordsOf = (...words: string[]) =>
  fc.array(fc.constantFrom(...words), { maxLength: 7 }).map((parts) => parts.join('.'));
const keys = wordsOf('a', 'b', 'c', '');
const patterns = wordsOf('a', 'b', 'c', '', '*', '#', '#');

/** How many nodes one match looked at. */
function costOf(matcher: TopicMatcher, routingKey: string): number {
  return matcher.match(routingKey, {}, () => {});
}

describe('a topic exchange', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['#', '', true],
    ['*', '', false],
    ['', '', true],
    ['', 'a', false],
    ['#', 'a.b.c', true],
    ['a.#', 'a', true],
    ['#.b', 'b', true],
    ['a.#.b', 'a.b', true],
    ['a.#.b', 'a.x.y.b', true],
    ['a.#.b', 'a.x.y.b.c', false],
    ['a.*.b', 'a..b', true],
    ['*.*', '.', true],
    ['#.a.#.b.#', 'x.a.b', true],
    ['#.a.#.b.#', 'b.a', false],
    ['#.*', 'a', true],
    ['#.*', '', false],
    ['#.#.#', '', true],
    ['a.#.#.b', 'a.b', true],
    ['*.#.*', 'a', false],
    ['*.#.*', 'a.b', true],
    ['a*', 'ab', false],
    ['a.**', 'a.b', false],
  ])('matches pattern %j against key %j: %j', (pattern, routingKey, expected) => {
    const matcher = new TopicMatcher();
    matcher.add(bindingOf(queue('q'), pattern));
    expect(matched(matcher, routingKey)).toEqual(expected ? ['q'] : []);
    expect(topicMatches(pattern, routingKey)).toBe(expected);
  });

  it('takes * and # in a routing key for words like any other', () => {
    const matcher = new TopicMatcher();
    matcher.add(bindingOf(queue('words'), 'a.b'));
    matcher.add(bindingOf(queue('star'), 'a.*'));
    expect(matched(matcher, 'a.*')).toEqual(['star']);
    expect(matched(matcher, 'a.#')).toEqual(['star']);
  });

  it('finds what the definition finds, whatever was bound and unbound before', () => {
    const operations = fc.array(fc.tuple(patterns, fc.boolean()), { maxLength: 30 });
    fc.assert(
      fc.property(operations, fc.array(keys, { minLength: 1, maxLength: 5 }), (steps, routingKeys) => {
        const matcher = new TopicMatcher();
        const bound: Binding[] = [];
        for (const [pattern, remove] of steps) {
          const gone = remove ? bound.shift() : undefined;
          if (gone !== undefined) matcher.remove(gone);
          const binding = bindingOf(queue(pattern), pattern);
          matcher.add(binding);
          bound.push(binding);
        }
        for (const routingKey of routingKeys) {
          const names = bound.map((binding) => binding.routingKey).filter((key) => topicMatches(key, routingKey));
          expect(matched(matcher, routingKey)).toEqual([...new Set(names)].sort());
        }
      }),
    );
  });

  it('keeps a queue until the last binding to it with the pattern is gone', () => {
    const matcher = new TopicMatcher();
    const destination = queue('q');
    const first = bindingOf(destination, 'a.#', table({ n: integer(1) }));
    const second = bindingOf(destination, 'a.#', table({ n: integer(2) }));
    matcher.add(first);
    matcher.add(second);
    matcher.remove(first);
    expect(matched(matcher, 'a.b')).toEqual(['q']);
    matcher.remove(second);
    expect(matched(matcher, 'a.b')).toEqual([]);
  });

  it('forgets a pattern wholly, but not the longer and shorter ones', () => {
    const matcher = new TopicMatcher();
    const empty = costOf(matcher, 'a.b.c');
    const bindings = ['a', 'a.b.c', 'a.*.c', '#', 'a.#.c', 'a.b'].map((pattern) => bindingOf(queue(pattern), pattern));
    for (const binding of bindings) matcher.add(binding);
    for (const [index, binding] of bindings.entries()) {
      matcher.remove(binding);
      const left = bindings.slice(index + 1).map(({ routingKey }) => routingKey);
      expect(matched(matcher, 'a.b.c')).toEqual(left.filter((pattern) => topicMatches(pattern, 'a.b.c')).sort());
    }
    expect(costOf(matcher, 'a.b.c')).toBe(empty);
  });

  it('costs the same with 100,000 bindings as with one', () => {
    const matcher = new TopicMatcher();
    for (let index = 0; index < 100_000; index += 1)
      matcher.add(bindingOf(queue(`q${index}`), `device.${index}.state`));
    for (let index = 0; index < 1_000; index += 1) matcher.add(bindingOf(queue(`s${index}`), `#.sensor${index}.*`));
    expect(matched(matcher, 'device.4711.state')).toEqual(['q4711']);
    expect(matched(matcher, 'house.sensor7.on')).toEqual(['s7']);
    expect(costOf(matcher, 'device.4711.state')).toBeLessThanOrEqual(10);
    expect(costOf(matcher, 'house.sensor7.on')).toBeLessThanOrEqual(10);
  });

  it.each([
    ['#.', 'a'],
    ['#.a.', 'b'],
    ['#.*.', 'b'],
    ['#.#.a.', 'b'],
    ['*.#.', 'b'],
  ])('walks a key of 128 words in bounded steps through a pattern of 255 bytes made of %j', (part, last) => {
    const pattern = part.repeat(254 / part.length) + last;
    const routingKey = `${'a.'.repeat(127)}a`;
    const matcher = new TopicMatcher();
    matcher.add(bindingOf(queue('q'), pattern));
    const nodes = pattern.split('.').length + 1;
    expect(costOf(matcher, routingKey)).toBeLessThanOrEqual(129 * nodes);
    expect(matched(matcher, routingKey)).toEqual(last === 'a' ? ['q'] : []);
  });
});
