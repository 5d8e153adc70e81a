/** Arbitrary methods, tables and properties, made from the protocol's own table. */
import * as fc from 'fast-check';
import { camelCase } from '../../protocol/generate.ts';
import { AMQP, type Fields, type FieldType } from '../../protocol/spec.ts';
import type { Method } from '../../src/codec/methods.gen.ts';
import type { BasicProperties } from '../../src/codec/properties.ts';
import type { FieldTable, FieldValue } from '../../src/codec/table.ts';

/** No character, so UTF-8 cannot hold it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const bytes = fc.uint8Array({ maxLength: 40 });

const shortstr: fc.Arbitrary<string> = fc
  .string({ unit: 'binary', maxLength: 80 })
  .filter((text) => !LONE_SURROGATE.test(text) && Buffer.byteLength(text) <= 255);

const integer64 = (min: bigint, max: bigint) =>
  fc.bigInt({ min, max }).map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));

function tagged<Tag extends string, Value>(
  tag: Tag,
  values: fc.Arbitrary<Value>,
): fc.Arbitrary<{ tag: Tag; value: Value }> {
  return values.map((value) => ({ tag, value }));
}

function integer(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min, max });
}

const decimal = fc.tuple(integer(0, 0xff), integer(0, 0xffff_ffff)).map(([scale, value]) => ({ scale, value }));

const scalar: fc.Arbitrary<FieldValue> = fc.oneof(
  tagged('t', fc.boolean()),
  tagged('b', integer(-0x80, 0x7f)),
  tagged('B', integer(0, 0xff)),
  tagged('s', integer(-0x8000, 0x7fff)),
  tagged('u', integer(0, 0xffff)),
  tagged('I', integer(-0x8000_0000, 0x7fff_ffff)),
  tagged('i', integer(0, 0xffff_ffff)),
  tagged('l', integer64(-(2n ** 63n), 2n ** 63n - 1n)),
  tagged('T', integer64(0n, 2n ** 64n - 1n)),
  tagged('f', fc.float()),
  tagged('d', fc.double()),
  tagged('D', decimal),
  tagged('S', bytes),
  tagged('x', bytes),
  tagged('V', fc.constant(undefined)),
);

const trees = fc.letrec<{ value: FieldValue; table: FieldTable }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    tagged('A', fc.array(tie('value'), { maxLength: 4 })),
    tagged('F', tie('table')),
  ),
  table: fc.array(fc.tuple(shortstr, tie('value')), { maxLength: 4 }).map((fields) => new Map(fields)),
}));

export const fieldTable: fc.Arbitrary<FieldTable> = trees.table;
export const fieldValue: fc.Arbitrary<FieldValue> = trees.value;

const OF_TYPE: Readonly<Record<FieldType, fc.Arbitrary<unknown>>> = {
  bit: fc.boolean(),
  octet: fc.integer({ min: 0, max: 0xff }),
  short: fc.integer({ min: 0, max: 0xffff }),
  long: fc.integer({ min: 0, max: 0xffff_ffff }),
  longlong: fc.maxSafeNat(),
  timestamp: fc.maxSafeNat(),
  shortstr,
  longstr: bytes,
  table: fieldTable,
};

function members(fields: Fields): Record<string, fc.Arbitrary<unknown>> {
  const named = Object.entries(fields).filter(([name]) => !name.startsWith('reserved-'));
  return Object.fromEntries(named.map(([name, type]) => [camelCase(name), OF_TYPE[type]]));
}

/** One arbitrary for each method in the table, by its name. */
export const methods: ReadonlyMap<string, fc.Arbitrary<Method>> = new Map(
  Object.entries(AMQP.classes).flatMap(([className, amqpClass]) =>
    Object.entries(amqpClass.methods).map(([methodName, { fields }]) => {
      const name = `${className}.${methodName}`;
      const arbitrary = fc.record({ name: fc.constant(name), ...members(fields) }, { noNullPrototype: true });
      return [name, arbitrary as fc.Arbitrary<unknown> as fc.Arbitrary<Method>] as const;
    }),
  ),
);

export const properties: fc.Arbitrary<BasicProperties> = fc.record(members(AMQP.classes['basic']?.properties ?? {}), {
  requiredKeys: [],
  noNullPrototype: true,
});
