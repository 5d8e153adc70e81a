// A method's payload as it is written, and the frames around it:
//
//     type:1 | channel:2 | size:4 | payload:size | CE        method payload: class:2 | method:2 | arguments
//
// The load generator has a codec of its own, so that a mistake in the broker's cannot hide itself.

export const FRAME_METHOD = 1;
export const FRAME_HEADER = 2;
export const FRAME_BODY = 3;
export const FRAME_END = 0xce;

/** Writes arguments one after the other; strings are given whole, lengths are put in front of them. */
export class Payload {
  #parts = [];

  constructor(classId, methodId) {
    this.u16(classId).u16(methodId);
  }

  u8(value) {
    return this.#add(Buffer.of(value));
  }

  u16(value) {
    return this.#add(Buffer.of(value >>> 8, value & 0xff));
  }

  u32(value) {
    return this.#add(u32(value));
  }

  u64(value) {
    const part = Buffer.alloc(8);
    part.writeBigUInt64BE(BigInt(value));
    return this.#add(part);
  }

  short(text) {
    const part = Buffer.from(text);
    return this.u8(part.length).#add(part);
  }

  long(text) {
    const part = Buffer.from(text);
    return this.u32(part.length).#add(part);
  }

  /** A field table of names with what they are: numbers from 0 to 2^31, texts, and truths. */
  table(fields) {
    const parts = Object.entries(fields).map(([name, value]) => {
      const start = Buffer.concat([Buffer.of(Buffer.byteLength(name)), Buffer.from(name)]);
      if (typeof value === 'boolean') return Buffer.concat([start, Buffer.of(0x74, value ? 1 : 0)]);
      if (typeof value === 'number') return Buffer.concat([start, Buffer.from('I'), u32(value)]);
      return Buffer.concat([start, Buffer.from('S'), u32(Buffer.byteLength(value)), Buffer.from(value)]);
    });
    const bytes = Buffer.concat(parts);
    return this.u32(bytes.length).#add(bytes);
  }

  /** A field table without fields. */
  noTable() {
    return this.u32(0);
  }

  frame(channel, type = FRAME_METHOD) {
    return frame(type, channel, Buffer.concat(this.#parts));
  }

  #add(part) {
    this.#parts.push(part);
    return this;
  }
}

function u32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function frame(type, channel, payload) {
  const bytes = Buffer.alloc(payload.length + 8);
  bytes[0] = type;
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(payload.length, 3);
  payload.copy(bytes, 7);
  bytes[payload.length + 7] = FRAME_END;
  return bytes;
}
