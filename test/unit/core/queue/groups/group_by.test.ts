import { expect, test } from 'vitest';
import { bytesToText, type FieldValue, fromPlain, type PlainTableInput } from '../../../../../src/codec/table.ts';
import {
  GROUP_BY,
  type GroupKeyOf,
  groupByProblem,
  groupKeyOf,
} from '../../../../../src/core/queue/groups/group_by.ts';
import { type MessageFields, messageBytes } from '../../../../support/message_bytes.ts';

function problem(table: PlainTableInput): string | undefined {
  const fields = fromPlain(table);
  return groupByProblem(fields.get(GROUP_BY) as FieldValue, fields);
}

function keyOf(groupBy: string, fields: Partial<MessageFields>): string | undefined {
  const read = groupKeyOf(fromPlain({ [GROUP_BY]: groupBy })) as GroupKeyOf;
  const message = { exchange: 'x', routingKey: 'key', persistent: false, body: Buffer.from('b'), ...fields };
  const { bytes } = messageBytes(message);
  // Somewhere in a page.
  return read(Buffer.concat([Buffer.alloc(7), bytes]), 7);
}

test.each(['routing-key', 'header:tenant', 'header:routing-key', 'header:a:b', 'tenant', 'property:type'])(
  '%s is sound',
  (groupBy) => {
    expect(problem({ [GROUP_BY]: groupBy })).toBeUndefined();
  },
);

test.each([
  ['', '"the name of a header is empty"'],
  ['header:', '"the name of a header is empty"'],
  ['property:', `"unsupported property ''"`],
  ['property:headers', `"unsupported property 'headers'"`],
  ['message-id', `"'message-id' is ambiguous: write 'property:message-id' or 'header:message-id'"`],
  ['Header:a', `"'Header:a' is neither 'header:NAME' nor 'property:NAME'"`],
  ['a"b:', `"'a\\"b:' is neither 'header:NAME' nor 'property:NAME'"`],
])('%j is refused', (groupBy, told) => {
  expect(problem({ [GROUP_BY]: groupBy })).toBe(told);
});

test('what is no string is refused, and what contradicts', () => {
  expect(problem({ [GROUP_BY]: 1 })).toMatch(/^\{unacceptable_type,/);
  expect(problem({ [GROUP_BY]: 'a', 'x-single-active-consumer': true })).toBe(
    `"contradicts 'x-single-active-consumer'"`,
  );
  expect(problem({ [GROUP_BY]: 'a', 'x-single-active-consumer': false })).toBeUndefined();
  expect(problem({ [GROUP_BY]: 'a', 'x-max-priority': 3 })).toBe(`"contradicts 'x-max-priority'"`);
  expect(problem({ [GROUP_BY]: 'a', 'x-delayed-retry-type': 'all' })).toBe(`"contradicts 'x-delayed-retry-type'"`);
  expect(problem({ [GROUP_BY]: 'a', 'x-delayed-retry-type': 'disabled' })).toBeUndefined();
  expect(problem({ [GROUP_BY]: 'a', 'x-scheduled-delivery': true })).toBe(`"contradicts 'x-scheduled-delivery'"`);
  expect(problem({ [GROUP_BY]: 'a', 'x-scheduled-delivery': false })).toBeUndefined();
});

test('the key is found in the message', () => {
  const properties = {
    correlationId: 'c',
    messageId: 'm',
    replyTo: 'r',
    type: 't',
    userId: 'u',
    appId: 'a',
  };
  const keys = ['correlation-id', 'message-id', 'reply-to', 'type', 'user-id', 'app-id'].map((name) =>
    keyOf(`property:${name}`, { properties }),
  );
  expect(keys.join('')).toBe('cmrtua');
  expect(keyOf('routing-key', {})).toBe('key');
  expect(keyOf('größe', { headers: { größe: 'a' } })).toBe('S1:a');
  expect(keyOf('tenant', { headers: { tenant: 'a' } })).toBe(
    keyOf('header:tenant', { headers: { tenant: 'a', b: 1 } }),
  );
});

test('a message without it is in no group, and neither is one with a void header', () => {
  expect(keyOf('tenant', {})).toBeUndefined();
  expect(keyOf('tenant', { headers: { tenant: null } })).toBeUndefined();
  expect(keyOf('property:type', {})).toBeUndefined();
});

test('a string is not the number it spells, and long keys that differ at their ends differ', () => {
  const values = ['1', 1, true, `${'x'.repeat(5000)}a`, `${'x'.repeat(5000)}b`];
  const keys = values.map((tenant) => keyOf('tenant', { headers: { tenant } }) as string);
  expect(new Set(keys).size).toBe(values.length);
  expect(Math.max(...keys.map((key) => key.length))).toBe(64);
});

test('the longest key that is kept as it is is shorter than a digest', () => {
  const key = keyOf('routing-key', { routingKey: 'k'.repeat(64) }) as string;
  expect(keyOf('routing-key', { routingKey: key })).not.toBe(key);
  expect(bytesToText(Buffer.from(keyOf('routing-key', { routingKey: 'k'.repeat(63) }) as string))).toHaveLength(63);
});
