import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BATCH_HEADER_BYTES, type BatchHeader, peekBatch, readBatch, sealBatch } from '../../../src/journal/batch.ts';

type Header = Omit<BatchHeader, 'length'>;

const header: fc.Arbitrary<Header> = fc.record({
  joined: fc.boolean(),
  continued: fc.boolean(),
  lag: fc.integer({ min: 0, max: 0x3fff_ffff }),
  epoch: fc.maxSafeNat(),
  number: fc.maxSafeNat(),
});

function sealed(records: Uint8Array, fields: Header, at = 0): Uint8Array {
  const bytes = new Uint8Array(at + BATCH_HEADER_BYTES + records.length);
  bytes.set(records, at + BATCH_HEADER_BYTES);
  sealBatch(bytes, at, bytes.length, fields);
  return bytes;
}

const SMALL = sealed(Uint8Array.of(1, 2, 3, 4, 5), { joined: true, continued: false, lag: 3, epoch: 7, number: 9 });

test('a batch is as the format page draws it', () => {
  const crc = Buffer.from(SMALL.subarray(8, 12)).toString('hex');
  const hex = ['4c564254', '00000005', crc, '0000000d', '0000000000000007', '0000000000000009', '0102030405'].join('');
  expect(Buffer.from(SMALL).toString('hex')).toBe(hex);
});

test('what was sealed is read back, wherever it lies', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), header, fc.nat(50), (records, fields, at) => {
      const bytes = sealed(records, fields, at);
      const whole = { ...fields, length: records.length };
      expect(readBatch(bytes, at)).toEqual(whole);
      expect(peekBatch(bytes, at)).toEqual(whole);
    }),
  );
});

test('more lag than fits is told as the most that does', () => {
  const bytes = sealed(new Uint8Array(1), { joined: true, continued: true, lag: 2 ** 40, epoch: 1, number: 1 });
  expect(readBatch(bytes, 0)).toMatchObject({ lag: 0x3fff_ffff, joined: true, continued: true });
});

test('a batch with any bit changed is none', () => {
  for (let bit = 0; bit < SMALL.length * 8; bit++) {
    const changed = SMALL.slice();
    changed[bit >>> 3] = (changed[bit >>> 3] as number) ^ (1 << (bit & 7));
    expect(readBatch(changed, 0), `bit ${bit}`).toBeUndefined();
  }
});

test('a batch that is cut short is none', () => {
  for (let length = 0; length < SMALL.length; length++) {
    expect(readBatch(SMALL.subarray(0, length), 0), `${length} bytes`).toBeUndefined();
  }
});
