import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodedTable, readArguments } from '../../../src/codec/encoded_table.ts';
import type { FieldTable, FieldValue } from '../../../src/codec/table.ts';
import { readTable } from '../../../src/codec/table_wire.ts';
import { WireReader } from '../../../src/codec/wire_reader.ts';
import { WireWriter } from '../../../src/codec/wire_writer.ts';
import { fieldTable } from '../../protocol/arbitraries.ts';
import { refusal } from './refusal.ts';

const many: FieldTable = new Map(
  Array.from({ length: 1_000 }, (_, index): [string, FieldValue] => [`n${index}`, { tag: 'I', value: index }]),
);

function bytesOf(table: FieldTable): Buffer {
  const writer = new WireWriter(64);
  writer.table(table);
  return Buffer.from(writer.view());
}

function readerOf(bytes: Uint8Array): WireReader {
  return new WireReader(bytes, 0, bytes.length);
}

describe('an encoded table', () => {
  it('is as the table that it was made of', () => {
    fc.assert(
      fc.property(fieldTable, fc.string(), (table, name) => {
        const encoded = EncodedTable.of(table);
        expect(encoded.size).toBe(table.size);
        expect([...encoded]).toEqual([...table]);
        expect([...encoded.keys()]).toEqual([...table.keys()]);
        expect([...encoded.values()]).toEqual([...table.values()]);
        for (const each of [...table.keys(), name, `${name}\u00e9`, 'x'.repeat(256)]) {
          expect(encoded.get(each)).toEqual(table.get(each));
          expect(encoded.has(each)).toBe(table.has(each));
        }
        const seen: unknown[] = [];
        encoded.forEach((value, key) => {
          seen.push([key, value]);
        });
        expect(seen).toEqual([...table]);
        expect(bytesOf(encoded)).toEqual(bytesOf(table));
      }),
    );
  });

  it('does not show what is hidden', () => {
    const bytes = bytesOf(many);
    const encoded = new EncodedTable(bytes, 4, bytes.length, 'n7');
    expect(encoded.size).toBe(many.size - 1);
    expect([encoded.has('n7'), encoded.get('n7'), encoded.has('n8')]).toEqual([false, undefined, true]);
    expect([...encoded.keys()]).toEqual([...many.keys()].filter((name) => name !== 'n7'));
    const nowhere = new EncodedTable(bytes, 4, bytes.length, 'm');
    expect(nowhere.size).toBe(many.size);
  });

  it.each([10, 900])('has the first of two fields of one name, after %i others', (before) => {
    const names = [...many.keys()].slice(0, before);
    const fields = [...names, 'same', 'same', 'z'].map((name, value): [string, FieldValue] => [
      name,
      { tag: 'I', value },
    ]);
    const bytes = Buffer.concat(fields.map((field) => bytesOf(new Map([field])).subarray(4)));
    const encoded = new EncodedTable(bytes, 0, bytes.length);
    expect([...encoded]).toEqual(fields.filter((_, index) => index !== before + 1));
    expect(encoded.size).toBe(before + 2);
    expect(encoded.get('same')).toEqual({ tag: 'I', value: before });
  });
});

describe('arguments', () => {
  it('stay in bytes of their own when they are many', () => {
    const bytes = bytesOf(many);
    const table = readArguments(readerOf(bytes));
    expect(table).toBeInstanceOf(EncodedTable);
    bytes.fill(0);
    expect([...table]).toEqual([...many]);
    expect(readArguments(readerOf(bytesOf(new Map([...many].slice(0, 10)))))).toBeInstanceOf(Map);
  });

  it('end where the next field begins', () => {
    const reader = readerOf(Buffer.concat([bytesOf(many), Buffer.of(7)]));
    readArguments(reader);
    expect(reader.u8()).toBe(7);
  });

  it('are refused as a table is', () => {
    const whole = bytesOf(many);
    const unknown = Buffer.from(whole);
    unknown[whole.length - 5] = '?'.charCodeAt(0);
    const long = Buffer.from(whole);
    long.writeUInt32BE(whole.length, 0);
    for (const bytes of [unknown, long, whole.subarray(0, 5_000)]) {
      expect(refusal(() => readArguments(readerOf(bytes)))).toEqual(refusal(() => readTable(readerOf(bytes))));
    }
  });
});
