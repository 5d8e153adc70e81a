import { FRAME_END, FRAME_HEADER_BYTES, FRAME_OVERHEAD_BYTES } from '../../src/codec/frames.ts';

/**
 * Bytes that no well-behaved client sends, for conversations that need exactly those.
 *
 *     0      1         3             7                 size+7   size+8
 *     +------+---------+-------------+ ... payload ... +--------+
 *     | type | channel | payload size|                 |  0xCE  |
 *     +------+---------+-------------+-----------------+--------+
 */
export interface FrameShape {
  readonly type: number;
  readonly channel: number;
  readonly payload: Uint8Array;
  /** What stands where 0xCE belongs. */
  readonly end?: number;
  /** The size to claim, where it is not the payload's own. */
  readonly size?: number;
}

export function frame(shape: FrameShape): Buffer {
  const bytes = Buffer.alloc(shape.payload.length + FRAME_OVERHEAD_BYTES);
  bytes[0] = shape.type;
  bytes.writeUInt16BE(shape.channel, 1);
  bytes.writeUInt32BE(shape.size ?? shape.payload.length, 3);
  bytes.set(shape.payload, FRAME_HEADER_BYTES);
  bytes[bytes.length - 1] = shape.end ?? FRAME_END;
  return bytes;
}

/** A method frame's payload: class id, method id, and arguments as they are. */
export function methodPayload(classId: number, methodId: number, args: Uint8Array = new Uint8Array()): Buffer {
  const bytes = Buffer.alloc(4 + args.length);
  bytes.writeUInt16BE(classId, 0);
  bytes.writeUInt16BE(methodId, 2);
  bytes.set(args, 4);
  return bytes;
}

/** A content header's payload: class id, weight 0, body size, then property flags and values as they are. */
export function headerPayload(classId: number, bodySize: number, properties: Uint8Array = Uint8Array.of(0, 0)): Buffer {
  const bytes = Buffer.alloc(12 + properties.length);
  bytes.writeUInt16BE(classId, 0);
  bytes.writeUInt32BE(Math.floor(bodySize / 2 ** 32), 4);
  bytes.writeUInt32BE(bodySize % 2 ** 32, 8);
  bytes.set(properties, 12);
  return bytes;
}

/** A shortstr: one octet of length, then the bytes. */
export function shortstr(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text as string);
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}
