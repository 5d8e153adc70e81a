import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EMPTY_TABLE,
  type FieldTable,
  type FieldValue,
  fieldEquals,
  fieldTypeName,
  fromPlain,
  getInteger,
  getString,
  toPlain,
} from '../../../src/codec/table.ts';
import { fieldValue } from '../../protocol/arbitraries.ts';

const text = (value: string): FieldValue => ({ tag: 'S', value: new TextEncoder().encode(value) });

describe('fields are equal', () => {
  test.each<[FieldValue, FieldValue]>([
    [
      { tag: 'b', value: 5 },
      { tag: 'l', value: 5 },
    ],
    [
      { tag: 'i', value: 5 },
      { tag: 'l', value: 5n },
    ],
    [
      { tag: 'f', value: 0.5 },
      { tag: 'd', value: 0.5 },
    ],
    [text('a'), text('a')],
    [
      { tag: 'V', value: undefined },
      { tag: 'V', value: undefined },
    ],
    [
      { tag: 'A', value: [{ tag: 'I', value: 1 }] },
      { tag: 'A', value: [{ tag: 'l', value: 1 }] },
    ],
    [
      { tag: 'F', value: fromPlain({ a: 1, b: 'c' }) },
      { tag: 'F', value: fromPlain({ b: 'c', a: 1 }) },
    ],
  ])('%o and %o', (a, b) => {
    expect(fieldEquals(a, b)).toBe(true);
    expect(fieldEquals(b, a)).toBe(true);
  });

  test('to themselves, unless not a number', () => {
    fc.assert(
      fc.property(fieldValue, (field) => {
        const hasNaN = JSON.stringify(field, jsonOf).includes('NaN');
        expect(fieldEquals(field, field)).toBe(!hasNaN);
      }),
    );
  });
});

describe('fields are not equal', () => {
  test.each<[FieldValue, FieldValue]>([
    [{ tag: 'I', value: 1 }, text('1')],
    [
      { tag: 'I', value: 1 },
      { tag: 'd', value: 1 },
    ],
    [
      { tag: 'I', value: 1 },
      { tag: 'T', value: 1 },
    ],
    [
      { tag: 'I', value: 1 },
      { tag: 't', value: true },
    ],
    [
      { tag: 'S', value: Uint8Array.of(1) },
      { tag: 'x', value: Uint8Array.of(1) },
    ],
    [text('a'), text('b')],
    [text('a'), { tag: 'V', value: undefined }],
    [
      { tag: 'D', value: { scale: 1, value: 10 } },
      { tag: 'D', value: { scale: 2, value: 10 } },
    ],
    [
      { tag: 'A', value: [] },
      { tag: 'A', value: [{ tag: 'I', value: 1 }] },
    ],
    [
      { tag: 'F', value: fromPlain({ a: 1 }) },
      { tag: 'F', value: fromPlain({ b: 1 }) },
    ],
    [
      { tag: 'F', value: fromPlain({ a: 1 }) },
      { tag: 'F', value: fromPlain({ a: 1, b: 1 }) },
    ],
  ])('%o and %o', (a, b) => {
    expect(fieldEquals(a, b)).toBe(false);
    expect(fieldEquals(b, a)).toBe(false);
  });
});

test('types have the names that RabbitMQ puts into reply texts', () => {
  expect(fieldTypeName(text(''))).toBe('longstr');
  expect(fieldTypeName({ tag: 'I', value: 1 })).toBe('signedint');
  expect(fieldTypeName({ tag: 'l', value: 1 })).toBe('long');
  expect(fieldTypeName({ tag: 't', value: true })).toBe('bool');
});

test('a string is found in a longstr only', () => {
  const table: FieldTable = new Map([
    ['text', text('é')],
    ['number', { tag: 'I', value: 1 }],
    ['binary', { tag: 'x', value: Uint8Array.of(0x61) }],
  ]);
  expect(getString(table, 'text')).toBe('é');
  expect(getString(table, 'number')).toBeUndefined();
  expect(getString(table, 'binary')).toBeUndefined();
  expect(getString(table, 'absent')).toBeUndefined();
});

test('an integer is found in an integer of any width', () => {
  const table: FieldTable = new Map<string, FieldValue>([
    ['byte', { tag: 'b', value: -1 }],
    ['long', { tag: 'l', value: 2n ** 62n }],
    ['double', { tag: 'd', value: 1 }],
    ['timestamp', { tag: 'T', value: 1 }],
  ]);
  expect(getInteger(table, 'byte')).toBe(-1);
  expect(getInteger(table, 'long')).toBe(2 ** 62);
  expect(getInteger(table, 'double')).toBeUndefined();
  expect(getInteger(table, 'timestamp')).toBeUndefined();
  expect(getInteger(EMPTY_TABLE, 'absent')).toBeUndefined();
});

describe('plain values', () => {
  test('become the types that clients choose', () => {
    const table = fromPlain({
      text: 'a',
      int: 2 ** 31 - 1,
      long: 2 ** 31,
      huge: 2n ** 60n,
      double: 1.5,
      beyond: 2 ** 53,
      zero: -0,
      bool: false,
      nothing: null,
      left: undefined,
      bytes: Uint8Array.of(1),
      list: [1, 'a'],
      nested: { a: 1 },
    });
    expect(Array.from(table, ([name, { tag }]) => `${name} ${tag}`)).toEqual([
      'text S',
      'int I',
      'long l',
      'huge l',
      'double d',
      'beyond d',
      'zero d',
      'bool t',
      'nothing V',
      'bytes x',
      'list A',
      'nested F',
    ]);
  });

  test('that JSON can hold come back as they were', () => {
    const plain = { a: 'é', b: 1, c: -1.5, d: true, e: null, f: [1, ['x'], { g: 'h' }], i: 2 ** 40 };
    expect(toPlain(fromPlain(plain))).toEqual(plain);
  });

  test('of types that JSON lacks are the nearest it has', () => {
    const table: FieldTable = new Map<string, FieldValue>([
      ['decimal', { tag: 'D', value: { scale: 2, value: 31415 } }],
      ['binary', { tag: 'x', value: Uint8Array.of(0xff, 0) }],
      ['long', { tag: 'l', value: 2n ** 60n }],
      ['time', { tag: 'T', value: 7 }],
    ]);
    expect(toPlain(table)).toEqual({ decimal: 314.15, binary: '/wA=', long: 2 ** 60, time: 7 });
  });

  test('may be called anything', () => {
    const plain = toPlain(new Map([['__proto__', text('a')]]));
    expect(Object.keys(plain)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });
});

function jsonOf(_: string, value: unknown): unknown {
  if (value instanceof Map) return [...value];
  if (typeof value === 'bigint') return `${value}`;
  return Number.isNaN(value) ? 'NaN' : value;
}
