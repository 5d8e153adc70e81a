import { expect, it } from 'vitest';
import { type BasicProperties, writeProperties } from '../../../../src/codec/properties.ts';
import { type FieldValue, fromPlain } from '../../../../src/codec/table.ts';
import { WireWriter } from '../../../../src/codec/wire_writer.ts';
import { PeekedProperties } from '../../../../src/core/exchange/routed_properties.ts';

function range(properties: BasicProperties): [bytes: Uint8Array, start: number, end: number] {
  const writer = new WireWriter(512);
  writer.u8(0xff);
  writeProperties(writer, properties);
  const end = writer.offset;
  writer.u8(0xff);
  return [writer.bytes, 1, end];
}

const ALL = {
  contentType: 'text/plain',
  headers: fromPlain({ a: 1 }),
  deliveryMode: 2,
  priority: 3,
  correlationId: 'c',
  messageId: 'm',
  timestamp: 2 ** 40 + 7,
  appId: 'app',
};

it('finds what exchanges look at in the bytes of all properties', () => {
  const { headers, messageId, correlationId, timestamp } = new PeekedProperties(...range(ALL));
  expect({ headers, messageId, correlationId, timestamp }).toEqual({
    headers: ALL.headers,
    messageId: 'm',
    correlationId: 'c',
    timestamp: ALL.timestamp,
  });
});

it('finds nothing where there is nothing', () => {
  const { headers, messageId, correlationId, timestamp } = new PeekedProperties(
    ...range({ contentType: 'text/plain' }),
  );
  expect([headers, messageId, correlationId, timestamp]).toEqual([undefined, undefined, undefined, undefined]);
});

it('does not show a header that is hidden', () => {
  const headers = fromPlain({ a: 1, BCC: ['b'] });
  expect(new PeekedProperties(...range({ headers }), 'BCC').headers).toEqual(fromPlain({ a: 1 }));
});

it('leaves very many headers in their bytes for who asks for them there', () => {
  expect(new PeekedProperties(...range(ALL)).manyHeaders).toBe(undefined);
  const many = fromPlain(Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`n${index}`, index])));
  const headers = new Map([...many, ...fromPlain({ BCC: 'b', '\u00e9': 'e' })]);
  const seen = new Map<string, FieldValue>();
  new PeekedProperties(...range({ headers }), 'BCC').manyHeaders?.each((name, value) => {
    seen.set(name, value());
    return true;
  });
  expect(seen).toEqual(new Map([...many, ...fromPlain({ '\u00e9': 'e' })]));
});
