import { expect, it } from 'vitest';
import { hashBytes, hashList } from '../../../src/lib/phash2.ts';

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
  expect(hashList([Buffer.from(text)])).toBe(listed);
});

it.each([
  [['a', 'b'], 3761191278],
  [['', 'a'], 191218211],
  [['a', ''], 8559055],
  [['hello world 1', 'abcdefghijkl', 'b'], 333532132],
  [['', ''], 1484973906],
])('hashes the list %j as Erlang does', (texts, listed) => {
  expect(hashList(texts.map((text) => Buffer.from(text)))).toBe(listed);
});
