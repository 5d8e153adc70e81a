import { FRAME_END, FRAME_HEADER } from '../../codec/frames.ts';
import { type PropertyChange, rewriteProperties } from '../../codec/property_rewrite.ts';
import { WireWriter } from '../../codec/wire_writer.ts';
import { contentEnd, propertiesEnd, propertiesStart, routeEnd } from './record.ts';

/** A record (record.ts) somewhere in `bytes`, from its exchange name on. */
export interface RecordSource {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly bodyBytes: number;
  /** Where the content begins, if that is not right behind the routing key. */
  readonly content?: number;
}

/** What is to be different; the rest is copied as it is. */
export interface RecordChange {
  readonly exchange?: string | undefined;
  readonly routingKey?: string | undefined;
  readonly properties?: PropertyChange | undefined;
}

/** A record of its own: `bytes[start, end)`, whose route ends, and content begins, at `content`. */
export interface RewrittenRecord {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** What changed properties may add before the new record's buffer has to grow. */
const ROOM_BYTES = 1024;

/** Content class, weight and body size: what comes before the properties in a content header. */
const HEADER_START_BYTES = 12;

/** A copy of a record with another route or other properties. Its body is the same. Names have at most 255 octets. */
export function rewriteRecord(source: RecordSource, change: RecordChange): RewrittenRecord {
  const { bytes, start, bodyBytes } = source;
  const routingKey = start + 1 + (bytes[start] as number);
  const routingKeyEnd = routeEnd(bytes, start);
  const from = source.content ?? routingKeyEnd;
  const sourceEnd = contentEnd(bytes, from, bodyBytes);
  const writer = new WireWriter(sourceEnd - start + ROOM_BYTES);
  if (change.exchange === undefined) writer.bytesRaw(bytes.subarray(start, routingKey));
  else writer.shortstr(change.exchange);
  if (change.routingKey === undefined) writer.bytesRaw(bytes.subarray(routingKey, routingKeyEnd));
  else writer.shortstr(change.routingKey);
  const content = writer.offset;
  if (change.properties === undefined) {
    writer.bytesRaw(bytes.subarray(from, sourceEnd));
  } else {
    const properties = propertiesStart(from);
    writer.u8(FRAME_END);
    writer.u8(FRAME_HEADER);
    writer.u16(0);
    const size = writer.beginLength();
    writer.bytesRaw(bytes.subarray(properties - HEADER_START_BYTES, properties));
    rewriteProperties(writer, bytes, properties, propertiesEnd(bytes, from), change.properties);
    writer.endLength(size);
    // From the frame end of the header on, nothing is different.
    writer.bytesRaw(bytes.subarray(propertiesEnd(bytes, from), sourceEnd));
  }
  const { buffer, byteOffset, length } = writer.bytes;
  // Not a Buffer: the data plane knows one kind of bytes, which is what makes it fast.
  return { bytes: new Uint8Array(buffer, byteOffset, length), start: 0, content, end: writer.offset };
}
