import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { camelCase } from '../../../protocol/generate.ts';
import { AMQP } from '../../../protocol/spec.ts';
import { AmqpError } from '../../../src/codec/errors.ts';
import {
  type BasicProperties,
  REPLY_TO,
  readProperties,
  USER_ID,
  writeProperties,
} from '../../../src/codec/properties.ts';
import {
  peekDeliveryMode,
  peekExpiration,
  peekHeaders,
  peekPriority,
  peekShortstr,
  validateProperties,
} from '../../../src/codec/property_peek.ts';
import { fromPlain } from '../../../src/codec/table.ts';
import { WireWriter } from '../../../src/codec/wire_writer.ts';
import { properties as anyProperties } from '../../protocol/arbitraries.ts';
import { refusal } from './refusal.ts';

const ALL: BasicProperties = {
  contentType: 'text/plain',
  contentEncoding: 'gzip',
  headers: fromPlain({ a: 1, b: ['c', { d: 'e' }] }),
  deliveryMode: 2,
  priority: 9,
  correlationId: 'c-1',
  replyTo: 'r',
  expiration: '60000',
  messageId: 'm-1',
  timestamp: 1_700_000_000,
  type: 't',
  userId: 'guest',
  appId: 'app',
  clusterId: 'cluster',
};

function write(properties: BasicProperties): Buffer {
  const writer = new WireWriter(8);
  writeProperties(writer, properties);
  return writer.view();
}

function read(bytes: Uint8Array): BasicProperties {
  return readProperties(bytes, 0, bytes.length);
}

function isValid(bytes: Uint8Array): boolean {
  return validateProperties(bytes, 0, bytes.length);
}

test('any properties survive the wire', () => {
  fc.assert(
    fc.property(anyProperties, (properties) => {
      const bytes = write(properties);
      expect(read(bytes)).toStrictEqual(properties);
      expect(isValid(bytes)).toBe(true);
    }),
  );
});

test('each property has the flag and the place that the table gives it', () => {
  const names = Object.keys(AMQP.classes['basic']?.properties ?? {}).map(camelCase);
  expect(Object.keys(read(write(ALL)))).toEqual(names);
  names.forEach((name, index) => {
    const one = { [name]: ALL[name as keyof BasicProperties] };
    expect([name, write(one).readUInt16BE(0)]).toEqual([name, 0x8000 >> index]);
  });
});

test.each<[BasicProperties, string]>([
  [{}, '0000'],
  [{ contentType: 'a', deliveryMode: 2 }, '9000 0161 02'],
  [{ headers: new Map([['k', { tag: 't', value: true }]]), priority: 1 }, '2800 00000004 016b7401 01'],
  [{ expiration: '9', timestamp: 2 ** 32, clusterId: '' }, '0144 0139 0000000100000000 00'],
])('%o is these bytes, both ways', (properties, hex) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  expect(write(properties).toString('hex')).toBe(bytes.toString('hex'));
  expect(read(bytes)).toStrictEqual(properties);
});

describe('a peek', () => {
  test('finds what a full read finds', () => {
    fc.assert(
      fc.property(anyProperties, fc.uint8Array({ maxLength: 5 }), (properties, around) => {
        const own = write(properties);
        const bytes = Buffer.concat([around, own, around]);
        const range = [bytes, around.length, around.length + own.length] as const;
        expect(validateProperties(...range)).toBe(true);
        expect(peekDeliveryMode(...range)).toBe(properties.deliveryMode ?? 0);
        expect(peekPriority(...range)).toBe(properties.priority);
        expect(peekExpiration(...range)).toBe(properties.expiration);
        expect(peekShortstr(...range, REPLY_TO)).toBe(properties.replyTo);
        expect(peekShortstr(...range, USER_ID)).toBe(properties.userId);
        expect(peekHeaders(...range)).toStrictEqual(properties.headers);
      }),
    );
  });
});

describe('properties are refused', () => {
  test('cut short at any byte, with 501', () => {
    const bytes = write(ALL);
    for (let end = 0; end < bytes.length; end += 1) {
      expect(refusal(() => read(bytes.subarray(0, end)))).toMatchObject({ code: 501 });
      expect(validateProperties(bytes, 0, end)).toBe(false);
    }
  });

  test('with bytes after them, with 501', () => {
    const bytes = Buffer.concat([write(ALL), Buffer.of(0)]);
    expect(refusal(() => read(bytes))).toMatchObject({ code: 501 });
    expect(isValid(bytes)).toBe(false);
  });

  test('claiming more flags than basic has, with 502', () => {
    const bytes = Buffer.from('00010000', 'hex');
    expect(refusal(() => read(bytes))).toMatchObject({ code: 502 });
    expect(isValid(bytes)).toBe(false);
  });

  test('with headers that are no field table, with 502', () => {
    const bytes = Buffer.from('200000000003016b7a', 'hex');
    expect(refusal(() => read(bytes))).toMatchObject({ code: 502 });
    expect(isValid(bytes)).toBe(false);
  });
});

test('the flag that means nothing is not looked at', () => {
  const bytes = Buffer.from('100202', 'hex');
  expect(read(bytes)).toStrictEqual({ deliveryMode: 2 });
  expect(isValid(bytes)).toBe(true);
});

test('strings that are not UTF-8 are let through', () => {
  const bytes = Buffer.from('800001ff', 'hex');
  expect(isValid(bytes)).toBe(true);
  expect(read(bytes)).toStrictEqual({ contentType: '\ufffd' });
});

test('with bytes changed, properties are valid just when they can be read', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 0xff })), { maxLength: 3 });
  fc.assert(
    fc.property(anyProperties, changes, (properties, changed) => {
      const bytes = write(properties);
      for (const [at, value] of changed) bytes[at % bytes.length] = value;
      let readable = true;
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(AmqpError);
        readable = false;
      }
      expect(isValid(bytes)).toBe(readable);
    }),
    { numRuns: 1_000 },
  );
});
