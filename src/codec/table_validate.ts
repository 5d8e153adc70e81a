/**
 * Whether bytes are a field table (pictured in table_wire.ts), found out without making one: for the headers of messages,
 * most of which the broker relays and never looks at.
 */
import { TABLE_DEPTH_MAX } from './table_wire.ts';

const INVALID = -1;

const UNKNOWN = -1;
const LENGTH_PREFIXED = -2;
/** The size of a value by its tag. */
const VALUE_BYTES = new Int8Array(256).fill(UNKNOWN);
for (const tag of 'V') VALUE_BYTES[tag.charCodeAt(0)] = 0;
for (const tag of 'tbB') VALUE_BYTES[tag.charCodeAt(0)] = 1;
for (const tag of 'su') VALUE_BYTES[tag.charCodeAt(0)] = 2;
for (const tag of 'Iif') VALUE_BYTES[tag.charCodeAt(0)] = 4;
for (const tag of 'D') VALUE_BYTES[tag.charCodeAt(0)] = 5;
for (const tag of 'lLTd') VALUE_BYTES[tag.charCodeAt(0)] = 8;
for (const tag of 'SxAF') VALUE_BYTES[tag.charCodeAt(0)] = LENGTH_PREFIXED;

const ARRAY = 'A'.charCodeAt(0);
const TABLE = 'F'.charCodeAt(0);

/** The range is that of the table's fields, after its length. */
export function isValidTable(
  bytes: Uint8Array,
  start: number,
  end: number,
  depthMax: number = TABLE_DEPTH_MAX,
): boolean {
  let offset = start;
  while (offset < end) {
    const tagOffset = offset + 1 + bytes[offset]!;
    if (tagOffset >= end) return false;
    offset = fieldEnd(bytes, tagOffset, end, depthMax);
    if (offset === INVALID) return false;
  }
  return true;
}

function isValidArray(bytes: Uint8Array, start: number, end: number, depthMax: number): boolean {
  let offset = start;
  while (offset < end) {
    offset = fieldEnd(bytes, offset, end, depthMax);
    if (offset === INVALID) return false;
  }
  return true;
}

/** Where the field whose tag is at an offset ends, which is not beyond `end`; or INVALID. */
function fieldEnd(bytes: Uint8Array, tagOffset: number, end: number, depthMax: number): number {
  const tag = bytes[tagOffset]!;
  const size = VALUE_BYTES[tag]!;
  const start = tagOffset + 1;
  if (size === UNKNOWN) return INVALID;
  if (size !== LENGTH_PREFIXED) return size <= end - start ? start + size : INVALID;

  if (end - start < 4) return INVALID;
  const contentStart = start + 4;
  const contentEnd = contentStart + u32At(bytes, start);
  if (contentEnd > end) return INVALID;
  if (tag !== ARRAY && tag !== TABLE) return contentEnd;
  if (depthMax <= 1) return INVALID;
  const isValid = tag === TABLE ? isValidTable : isValidArray;
  return isValid(bytes, contentStart, contentEnd, depthMax - 1) ? contentEnd : INVALID;
}

/** Where the field whose tag is at an offset ends, in a table that was found valid. */
export function skipField(bytes: Uint8Array, tagOffset: number): number {
  const size = VALUE_BYTES[bytes[tagOffset]!]!;
  const start = tagOffset + 1;
  return size === LENGTH_PREFIXED ? start + 4 + u32At(bytes, start) : start + size;
}

export function u32At(bytes: Uint8Array, offset: number): number {
  const high = (bytes[offset]! << 8) | bytes[offset + 1]!;
  return high * 0x1_0000 + ((bytes[offset + 2]! << 8) | bytes[offset + 3]!);
}
