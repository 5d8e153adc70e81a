import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AmqpError } from '../../../src/codec/errors.ts';
import type { FieldTable, FieldTag, FieldValue } from '../../../src/codec/table.ts';
import { isValidTable } from '../../../src/codec/table_validate.ts';
import { readTable, TABLE_DEPTH_MAX, writeTable } from '../../../src/codec/table_wire.ts';
import { WireReader } from '../../../src/codec/wire_reader.ts';
import { WireWriter } from '../../../src/codec/wire_writer.ts';
import { fieldTable } from '../../protocol/arbitraries.ts';
import { refusal } from './refusal.ts';

function write(table: FieldTable): Buffer {
  const writer = new WireWriter(16);
  writeTable(writer, table);
  return writer.view();
}

function read(bytes: Uint8Array): FieldTable {
  return readTable(new WireReader(bytes, 0, bytes.length));
}

/** A table of one field called a, from the hex of its tag and value. */
function tableOf(hex: string): Buffer {
  const field = Buffer.from(`0161${hex.replaceAll(' ', '')}`, 'hex');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return Buffer.concat([length, field]);
}

/** Tables in tables, this many in all, as bytes: written without recursion, so that there may be many. */
function nested(depth: number): Buffer {
  const bytes = Buffer.alloc(7 * (depth - 1) + 4);
  for (let offset = 0; offset < bytes.length; offset += 7) {
    bytes.writeUInt32BE(bytes.length - offset - 4, offset);
    if (offset + 4 < bytes.length) bytes.write('\u0001nF', offset + 4);
  }
  return bytes;
}

function isValid(bytes: Uint8Array): boolean {
  const length = Buffer.from(bytes).readUInt32BE(0);
  return 4 + length === bytes.length && isValidTable(bytes, 4, bytes.length);
}

const GOLDEN: readonly (readonly [FieldValue, string])[] = [
  [{ tag: 't', value: true }, '74 01'],
  [{ tag: 't', value: false }, '74 00'],
  [{ tag: 'b', value: -1 }, '62 ff'],
  [{ tag: 'B', value: 255 }, '42 ff'],
  [{ tag: 's', value: -2 }, '73 fffe'],
  [{ tag: 'u', value: 0xfffe }, '75 fffe'],
  [{ tag: 'I', value: -0x8000_0000 }, '49 80000000'],
  [{ tag: 'i', value: 0x8000_0000 }, '69 80000000'],
  [{ tag: 'l', value: -1 }, '6c ffffffffffffffff'],
  [{ tag: 'l', value: Number.MAX_SAFE_INTEGER }, '6c 001fffffffffffff'],
  [{ tag: 'l', value: 2n ** 63n - 1n }, '6c 7fffffffffffffff'],
  [{ tag: 'l', value: -(2n ** 53n) }, '6c ffe0000000000000'],
  [{ tag: 'T', value: 1_700_000_000 }, '54 000000006553f100'],
  [{ tag: 'T', value: 2n ** 64n - 1n }, '54 ffffffffffffffff'],
  [{ tag: 'f', value: 1.5 }, '66 3fc00000'],
  [{ tag: 'd', value: -2.5 }, '64 c004000000000000'],
  [{ tag: 'd', value: Number.POSITIVE_INFINITY }, '64 7ff0000000000000'],
  [{ tag: 'D', value: { scale: 2, value: 31415 } }, '44 02 00007ab7'],
  [{ tag: 'S', value: Uint8Array.of(0x68, 0xff) }, '53 00000002 68ff'],
  [{ tag: 'x', value: Uint8Array.of(0, 1) }, '78 00000002 0001'],
  [{ tag: 'V', value: undefined }, '56'],
  [{ tag: 'A', value: [] }, '41 00000000'],
  [
    {
      tag: 'A',
      value: [
        { tag: 'V', value: undefined },
        { tag: 'b', value: 1 },
      ],
    },
    '41 00000003 56 6201',
  ],
  [{ tag: 'F', value: new Map() }, '46 00000000'],
  [{ tag: 'F', value: new Map([['b', { tag: 't', value: true }]]) }, '46 00000004 0162 7401'],
];

test.each(GOLDEN)('%o is these bytes, both ways', (field, hex) => {
  const table: FieldTable = new Map([['a', field]]);
  expect(write(table).toString('hex')).toBe(tableOf(hex).toString('hex'));
  expect(read(tableOf(hex))).toStrictEqual(table);
  expect(isValid(tableOf(hex))).toBe(true);
});

