import { describe, expect, test } from 'vitest';
import { OPTIONS, SETTING_NAMES } from '../../../src/config/options.ts';
import {
  duration,
  integer,
  memory,
  names,
  oneOf,
  onOff,
  size,
  type ValueType,
} from '../../../src/config/value_types.ts';

const cases: readonly [string, ValueType<unknown>, readonly (readonly [string, unknown])[]][] = [
  [
    'integer',
    integer(0, 65535),
    [
      ['0', 0],
      ['65535', 65535],
      ['65536', undefined],
      ['-1', undefined],
      ['1.5', undefined],
      ['', undefined],
      ['0x10', undefined],
    ],
  ],
  [
    'one of',
    oneOf('level', 'info', 'debug'),
    [
      ['info', 'info'],
      ['DEBUG', 'debug'],
      ['inf', undefined],
    ],
  ],
  [
    'on or off',
    onOff(),
    [
      ['on', true],
      ['True', true],
      ['1', true],
      ['no', false],
      ['off', false],
      ['', undefined],
      ['maybe', undefined],
    ],
  ],
  [
    'size',
    size(1, 2 ** 30, ''),
    [
      ['4096', 4096],
      ['128MiB', 134217728],
      ['1 kb', 1000],
      ['1.5KiB', 1536],
      ['0', undefined],
      ['2GiB', undefined],
      ['1.5', undefined],
      ['1TB', undefined],
    ],
  ],
  [
    'duration',
    duration(100, 60_000, ''),
    [
      ['500', 500],
      ['10s', 10_000],
      ['1m', 60_000],
      ['0.5s', 500],
      ['99ms', undefined],
      ['2m', undefined],
      ['1h', undefined],
    ],
  ],
  [
    'memory',
    memory(2 ** 25),
    [
      ['60%', { share: 0.6 }],
      ['100%', { share: 1 }],
      ['2GiB', { bytes: 2 ** 31 }],
      ['0%', undefined],
      ['101%', undefined],
      ['1MiB', undefined],
      ['0.6', undefined],
    ],
  ],
  [
    'names',
    names(),
    [
      ['none', []],
      ['guest', ['guest']],
      ['guest, admin', ['guest', 'admin']],
      ['guest,', undefined],
      ['', undefined],
    ],
  ],
];

describe.each(cases)('%s', (_name, type, rows) => {
  test.each(rows)('%j', (given, expected) => {
    expect(type.parse(given)).toEqual(expected);
  });
});

test('every default is a value that the option itself accepts', () => {
  for (const name of SETTING_NAMES) {
    const option = OPTIONS[name];
    if (option.default !== undefined) expect(option.type.parse(option.default), name).toBeDefined();
  }
});

test('flag, environment variable and key of an option are the same words', () => {
  for (const { flag, environment, key } of SETTING_NAMES.map((name) => OPTIONS[name])) {
    const words = flag.slice(2).split('-');
    expect(environment).toBe(`LEVERET_${words.join('_').toUpperCase()}`);
    if (key !== undefined) expect(key.split(/[._]/)).toEqual(words);
  }
});
