import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyFrame, bodyFrames, headerFrame } from '../../../../src/codec/frames.ts';
import { FakeClient, frameOf, handshakeBytes } from '../../../support/fake_client.ts';
import { frame, headerPayload, methodPayload, shortstr } from '../../../support/raw_bytes.ts';

const HEARTBEAT = frame({ type: 8, channel: 0, payload: new Uint8Array() });

function message(channel: number, routingKey: string, body: Buffer, frameMax = 131_072): Buffer {
  return Buffer.concat([
    frameOf(channel, 'basic.publish', { routingKey }),
    headerFrame(channel, body.length, { deliveryMode: 2, correlationId: 'c' }),
    ...bodyFrames(channel, body, frameMax),
  ]);
}

/** The pieces of two channels' messages, one of one and one of the other. */
function interleaved(): Buffer {
  const one = [
    frameOf(1, 'basic.publish', { routingKey: 'q' }),
    headerFrame(1, 6, {}),
    bodyFrame(1, Buffer.from('one')),
    bodyFrame(1, Buffer.from('ONE')),
  ];
  const two = [
    frameOf(2, 'basic.publish', { routingKey: 'q' }),
    headerFrame(2, 6, {}),
    bodyFrame(2, Buffer.from('two')),
    bodyFrame(2, Buffer.from('TWO')),
  ];
  return Buffer.concat(one.flatMap((piece, index) => [piece, two[index] as Buffer]));
}

const big = Buffer.alloc(70_000, 'large ');

/** Everything that the read loop treats in a way of its own, in one conversation. */
const CONVERSATION = Buffer.concat([
  handshakeBytes(),
  HEARTBEAT,
  frameOf(2, 'channel.open'),
  frameOf(1, 'queue.declare', { queue: 'q' }),
  frameOf(1, 'confirm.select'),
  message(1, 'q', Buffer.from('small')),
  message(1, 'q', Buffer.alloc(0)),
  message(1, 'q', big),
  HEARTBEAT,
  message(1, 'q', big, 4096),
  interleaved(),
  frameOf(2, 'basic.get', { queue: 'q' }),
  frameOf(2, 'basic.get', { queue: 'q' }),
  frameOf(2, 'basic.get', { queue: 'q' }),
  frameOf(2, 'basic.nack', { deliveryTag: 3, multiple: true, requeue: true }),
  frameOf(2, 'basic.get', { queue: 'q' }),
  frameOf(2, 'basic.ack', { deliveryTag: 4 }),
  frameOf(2, 'queue.declare', { queue: 'q', passive: true }),
  // A refused message's content is read over, and the channel can be had again.
  frameOf(2, 'basic.publish', { exchange: 'nosuch', routingKey: 'q' }),
  headerFrame(2, 70_000, {}),
  bodyFrame(2, big),
  frameOf(2, 'channel.close-ok'),
  frameOf(2, 'channel.open'),
  frameOf(2, 'basic.ack', { deliveryTag: 9 }),
  frameOf(2, 'channel.close-ok'),
  message(1, 'nowhere', Buffer.from('unroutable')),
  frameOf(1, 'queue.purge', { queue: 'q' }),
  frameOf(0, 'connection.close'),
]);

/** Confirms as the tags they settle: how many go in one frame depends on where the turns end. */
async function outcome(chunks: readonly Uint8Array[]): Promise<string[]> {
  const client = new FakeClient();
  for (const chunk of chunks) client.chunk(chunk);
  const lines = await client.seen();
  expect(client.connection.phase.name).toBe('closed');
  client.socket.destroy();
  return lines.filter((line) => !line.includes('basic.ack'));
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % bytes.length)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