test('the golden bytes have every tag', () => {
  const every: Readonly<Record<FieldTag, true>> = {
    t: true,
    b: true,
    B: true,
    s: true,
    u: true,
    I: true,
    i: true,
    l: true,
    f: true,
    d: true,
    D: true,
    S: true,
    x: true,
    A: true,
    F: true,
    T: true,
    V: true,
  };
  expect(new Set(GOLDEN.map(([field]) => field.tag))).toEqual(new Set(Object.keys(every)));
});

test('any table survives the wire', () => {
  fc.assert(
    fc.property(fieldTable, (table) => {
      const bytes = write(table);
      expect(read(bytes)).toStrictEqual(table);
      expect(isValid(bytes)).toBe(true);
    }),
  );
});

test('L is read as l, as in RabbitMQ', () => {
  expect(read(tableOf('4c 0000000000000001'))).toStrictEqual(new Map([['a', { tag: 'l', value: 1 }]]));
});

test('any bool that is not zero is true', () => {
  expect(read(tableOf('74 02'))).toStrictEqual(new Map([['a', { tag: 't', value: true }]]));
});

test('of two fields of one name the first counts, as in RabbitMQ', () => {
  const bytes = Buffer.from('00000008 0161 6201 0161 6202'.replaceAll(' ', ''), 'hex');
  expect(read(bytes)).toStrictEqual(new Map([['a', { tag: 'b', value: 1 }]]));
});

test('fields keep their order', () => {
  const names = ['z', '10', 'a', '9'];
  const table: FieldTable = new Map(names.map((name) => [name, { tag: 'V', value: undefined }]));
  expect([...read(write(table)).keys()]).toEqual(names);
});

describe('a table is refused', () => {
  test.each([
    ['a printable tag', '7a', "SYNTAX_ERROR - unknown field table value type 'z'"],
    ['any other tag', '00', 'SYNTAX_ERROR - unknown field table value type 0'],
    ['a tag in an array', '41 00000001 7a', "SYNTAX_ERROR - unknown field table value type 'z'"],
  ])('with 502 for %s that is unknown', (_, hex, replyText) => {
    expect(refusal(() => read(tableOf(hex)))).toMatchObject({ code: 502, replyText });
    expect(isValid(tableOf(hex))).toBe(false);
  });

  test('with 501 where it is cut short at any byte', () => {
    const table: FieldTable = new Map(GOLDEN.map(([field], index) => [`${index}`, field]));
    const bytes = write(table);
    for (let end = 0; end < bytes.length; end += 1) {
      expect(refusal(() => read(bytes.subarray(0, end)))).toMatchObject({ code: 501 });
    }
  });

  test('with 501 where its length ends within a field, at any byte', () => {
    const [field, hex] = GOLDEN.find(([{ tag }]) => tag === 'S')!;
    const bytes = tableOf(hex);
    expect(read(bytes)).toStrictEqual(new Map([['a', field]]));
    for (let length = 1; length < bytes.length - 4; length += 1) {
      bytes.writeUInt32BE(length);
      expect(refusal(() => read(bytes))).toMatchObject({ code: 501 });
      expect(isValidTable(bytes, 4, 4 + length)).toBe(false);
    }
  });

  test('with 501 where an array or table within goes on after its end', () => {
    for (const hex of ['41 00000001 6201', '46 00000003 0162 7401']) {
      expect(refusal(() => read(tableOf(hex)))).toMatchObject({ code: 501 });
      expect(isValid(tableOf(hex))).toBe(false);
    }
  });

  test('with 502 where it is nested deeper than allowed, not by the stack', () => {
    const deepest = nested(TABLE_DEPTH_MAX);
    expect(write(read(deepest)).equals(deepest)).toBe(true);
    expect(isValid(deepest)).toBe(true);
    for (const depth of [TABLE_DEPTH_MAX + 1, 100_000]) {
      expect(refusal(() => read(nested(depth)))).toMatchObject({ code: 502 });
      expect(isValid(nested(depth))).toBe(false);
    }
  });
});

test('with bytes changed, a table is valid just when it can be read', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 0xff })), { maxLength: 3 });
  fc.assert(
    fc.property(fieldTable, changes, (table, changed) => {
      const bytes = write(table);
      for (const [at, value] of changed) if (bytes.length > 4) bytes[4 + (at % (bytes.length - 4))] = value;
      let readable = true;
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(AmqpError);
        readable = false;
      }
      expect(isValid(bytes)).toBe(readable);
    }),
    { numRuns: 1_000 },
  );
});
