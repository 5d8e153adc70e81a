import { expect, test } from 'vitest';
import { type Group, GroupTable } from '../../../../../src/core/queue/groups/group_table.ts';
import { FakeConsumer } from '../fake_consumer.ts';

const IDLE_GROUPS_MAX = 1024;

/** A table in which a consumer has had one message of each of so many groups, and settled it. */
function tableOf(count: number, consumer: FakeConsumer): GroupTable {
  const table = new GroupTable();
  for (let i = 0; i < count; i++) {
    table.delivered(i, table.assign(`${i}`, consumer));
    table.settled(i);
  }
  return table;
}

test('of a consumer that does nothing so many groups are remembered', () => {
  const consumer = new FakeConsumer('c');
  const table = tableOf(IDLE_GROUPS_MAX + 10, consumer);
  expect(table.groupCount(consumer)).toBe(IDLE_GROUPS_MAX);
  expect([table.find('9'), table.find('10')?.key]).toEqual([undefined, '10']);
});

test('while messages wait for a consumer none of its groups is forgotten, and afterwards those too many are', () => {
  const consumer = new FakeConsumer('c');
  const table = tableOf(IDLE_GROUPS_MAX, consumer);
  const { list } = (table.find('0') as Group).lane;
  list.put({ position: 1, sequence: 1, bodyBytes: 0, flags: 0, priority: 0, expiresAtMs: 0, readyAtMs: 0 });
  for (let i = 0; i < 10; i++) {
    table.delivered(i, table.assign(`more ${i}`, consumer));
    table.settled(i);
  }
  expect(table.groupCount(consumer)).toBe(IDLE_GROUPS_MAX + 10);
  list.take();
  table.assign('another', consumer);
  expect(table.groupCount(consumer)).toBe(IDLE_GROUPS_MAX + 1);
});

test('a group with messages out outlives its consumer, and is let go with the last of them', () => {
  const consumer = new FakeConsumer('c');
  const table = new GroupTable();
  const group = table.assign('a', consumer);
  for (const sequence of [1, 2]) table.delivered(sequence, group);
  table.assign('b', consumer);
  table.left(consumer);
  expect([table.find('a'), table.find('b'), table.groupCount(consumer)]).toEqual([group, undefined, 0]);
  expect(table.settled(2)).toBeUndefined();
  expect(table.settled(1)).toBe(group.lane);
  expect(table.find('a')).toBeUndefined();
});

test('a message without a group changes nothing', () => {
  const table = new GroupTable();
  expect([table.settled(1), table.groupOfOut(1), table.left(new FakeConsumer('c'))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
