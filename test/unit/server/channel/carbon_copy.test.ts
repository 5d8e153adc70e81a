import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeProperties } from '../../../../src/codec/properties.ts';
import { type FieldTable, fromPlain } from '../../../../src/codec/table.ts';
import { WireWriter } from '../../../../src/codec/wire_writer.ts';
import { hasCopies, readCopies } from '../../../../src/server/channel/carbon_copy.ts';
import { fieldTable, fieldValue } from '../../../protocol/arbitraries.ts';

function findsCopies(headers: FieldTable): boolean {
  const writer = new WireWriter(64);
  writeProperties(writer, { contentType: 'text/plain', headers, deliveryMode: 2, messageId: 'CC' });
  const bytes = writer.view();
  return hasCopies(bytes, 0, bytes.length);
}

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
