import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyFrame, bodyFrames, headerFrame } from '../../../../src/codec/frames.ts';
import { Arena, type Block, PAGE_BYTES } from '../../../../src/lib/arena.ts';
import { Assembly } from '../../../../src/server/channel/assembly.ts';
import { FakeClient, frameOf, handshakeBytes } from '../../../support/fake_client.ts';
import { testServer } from '../../../support/test_server.ts';

/** Where a content header's payload is in its frame. */
const PAYLOAD = 7;

/** Follows the blocks that are taken for messages and not given back. */
function outstanding(arena: Arena): Set<Block> {
  const blocks = new Set<Block>();
  const takeFor = arena.takeFor.bind(arena);
  const givePage = arena.givePage.bind(arena);
  arena.takeFor = (length) => {
    const block = takeFor(length);
    blocks.add(block);
    return block;
  };
  arena.givePage = (block) => {
    blocks.delete(block);
    givePage(block);
  };
  return blocks;
}

test('what is put together is the record, whatever the sizes of its pieces, and the block is given back', () => {
  const sizes = fc.oneof(fc.nat(300), fc.nat(PAGE_BYTES / 2), fc.nat(3 * PAGE_BYTES));
  const route = Buffer.from('\x01x\x03key');
  fc.assert(
    fc.property(sizes, fc.array(fc.integer({ min: 1, max: 100_000 })), fc.nat(100_000), (size, pieces, padding) => {
      const arena = new Arena({ readBytes: 0, slots: 0, pages: 3 });
      const blocks = outstanding(arena);
      const body = Buffer.from(Uint8Array.from({ length: size }, (_, index) => index * 7));
      const headers = new Map([['h', { tag: 'x', value: Buffer.alloc(padding, 1) } as const]]);
      const header = headerFrame(0, size, { headers });
      const assembly = new Assembly(arena, route, 0, route.length, false, false);
      assembly.header(header, PAYLOAD, header.length - 1, size);
      for (let at = 0, index = 0; at < size; index++) {
        const end = Math.min(size, at + (pieces[index] ?? size));
        assembly.body(body, at, end);
        at = end;
      }
      expect(assembly.bodyMissing).toBe(0);
      const { block, length } = assembly;
      const record = Buffer.from(block.bytes.buffer, block.bytes.byteOffset + block.base, length);
      const frames = [route, Buffer.of(0xce), header, ...(size > 0 ? [bodyFrame(0, body)] : [])];
      expect(record.equals(Buffer.concat(frames))).toBe(true);
      expect(blocks.size).toBe(1);
      assembly.discard();
      assembly.discard();
      expect(blocks.size).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('a message that is broken off, by whatever, leaves nothing behind', async () => {
  const server = testServer();
  const blocks = outstanding(server.arena);
  const begun = (channel: number): Buffer =>
    Buffer.concat([
      frameOf(channel, 'basic.publish', { exchange: '', routingKey: 'q' }),
      headerFrame(channel, 150_000, {}),
      bodyFrame(channel, Buffer.alloc(100_000)),
    ]);
  const rest = (channel: number): Buffer => bodyFrame(channel, Buffer.alloc(50_000));
  const ends: readonly ((client: FakeClient) => void)[] = [
    (client) => client.send(1, 'channel.close'),
    (client) => client.send(1, 'queue.declare', { queue: 'not now' }),
    (client) => client.chunk(bodyFrame(1, Buffer.alloc(50_001))),
    (client) => client.chunk(headerFrame(1, 1, {})),
    (client) => client.send(0, 'connection.close'),
    (client) => client.socket.emit('end'),
    // What is published to nobody, and where there is no such exchange.
    (client) => client.chunk(rest(1)),
    (client) =>
      client.chunk(
        Buffer.concat([
          rest(1),
          frameOf(1, 'basic.publish', { exchange: 'gone' }),
          headerFrame(1, 90_000, {}),
          bodyFrame(1, Buffer.alloc(90_000)),
        ]),
      ),
  ];
  for (const end of ends) {
    const client = new FakeClient(server);
    client.chunk(handshakeBytes());
    client.send(2, 'channel.open');
    client.chunk(Buffer.concat([begun(1), begun(2)]));
    expect(blocks.size).toBe(2);
    end(client);
    client.chunk(Buffer.concat([rest(2), rest(1)]));
    await client.seen();
    client.socket.destroy();
    await client.seen();
    expect(blocks.size).toBe(0);
  }
});

test('a message that is kept has the block, until it is gone', async () => {
  const server = testServer();
  const blocks = outstanding(server.arena);
  const client = new FakeClient(server);
  client.chunk(handshakeBytes());
  client.send(1, 'queue.declare', { queue: 'q' });
  for (const size of [60_000, 100_000, 200_000, 300_000]) {
    client.chunk(
      Buffer.concat([
        frameOf(1, 'basic.publish', { exchange: '', routingKey: 'q' }),
        headerFrame(1, size, {}),
        ...bodyFrames(1, Buffer.alloc(size), 50_000),
      ]),
    );
  }
  await client.seen();
  expect(blocks.size, 'all but the first, which lies with others').toBe(3);
  client.send(1, 'queue.purge', { queue: 'q' });
  await client.seen();
  expect(blocks.size).toBe(0);
});
