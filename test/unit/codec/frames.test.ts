import { expect, test } from 'vitest';
import {
  bodyFrame,
  bodyFrames,
  FRAME_MIN_SIZE,
  HEARTBEAT_FRAME,
  headerFrame,
  methodFrame,
  PROTOCOL_HEADER,
} from '../../../src/codec/frames.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('a method frame', () => {
  expect(hex(methodFrame(0x0102, { name: 'tx.select' }))).toBe('01010200000004005a000ace');
});

test('a method larger than most', () => {
  const response = new Uint8Array(10_000).fill(7);
  const frame = methodFrame(0, { name: 'connection.secure-ok', response });
  expect(frame.length).toBe(8 + 4 + 4 + 10_000);
  expect(frame.readUInt32BE(3)).toBe(frame.length - 8);
  expect(frame.at(-1)).toBe(0xce);
});

test('a header frame', () => {
  expect(hex(headerFrame(1, 2 ** 32 + 5, { deliveryMode: 2 }))).toBe('0200010000000f003c00000000000100000005100002ce');
});

test('a body frame', () => {
  expect(hex(bodyFrame(1, Uint8Array.of(1, 2)))).toBe('030001000000020102ce');
});

test('a body is cut into frames that fill frame_max', () => {
  const body = Uint8Array.from({ length: 2 * (FRAME_MIN_SIZE - 8) + 1 }, (_, index) => index);
  const frames = bodyFrames(1, body, FRAME_MIN_SIZE);
  expect(frames.map((frame) => frame.length)).toEqual([FRAME_MIN_SIZE, FRAME_MIN_SIZE, 9]);
  expect(hex(Buffer.concat(frames.map((frame) => frame.subarray(7, -1))))).toBe(hex(body));
});

test('an empty body has no frames', () => {
  expect(bodyFrames(1, new Uint8Array(0), FRAME_MIN_SIZE)).toEqual([]);
});

test('what does not vary', () => {
  expect(hex(PROTOCOL_HEADER)).toBe('414d515000000901');
  expect(hex(HEARTBEAT_FRAME)).toBe('08000000000000ce');
});
