import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameScanner } from '../../../../src/cli/perf/frame_scanner.ts';
import { bodyFrame, FRAME_METHOD, headerFrame, methodFrame } from '../../../../src/codec/frames.ts';

const READ_BYTES = 64;

const FRAMES = [
  methodFrame(1, { name: 'basic.publish', exchange: 'e', routingKey: 'key', mandatory: false, immediate: false }),
  headerFrame(1, 300, {}),
  bodyFrame(1, Buffer.alloc(300, 'x')),
  headerFrame(1, 0, { messageId: 'id' }),
  bodyFrame(1, Buffer.from('short')),
  methodFrame(1, { name: 'basic.ack', deliveryTag: 7, multiple: true }),
];

/** What a scanner reports of bytes that come in pieces: types and sizes, and of methods all there is. */
function scanned(bytes: Buffer, pieces: readonly number[]): readonly unknown[] {
  const seen: unknown[] = [];
  const scanner = new FrameScanner(READ_BYTES, (type, held, offset, size) => {
    const start = held.subarray(offset, offset + (type === FRAME_METHOD ? size : Math.min(size, 8)));
    seen.push([type, size, start.toString('hex')]);
  });
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const length = Math.min(pieces[turn % pieces.length] ?? READ_BYTES, bytes.length - at);
    bytes.copy(scanner.readInto, 0, at, at + length);
    scanner.read(length);
    at += length;
  }
  return seen;
}

test('frames are found however the bytes are cut', () => {
  const bytes = Buffer.concat(FRAMES);
  const whole = scanned(bytes, [READ_BYTES]);
  expect(whole.map((frame) => (frame as number[])[0])).toEqual([1, 2, 3, 2, 3, 1]);
  const pieces = fc.array(fc.integer({ min: 1, max: READ_BYTES }), { minLength: 1 });
  fc.assert(
    fc.property(pieces, (lengths) => {
      expect(scanned(bytes, lengths)).toEqual(whole);
    }),
  );
});

test('a frame that does not end where it says is no frame', () => {
  const broken = Buffer.from(FRAMES[5] ?? []);
  broken[broken.length - 1] = 0;
  expect(() => scanned(broken, [READ_BYTES])).toThrow('a frame does not end where it says');
});
