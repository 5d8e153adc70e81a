import { describe, expect, it } from 'vitest';
import { DirectMatcher } from '../../../../src/core/exchange/direct.ts';
import { FanoutMatcher } from '../../../../src/core/exchange/fanout.ts';
import { bindingOf, integer, matched, queue, table } from './samples.ts';

describe('a direct exchange', () => {
  it('routes by the whole key, patterns included', () => {
    const matcher = new DirectMatcher();
    matcher.add(bindingOf(queue('a'), 'k'));
    matcher.add(bindingOf(queue('b'), 'k'));
    matcher.add(bindingOf(queue('c'), 'k.#'));
    matcher.add(bindingOf(queue('d'), ''));
    expect(matched(matcher, 'k')).toEqual(['a', 'b']);
    expect(matched(matcher, 'k.l')).toEqual([]);
    expect(matched(matcher, 'k.#')).toEqual(['c']);
    expect(matched(matcher, '')).toEqual(['d']);
  });

  it('keeps a queue until the last binding to it with the key is gone', () => {
    const matcher = new DirectMatcher();
    const destination = queue('q');
    const first = bindingOf(destination, 'k', table({ n: integer(1) }));
    const second = bindingOf(destination, 'k', table({ n: integer(2) }));
    matcher.add(first);
    matcher.add(second);
    matcher.remove(second);
    expect(matched(matcher, 'k')).toEqual(['q']);
    matcher.remove(first);
    expect(matched(matcher, 'k')).toEqual([]);
  });
});

describe('a fanout exchange', () => {
  it('routes everything everywhere, and a queue bound twice until it is unbound twice', () => {
    const matcher = new FanoutMatcher();
    const twice = queue('twice');
    matcher.add(bindingOf(queue('once'), 'k'));
    matcher.add(bindingOf(twice, 'k'));
    matcher.add(bindingOf(twice, 'l'));
    expect(matched(matcher, 'whatever')).toEqual(['once', 'twice']);
    matcher.remove(bindingOf(twice, 'k'));
    expect(matched(matcher, '')).toEqual(['once', 'twice']);
    matcher.remove(bindingOf(twice, 'l'));
    expect(matched(matcher, '')).toEqual(['once']);
  });
});
