import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeProperties } from '../../../../src/codec/properties.ts';
import { type FieldTable, fromPlain } from '../../../../src/codec/table.ts';
import { WireWriter } from '../../../../src/codec/wire_writer.ts';
import { copiesIn, type EncodedCopies, hasCopies, readCopies } from '../../../../src/server/channel/carbon_copy.ts';
import { fieldTable, fieldValue } from '../../../protocol/arbitraries.ts';

function encoded(headers: FieldTable): Uint8Array {
  const writer = new WireWriter(64);
  writeProperties(writer, { contentType: 'text/plain', headers, deliveryMode: 2, messageId: 'CC' });
  return writer.view();
}

function findsCopies(headers: FieldTable): boolean {
  const bytes = encoded(headers);
  return hasCopies(bytes, 0, bytes.length);
}

/** What comes of it, with what is thrown. */
function outcome(read: () => EncodedCopies): unknown {
  try {
    const { routingKeys, blind } = read();
    return { routingKeys, blind };
  } catch (error) {
    return `${error}`;
  }
}

test('the bytes of headers have the copies that their table has, and the same mistakes', () => {
  const list = fc.array(fieldValue).map((value) => ({ tag: 'A', value }) as const);
  const value = fc.oneof({ weight: 4, arbitrary: list }, fieldValue);
  const headers = fc
    .tuple(fieldTable, fc.array(fc.tuple(fc.constantFrom('CC', 'BCC', 'CCC', 'BC'), value)), fieldTable)
    .map(([before, some, behind]) => new Map([...before, ...some, ...behind]));
  fc.assert(
    fc.property(headers, (table) => {
      const bytes = encoded(table);
      expect(outcome(() => copiesIn(bytes, 0, bytes.length))).toEqual(outcome(() => readCopies(table)));
    }),
  );
});

test('of several CC in the bytes the first counts', () => {
  const twice = (one: string, other: string): Uint8Array =>
    Buffer.from(
      Buffer.from(encoded(fromPlain({ [one]: ['a'], [other]: ['b'] })))
        .toString('latin1')
        .replace('\u0002XX', '\u0002CC'),
      'latin1',
    );
  const bytes = twice('CC', 'XX');
  expect(copiesIn(bytes, 0, bytes.length)).toEqual({ routingKeys: ['a'], blind: false });
  const others = twice('XX', 'CC');
  expect(copiesIn(others, 0, others.length)).toEqual({ routingKeys: ['a'], blind: false });
});

test('CC and BCC are found among any headers, and nothing else is', () => {
  const name = fc.constantFrom('CC', 'BCC', 'cc', 'bcc', 'C', 'B', '', 'ACC', 'CCC', 'CCB', 'BC', 'BCCC');
  const headers = fc
    .tuple(fieldTable, fc.array(fc.tuple(name, fieldValue), { maxLength: 3 }), fieldTable)
    .map(([before, some, behind]) => new Map([...before, ...some, ...behind]));
  fc.assert(fc.property(headers, (table) => findsCopies(table) === (table.has('CC') || table.has('BCC'))));
});

test('a CC inside another header is none', () => {
  expect(findsCopies(fromPlain({ nested: { CC: ['a'] } }))).toBe(false);
});

test('keys come from CC, then BCC, and what is no string is passed over', () => {
  const headers = fromPlain({ BCC: ['c', null], a: 1, CC: ['a', 5, Buffer.from('binary'), 'b'] });
  expect(readCopies(headers)).toEqual({
    routingKeys: ['a', 'b', 'c'],
    headers: fromPlain({ a: 1, CC: ['a', 5, Buffer.from('binary'), 'b'] }),
    blind: true,
  });
});
