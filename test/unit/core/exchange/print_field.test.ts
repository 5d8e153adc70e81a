import { expect, it } from 'vitest';
import type { FieldValue } from '../../../../src/codec/table.ts';
import { printField } from '../../../../src/core/exchange/print_field.ts';
import { integer, table, text, VOID } from './samples.ts';

const float = (value: number): FieldValue => ({ tag: 'd', value });
const binary = (...value: number[]): FieldValue => ({ tag: 'x', value: Uint8Array.from(value) });

// Each as RabbitMQ 4.3 printed it in the refusal of an x-match with this value.
it.each([
  [text('all'), '<<"all">>'],
  [text(''), '<<>>'],
  [text('z"é\\'), '<<"z\\"é\\\\"/utf8>>'],
  [text('世'), '<<"世"/utf8>>'],
  [text('tab\tnl\n'), '<<"tab\\tnl\\n">>'],
  [text('\u0001a'), '<<1,97>>'],
  [text('\u007f'), '<<127>>'],
  [binary(0xe9), '<<"é">>'],
  [binary(0x80), '<<128>>'],
  [binary(1, 255), '<<1,255>>'],
  [integer(1), '1'],
  [{ tag: 't', value: true } as const, 'true'],
  [VOID, 'undefined'],
  [{ tag: 'D', value: { scale: 1, value: 2 } } as const, '{1,2}'],
  [float(1), '1.0'],
  [float(1.5), '1.5'],
  [float(100), '100.0'],
  [float(1000), '1.0e3'],
  [float(1e15), '1.0e15'],
  [float(1e30), '1.0e30'],
  [float(0.0001), '0.0001'],
  [float(0.00001), '1.0e-5'],
  [float(1e-7), '1.0e-7'],
  [float(-1234567.5), '-1234567.5'],
  [float(123456789.125), '123456789.125'],
  [
    { tag: 'A', value: [integer(1, 'b'), { tag: 'A', value: [text('b')] }] } as FieldValue,
    '[{byte,1},{array,[{longstr,<<"b">>}]}]',
  ],
  [{ tag: 'F', value: table({ a: integer(1, 'b') }) } as const, '[{<<"a">>,byte,1}]'],
])('prints %j as %s', (field, expected) => {
  expect(printField(field)).toBe(expected);
});
