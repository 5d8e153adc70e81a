import { expect, test } from 'vitest';
import { EncodedTable } from '../../../../src/codec/encoded_table.ts';
import { type FieldTable, fromPlain } from '../../../../src/codec/table.ts';
import { tableKey } from '../../../../src/core/exchange/field_key.ts';

const NAMES = [...Array.from({ length: 100 }, (_, index) => `n${index}`), 'macallums'];

function tableOf(names: readonly string[], last: number): FieldTable {
  return fromPlain(Object.fromEntries(names.map((name, index) => [name, index === names.length - 1 ? last : name])));
}

test('large tables share a key when they have the same entries in whatever order', () => {
  const entries = [...tableOf(NAMES, 1)];
  const key = tableKey(new Map(entries));
  expect(tableKey(new Map([...entries].reverse()))).toBe(key);
  expect(tableKey(new Map([...entries.slice(50), ...entries.slice(0, 50)]))).toBe(key);
  expect(tableKey(EncodedTable.of(new Map([...entries].reverse())))).toBe(key);
});

test('large tables share a key when their bytes differ and their values do not', () => {
  const nested = fromPlain({ n: [{ flag: true, number: 2 ** 40 }], flag: true, number: 2 ** 40 });
  const encoded = EncodedTable.of(new Map([...tableOf(NAMES, 1), ...nested]));
  const text = Buffer.from(encoded.bytes.subarray(encoded.start, encoded.end)).toString('latin1');
  const other = Buffer.from(text.replaceAll('flagt\u0001', 'flagt\u0007').replaceAll('numberl', 'numberL'), 'latin1');
  expect(other.toString('latin1')).not.toBe(text);
  expect(tableKey(new EncodedTable(other, 0, other.length))).toBe(tableKey(encoded));
});

test('large tables with one entry that is different do not', () => {
  const key = tableKey(tableOf(NAMES, 1));
  expect(tableKey(tableOf(NAMES, 2))).not.toBe(key);
  expect(tableKey(tableOf(NAMES.slice(1), 1))).not.toBe(key);
  expect(tableKey(new Map([...tableOf(NAMES, 1), ['macallums', { tag: 'l', value: 1 }]]))).not.toBe(key);
});
