/**
 * The properties of a message (pictured in properties.ts) with some of them changed. What does not change is copied as it
 * came, octet by octet: strings that are not UTF-8 and timestamps beyond 2^53 survive, which they would not as values.
 */
import {
  APP_ID,
  type BasicProperties,
  CLUSTER_ID,
  CONTENT_ENCODING,
  CONTENT_TYPE,
  CORRELATION_ID,
  DELIVERY_MODE,
  EXPIRATION,
  HEADERS,
  MESSAGE_ID,
  PRIORITY,
  REPLY_TO,
  readProperties,
  TIMESTAMP,
  TYPE,
  USER_ID,
  writeProperties,
} from './properties.ts';
import { propertyEnd, propertyOffset } from './property_peek.ts';
import { bytesToText, EMPTY_TABLE, type FieldTable } from './table.ts';
import { skipField } from './table_validate.ts';
import { writeField } from './table_wire.ts';
import { WireWriter } from './wire_writer.ts';

export type PropertyChange = (properties: BasicProperties) => BasicProperties;

/** In the order of the wire. */
const PROPERTIES: readonly (readonly [flag: number, name: keyof BasicProperties])[] = [
  [CONTENT_TYPE, 'contentType'],
  [CONTENT_ENCODING, 'contentEncoding'],
  [HEADERS, 'headers'],
  [DELIVERY_MODE, 'deliveryMode'],
  [PRIORITY, 'priority'],
  [CORRELATION_ID, 'correlationId'],
  [REPLY_TO, 'replyTo'],
  [EXPIRATION, 'expiration'],
  [MESSAGE_ID, 'messageId'],
  [TIMESTAMP, 'timestamp'],
  [TYPE, 'type'],
  [USER_ID, 'userId'],
  [APP_ID, 'appId'],
  [CLUSTER_ID, 'clusterId'],
];

/** Writes the valid properties in `bytes[start, end)` as `change` wants them. */
export function rewriteProperties(
  writer: WireWriter,
  bytes: Uint8Array,
  start: number,
  end: number,
  change: PropertyChange,
): void {
  const before = readProperties(bytes, start, end);
  const after = change(before);
  const flagsOffset = writer.reserve(2);
  let flags = 0;
  for (const [flag, name] of PROPERTIES) {
    if (after[name] === undefined) continue;
    flags |= flag;
    const at = before[name] === undefined ? -1 : propertyOffset(bytes, start, end, flag);
    if (at !== -1 && after[name] === before[name]) writer.bytesRaw(bytes.subarray(at, propertyEnd(bytes, at, flag)));
    else if (name === 'headers')
      writeHeaders(writer, bytes, at, before.headers ?? EMPTY_TABLE, after.headers as FieldTable);
    else writeOne(writer, { [name]: after[name] });
  }
  writer.bytes.writeUInt16BE(flags, flagsOffset);
}

function writeOne(writer: WireWriter, property: BasicProperties): void {
  const alone = new WireWriter(64);
  writeProperties(alone, property);
  writer.bytesRaw(alone.view().subarray(2));
}

/** `at` is where the table `before` starts, -1 where there was none. */
function writeHeaders(writer: WireWriter, bytes: Uint8Array, at: number, before: FieldTable, after: FieldTable): void {
  const length = writer.beginLength();
  const ranges = at === -1 ? undefined : fieldRanges(bytes, at);
  for (const [name, value] of after) {
    const range = before.get(name) === value ? ranges?.get(name) : undefined;
    if (range === undefined) writeField(writer, name, value);
    else writer.bytesRaw(range);
  }
  writer.endLength(length);
}

/** The bytes of each field of a table, by its name as text. Of several with one name, the first. */
function fieldRanges(bytes: Uint8Array, at: number): Map<string, Uint8Array> {
  const ranges = new Map<string, Uint8Array>();
  const end = propertyEnd(bytes, at, HEADERS);
  for (let offset = at + 4; offset < end; ) {
    const nameEnd = offset + 1 + (bytes[offset] as number);
    const fieldEnd = skipField(bytes, nameEnd);
    const name = bytesToText(bytes.subarray(offset + 1, nameEnd));
    if (!ranges.has(name)) ranges.set(name, bytes.subarray(offset, fieldEnd));
    offset = fieldEnd;
  }
  return ranges;
}
