import { expect, test } from 'vitest';
import { deleteMessages, moveMessage } from '../../../../src/admin/messages/move.ts';
import { fromPlain } from '../../../../src/codec/table.ts';
import { RuleBench } from '../../core/queue/rule_bench.ts';
import { MessageBench } from './bench.ts';

test('one message is dropped, and stays so after a restart', async () => {
  const home = new MessageBench();
  const { bench, host } = await home.open();
  const queue = bench.declare('q');
  for (const body of ['a', 'b', 'c']) bench.publish(queue, body);
  expect(await deleteMessages(bench.vhost, queue, new Set([2]))).toBe(1);
  expect(await deleteMessages(bench.vhost, queue, new Set([2]))).toBe(0);
  host.kill();
  const { bench: again } = await home.open();
  expect(again.bodies(again.vhost.queue('q'))).toEqual(['a', 'c']);
});

test('a message that is out with a consumer stays', async () => {
  const bench = new RuleBench();
  const queue = bench.declare('q');
  bench.publish(queue, 'a');
  bench.take(queue);
  expect(await deleteMessages(bench.vhost, queue, new Set([1]))).toBe(0);
});

test('a message is moved as it is, and is where it was moved to after a restart', async () => {
  const home = new MessageBench();
  const { bench, host } = await home.open();
  const queue = bench.declare('q');
  const target = bench.declare('target');
  bench.publish(queue, 'a');
  bench.publish(queue, 'b', { headers: { h: 1 }, exchange: '' });
  expect(await moveMessage(bench.vhost, queue, 2, target)).toBe(true);
  expect(await moveMessage(bench.vhost, queue, 2, target)).toBe(false);
  host.kill();
  const { bench: again } = await home.open();
  expect(again.bodies(again.vhost.queue('q'))).toEqual(['a']);
  expect(again.drain(again.vhost.queue('target'))).toMatchObject([
    { body: 'b', routingKey: 'q', headers: fromPlain({ h: 1 }) },
  ]);
});

test('a queue that is full, and refuses what is too much, is given nothing', async () => {
  const bench = new RuleBench();
  const queue = bench.declare('q');
  const target = bench.declare('target', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
  bench.publish(queue, 'a');
  bench.publish(target, 'b');
  await expect(moveMessage(bench.vhost, queue, 1, target)).rejects.toThrow("queue 'target' is full");
  expect([bench.bodies(queue), bench.bodies(target)]).toEqual([['a'], ['b']]);
});
