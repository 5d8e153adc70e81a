import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arena, SLOT_BYTES } from '../../../src/lib/arena.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { Outbox } from '../../../src/server/outbox.ts';
import { type Flushable, LoopTurn } from '../../../src/server/turn.ts';
import { ArrivalReader } from '../../support/raw_arrivals.ts';
import { FakeSocket } from '../../support/test_server.ts';

/** A turn that ends when the test says so. */
class Turn extends LoopTurn {
  ready: Flushable[] = [];

  override outboxReady(outbox: Flushable): void {
    this.ready.push(outbox);
  }

  finish(): void {
    for (const outbox of this.ready.splice(0)) outbox.flush();
  }
}

class CountingArena extends Arena {
  out = 0;

  override takeSlot(): ReturnType<Arena['takeSlot']> {
    this.out++;
    return super.takeSlot();
  }

  override giveSlot(slot: Parameters<Arena['giveSlot']>[0]): void {
    this.out--;
    super.giveSlot(slot);
  }
}

function stage(frameMax = 131_072) {
  const socket = new FakeSocket();
  const arena = new CountingArena({ readBytes: 0, slots: 2, pages: 0 });
  const turn = new Turn(new ManualClock());
  const outbox = new Outbox(socket.asSocket(), arena, turn, () => frameMax - 8);
  socket.on('drain', () => outbox.drained());
  return { socket, arena, turn, outbox };
}

/** Microtasks are when a fake socket tells that a write is done. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A record (core/store/record.ts) with exchange 'x', routing key 'rk', no properties. */
function record(body: Uint8Array): Buffer {
  const header = Buffer.alloc(14);
  header.writeUInt16BE(60, 0);
  header.writeUInt32BE(body.length, 8);
  const frame = (type: number, payload: Uint8Array): Buffer => {
    const start = Buffer.from([type, 0, 0, 0, 0, 0, 0]);
    start.writeUInt32BE(payload.length, 3);
    return Buffer.concat([start, payload, Uint8Array.of(0xce)]);
  };
  const route = Buffer.from('\x01x\x02rk');
  return Buffer.concat([
    route,
    Uint8Array.of(0xce),
    frame(2, header),
    body.length > 0 ? frame(3, body) : route.subarray(0, 0),
  ]);
}

const PREFIX = Buffer.from([1, 0, 9, 0, 0, 0, 0, 0, 60, 0, 60, 2, 99, 116]);

function deliveries(bytes: Buffer): { text: string; frames: number; size: number }[] {
  const seen: { text: string; frames: number; size: number }[] = [];
  const reader = new ArrivalReader(({ name, channel, method, lines }) => {
    if (method?.name !== 'basic.deliver') throw new Error(`${name}: ${lines.join()}`);
    const { consumerTag, deliveryTag, redelivered, exchange, routingKey } = method;
    const size = Number(/ header (\d+)/.exec(lines[1] ?? '')?.[1]);
    const text = [channel, consumerTag, deliveryTag, redelivered, exchange, routingKey].join(' ');
    seen.push({ text, frames: lines.length - 2, size });
  });
  reader.read(bytes);
  return seen;
}

test.each([
  [0, 4096, 0],
  [1, 4096, 1],
  [4088, 4096, 1],
  [4089, 4096, 2],
  [100_000, 4096, 25],
  [60_000, 131_072, 1],
  [131_064, 131_072, 1],
  [131_065, 131_072, 2],
  [1_000_000, 131_072, 8],
])('a body of %d bytes for a frame_max of %d is delivered in %d frames', (size, frameMax, frames) => {
  const { socket, turn, outbox } = stage(frameMax);
  const body = Uint8Array.from({ length: size }, (_, index) => index * 7);
  const bytes = record(body);
  outbox.deliver(PREFIX, 9, 2 ** 40 + 5, 1, bytes, 0, size);
  turn.finish();
  expect(deliveries(socket.received)).toEqual([{ text: `9 ct ${2 ** 40 + 5} true x rk`, frames, size }]);
  const bodies: Buffer[] = [];
  let at = 0;
  while (at < socket.received.length) {
    const length = socket.received.readUInt32BE(at + 3);
    if (socket.received[at] === 3) bodies.push(socket.received.subarray(at + 7, at + 7 + length));
    expect(length + 8).toBeLessThanOrEqual(frameMax);
    at += length + 8;
  }
  expect(Buffer.concat(bodies).equals(body)).toBe(true);
});

