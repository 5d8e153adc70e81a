import { expect, it } from 'vitest';
import { hashBytes, hashListOf } from '../../../src/lib/phash2.ts';

/** What Erlang/OTP 29 answers to `erlang:phash2(Text, 1 bsl 32)` and `erlang:phash2([Text], 1 bsl 32)`. */
it.each([
  ['', 147926629, 440873397],
  ['a', 1589197455, 3543352798],
  ['b', 2702065653, 2564691422],
  ['hello world 1', 408589511, 1346633118],
  ['abcdefghijk', 96993671, 1840297951],
  ['abcdefghijkl', 686521495, 3176216688],
  ['abcdefghijklmnopqrstuvwxyz', 2974138351, 2431159057],
])('hashes %j as Erlang does', (text, alone, listed) => {
  expect(hashBytes(Buffer.from(text))).toBe(alone);
  expect(hashListOf(Buffer.from(text))).toBe(listed);
});
