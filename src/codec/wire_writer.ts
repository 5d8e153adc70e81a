import { strict as assert } from 'node:assert';
import type { FieldTable } from './table.ts';
import { writeTable } from './table_wire.ts';

const SHORTSTR_BYTES_MAX = 255;

/** A buffer that grows as it is written to, all numbers big-endian. A value that does not fit its field is our mistake. */
export class WireWriter {
  /** Replaced when it grows: what lies beyond `offset` is not written yet. */
  bytes: Buffer;
  offset = 0;

  constructor(capacityBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacityBytes);
  }

  u8(value: number): void {
    const start = this.reserve(1);
    this.bytes.writeUInt8(value, start);
  }

  i8(value: number): void {
    const start = this.reserve(1);
    this.bytes.writeInt8(value, start);
  }

  u16(value: number): void {
    const start = this.reserve(2);
    this.bytes.writeUInt16BE(value, start);
  }

  i16(value: number): void {
    const start = this.reserve(2);
    this.bytes.writeInt16BE(value, start);
  }

  u32(value: number): void {
    const start = this.reserve(4);
    this.bytes.writeUInt32BE(value, start);
  }

  i32(value: number): void {
    const start = this.reserve(4);
    this.bytes.writeInt32BE(value, start);
  }

  u64(value: number): void {
    this.u32(Math.floor(value / 0x1_0000_0000));
    this.u32(value % 0x1_0000_0000);
  }

  bigU64(value: bigint): void {
    const start = this.reserve(8);
    this.bytes.writeBigUInt64BE(value, start);
  }

  bigI64(value: bigint): void {
    const start = this.reserve(8);
    this.bytes.writeBigInt64BE(value, start);
  }

  f32(value: number): void {
    const start = this.reserve(4);
    this.bytes.writeFloatBE(value, start);
  }

  f64(value: number): void {
    const start = this.reserve(8);
    this.bytes.writeDoubleBE(value, start);
  }

  bytesRaw(source: Uint8Array): void {
    const start = this.reserve(source.length);
    this.bytes.set(source, start);
  }

  shortstr(text: string): void {
    const lengthBytes = Buffer.byteLength(text);
    assert(lengthBytes <= SHORTSTR_BYTES_MAX, `a shortstr of ${lengthBytes} bytes`);
    this.u8(lengthBytes);
    const start = this.reserve(lengthBytes);
    this.bytes.write(text, start);
  }

  longstr(value: Uint8Array | string): void {
    if (typeof value !== 'string') {
      this.u32(value.length);
      this.bytesRaw(value);
      return;
    }
    const lengthBytes = Buffer.byteLength(value);
    this.u32(lengthBytes);
    const start = this.reserve(lengthBytes);
    this.bytes.write(value, start);
  }

  table(table: FieldTable): void {
    writeTable(this, table);
  }

  /** Leaves room for a 32-bit length that is known only once what it measures is written. Returns what endLength needs. */
  beginLength(): number {
    return this.reserve(4);
  }

  endLength(lengthOffset: number): void {
    assert(lengthOffset + 4 <= this.offset, 'a length ends before it begins');
    this.bytes.writeUInt32BE(this.offset - lengthOffset - 4, lengthOffset);
  }

  /** Makes room for a number of bytes, moves past them and returns where they start. `bytes` may be another one then. */
  reserve(lengthBytes: number): number {
    const start = this.offset;
    const end = start + lengthBytes;
    if (end > this.bytes.length) this.#grow(end);
    this.offset = end;
    return start;
  }

  /** What is written so far: a view, good until the next write. */
  view(): Buffer {
    return this.bytes.subarray(0, this.offset);
  }

  reset(): void {
    this.offset = 0;
  }

  #grow(neededBytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(neededBytes, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.bytes.length);
    this.bytes = larger;
  }
}
