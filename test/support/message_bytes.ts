import { type BasicProperties, writeProperties } from '../../src/codec/properties.ts';
import { fromPlain, type PlainTableInput } from '../../src/codec/table.ts';
import { WireWriter } from '../../src/codec/wire_writer.ts';

/** A message as it lies in a store (src/core/store/record.ts), to be appended. */
export interface MessageBytes {
  readonly bytes: Uint8Array;
  /** Where its exchange and routing key end, and its content begins. */
  readonly routeEnd: number;
  readonly bodyBytes: number;
  readonly persistent: boolean;
}

export interface MessageFields {
  readonly exchange: string;
  readonly routingKey: string;
  readonly persistent: boolean;
  readonly headers?: PlainTableInput;
  readonly priority?: number | undefined;
  readonly expiration?: string | undefined;
  /** Beyond those above. */
  readonly properties?: BasicProperties;
  readonly body: Uint8Array;
}

const FRAME_END = 0xce;
const BASIC_CLASS = 60;

export function messageBytes(fields: MessageFields): MessageBytes {
  const { exchange, routingKey, persistent, headers, priority, expiration, properties, body } = fields;
  const writer = new WireWriter(256 + body.length);
  writer.shortstr(exchange);
  writer.shortstr(routingKey);
  const routeEnd = writer.offset;
  writer.u8(FRAME_END);
  frame(writer, 2, () => {
    writer.u16(BASIC_CLASS);
    writer.u16(0);
    writer.u64(body.length);
    const deliveryMode = persistent ? 2 : 1;
    writeProperties(writer, { ...properties, deliveryMode, headers: fromPlain(headers ?? {}), priority, expiration });
  });
  if (body.length > 0) frame(writer, 3, () => writer.bytesRaw(body));
  return {
    bytes: Uint8Array.from(writer.bytes.subarray(0, writer.offset)),
    routeEnd,
    bodyBytes: body.length,
    persistent,
  };
}

function frame(writer: WireWriter, type: number, payload: () => void): void {
  writer.u8(type);
  writer.u16(0);
  const sizeAt = writer.offset;
  writer.u32(0);
  payload();
  writer.bytes.writeUInt32BE(writer.offset - sizeAt - 4, sizeAt);
  writer.u8(FRAME_END);
}
