import { expect, test } from 'vitest';
import { parseJsonPath, valueAtPath } from '../../../../src/admin/messages/json_path.ts';

const VALUE = { order: { items: [{ id: 7 }, { id: 8 }], 'a.b': true, ключ: 1, "it's": 2 }, none: null };

test.each([
  ['$', VALUE],
  ['$.order.items[0].id', 7],
  ['$.order.items[-1].id', 8],
  ["$['order']['a.b']", true],
  ['$["order"]["a.b"]', true],
  ["$.order['it\\'s']", 2],
  ['$.order.ключ', 1],
  ['$.none', null],
  ['$.none.deeper', undefined],
  ['$.order.items.length', undefined],
  ['$.order.toString', undefined],
  ['$.order.items[9]', undefined],
])('%s finds what is there', (text, found) => {
  expect(valueAtPath(VALUE, parseJsonPath(text) ?? ['not a path'])).toEqual(found);
});

test.each([
  '',
  'order',
  '$.',
  '$..id',
  '$.order[*]',
  '$[?(@.a)]',
  '$.a b',
  '$[1',
  "$['a]",
  '$order',
  `$.${'a'.repeat(1000)}`,
])('%j is no path', (text) => {
  expect(parseJsonPath(text)).toBeUndefined();
});
