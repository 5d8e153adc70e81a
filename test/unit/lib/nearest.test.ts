import { expect, test } from 'vitest';
import { nearest } from '../../../src/lib/nearest.ts';

const WORDS = ['memory-limit', 'log-level', 'log-format', 'port'];

test.each([
  ['memory-limt', 'memory-limit'],
  ['loglevel', 'log-level'],
  ['LOG-FORMAT', 'log-format'],
  ['prot', 'port'],
  ['port', 'port'],
])('%s was meant to be %s', (word, meant) => {
  expect(nearest(word, WORDS)).toBe(meant);
});

test.each(['cluster', 'x', ''])('"%s" is not like any of them', (word) => {
  expect(nearest(word, WORDS)).toBeUndefined();
});
