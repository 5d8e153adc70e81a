import { bodyFrame, HEARTBEAT_FRAME, headerFrame, PROTOCOL_HEADER } from '../../src/codec/frames.ts';
import { type FieldTable, type FieldValue, fromPlain } from '../../src/codec/table.ts';
import { frameOf } from '../support/fake_client.ts';
import { frame, headerPayload, methodPayload, shortstr } from '../support/raw_bytes.ts';
import type { MethodName } from '../support/raw_methods.ts';
import { fresh, Intruder, type Target, withIntruders } from './intruder.ts';

/** Frames of nothing but themselves, and a body that comes an octet a frame. */
export async function tinyFrames(target: Target, effort: number): Promise<void> {
  await withIntruders([await Intruder.open(target)], async ([intruder]) => {
    const heartbeats = Buffer.alloc(HEARTBEAT_FRAME.length * 8_000, HEARTBEAT_FRAME);
    await intruder?.pour(heartbeats, 300 * effort);
    const octet = bodyFrame(1, Buffer.of(7));
    const octets = Buffer.alloc(octet.length * 50_000, octet);
    const whole = Buffer.concat([frameOf(1, 'basic.publish'), headerFrame(1, 50_000, {}), octets]);
    await intruder?.pour(whole, 300 * effort);
  });
}

/** As many fields as a frame has room for, as arguments and as headers, where the broker looks at them. */
export async function giantTables(target: Target, effort: number): Promise<void> {
  const table = fromPlain(Object.fromEntries(Array.from({ length: 13_000 }, (_, index) => [`n${index}`, true])));
  const any: FieldTable = new Map([...table, ['x-match', fromPlain({ m: 'any' }).get('m') as FieldValue]]);
  await withIntruders([await Intruder.open(target)], async ([intruder]) => {
    intruder?.send(frameOf(1, 'queue.declare', { queue: '', exclusive: true }));
    for (let index = 0; index < 10; index++) {
      const more: FieldTable = new Map([...any, [`x${index}`, { tag: 'V', value: undefined }]]);
      const queue = fresh('giant');
      intruder?.send(frameOf(1, 'queue.declare', { queue, exclusive: true, arguments: more }));
      intruder?.send(frameOf(1, 'queue.bind', { queue, exchange: 'amq.headers', arguments: more }));
    }
    await intruder?.see('queue.bind-ok', 10);
    const publish = frameOf(1, 'basic.publish', { exchange: 'amq.headers' });
    await intruder?.pour(Buffer.concat([publish, headerFrame(1, 0, { headers: table })]), 500 * effort);
  });
}

/** A table in a table in a table, and so on, `depth` deep: `name F length ...`, from the innermost. */
function nested(depth: number): Buffer {
  const bytes = Buffer.alloc(4 + depth * 6);
  bytes.writeUInt32BE(depth * 6, 0);
  for (let level = 0; level < depth; level++) {
    const at = 4 + level * 6;
    bytes[at + 1] = 'F'.charCodeAt(0);
    bytes.writeUInt32BE((depth - level - 1) * 6, at + 2);
  }
  return bytes;
}

/** Tables in tables as deep as frames have room for: before there is a login, as arguments, and as headers. */
export async function deepNesting(target: Target, effort: number): Promise<void> {
  const mechanism = Buffer.concat([shortstr('PLAIN'), Buffer.alloc(4), shortstr('en_US')]);
  const startOk = methodPayload(10, 11, Buffer.concat([nested(1_300), mechanism]));
  const declare = methodPayload(50, 10, Buffer.concat([Buffer.of(0, 0), shortstr('q'), Buffer.of(0), nested(21_000)]));
  const properties = Buffer.concat([Buffer.of(0x20, 0), nested(21_000)]);
  const header = frame({ type: 2, channel: 1, payload: headerPayload(60, 0, properties) });
  const rounds = Array.from({ length: 5 * effort }, async () => {
    const intruders = await Promise.all([Intruder.dial(target), Intruder.open(target), Intruder.open(target)]);
    await withIntruders(intruders, async ([early, declaring, publishing]) => {
      early?.send(PROTOCOL_HEADER, frame({ type: 1, channel: 0, payload: startOk }));
      declaring?.send(frame({ type: 1, channel: 1, payload: declare }));
      publishing?.send(frameOf(1, 'basic.publish'), header);
      await Promise.all(intruders.map((intruder) => intruder.see('connection.close')));
    });
  });
  await Promise.all(rounds);
}

/** Headers that fill their frame, with thousands of keys to route by. */
export async function headerFlood(target: Target, effort: number): Promise<void> {
  const CC = Array.from({ length: 9_000 }, (_, index) => `k.${index}`);
  const headers = fromPlain({ CC });
  await withIntruders([await Intruder.open(target)], async ([intruder]) => {
    const publish = frameOf(1, 'basic.publish', { exchange: 'amq.topic', routingKey: 'k' });
    await intruder?.pour(Buffer.concat([publish, headerFrame(1, 0, { headers })]), 500 * effort);
  });
}

/** Each with what comes of it. A queue or exchange is declared without its line breaks, and a publish names it with them. */
const NAMES: readonly (readonly [string | Buffer, 'basic.deliver' | 'channel.close' | 'connection.close'])[] = [
  ['nul\0nul', 'basic.deliver'],
  ['line\r\nbreak', 'channel.close'],
  ['\u001b[2J\u0007', 'basic.deliver'],
  ['\ufeff\u202e\u{1f40d}', 'basic.deliver'],
  ['../../etc/passwd', 'basic.deliver'],
  ['__proto__', 'basic.deliver'],
  ['x'.repeat(255), 'basic.deliver'],
  [Buffer.of(0xc3, 0x28), 'connection.close'],
  [Buffer.of(0xed, 0xa0, 0x80), 'connection.close'],
  [Buffer.alloc(255, 0xff), 'connection.close'],
];

/** Names with control characters, line breaks and octets that are no UTF-8, for a queue, an exchange and a consumer. */
export async function hostileNames(target: Target, effort: number): Promise<void> {
  for (let round = 0; round < effort; round++) {
    for (const [name, outcome] of NAMES) await nameThings(target, name, outcome);
  }
}

async function nameThings(target: Target, given: string | Buffer, outcome: MethodName): Promise<void> {
  const name = shortstr(given);
  const ticket = Buffer.of(0, 0);
  const send = (classId: number, methodId: number, ...args: readonly Uint8Array[]): Buffer =>
    frame({ type: 1, channel: 1, payload: methodPayload(classId, methodId, Buffer.concat(args)) });
  const EXCLUSIVE = 0b0100;
  const AUTO_DELETE = 0b0100;
  const noTable = Buffer.alloc(4);
  await withIntruders([await Intruder.open(target)], async ([intruder]) => {
    intruder?.send(
      send(50, 10, ticket, name, Buffer.of(EXCLUSIVE), noTable),
      send(40, 10, ticket, name, shortstr('fanout'), Buffer.of(AUTO_DELETE), noTable),
      send(50, 20, ticket, name, name, name, Buffer.of(0), noTable),
      send(60, 20, ticket, name, name, Buffer.of(0b0010), noTable),
      send(60, 40, ticket, name, name, Buffer.of(0)),
      headerFrame(1, 1, {}),
      bodyFrame(1, Buffer.of(7)),
    );
    await intruder?.see(outcome);
  });
}
