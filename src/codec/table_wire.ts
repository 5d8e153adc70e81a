/**
 * Field tables on the wire.
 *
 *     table   | length u32 | name shortstr | tag u8 | value | name shortstr | tag u8 | value | ...
 *     array   | length u32 | tag u8 | value | tag u8 | value | ...
 *
 *     t bool u8      b byte i8         s short i16          I signedint i32     l long i64     f float f32
 *     V void         B unsignedbyte u8 u unsignedshort u16  i unsignedint u32   T timestamp u64 (seconds)  d double f64
 *     S longstr: length u32, bytes     x binary: length u32, bytes              D decimal: scale u8, value u32
 *     A array        F table
 *
 * The tags are RabbitMQ's, which differ from the specification's, and so do the clients. L is read as l, which is what
 * is written. Lengths count the bytes after themselves.
 */
import { AmqpError } from './errors.ts';
import type { FieldTable, FieldTag, FieldValue } from './table.ts';
import { EMPTY_TABLE } from './table.ts';
import type { WireReader } from './wire_reader.ts';
import type { WireWriter } from './wire_writer.ts';

/** Nesting beyond any use, and far below what would exhaust the stack. */
export const TABLE_DEPTH_MAX = 128;

/** A larger table is copied in one piece, which costs less than a piece for each of its byte strings. */
const SHARED_BYTES_MIN = 4_096;

/** Throws AmqpError 501 where the bytes end too early, 502 for an unknown tag or nesting deeper than allowed. */
export function readTable(reader: WireReader, depthMax: number = TABLE_DEPTH_MAX): FieldTable {
  const end = readEnd(reader);
  if (reader.offset === end) return EMPTY_TABLE;
  if (end - reader.offset > SHARED_BYTES_MIN) reader.share(end);
  const table = new Map<string, FieldValue>();
  while (reader.offset < end) {
    const name = reader.looseShortstr();
    const value = readValue(reader, depthMax);
    if (!table.has(name)) table.set(name, value);
  }
  if (reader.offset !== end) throw reader.undecodable();
  return table;
}

function readArray(reader: WireReader, depthMax: number): FieldValue[] {
  const end = readEnd(reader);
  const values: FieldValue[] = [];
  while (reader.offset < end) values.push(readValue(reader, depthMax));
  if (reader.offset !== end) throw reader.undecodable();
  return values;
}

/** Reads a length and returns where what it measures ends, which is within the reader's bytes. */
function readEnd(reader: WireReader): number {
  const end = reader.u32() + reader.offset;
  if (end > reader.end) throw reader.undecodable();
  return end;
}

/** One value, with its tag before it. Throws as readTable does. */
export function readField(reader: WireReader): FieldValue {
  return readValue(reader, TABLE_DEPTH_MAX);
}

function readValue(reader: WireReader, depthMax: number): FieldValue {
  const tag = String.fromCharCode(reader.u8()) as FieldTag | 'L';
  switch (tag) {
    case 't':
      return { tag, value: reader.u8() !== 0 };
    case 'b':
      return { tag, value: reader.i8() };
    case 'B':
      return { tag, value: reader.u8() };
    case 's':
      return { tag, value: reader.i16() };
    case 'u':
      return { tag, value: reader.u16() };
    case 'I':
      return { tag, value: reader.i32() };
    case 'i':
      return { tag, value: reader.u32() };
    case 'l':
    case 'L':
      return { tag: 'l', value: exactNumber(reader.bigI64()) };
    case 'T':
      return { tag, value: exactNumber(reader.bigU64()) };
    case 'f':
      return { tag, value: reader.f32() };
    case 'd':
      return { tag, value: reader.f64() };
    case 'D':
      return { tag, value: { scale: reader.u8(), value: reader.u32() } };
    case 'S':
    case 'x':
      return { tag, value: reader.longstr() };
    case 'A':
      return { tag, value: readArray(reader, descend(depthMax)) };
    case 'F':
      return { tag, value: readTable(reader, descend(depthMax)) };
    case 'V':
      return { tag, value: undefined };
    default:
      throw unknownTag(tag);
  }
}

function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function descend(depthMax: number): number {
  if (depthMax <= 1) throw new AmqpError(502, 'field table nested too deeply');
  return depthMax - 1;
}

function unknownTag(tag: never): AmqpError {
  const code = (tag as string).charCodeAt(0);
  const shown = code > 0x20 && code < 0x7f ? `'${tag as string}'` : String(code);
  return new AmqpError(502, `unknown field table value type ${shown}`);
}

export function writeTable(writer: WireWriter, table: FieldTable): void {
  if (table.encoded !== undefined) return writer.longstr(table.encoded);
  const length = writer.beginLength();
  for (const [name, value] of table) writeField(writer, name, value);
  writer.endLength(length);
}

export function writeField(writer: WireWriter, name: string, value: FieldValue): void {
  writer.shortstr(name);
  writeValue(writer, value);
}

function writeValue(writer: WireWriter, field: FieldValue): void {
  writer.u8(field.tag.charCodeAt(0));
  switch (field.tag) {
    case 't':
      writer.u8(field.value ? 1 : 0);
      break;
    case 'b':
      writer.i8(field.value);
      break;
    case 'B':
      writer.u8(field.value);
      break;
    case 's':
      writer.i16(field.value);
      break;
    case 'u':
      writer.u16(field.value);
      break;
    case 'I':
      writer.i32(field.value);
      break;
    case 'i':
      writer.u32(field.value);
      break;
    case 'l':
      writer.bigI64(BigInt(field.value));
      break;
    case 'T':
      writer.bigU64(BigInt(field.value));
      break;
    case 'f':
      writer.f32(field.value);
      break;
    case 'd':
      writer.f64(field.value);
      break;
    case 'D':
      writer.u8(field.value.scale);
      writer.u32(field.value.value);
      break;
    case 'S':
    case 'x':
      writer.longstr(field.value);
      break;
    case 'A':
      writeArray(writer, field.value);
      break;
    case 'F':
      writeTable(writer, field.value);
      break;
    case 'V':
      break;
  }
}

function writeArray(writer: WireWriter, values: readonly FieldValue[]): void {
  const length = writer.beginLength();
  for (const value of values) writeValue(writer, value);
  writer.endLength(length);
}
