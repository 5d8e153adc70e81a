import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BasicProperties, readProperties, writeProperties } from '../../../../src/codec/properties.ts';
import { validateProperties } from '../../../../src/codec/property_peek.ts';
import { type FieldTable, fromPlain } from '../../../../src/codec/table.ts';
import { WireWriter } from '../../../../src/codec/wire_writer.ts';
import { contentEnd, propertiesEnd, propertiesStart, routeEnd } from '../../../../src/core/store/record.ts';
import { type RewrittenRecord, rewriteRecord } from '../../../../src/core/store/rewrite.ts';
import { properties as anyProperties } from '../../../protocol/arbitraries.ts';

interface Message {
  readonly exchange: string;
  readonly routingKey: string;
  /** As on the wire, flags first. */
  readonly properties: Uint8Array;
  readonly body: Uint8Array;
}

const MESSAGE: Message = {
  exchange: 'logs',
  routingKey: 'a.b',
  properties: wire({ contentType: 'text/plain', headers: fromPlain({ a: 1, b: ['c'] }), replyTo: 'r' }),
  body: Buffer.from('body'),
};

function wire(properties: BasicProperties): Uint8Array {
  const writer = new WireWriter(64);
  writeProperties(writer, properties);
  return Uint8Array.from(writer.view());
}

/** The record of a message. `gap` octets part its content from its route, as in the frames of a publish. */
function record({ exchange, routingKey, properties, body }: Message, before = 0, gap = 0): Buffer {
  const writer = new WireWriter(64);
  writer.bytesRaw(new Uint8Array(before));
  writer.shortstr(exchange);
  writer.shortstr(routingKey);
  writer.bytesRaw(new Uint8Array(gap));
  writer.bytesRaw(Uint8Array.of(0xce, 2, 0, 0));
  writer.u32(12 + properties.length);
  writer.u16(60);
  writer.u16(0);
  writer.u64(body.length);
  writer.bytesRaw(properties);
  writer.u8(0xce);
  if (body.length > 0) {
    writer.bytesRaw(Uint8Array.of(3, 0, 0));
    writer.longstr(body);
    writer.u8(0xce);
  }
  return Buffer.from(writer.view());
}

function bytesOf({ bytes, start, end }: RewrittenRecord): Buffer {
  return Buffer.from(bytes.subarray(start, end));
}

function propertiesOf({ bytes, content }: RewrittenRecord): BasicProperties {
  return readProperties(bytes, propertiesStart(content), propertiesEnd(bytes, content));
}

function rewritten(message: Message, change: (properties: BasicProperties) => BasicProperties): RewrittenRecord {
  return rewriteRecord({ bytes: record(message), start: 0, bodyBytes: message.body.length }, { properties: change });
}

test('nothing changed is a copy', () => {
  fc.assert(
    fc.property(anyProperties, fc.uint8Array({ maxLength: 40 }), (properties, body) => {
      const source = record({ ...MESSAGE, properties: wire(properties), body });
      const same = (given: BasicProperties): BasicProperties => ({ ...given });
      const copy = rewriteRecord({ bytes: source, start: 0, bodyBytes: body.length }, { properties: same });
      expect(bytesOf(copy)).toEqual(source);
    }),
  );
});

test('other properties are what is written, and the rest of the record is the same', () => {
  fc.assert(
    fc.property(anyProperties, anyProperties, fc.uint8Array({ maxLength: 40 }), (properties, wanted, body) => {
      const message = { ...MESSAGE, properties: wire(properties), body };
      const result = rewritten(message, (given) => ({ ...given, ...wanted }));
      const expected = { ...readProperties(message.properties, 0, message.properties.length), ...wanted };
      expect(bytesOf(result)).toEqual(record({ ...message, properties: wire(expected) }));
    }),
  );
});

test('another exchange and routing key', () => {
  const source = record(MESSAGE);
  const result = rewriteRecord({ bytes: source, start: 0, bodyBytes: 4 }, { exchange: '', routingKey: 'elsewhere' });
  expect(bytesOf(result)).toEqual(record({ ...MESSAGE, exchange: '', routingKey: 'elsewhere' }));
  expect(result.content).toBe(routeEnd(result.bytes, result.start));
  expect(result.end).toBe(contentEnd(result.bytes, result.content, 4));
});

test('a source in the middle of other bytes, whose content is apart from its route', () => {
  const bytes = record(MESSAGE, 11, 3);
  const content = routeEnd(bytes, 11) + 3;
  const result = rewriteRecord({ bytes, start: 11, bodyBytes: 4, content }, {});
  expect(bytesOf(result)).toEqual(record(MESSAGE));
});

test('a property and a header can be taken out', () => {
  const result = rewritten(MESSAGE, ({ replyTo: _, ...others }) => {
    const headers = new Map(others.headers as FieldTable);
    headers.delete('a');
    return { ...others, headers };
  });
  expect(propertiesOf(result)).toEqual({ contentType: 'text/plain', headers: fromPlain({ b: ['c'] }) });
});

test('what is not UTF-8 stays as it was beside what changes', () => {
  // Headers with a field named FF, and a message id of 255 such octets, which as text would need 765.
  const id = 'ff'.repeat(256);
  const before = Buffer.from(`2080 00000007 01ff4900000005 ${id}`.replaceAll(' ', ''), 'hex');
  expect(validateProperties(before, 0, before.length)).toBe(true);
  const result = rewritten({ ...MESSAGE, properties: before }, (given) => ({
    ...given,
    headers: new Map([...(given.headers as FieldTable), ...fromPlain({ x: true })]),
  }));
  const { bytes, content } = result;
  const after = Buffer.from(bytes.subarray(propertiesStart(content), propertiesEnd(bytes, content)));
  expect(after.toString('hex')).toBe(`2080 0000000b 01ff4900000005 01787401 ${id}`.replaceAll(' ', ''));
});

test('a header that comes twice is gone when it is taken out', () => {
  const twice = Buffer.from('2000' + '00000008' + '014274' + '01' + '014274' + '00', 'hex');
  expect(validateProperties(twice, 0, twice.length)).toBe(true);
  const result = rewritten({ ...MESSAGE, properties: twice }, ({ headers }) => {
    const others = new Map(headers);
    others.delete('B');
    return { headers: others };
  });
  expect(propertiesOf(result)).toEqual({ headers: new Map() });
});
