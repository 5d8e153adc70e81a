import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProxyHeader } from '../../../../src/server/listener/proxy_header.ts';
import { binary, proxyBinary, proxyLine } from '../../../support/proxy_headers.ts';

const port = fc.integer({ min: 0, max: 0xffff });
const hex = fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 8, maxLength: 8 });
const ipv6 = hex.map((groups) => groups.map((group) => group.toString(16)).join(':'));

/** Both ends in IPv4, or both in IPv6, which is written without a zero group so that there is one way to write it. */
const ends = fc.oneof(fc.tuple(fc.ipV4(), fc.ipV4()), fc.tuple(ipv6, ipv6)).chain(([remoteAddress, localAddress]) =>
  fc.record({
    remoteAddress: fc.constant(remoteAddress),
    remotePort: port,
    localAddress: fc.constant(localAddress),
    localPort: port,
  }),
);

function read(text: string) {
  return readProxyHeader(Buffer.from(text, 'latin1'));
}

test('both versions tell both ends, and where the client begins', () => {
  fc.assert(
    fc.property(ends, fc.uint8Array({ maxLength: 50 }), fc.uint8Array({ maxLength: 50 }), (given, tlvs, rest) => {
      for (const header of [proxyLine(given), proxyBinary(given, tlvs)]) {
        const read = readProxyHeader(Buffer.concat([header, rest]));
        expect(read).toEqual({ kind: 'header', length: header.length, ends: given });
      }
    }),
  );
});

test('a header that was cut anywhere is waited for', () => {
  fc.assert(
    fc.property(ends, (given) => {
      for (const header of [proxyLine(given), proxyBinary(given)]) {
        for (let end = 0; end < header.length; end++) {
          expect(readProxyHeader(header.subarray(0, end))).toEqual({ kind: 'incomplete' });
        }
      }
    }),
    { numRuns: 20 },
  );
});

test('whatever comes is read, refused, or waited for within limits', () => {
  const starts = [
    Buffer.alloc(0),
    Buffer.from('PROXY TCP4 '),
    Buffer.from('PROXY UNKNOWN'),
    binary(0x21, 0x11, Buffer.alloc(0)),
  ];
  const bytes = fc.tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }));
  const damaged = fc.tuple(ends, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([given, at, value]) => {
    const header = at % 2 === 0 ? proxyLine(given) : proxyBinary(given);
    header[at % header.length] = value;
    return header;
  });
  fc.assert(
    fc.property(
      fc.oneof(
        damaged,
        bytes.map(([start, rest]) => Buffer.concat([start, rest])),
      ),
      (given) => {
        const { kind, ...read } = readProxyHeader(given);
        if ('length' in read) expect(read.length).toBeLessThanOrEqual(given.length);
        if (kind === 'incomplete') expect(given.length).toBeLessThan(16 + 4096);
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each(['PROXY UNKNOWN\r\n', 'PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'])('%j is the proxy itself', (line) => {
  expect(read(`${line}AMQP`)).toEqual({ kind: 'header', length: line.length, ends: undefined });
});

test.each([
  ['a health check', 0x20, 0x00],
  ['a Unix domain socket', 0x21, 0x31],
  ['an unknown family', 0x21, 0x00],
  ['UDP', 0x21, 0x12],
])('version 2 of %s is the proxy itself', (_what, command, family) => {
  expect(readProxyHeader(binary(command, family, Buffer.alloc(20)))).toEqual({
    kind: 'header',
    length: 36,
    ends: undefined,
  });
});

test('an IPv6 address has one way to be written, so that the machine itself is known', () => {
  const line = read('PROXY TCP6 0:0:0:0:0:0:0:1 ::0 1 2\r\n');
  expect(line).toMatchObject({ ends: { remoteAddress: '::1', localAddress: '::' } });
});

describe('refused', () => {
  test.each([
    'AMQP\0\0\x09\x01',
    'PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n',
    'PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n',
    'PROXY TCP4 ::1 1.2.3.4 1 2\r\n',
    'PROXY TCP6 1.2.3.4 ::1 1 2\r\n',
    'PROXY TCP6 fe80::1%lo ::1 1 2\r\n',
    'PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n',
    'PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n',
    'PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n',
    'PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n',
    'PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n',
    'PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n',
    `PROXY UNKNOWN ${'x'.repeat(100)}\r\n`,
  ])('%j', (text) => {
    expect(read(text).kind).toBe('malformed');
  });

  test.each([
    ['another version', binary(0x11, 0x11, Buffer.alloc(12))],
    ['another command', binary(0x22, 0x11, Buffer.alloc(12))],
    ['too short for its addresses', binary(0x21, 0x11, Buffer.alloc(11))],
    ['longer than anything that is sent', binary(0x21, 0x11, Buffer.alloc(4097)).subarray(0, 16)],
  ])('version 2: %s', (_what, bytes) => {
    expect(readProxyHeader(bytes).kind).toBe('malformed');
  });
});
