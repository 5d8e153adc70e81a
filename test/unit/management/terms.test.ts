import { expect, test } from 'vitest';
import { compareTerms, valueAt } from '../../../src/management/terms.ts';

test('terms have the order that Erlang has', () => {
  const ordered = [-1, 0, 2, 10, false, true, { a: 1 }, [], [1], [1, 'a'], [2], '', '10', '9', 'a', 'é'];
  for (let left = 0; left < ordered.length; left++) {
    for (let right = 0; right < ordered.length; right++) {
      const order = Math.sign(compareTerms(ordered[left], ordered[right]));
      expect([ordered[left], ordered[right], order]).toEqual([ordered[left], ordered[right], Math.sign(left - right)]);
    }
  }
});

test('a path goes into objects, and finds nothing in what is none', () => {
  const value = { a: { b: { c: 1 } }, text: 'text' };
  expect(['a.b.c', 'a.b', 'a.x.c', 'text.length', 'toString'].map((path) => valueAt(value, path))).toEqual([
    1,
    { c: 1 },
    undefined,
    undefined,
    undefined,
  ]);
});
