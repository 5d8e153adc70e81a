import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AMQP } from '../../protocol/spec.ts';
import { AmqpError } from '../../src/codec/errors.ts';
import {
  CLIENT_METHODS,
  decodeMethod,
  encodeMethod,
  METHOD_IDS,
  type Method,
  methodName,
} from '../../src/codec/methods.gen.ts';
import { WireWriter } from '../../src/codec/wire_writer.ts';
import { refusal } from '../unit/codec/refusal.ts';
import { methods } from './arbitraries.ts';

function encode(method: Method): Buffer {
  const writer = new WireWriter(16);
  encodeMethod(writer, method);
  return writer.view();
}

describe.each([...methods])('%s', (name, arbitrary) => {
  test('survives the wire', () => {
    fc.assert(
      fc.property(arbitrary, (method) => {
        const bytes = encode(method);
        expect(decodeMethod(bytes, 0, bytes.length)).toStrictEqual(method);
      }),
      { numRuns: 50 },
    );
  });

  test('is read within its range, whatever is around it', () => {
    fc.assert(
      fc.property(arbitrary, fc.uint8Array({ maxLength: 9 }), (method, around) => {
        const bytes = encode(method);
        const surrounded = Buffer.concat([around, bytes, around]);
        expect(decodeMethod(surrounded, around.length, around.length + bytes.length)).toStrictEqual(method);
      }),
      { numRuns: 10 },
    );
  });

  test('cut short at any byte, is refused with 501 and its own ids', () => {
    const method = fc.sample(arbitrary, { numRuns: 1, seed: 7 })[0]!;
    const bytes = encode(method);
    for (let end = 4; end < bytes.length; end += 1) {
      expect(refusal(() => decodeMethod(bytes, 0, end))).toMatchObject({
        code: 501,
        classId: bytes.readUInt16BE(0),
        methodId: bytes.readUInt16BE(2),
      });
    }
  });

  test('with bytes behind its arguments, is refused with 501 and its own ids', () => {
    const bytes = encode(fc.sample(arbitrary, { numRuns: 1, seed: 7 })[0]!);
    for (const lengthBytes of [1, 4]) {
      const longer = Buffer.concat([bytes, new Uint8Array(lengthBytes)]);
      expect(refusal(() => decodeMethod(longer, 0, longer.length))).toMatchObject({
        code: 501,
        classId: bytes.readUInt16BE(0),
        methodId: bytes.readUInt16BE(2),
      });
    }
  });

  test('with bytes changed, raises nothing but an AmqpError', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 0xff })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(arbitrary, changes, (method, changed) => {
        const bytes = encode(method);
        for (const [at, value] of changed) bytes[at % bytes.length] = value;
        try {
          decodeMethod(bytes, 0, bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(AmqpError);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('is found by its id', () => {
    expect(methodName(encode({ ...fc.sample(arbitrary, 1)[0]! }).readUInt32BE(0))).toBe(name);
  });
});

describe('golden bytes', () => {
  // Written out by hand from the specification, so that an error in both directions at once is seen.
  test.each<[Method, string]>([
    [{ name: 'connection.tune', channelMax: 2047, frameMax: 131072, heartbeat: 60 }, '000a001e 07ff 00020000 003c'],
    [{ name: 'connection.open', virtualHost: '/' }, '000a0028 012f 00 00'],
    [{ name: 'connection.open-ok' }, '000a0029 00'],
    [
      { name: 'channel.close', replyCode: 404, replyText: 'NO', classId: 50, methodId: 10 },
      '00140028 0194 024e4f 0032 000a',
    ],
    [{ name: 'channel.open-ok' }, '0014000b 00000000'],
    [{ name: 'access.request-ok', ticket: 1 }, '001e000b 0001'],
    [
      {
        name: 'exchange.declare',
        exchange: 'e',
        type: 'topic',
        passive: false,
        durable: true,
        autoDelete: false,
        internal: true,
        noWait: false,
        arguments: new Map([['alternate-exchange', { tag: 'S', value: Uint8Array.of(0x61) }]]),
      },
      '0028000a 0000 0165 05746f706963 0a 00000019 12616c7465726e6174652d65786368616e6765 53 00000001 61',
    ],
    [{ name: 'exchange.unbind-ok' }, '00280033'],
    [
      {
        name: 'queue.declare',
        queue: 'q',
        passive: false,
        durable: true,
        exclusive: false,
        autoDelete: false,
        noWait: true,
        arguments: new Map(),
      },
      '0032000a 0000 0171 12 00000000',
    ],
    [
      { name: 'queue.declare-ok', queue: 'q', messageCount: 3, consumerCount: 0x80000000 },
      '0032000b 0171 00000003 80000000',
    ],
    [
      { name: 'basic.publish', exchange: '', routingKey: 'q', mandatory: true, immediate: false },
      '003c0028 0000 00 0171 01',
    ],
    [
      {
        name: 'basic.deliver',
        consumerTag: 'c',
        deliveryTag: 2 ** 32 + 1,
        redelivered: true,
        exchange: 'é',
        routingKey: '',
      },
      '003c003c 0163 0000000100000001 01 02c3a9 00',
    ],
    [{ name: 'basic.get-empty' }, '003c0048 00'],
    [{ name: 'basic.nack', deliveryTag: 1, multiple: false, requeue: true }, '003c0078 0000000000000001 02'],
    [{ name: 'confirm.select', noWait: true }, '0055000a 01'],
    [{ name: 'tx.rollback-ok' }, '005a001f'],
  ])('%j', (method, hex) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(encode(method).toString('hex')).toBe(bytes.toString('hex'));
    expect(decodeMethod(bytes, 0, bytes.length)).toStrictEqual(method);
  });
});

test('reserved fields may hold anything', () => {
  const bytes = Buffer.from('0014000a03fffefd', 'hex');
  expect(decodeMethod(bytes, 0, bytes.length)).toEqual({ name: 'channel.open' });
});

test.each([
  ['a method that its class does not have', '003c0063', 60, 99],
  ['a class that does not exist', 'fff0000a', 0xfff0, 10],
])('%s is 503 with its ids', (_, hex, classId, methodId) => {
  const bytes = Buffer.from(hex, 'hex');
  expect(refusal(() => decodeMethod(bytes, 0, bytes.length))).toMatchObject({
    code: 503,
    replyText: 'COMMAND_INVALID - unimplemented method',
    classId,
    methodId,
  });
});

test.each(['', '00', '000a', '000a00'])('a method frame of %j, too short for a method, is 501', (hex) => {
  const bytes = Buffer.from(hex, 'hex');
  expect(refusal(() => decodeMethod(bytes, 0, bytes.length))).toMatchObject({ code: 501, classId: 0, methodId: 0 });
});

test.each([
  ['arguments that are cut short', '0032000a 00000171', '<<0,0,1,113>>'],
  ['arguments with bytes behind them', '0055000a 01ff', '<<1,255>>'],
  ['bytes behind a method that has no arguments', '00140029 00', '<<0>>'],
])('%s are shown the way RabbitMQ does', (_, hex, shown) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  expect(refusal(() => decodeMethod(bytes, 0, bytes.length)).replyText).toBe(`FRAME_ERROR - cannot decode ${shown}`);
});

test('a client may send what the table says, and nothing that only a server sends', () => {
  for (const [className, amqpClass] of Object.entries(AMQP.classes)) {
    for (const [name, { from }] of Object.entries(amqpClass.methods)) {
      expect([name, CLIENT_METHODS.has(`${className}.${name}` as Method['name'])]).toEqual([name, from !== 'server']);
    }
  }
});

test('every method has an id of its own', () => {
  expect(new Set(Object.values(METHOD_IDS)).size).toBe(methods.size);
  expect(methodName(0)).toBeUndefined();
});
