import { expect, test } from 'vitest';
import { hashTerm, type Term } from '../../../src/lib/phash2_term.ts';

function field(name: string, type: string, value: Term): Term {
  return { tuple: [Buffer.from(name), { atom: type }, value] };
}

/** What Erlang/OTP 29 answers to `erlang:phash2([{Name, Type, Value}, ...], 1 bsl 32)`. */
test.each<[string, readonly Term[], number]>([
  ['a text', [field('x-match', 'longstr', Buffer.from('all'))], 3_739_797_118],
  ['a small integer', [field('a', 'signedint', 5)], 3_890_637_803],
  ['two', [field('a', 'long', -5), field('b', 'bool', { atom: 'true' })], 3_671_323_711],
  ['a float', [field('a', 'double', { float: 1.5 })], 3_398_307_074],
  ['minus zero', [field('a', 'double', { float: -0 })], 1_914_965_849],
  ['another float', [field('a', 'float', { float: 2.5 })], 587_999_518],
  ['a large integer', [field('a', 'long', 123_456_789_012)], 2_651_120_909],
  ['a large one below zero', [field('a', 'long', -123_456_789_012n)], 3_997_134_160],
  ['the largest small one', [field('a', 'long', 134_217_727)], 2_890_050_621],
  ['the one behind it', [field('a', 'long', 134_217_728)], 1_878_799_901],
  ['the smallest small one', [field('a', 'long', -134_217_728)], 2_848_721_854],
  ['the one before it', [field('a', 'long', -134_217_729)], 1_441_918_508],
  ['one of 32 bits', [field('a', 'unsignedint', 4_000_000_000)], 2_925_418_511],
  [
    'an array',
    [
      field('a', 'array', {
        list: [{ tuple: [{ atom: 'longstr' }, Buffer.from('x')] }, { tuple: [{ atom: 'byte' }, 3] }],
      }),
    ],
    1_901_356_189,
  ],
  ['an empty array', [field('a', 'array', { list: [] })], 2_387_373_417],
  ['a table', [field('a', 'table', { list: [field('k', 'void', { atom: 'undefined' })] })], 146_364_310],
  ['an empty table', [field('a', 'table', { list: [] })], 605_878_053],
  [
    'a time and a binary',
    [field('a', 'timestamp', 1_700_000_000), field('z', 'binary', Buffer.from([1, 2, 3]))],
    3_565_128_151,
  ],
  [
    'longer texts',
    [
      field('x-match', 'longstr', Buffer.from('any-with-x')),
      field('tenant', 'longstr', Buffer.from('acme-limited-and-more')),
    ],
    2_539_609_031,
  ],
])('a list of fields hashes as in Erlang: %s', (_, list, expected) => {
  expect(hashTerm({ list })).toBe(expected);
});
