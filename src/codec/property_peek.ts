/**
 * Single properties of a message, found in its bytes (pictured in properties.ts) without an object for them all: this is
 * the data plane's way. The range is that of the flags and the properties. A list is validated once, when it comes in;
 * the other functions rely on that.
 */
import { EncodedTable } from './encoded_table.ts';
import { isName } from './name_index.ts';
import { DELIVERY_MODE, EXPIRATION, HEADERS, MORE_FLAGS, PRIORITY, TIMESTAMP } from './properties.ts';
import type { FieldTable, FieldValue } from './table.ts';
import { bytesToText } from './table.ts';
import { isValidTable, skipField, u32At } from './table_validate.ts';
import { readField, readTable } from './table_wire.ts';
import { WireReader } from './wire_reader.ts';

const FLAGS_BYTES = 2;
/** The flags that stand for a property each: all but bits 0 and 1. */
const ALL_PROPERTIES = 0xfffc;
const OCTETS = DELIVERY_MODE | PRIORITY;
/** Headers of so many octets are looked at where they are. */
const MANY_BYTES_MIN = 4_096;

/** Whether the range holds exactly the properties that its flags promise, and the headers are a field table. */
export function validateProperties(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < FLAGS_BYTES) return false;
  const flags = flagsAt(bytes, start);
  if ((flags & MORE_FLAGS) !== 0) return false;
  let offset = start + FLAGS_BYTES;
  for (let left = flags & ALL_PROPERTIES; left !== 0; ) {
    const flag = highestFlag(left);
    left ^= flag;
    if (end - offset < smallestBytes(flag)) return false;
    const propertyStart = offset;
    offset = propertyEnd(bytes, propertyStart, flag);
    if (offset > end) return false;
    if (flag === HEADERS && !isValidTable(bytes, propertyStart + 4, offset)) return false;
  }
  return offset === end;
}

/** 0 where there is none, 2 for a persistent message. */
export function peekDeliveryMode(bytes: Uint8Array, start: number, end: number): number {
  const offset = propertyOffset(bytes, start, end, DELIVERY_MODE);
  return offset === -1 ? 0 : bytes[offset]!;
}

export function peekPriority(bytes: Uint8Array, start: number, end: number): number | undefined {
  const offset = propertyOffset(bytes, start, end, PRIORITY);
  return offset === -1 ? undefined : bytes[offset];
}

export function peekExpiration(bytes: Uint8Array, start: number, end: number): string | undefined {
  return peekShortstr(bytes, start, end, EXPIRATION);
}

/** Any property that is a shortstr, by its flag (REPLY_TO, USER_ID and so on in properties.ts). */
export function peekShortstr(bytes: Uint8Array, start: number, end: number, flag: number): string | undefined {
  const offset = propertyOffset(bytes, start, end, flag);
  if (offset === -1) return undefined;
  const textStart = offset + 1;
  return bytesToText(bytes.subarray(textStart, textStart + bytes[offset]!));
}

/** Seconds since 1970. */
export function peekTimestamp(bytes: Uint8Array, start: number, end: number): number | undefined {
  const offset = propertyOffset(bytes, start, end, TIMESTAMP);
  return offset === -1 ? undefined : u32At(bytes, offset) * 2 ** 32 + u32At(bytes, offset + 4);
}

export function peekHeaders(bytes: Uint8Array, start: number, end: number): FieldTable | undefined {
  const offset = propertyOffset(bytes, start, end, HEADERS);
  return offset === -1 ? undefined : readTable(new WireReader(bytes, offset, end));
}

/** The headers as they stand there. `hidden` is one that is not to be seen. */
export function peekEncodedHeaders(
  bytes: Uint8Array,
  start: number,
  end: number,
  hidden: string | undefined,
): EncodedTable | undefined {
  const offset = propertyOffset(bytes, start, end, HEADERS);
  return offset === -1 ? undefined : new EncodedTable(bytes, offset + 4, offset + 4 + u32At(bytes, offset), hidden);
}

/** Whether there are so many headers that they had better not become objects. */
export function peekManyHeaders(bytes: Uint8Array, start: number, end: number): boolean {
  const offset = propertyOffset(bytes, start, end, HEADERS);
  return offset !== -1 && u32At(bytes, offset) >= MANY_BYTES_MIN;
}

/** One header, whose name is in ASCII, without making a table of the others. */
export function peekHeader(bytes: Uint8Array, start: number, end: number, header: string): FieldValue | undefined {
  const offset = propertyOffset(bytes, start, end, HEADERS);
  if (offset === -1) return undefined;
  const tableEnd = propertyEnd(bytes, offset, HEADERS);
  for (let name = offset + 4; name < tableEnd; ) {
    const tag = name + 1 + bytes[name]!;
    if (isName(bytes, name, header)) return readField(new WireReader(bytes, tag, tableEnd));
    name = skipField(bytes, tag);
  }
  return undefined;
}

/** Where a property starts, by its flag, or -1 if it is not there. */
export function propertyOffset(bytes: Uint8Array, start: number, end: number, flag: number): number {
  const flags = flagsAt(bytes, start);
  if ((flags & flag) === 0) return -1;
  let offset = start + FLAGS_BYTES;
  // What comes before it has higher flags.
  for (let left = flags & ~(2 * flag - 1); left !== 0; ) {
    const before = highestFlag(left);
    left ^= before;
    offset = propertyEnd(bytes, offset, before);
  }
  return offset < end ? offset : -1;
}

function flagsAt(bytes: Uint8Array, start: number): number {
  return (bytes[start]! << 8) | bytes[start + 1]!;
}

function highestFlag(flags: number): number {
  return 1 << (31 - Math.clz32(flags));
}

function smallestBytes(flag: number): number {
  if (flag === HEADERS) return 4;
  return flag === TIMESTAMP ? 8 : 1;
}

/** Where the property that starts at an offset ends. */
export function propertyEnd(bytes: Uint8Array, offset: number, flag: number): number {
  if ((flag & OCTETS) !== 0) return offset + 1;
  if (flag === TIMESTAMP) return offset + 8;
  if (flag === HEADERS) return offset + 4 + u32At(bytes, offset);
  return offset + 1 + bytes[offset]!;
}