test('a conversation has the same answers wherever the stream is cut', async () => {
  const whole = await outcome([CONVERSATION]);
  expect(whole.at(-1)).toBe('0 connection.close-ok');
  const places = fc.array(fc.nat(CONVERSATION.length), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(places, async (at) => {
      expect(await outcome(cut(CONVERSATION, at))).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

test('a conversation has the same answers when it comes in small pieces', async () => {
  const whole = await outcome([CONVERSATION]);
  for (const step of [7, 1013]) {
    const places = Array.from({ length: CONVERSATION.length / step }, (_, index) => index * step);
    expect(await outcome(cut(CONVERSATION, places))).toEqual(whole);
  }
});

const PUBLISH = methodPayload(60, 40, Buffer.concat([Buffer.alloc(2), shortstr(''), shortstr('q'), Buffer.alloc(1)]));

/** What ends in a close, each on channel 1 of an open connection. */
const OFFENCES: readonly (readonly [string, Buffer])[] = [
  ['a frame of unknown type', frame({ type: 7, channel: 1, payload: Buffer.from('abc') })],
  ['a wrong frame end', frame({ type: 1, channel: 1, payload: methodPayload(20, 10, Buffer.alloc(1)), end: 1 })],
  ['a frame too large', frame({ type: 1, channel: 1, payload: Buffer.alloc(0), size: 200_000 })],
  ['a method cut short', frame({ type: 1, channel: 1, payload: Buffer.alloc(3) })],
  ['a heartbeat on a channel', frame({ type: 8, channel: 1, payload: Buffer.alloc(0) })],
  ['a body where a method is due', bodyFrame(1, Buffer.from('x'))],
  [
    'a method where a header is due',
    Buffer.concat([frameOf(1, 'basic.publish', { routingKey: 'q' }), frameOf(1, 'basic.qos')]),
  ],
  [
    'a method where a body is due',
    Buffer.concat([frameOf(1, 'basic.publish', { routingKey: 'q' }), headerFrame(1, 1, {}), frameOf(1, 'basic.qos')]),
  ],
  [
    'a body longer than its header says',
    Buffer.concat([
      frameOf(1, 'basic.publish', { routingKey: 'q' }),
      headerFrame(1, 2, {}),
      bodyFrame(1, Buffer.from('long')),
    ]),
  ],
  [
    'a body that ends wrongly',
    Buffer.concat([
      frameOf(1, 'basic.publish', { routingKey: 'q' }),
      headerFrame(1, 60_000, {}),
      frame({ type: 3, channel: 1, payload: Buffer.alloc(60_000), end: 0 }),
    ]),
  ],
  [
    'a short header',
    Buffer.concat([
      frameOf(1, 'basic.publish', { routingKey: 'q' }),
      frame({ type: 2, channel: 1, payload: Buffer.alloc(11) }),
    ]),
  ],
  [
    'a header of another class',
    Buffer.concat([
      frameOf(1, 'basic.publish', { routingKey: 'q' }),
      frame({ type: 2, channel: 1, payload: headerPayload(50, 0) }),
    ]),
  ],
  [
    'a message to no exchange, in one piece',
    Buffer.concat([
      frameOf(1, 'basic.publish', { exchange: 'no' }),
      headerFrame(1, 1, {}),
      bodyFrame(1, Buffer.from('x')),
    ]),
  ],
  [
    'a message to no exchange, without a body and behind another frame',
    Buffer.concat([frameOf(1, 'basic.publish', { exchange: 'no' }), HEARTBEAT, headerFrame(1, 0, {})]),
  ],
  [
    'a message to no exchange, in two body frames',
    Buffer.concat([
      frameOf(1, 'basic.publish', { exchange: 'no' }),
      headerFrame(1, 2, {}),
      bodyFrame(1, Buffer.from('x')),
      bodyFrame(1, Buffer.from('y')),
    ]),
  ],
  [
    'a publish with one octet too many',
    Buffer.concat([
      frame({ type: 1, channel: 1, payload: Buffer.concat([PUBLISH, Buffer.alloc(1)]) }),
      headerFrame(1, 0, {}),
    ]),
  ],
  ['an unknown method', frame({ type: 1, channel: 1, payload: methodPayload(60, 99) })],
];

test.each(OFFENCES)('%s: the answer is the same wherever the stream is cut', async (_what, bytes) => {
  const answer = async (chunks: readonly Buffer[]): Promise<string[]> => {
    const client = new FakeClient();
    client.chunk(handshakeBytes());
    client.send(1, 'queue.declare', { queue: 'q' });
    await client.seen();
    for (const chunk of chunks) client.chunk(chunk);
    const lines = await client.seen();
    const queued = client.connection.server.vhosts.get('/')?.queues.get('q')?.readyCount;
    client.socket.destroy();
    expect(queued, 'nothing of what is refused is published').toBe(0);
    // The first octets of a body that was passed on in parts are not there any more to be shown.
    return lines.map((line) => line.replace(/(all|first 16) octets = <<[0,]*>>/, 'octets'));
  };
  const whole = await answer([bytes]);
  expect(whole).toHaveLength(1);
  expect(whole[0]).toMatch(/^[01] (connection|channel)\.close /);
  const places = bytes.length < 300 ? bytes.length : 40;
  for (let at = 1; at < places; at++) expect(await answer([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
  expect(
    await answer(
      cut(
        bytes,
        Array.from({ length: 200 }, (_, index) => index),
      ),
    ),
  ).toEqual(whole);
});

test.each([
  ['in one piece', [bodyFrame(1, Buffer.from('xy'))]],
  ['in two body frames', [bodyFrame(1, Buffer.from('x')), bodyFrame(1, Buffer.from('y'))]],
])('a refused message %s is told with the ids of basic.publish', async (_how, body) => {
  const client = new FakeClient();
  client.chunk(handshakeBytes());
  await client.seen();
  client.chunk(Buffer.concat([frameOf(1, 'basic.publish', { exchange: 'no' }), headerFrame(1, 2, {}), ...body]));
  expect((await client.seen()).join()).toMatch(/404.*60.*40/);
  client.socket.destroy();
});

test('a short frame of another channel behind a publish is answered before the content comes', async () => {
  const client = new FakeClient();
  client.chunk(handshakeBytes());
  client.send(2, 'channel.open');
  client.send(2, 'tx.select');
  await client.seen();
  client.chunk(Buffer.concat([frameOf(1, 'basic.publish', { routingKey: 'q' }), frameOf(2, 'tx.commit')]));
  expect(await client.seen()).toEqual(['2 tx.commit-ok']);
  client.socket.destroy();
});

test('a connection held right after a large frame reads on when it is released', async () => {
  const client = new FakeClient();
  client.chunk(handshakeBytes());
  await client.seen();
  const { alarms } = client.connection.server;
  alarms.active = true;
  const large = Buffer.concat([message(1, 'q', Buffer.alloc(40_000)), frameOf(1, 'basic.qos')]);
  client.chunk(large.subarray(0, 20_000));
  client.chunk(large.subarray(20_000));
  expect(await client.seen()).toEqual([]);
  expect([client.connection.held, client.socket.paused]).toEqual([true, true]);
  alarms.active = false;
  client.connection.releasePublisher();
  expect(await client.seen()).toEqual(['1 basic.qos-ok']);
  expect([client.connection.held, client.socket.paused]).toEqual([false, false]);
  client.socket.destroy();
});

test('a client that does not read the answers to what it asks is not read either, until it does', async () => {
  const client = new FakeClient();
  client.chunk(handshakeBytes());
  client.send(1, 'queue.declare', { queue: 'q' });
  for (let i = 0; i < 30; i++) client.chunk(message(1, 'q', Buffer.alloc(1_000_000)));
  await client.seen();
  client.socket.takesAtOnce = false;
  client.chunk(Buffer.concat(Array.from({ length: 30 }, () => frameOf(1, 'basic.get', { queue: 'q', noAck: true }))));
  await client.seen();
  expect(client.connection.held).toBe(true);
  expect(client.socket.writableLength).toBeLessThan(6_000_000);
  for (let i = 0; i < 200; i++) {
    client.socket.takeAll();
    await client.seen();
  }
  expect([client.connection.held, client.socket.writableLength]).toEqual([false, 0]);
  expect(client.socket.received.length).toBeGreaterThan(30_000_000);
  client.socket.destroy();
});
