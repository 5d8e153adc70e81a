import { describe, expect, test } from 'vitest';
import { WireReader } from '../../../src/codec/wire_reader.ts';
import { WireWriter } from '../../../src/codec/wire_writer.ts';
import { refusal } from './refusal.ts';

function readerOf(...bytes: number[]): WireReader {
  return new WireReader(Uint8Array.from(bytes), 0, bytes.length);
}

describe('a shortstr', () => {
  test.each([
    ['an overlong encoding', [0xc0, 0x80]],
    ['a lone continuation byte', [0x80]],
    ['a character cut short', [0xe2, 0x82]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte that UTF-8 never has', [0xff]],
  ])('with %s is 501', (_, bytes) => {
    const error = refusal(() => readerOf(bytes.length, ...bytes).shortstr());
    expect(error).toMatchObject({ replyText: 'FRAME_ERROR - Malformed UTF-8 in shortstr', classId: 0, methodId: 0 });
  });

  test.each(['', '\0', '\ufeffq', 'é€😀', '\uffff', 'x'.repeat(255)])('holds %j', (text) => {
    const writer = new WireWriter(1);
    writer.shortstr(text);
    expect(new WireReader(writer.view(), 0, writer.offset).shortstr()).toBe(text);
  });

  test('that is looked at loosely shows what is not UTF-8 as U+FFFD', () => {
    expect(readerOf(3, 0x61, 0xff, 0x62).looseShortstr()).toBe('a\ufffdb');
  });

  test('of 256 bytes is our mistake, also where it has fewer characters', () => {
    expect(() => new WireWriter(1).shortstr('x'.repeat(256))).toThrow('a shortstr of 256 bytes');
    expect(() => new WireWriter(1).shortstr('é'.repeat(128))).toThrow('a shortstr of 256 bytes');
  });
});

describe('a reader', () => {
  test('does not read beyond its range, though the buffer goes on', () => {
    const reader = new WireReader(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 1, 4);
    expect(reader.u16()).toBe(0x0203);
    expect(refusal(() => reader.u16())).toMatchObject({
      code: 501,
      replyText: 'FRAME_ERROR - cannot decode <<2,3,4>>',
    });
    expect(reader.u8()).toBe(4);
  });

  test('does not read beyond the buffer, whatever range it is given', () => {
    expect(refusal(() => new WireReader(Uint8Array.of(1), 0, 100).u16())).toMatchObject({ code: 501 });
  });

  test('reads from an array that is part of a larger one', () => {
    const part = Uint8Array.of(9, 9, 1, 0x61, 9).subarray(2, 4);
    expect(new WireReader(part, 0, 2).shortstr()).toBe('a');
  });

  test('copies longstrs out of the buffer', () => {
    const bytes = Buffer.from([0, 0, 0, 1, 7]);
    const value = new WireReader(bytes, 0, 5).longstr();
    bytes[4] = 8;
    expect(value).toStrictEqual(Uint8Array.of(7));
  });

  test('refuses a longstr longer than what is there', () => {
    expect(refusal(() => readerOf(0xff, 0xff, 0xff, 0xff, 1).longstr())).toMatchObject({ code: 501 });
  });

  test('rounds 64-bit numbers beyond 2^53', () => {
    expect(readerOf(0, 0x20, 0, 0, 0, 0, 0, 1).u64()).toBe(2 ** 53);
    expect(readerOf(...Array<number>(8).fill(0xff)).u64()).toBe(2 ** 64);
  });

  test('takes bytes left over for undecodable', () => {
    const reader = readerOf(1, 2);
    reader.u8();
    expect(refusal(() => reader.expectEnd()).replyText).toBe('FRAME_ERROR - cannot decode <<1,2>>');
    reader.u8();
    expect(() => reader.expectEnd()).not.toThrow();
  });

  test('shows at most what fits a reply text of undecodable bytes', () => {
    const { replyText } = refusal(() => new WireReader(new Uint8Array(100_000).fill(255), 0, 100_000).longstr());
    expect(replyText).toMatch(/^FRAME_ERROR - cannot decode <<255,255,[\d,]+\.\.\.$/);
    expect(replyText).toHaveLength(255);
  });
});

describe('a writer', () => {
  test('keeps what is written as it grows', () => {
    const writer = new WireWriter(1);
    for (let value = 0; value < 1000; value += 1) writer.u32(value);
    const reader = new WireReader(writer.view(), 0, writer.offset);
    for (let value = 0; value < 1000; value += 1) expect(reader.u32()).toBe(value);
  });

  test('starts again after a reset', () => {
    const writer = new WireWriter(4);
    writer.u32(1);
    writer.reset();
    writer.u8(2);
    expect([...writer.view()]).toEqual([2]);
  });

  test.each([0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1])('writes %d in 64 bits', (value) => {
    const writer = new WireWriter(8);
    writer.u64(value);
    expect(writer.view().readBigUInt64BE()).toBe(BigInt(value));
  });

  test('takes a longstr as text or bytes', () => {
    const writer = new WireWriter(1);
    writer.longstr('é');
    writer.longstr(Uint8Array.of(1));
    expect(writer.view().toString('hex')).toBe('00000002c3a90000000101');
  });

  test('refuses a value that does not fit its field', () => {
    expect(() => new WireWriter(8).u8(256)).toThrow(RangeError);
    expect(() => new WireWriter(8).u64(-1)).toThrow(RangeError);
  });
});
