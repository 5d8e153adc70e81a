import { expect, test } from 'vitest';
import { serialNumberOf } from '../../../src/cli/dev_certificates.ts';

// One in 512 certificates could not be read: "asn1 encoding routines::illegal padding".
test.each([
  [Buffer.alloc(16, 0), `40${'00'.repeat(15)}`],
  [Buffer.alloc(16, 0xff), `7f${'ff'.repeat(15)}`],
  [Buffer.from('00'.repeat(2) + '7f'.repeat(14), 'hex'), `4000${'7f'.repeat(14)}`],
])('a serial number is positive and has no padding, whatever it begins with: %o', (random, expected) => {
  expect(serialNumberOf(random)).toBe(expected);
});
