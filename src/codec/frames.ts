/**
 * Whole frames, for the control plane and for clients in tests. The data plane writes its own, straight into a page.
 *
 *     frame    | type u8 | channel u16 | size u32 | payload: size bytes | 0xCE |
 *
 *     method   type 1    | class u16 | method u16 | arguments |
 *     header   type 2    | class u16 | weight u16 = 0 | body size u64 | property flags u16 | properties |
 *     body     type 3    | any part of the body |
 *     heartbeat type 8   empty, on channel 0
 *
 * A connection opens with | A M Q P | 0 0 9 1 | from the client. A frame's size limit, frame_max, counts all of the frame.
 */
import type { Method } from './methods.gen.ts';
import { encodeMethod } from './methods.gen.ts';
import type { BasicProperties } from './properties.ts';
import { writeProperties } from './properties.ts';
import { WireWriter } from './wire_writer.ts';

export const FRAME_METHOD = 1;
export const FRAME_HEADER = 2;
export const FRAME_BODY = 3;
export const FRAME_HEARTBEAT = 8;

export const FRAME_END = 0xce;
/** Type, channel and size. */
export const FRAME_HEADER_BYTES = 7;
/** All of a frame that is not its payload. */
export const FRAME_OVERHEAD_BYTES = 8;
/** Every peer must take frames of this size, before and after anything else is negotiated. */
export const FRAME_MIN_SIZE = 4096;

export const PROTOCOL_HEADER: Uint8Array = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1);
export const HEARTBEAT_FRAME: Uint8Array = Uint8Array.of(FRAME_HEARTBEAT, 0, 0, 0, 0, 0, 0, FRAME_END);

const BASIC_CLASS = 60;
/** Holds most methods; a writer grows where it does not. */
const METHOD_FRAME_BYTES = 128;

export function methodFrame(channel: number, method: Method): Buffer {
  const writer = new WireWriter(METHOD_FRAME_BYTES);
  const length = beginFrame(writer, FRAME_METHOD, channel);
  encodeMethod(writer, method);
  return endFrame(writer, length);
}

export function headerFrame(channel: number, bodySizeBytes: number, properties: BasicProperties): Buffer {
  const writer = new WireWriter(METHOD_FRAME_BYTES);
  const length = beginFrame(writer, FRAME_HEADER, channel);
  writer.u16(BASIC_CLASS);
  writer.u16(0);
  writer.u64(bodySizeBytes);
  writeProperties(writer, properties);
  return endFrame(writer, length);
}

export function bodyFrame(channel: number, payload: Uint8Array): Buffer {
  const writer = new WireWriter(payload.length + FRAME_OVERHEAD_BYTES);
  const length = beginFrame(writer, FRAME_BODY, channel);
  writer.bytesRaw(payload);
  return endFrame(writer, length);
}

/** A body cut into frames of at most frame_max bytes each: none at all for an empty one. */
export function bodyFrames(channel: number, body: Uint8Array, frameMaxBytes: number): Buffer[] {
  const payloadMax = frameMaxBytes - FRAME_OVERHEAD_BYTES;
  const frames: Buffer[] = [];
  for (let start = 0; start < body.length; start += payloadMax) {
    frames.push(bodyFrame(channel, body.subarray(start, start + payloadMax)));
  }
  return frames;
}

function beginFrame(writer: WireWriter, type: number, channel: number): number {
  writer.u8(type);
  writer.u16(channel);
  return writer.beginLength();
}

function endFrame(writer: WireWriter, length: number): Buffer {
  writer.endLength(length);
  writer.u8(FRAME_END);
  return writer.view();
}