test('everything comes out once and in order, however slowly it is taken, and every slot goes back', async () => {
  const plan = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('raw' as const), size: fc.integer({ min: 1, max: 150_000 }) }),
      fc.record({ kind: fc.constantFrom('finish' as const, 'take' as const, 'refuse' as const, 'accept' as const) }),
    ),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      const { socket, arena, turn, outbox } = stage();
      const wanted: Buffer[] = [];
      let mark = 0;
      for (const step of steps) {
        if (step.kind === 'raw') {
          const bytes = Buffer.alloc(step.size, ++mark);
          wanted.push(bytes);
          outbox.raw(bytes, 0, bytes.length);
        } else if (step.kind === 'finish') turn.finish();
        else if (step.kind === 'take') socket.takeOne();
        else {
          // A real socket never lets a later write overtake an earlier one.
          if (step.kind === 'accept') socket.takeAll();
          socket.takesAtOnce = step.kind === 'accept';
        }
      }
      turn.finish();
      socket.takeAll();
      await settled();
      expect(socket.received.equals(Buffer.concat(wanted))).toBe(true);
      expect([arena.out, outbox.unsentBytes, outbox.congested]).toEqual([0, 0, false]);
    }),
    { numRuns: 60 },
  );
});

test('a turn of many small frames is one write', () => {
  const { socket, turn, outbox } = stage();
  let writes = 0;
  const write = socket.write.bind(socket);
  socket.write = (bytes, done) => {
    writes++;
    return write(bytes, done);
  };
  for (let tag = 1; tag <= 1_000; tag++) outbox.confirm(1, 80, tag, false);
  turn.finish();
  expect([writes, socket.received.length]).toEqual([1, 21_000]);
});

test('small frames that a peer does not take gather in one slot, not in one each', () => {
  const { socket, arena, turn, outbox } = stage();
  socket.takesAtOnce = false;
  for (let tag = 1; tag <= 1_000; tag++) {
    outbox.confirm(1, 80, tag, false);
    turn.finish();
  }
  expect(outbox.unsentBytes).toBe(21_000);
  expect(arena.out).toBe(1);
});

test('it is congested while the socket says so, and until it has drained', () => {
  const { socket, turn, outbox } = stage();
  socket.takesAtOnce = false;
  outbox.raw(new Uint8Array(3 * SLOT_BYTES), 0, 3 * SLOT_BYTES);
  turn.finish();
  expect(outbox.congested).toBe(true);
  socket.takeOne();
  expect(outbox.congested).toBe(true);
  socket.takeAll();
  expect(outbox.congested).toBe(false);
});

test('slots of a connection that died with unsent bytes are used again', () => {
  const { socket, arena, turn, outbox } = stage();
  socket.takesAtOnce = false;
  outbox.raw(new Uint8Array(5 * SLOT_BYTES + 10), 0, 5 * SLOT_BYTES + 10);
  turn.finish();
  outbox.raw(new Uint8Array(10), 0, 10);
  expect(arena.out).toBeGreaterThan(1);
  outbox.close();
  expect(arena.out).toBe(0);
});

test('what is written after the end goes nowhere and costs nothing', () => {
  const { socket, arena, turn, outbox } = stage();
  outbox.raw(Uint8Array.of(1), 0, 1);
  outbox.end();
  for (let i = 0; i < 10_000; i++) outbox.confirm(1, 80, 1, false);
  turn.finish();
  outbox.close();
  outbox.raw(new Uint8Array(200_000), 0, 200_000);
  turn.finish();
  expect([...socket.received]).toEqual([1]);
  expect(arena.out).toBe(0);
});

test('bytes on their way when the end came arrive unharmed', () => {
  const { socket, arena, turn, outbox } = stage();
  socket.takesAtOnce = false;
  outbox.raw(Buffer.from('goodbye'), 0, 7);
  outbox.end();
  for (let i = 0; i < 10_000; i++) outbox.raw(Buffer.from('XXXXXXXXXXXXXXXXXXXX'), 0, 20);
  turn.finish();
  socket.takeAll();
  outbox.close();
  expect(socket.received.toString()).toBe('goodbye');
  expect(arena.out).toBe(0);
});
