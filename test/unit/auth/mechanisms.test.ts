import { expect, test } from 'vitest';
import { type Mechanism, readCredentials } from '../../../src/auth/mechanisms.ts';
import { fromPlain } from '../../../src/codec/table.ts';
import { writeTable } from '../../../src/codec/table_wire.ts';
import { WireWriter } from '../../../src/codec/wire_writer.ts';

const ALL: readonly Mechanism[] = ['PLAIN', 'AMQPLAIN', 'ANONYMOUS', 'EXTERNAL'];

function read(mechanism: string, response: string | Uint8Array, offered = ALL, certificateUser = () => '') {
  return readCredentials(mechanism, Buffer.from(response as string), offered, certificateUser);
}

/** A field table without its length. */
function amqplain(fields: Record<string, unknown>): Buffer {
  const writer = new WireWriter(64);
  writeTable(writer, fromPlain(fields as Parameters<typeof fromPlain>[0]));
  return Buffer.from(writer.view()).subarray(4);
}

test('PLAIN is a user name and a password behind NULs', () => {
  expect(read('PLAIN', '\0hare\0sésame')).toEqual({ kind: 'password', userName: 'hare', password: 'sésame' });
  expect(read('PLAIN', '\0\0')).toEqual({ kind: 'password', userName: '', password: '' });
});

test.each(['', 'hare', 'hare\0hare\0x', '\0hare'])('PLAIN response %j is refused with 502', (response) => {
  expect(() => read('PLAIN', response)).toThrow(expect.objectContaining({ code: 502 }));
});

test('AMQPLAIN is a table with LOGIN and PASSWORD', () => {
  const response = amqplain({ LOGIN: 'hare', PASSWORD: 'x' });
  expect(read('AMQPLAIN', response)).toEqual({ kind: 'password', userName: 'hare', password: 'x' });
});

test.each([
  ['no password', amqplain({ LOGIN: 'hare' })],
  ['a password that is no string', amqplain({ LOGIN: 'hare', PASSWORD: 1 })],
  ['nothing', Buffer.alloc(0)],
  ['bytes that are no table', Buffer.from('\x05LOGIN?')],
])('AMQPLAIN with %s is refused with 502', (_what, response) => {
  expect(() => read('AMQPLAIN', response)).toThrow(expect.objectContaining({ code: 502 }));
});

test('ANONYMOUS needs nothing', () => {
  expect(read('ANONYMOUS', 'whatever')).toEqual({ kind: 'anonymous' });
});

test.each(['SCRAM-SHA-256', '', 'plain'])('mechanism "%s" is not offered: 503', (mechanism) => {
  expect(() => read(mechanism, '\0a\0b')).toThrow(expect.objectContaining({ code: 503 }));
});

test('what is known but switched off is not offered either', () => {
  expect(() => read('ANONYMOUS', '', ['PLAIN'])).toThrow(expect.objectContaining({ code: 503 }));
});

test('EXTERNAL takes the name from the certificate, whatever the response says', () => {
  const credentials = read('EXTERNAL', 'someone else', ALL, () => 'hare');
  expect(credentials).toEqual({ kind: 'certificate', userName: 'hare' });
});
