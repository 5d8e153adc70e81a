import { expect, test } from 'vitest';
import { type FieldTable, fromPlain } from '../../../../src/codec/table.ts';
import { tableKey } from '../../../../src/core/exchange/field_key.ts';

/** The last four have two hashes between them. */
const NAMES = [
  ...Array.from({ length: 100 }, (_, index) => `n${index}`),
  'costarring',
  'liquid',
  'declinate',
  'macallums',
];

function tableOf(names: readonly string[], last: number): FieldTable {
  return fromPlain(Object.fromEntries(names.map((name, index) => [name, index === names.length - 1 ? last : name])));
}

test('large tables share a key when they have the same entries in whatever order', () => {
  const entries = [...tableOf(NAMES, 1)];
  const key = tableKey(new Map(entries));
  expect(tableKey(new Map([...entries].reverse()))).toBe(key);
  expect(tableKey(new Map([...entries.slice(50), ...entries.slice(0, 50)]))).toBe(key);
});

test('large tables with one entry that is different do not', () => {
  const key = tableKey(tableOf(NAMES, 1));
  expect(tableKey(tableOf(NAMES, 2))).not.toBe(key);
  expect(tableKey(tableOf(NAMES.slice(1), 1))).not.toBe(key);
  expect(tableKey(new Map([...tableOf(NAMES, 1), ['macallums', { tag: 'l', value: 1 }]]))).not.toBe(key);
});
