import { expect, test } from 'vitest';
import { wildcardMatches } from '../../../../src/auth/oauth2/wildcard.ts';

test.each([
  ['*', ['', 'a', 'a/b', '*']],
  ['', ['']],
  ['orders', ['orders']],
  ['orders.*', ['orders.', 'orders.new', 'orders.*']],
  ['*.new', ['.new', 'orders.new']],
  ['a*c*e', ['ace', 'abcde', 'a*c*e']],
  ['*b*', ['b', 'abc']],
  ['%2F', ['/']],
  ['a%2Ab', ['a*b']],
  ['a+b', ['a b']],
  ['h%C3%A4re', ['häre']],
])('%j is of %j', (pattern, names) => {
  for (const name of names) expect(wildcardMatches(name, pattern), name).toBe(true);
});

test.each([
  ['', ['a']],
  ['orders', ['order', 'orders2', 'ORDERS', '']],
  ['orders.*', ['orders', 'my.orders.new']],
  ['*.new', ['new', 'x.new.old']],
  ['a*c*e', ['aec', 'ac', 'abcdef']],
  ['a*b', ['abab', 'a', 'b']],
  ['a%2Ab', ['axb', 'ab']],
  ['100%', ['100%', '100']],
])('%j is not of %j', (pattern, names) => {
  for (const name of names) expect(wildcardMatches(name, pattern), name).toBe(false);
});
