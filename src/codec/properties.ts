/**
 * The properties of a message, as they stand in a content header after class, weight and body size:
 *
 *     | flags u16 | content-type shortstr | content-encoding shortstr | headers table | delivery-mode u8 | ...
 *
 *     bit 15 content-type    bit 11 priority u8        bit 7 message-id shortstr     bit 3 app-id shortstr
 *         14 content-encoding    10 correlation-id         6 timestamp u64 seconds       2 cluster-id shortstr
 *         13 headers             9  reply-to               5 type shortstr               1 unused
 *         12 delivery-mode       8  expiration             4 user-id shortstr            0 more flags follow
 *
 * Only properties whose flag is set are there. Bit 1 means nothing and is not looked at. AMQP 0-9-1 has no more than 14
 * properties, so a list that claims more flags (bit 0) would be misread by whoever gets it, and is refused.
 * Strings are relayed as they came, UTF-8 or not. property_peek.ts reads single properties without the rest.
 */
import { AmqpError } from './errors.ts';
import type { FieldTable } from './table.ts';
import { readTable } from './table_wire.ts';
import { WireReader } from './wire_reader.ts';
import type { WireWriter } from './wire_writer.ts';

export interface BasicProperties {
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly headers?: FieldTable | undefined;
  readonly deliveryMode?: number | undefined;
  readonly priority?: number | undefined;
  readonly correlationId?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly expiration?: string | undefined;
  readonly messageId?: string | undefined;
  /** Seconds since 1970. */
  readonly timestamp?: number | undefined;
  readonly type?: string | undefined;
  readonly userId?: string | undefined;
  readonly appId?: string | undefined;
  readonly clusterId?: string | undefined;
}

export const CONTENT_TYPE = 0x8000;
export const CONTENT_ENCODING = 0x4000;
export const HEADERS = 0x2000;
export const DELIVERY_MODE = 0x1000;
export const PRIORITY = 0x0800;
export const CORRELATION_ID = 0x0400;
export const REPLY_TO = 0x0200;
export const EXPIRATION = 0x0100;
export const MESSAGE_ID = 0x0080;
export const TIMESTAMP = 0x0040;
export const TYPE = 0x0020;
export const USER_ID = 0x0010;
export const APP_ID = 0x0008;
export const CLUSTER_ID = 0x0004;
export const MORE_FLAGS = 1;

/** Throws AmqpError 501 or 502 where they cannot be read. */
export function readProperties(bytes: Uint8Array, start: number, end: number): BasicProperties {
  const reader = new WireReader(bytes, start, end);
  const flags = reader.u16();
  if (flags & MORE_FLAGS) throw new AmqpError(502, 'more property flags than basic has properties');
  const properties: { -readonly [Name in keyof BasicProperties]: BasicProperties[Name] } = {};
  if (flags & CONTENT_TYPE) properties.contentType = reader.looseShortstr();
  if (flags & CONTENT_ENCODING) properties.contentEncoding = reader.looseShortstr();
  if (flags & HEADERS) properties.headers = readTable(reader);
  if (flags & DELIVERY_MODE) properties.deliveryMode = reader.u8();
  if (flags & PRIORITY) properties.priority = reader.u8();
  if (flags & CORRELATION_ID) properties.correlationId = reader.looseShortstr();
  if (flags & REPLY_TO) properties.replyTo = reader.looseShortstr();
  if (flags & EXPIRATION) properties.expiration = reader.looseShortstr();
  if (flags & MESSAGE_ID) properties.messageId = reader.looseShortstr();
  if (flags & TIMESTAMP) properties.timestamp = reader.u64();
  if (flags & TYPE) properties.type = reader.looseShortstr();
  if (flags & USER_ID) properties.userId = reader.looseShortstr();
  if (flags & APP_ID) properties.appId = reader.looseShortstr();
  if (flags & CLUSTER_ID) properties.clusterId = reader.looseShortstr();
  if (reader.offset !== reader.end) throw reader.undecodable();
  return properties;
}

export function writeProperties(writer: WireWriter, properties: BasicProperties): void {
  const flagsOffset = writer.reserve(2);
  let flags = 0;
  if (properties.contentType !== undefined) {
    flags |= CONTENT_TYPE;
    writer.shortstr(properties.contentType);
  }
  if (properties.contentEncoding !== undefined) {
    flags |= CONTENT_ENCODING;
    writer.shortstr(properties.contentEncoding);
  }
  if (properties.headers !== undefined) {
    flags |= HEADERS;
    writer.table(properties.headers);
  }
  if (properties.deliveryMode !== undefined) {
    flags |= DELIVERY_MODE;
    writer.u8(properties.deliveryMode);
  }
  if (properties.priority !== undefined) {
    flags |= PRIORITY;
    writer.u8(properties.priority);
  }
  if (properties.correlationId !== undefined) {
    flags |= CORRELATION_ID;
    writer.shortstr(properties.correlationId);
  }
  if (properties.replyTo !== undefined) {
    flags |= REPLY_TO;
    writer.shortstr(properties.replyTo);
  }
  if (properties.expiration !== undefined) {
    flags |= EXPIRATION;
    writer.shortstr(properties.expiration);
  }
  if (properties.messageId !== undefined) {
    flags |= MESSAGE_ID;
    writer.shortstr(properties.messageId);
  }
  if (properties.timestamp !== undefined) {
    flags |= TIMESTAMP;
    writer.u64(properties.timestamp);
  }
  if (properties.type !== undefined) {
    flags |= TYPE;
    writer.shortstr(properties.type);
  }
  if (properties.userId !== undefined) {
    flags |= USER_ID;
    writer.shortstr(properties.userId);
  }
  if (properties.appId !== undefined) {
    flags |= APP_ID;
    writer.shortstr(properties.appId);
  }
  if (properties.clusterId !== undefined) {
    flags |= CLUSTER_ID;
    writer.shortstr(properties.clusterId);
  }
  writer.bytes.writeUInt16BE(flags, flagsOffset);
}
