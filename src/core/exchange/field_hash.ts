import { randomFillSync } from 'node:crypto';
import type { EncodedTable } from '../../codec/encoded_table.ts';
import { skipField } from '../../codec/table_validate.ts';
import { textHash } from '../../codec/text_hash.ts';

/** What the hash of a value begins with, by its tag: the same for types of which values can be equal. */
const SALTS = randomFillSync(new Int32Array(256));
const tagOf = (tag: string): number => tag.charCodeAt(0);
const [BOOL, STRING, BINARY, TIMESTAMP, DECIMAL] = Array.from('tSxTD', tagOf);
const [ARRAY, TABLE, VOID, FLOAT, DOUBLE, LONG, LONG_TOO] = Array.from('AFVfdlL', tagOf);
const [I8, U8, I16, U16, I32, U32] = Array.from('bBsuIi', tagOf);
for (const integer of [I8!, U8!, I16!, U16!, I32!, U32!, LONG_TOO!]) SALTS[integer] = SALTS[LONG!]!;
SALTS[FLOAT!] = SALTS[DOUBLE!]!;
SALTS[BINARY!] = SALTS[STRING!]!;

/** Odd, so that it shuffles the numbers of 32 bits and no two become one. */
const MULTIPLIER = SALTS[0]! | 1;

const NUMBER_BYTES = 8;
const number = new DataView(new ArrayBuffer(NUMBER_BYTES));
const numberBytes = new Uint8Array(number.buffer);

/** 32 bits for the name of the field at an offset. */
export function nameHash(table: EncodedTable, at: number): number {
  return Math.imul(textHash(table.bytes, at + 1, table.tagAt(at)), MULTIPLIER);
}

/** 32 bits for its value, to be added to those for its name: the same for those that `headerValueKey` takes for equal. */
export function valueHash(table: EncodedTable, at: number): number {
  const { bytes } = table;
  const tagAt = table.tagAt(at);
  const tag = bytes[tagAt]!;
  return (SALTS[tag]! + plainHash(table, at, tag, bytes, tagAt + 1)) | 0;
}

function plainHash(table: EncodedTable, at: number, tag: number, bytes: Uint8Array, value: number): number {
  switch (tag) {
    case BOOL:
      return bytes[value] === 0 ? 0 : 1;
    case STRING:
    case BINARY:
      return textHash(bytes, value + 4, skipField(bytes, value - 1));
    case ARRAY:
    case TABLE:
    case VOID:
      return 0;
    case LONG:
    case LONG_TOO:
    case TIMESTAMP:
    case DECIMAL:
      return textHash(bytes, value, skipField(bytes, value - 1));
    case FLOAT:
    case DOUBLE: {
      const float = Number(table.valueAt(at).value);
      // There is a zero below zero, and there are many that are no number.
      number.setFloat64(0, float === 0 || Number.isNaN(float) ? 0 : float);
      return textHash(numberBytes, 0, NUMBER_BYTES);
    }
    default:
      return integerHash(tag, bytes, value);
  }
}

/** As of one of 64 bits. */
function integerHash(tag: number, bytes: Uint8Array, value: number): number {
  const isSigned = tag === I8 || tag === I16 || tag === I32;
  const sign = isSigned && bytes[value]! >= 0x80 ? -1 : 0;
  const end = skipField(bytes, value - 1);
  let low = sign;
  for (let at = value; at < end; at++) low = (low << 8) | bytes[at]!;
  number.setInt32(0, sign);
  number.setInt32(4, low);
  return textHash(numberBytes, 0, NUMBER_BYTES);
}
