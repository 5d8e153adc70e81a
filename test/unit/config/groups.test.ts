import { expect, test } from 'vitest';
import { groups } from '../../../src/config/groups.ts';
import { durationOfUnits } from '../../../src/config/rabbitmq_types.ts';
import { integer, text } from '../../../src/config/value_types.ts';

const type = groups<{ pattern: string; max: number }>({ pattern: text('', ''), max: integer(1, 9) });

test('groups are read from JSON, and written so that they are read again', () => {
  const read = type.parse('{"b":{"max":2},"a":{"pattern":"x","max":"3"}}');
  expect(read).toEqual([
    { name: 'a', fields: { pattern: 'x', max: 3 } },
    { name: 'b', fields: { max: 2 } },
  ]);
  expect(type.parse(type.written!(read!))).toEqual(read);
});

test.each(['', '{', '[]', '1', 'null', '{"a":1}', '{"a":{"max":0}}', '{"a":{"min":1}}', '{"":{}}', '{"a":[]}'])(
  'what is no such JSON is refused: %s',
  (given) => expect(type.parse(given)).toBeUndefined(),
);

test('a name is a name, whatever it means to JavaScript', () => {
  expect(type.parse('{"__proto__":{"max":1}}')).toEqual([{ name: '__proto__', fields: { max: 1 } }]);
});

test.each([
  ['1800000', 1_800_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['1d', 86_400_000],
  ['1w2ms', 604_800_002],
  ['0', undefined],
  ['0s', undefined],
  ['0.5', undefined],
  ['5', 5],
  ['s', undefined],
  ['1h 30m', undefined],
  ['-1s', undefined],
])('a duration of units: %s', (given, milliseconds) => {
  expect(durationOfUnits().parse(given)).toBe(milliseconds);
});
