import { isUtf8 } from 'node:buffer';
import { propertiesJson } from '../../admin/messages/properties_json.ts';
import type { BasicProperties } from '../../codec/properties.ts';

export type PayloadEncoding = 'auto' | 'base64';

export interface ShownMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: BasicProperties;
  readonly redelivered: boolean;
  readonly bodyBytes: number;
  /** Its beginning, if not all of it. */
  readonly body: Uint8Array;
}

/** A message as RabbitMQ's API answers it; no properties at all are an empty list there. */
export function messageView(message: ShownMessage, encoding: PayloadEncoding): Readonly<Record<string, unknown>> {
  const { exchange, routingKey, redelivered, bodyBytes, body } = message;
  const properties = propertiesJson(message.properties);
  return {
    payload_bytes: bodyBytes,
    redelivered,
    exchange,
    routing_key: routingKey,
    properties: Object.keys(properties).length === 0 ? [] : properties,
    ...payload(body, encoding),
  };
}

function payload(body: Uint8Array, encoding: PayloadEncoding): Readonly<Record<string, string>> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (encoding === 'auto' && isUtf8(bytes)) return { payload: bytes.toString(), payload_encoding: 'string' };
  return { payload: bytes.toString('base64'), payload_encoding: 'base64' };
}
