import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEY_BYTES } from '../../../../src/core/deduplication/key.ts';
import { KeyWindow } from '../../../../src/core/deduplication/key_window.ts';

interface Remembered {
  readonly name: number;
  readonly expiresAtMs: number;
  readonly kept: boolean;
}

function key(name: number): Uint8Array {
  return createHash('sha256').update(`key ${name}`).digest().subarray(0, KEY_BYTES);
}

/** Keys that all want the same place of the index, as long as it is small. */
function crowdedKey(name: number): Uint8Array {
  const bytes = Buffer.alloc(KEY_BYTES);
  bytes.writeUInt32BE(name % 3);
  bytes.writeUInt32BE(name, KEY_BYTES - 4);
  return bytes;
}

function windowOf(sizeMax: number): KeyWindow {
  return new KeyWindow({ header: 'h', ttlMs: undefined, sizeMax });
}

const step = fc.record({
  name: fc.nat(60),
  livesMs: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat(50)),
  passedMs: fc.nat(10),
  kept: fc.boolean(),
});

test.each([
  ['scattered', key],
  ['crowded', crowdedKey],
])('a window of %s keys knows the last of them until they expire, whatever comes again', (_, keyOf) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.array(step, { maxLength: 400 }), (sizeMax, steps) => {
      const window = windowOf(sizeMax);
      let model: Remembered[] = [];
      let nowMs = 0;
      for (const { name, livesMs, passedMs, kept } of steps) {
        nowMs += passedMs;
        const known = model.some((one) => one.name === name && nowMs < one.expiresAtMs);
        expect(window.has(keyOf(name), nowMs)).toBe(known);
        if (known) continue;
        window.add(keyOf(name), nowMs + livesMs, kept);
        model = model.filter((one) => one.name !== name);
        model.push({ name, expiresAtMs: nowMs + livesMs, kept });
        if (model.length > sizeMax) model.shift();
        expect(window.length).toBe(model.length);
      }
      const kept: [string, number][] = [];
      window.eachKept((bytes, expiresAtMs) => kept.push([Buffer.from(bytes).toString('hex'), expiresAtMs]));
      const expected = model.filter((one) => one.kept).map((one) => [hex(keyOf(one.name)), one.expiresAtMs]);
      expect(kept).toEqual(expected);
      for (let name = 0; name <= 60; name++) {
        const known = model.some((one) => one.name === name && nowMs < one.expiresAtMs);
        expect(window.has(keyOf(name), nowMs)).toBe(known);
      }
    }),
  );
});

test('the oldest of a hundred thousand keys makes room for the next, again and again', () => {
  const sizeMax = 100_000;
  const window = windowOf(sizeMax);
  for (let name = 0; name < 2.5 * sizeMax; name++) window.add(key(name), Number.POSITIVE_INFINITY, false);
  expect(window.length).toBe(sizeMax);
  expect(window.has(key(1.5 * sizeMax - 1), 0)).toBe(false);
  expect(window.has(key(1.5 * sizeMax), 0)).toBe(true);
  expect(window.has(key(2.5 * sizeMax - 1), 0)).toBe(true);
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
