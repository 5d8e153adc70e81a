import { AmqpError, NO_METHOD } from './errors.ts';
import { SharedText } from './shared_text.ts';

/** A byte order mark is a character like any other here. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** As much of the bytes as can show in a reply text, which has room for 255 characters. */
const SHOWN_BYTES_MAX = 128;

/**
 * A cursor over part of a buffer, all numbers big-endian. Reading past its end raises 501 FRAME_ERROR, so nothing that
 * a peer sends can be read out of bounds. Strings and byte strings are copied out: the buffer may be reused.
 */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #methodId: number;
  readonly end: number;
  offset: number;
  /** A range whose byte strings share one copy of it, which is made when the first of them is read. */
  #sharedStart = 0;
  #sharedEnd = 0;
  #shared: Uint8Array | undefined;
  /** As much of it as is text, likewise. */
  #sharedText: SharedText | undefined;

  /** An error names the method, class id << 16 | method id, where its arguments are what is read. */
  constructor(bytes: Uint8Array, start: number, end: number, methodId = 0) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
    this.#methodId = methodId;
    this.offset = start;
    this.end = Math.min(end, bytes.length);
  }

  u8(): number {
    return this.#bytes.readUInt8(this.skip(1));
  }

  i8(): number {
    return this.#bytes.readInt8(this.skip(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.skip(2));
  }

  i16(): number {
    return this.#bytes.readInt16BE(this.skip(2));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.skip(4));
  }

  i32(): number {
    return this.#bytes.readInt32BE(this.skip(4));
  }

  /** Rounded to the nearest number above 2^53. */
  u64(): number {
    const high = this.u32();
    return high * 0x1_0000_0000 + this.u32();
  }

  bigU64(): bigint {
    return this.#bytes.readBigUInt64BE(this.skip(8));
  }

  bigI64(): bigint {
    return this.#bytes.readBigInt64BE(this.skip(8));
  }

  f32(): number {
    return this.#bytes.readFloatBE(this.skip(4));
  }

  f64(): number {
    return this.#bytes.readDoubleBE(this.skip(8));
  }

  shortstr(): string {
    const lengthBytes = this.u8();
    const start = this.skip(lengthBytes);
    try {
      return UTF8.decode(this.#bytes.subarray(start, start + lengthBytes));
    } catch {
      throw new AmqpError(501, 'Malformed UTF-8 in shortstr', NO_METHOD);
    }
  }

  /** As shortstr, but with U+FFFD for what is not UTF-8: nobody checks names in field tables and content properties. */
  looseShortstr(): string {
    const lengthBytes = this.u8();
    const start = this.skip(lengthBytes);
    const end = start + lengthBytes;
    if (end > this.#sharedEnd) return this.#bytes.toString('utf8', start, end);
    this.#sharedText ??= new SharedText(this.#bytes, this.#sharedStart, this.#sharedEnd);
    return this.#sharedText.at(start, end);
  }

  longstr(): Uint8Array {
    const lengthBytes = this.u32();
    const start = this.skip(lengthBytes);
    if (start + lengthBytes > this.#sharedEnd) return new Uint8Array(this.#bytes.subarray(start, start + lengthBytes));
    this.#shared ??= new Uint8Array(this.#bytes.subarray(this.#sharedStart, this.#sharedEnd));
    const at = start - this.#sharedStart;
    return this.#shared.subarray(at, at + lengthBytes);
  }

  /** The strings from here to `end` are many: they share one copy, and keep it while any of them is kept. */
  share(end: number): void {
    if (this.#sharedEnd > 0) return;
    this.#sharedStart = this.offset;
    this.#sharedEnd = end;
  }

  skipShortstr(): void {
    this.skip(this.u8());
  }

  skipLongstr(): void {
    this.skip(this.u32());
  }

  /** Moves on by a number of bytes and returns where they start. */
  skip(lengthBytes: number): number {
    const start = this.offset;
    if (lengthBytes > this.end - start) throw this.undecodable();
    this.offset = start + lengthBytes;
    return start;
  }

  /** Bytes left over make the whole as unreadable as bytes that are missing. */
  expectEnd(): void {
    if (this.offset !== this.end) throw this.undecodable();
  }

  /** The error that shows what could not be read, the way Erlang prints bytes. */
  undecodable(): AmqpError {
    const shown = this.#bytes.subarray(this.#start, Math.min(this.end, this.#start + SHOWN_BYTES_MAX));
    const options = { classId: this.#methodId >>> 16, methodId: this.#methodId & 0xffff };
    return new AmqpError(501, `cannot decode <<${shown.join(',')}>>`, options);
  }
}
