import { expect, test } from 'vitest';
import { removeConsumer } from '../../../../src/core/topology/queues.ts';
import { openReplyQueue, REPLY_QUEUE } from '../../../../src/core/topology/reply_queues.ts';
import type { VirtualHost } from '../../../../src/core/vhost.ts';
import { testServer } from '../../../support/test_server.ts';

const CONSUMER = {
  priority: 0,
  exclusive: false,
  waiting: false,
  unacked: 0,
  hasRoom: () => false,
  deliver: () => {},
  cancelledByQueue: () => {},
};

function vhost(): VirtualHost {
  return testServer().vhosts.get('/') as VirtualHost;
}

function reached(host: VirtualHost, exchange: string, routingKey: string): readonly string[] {
  return host.route(exchange, routingKey).queues.map(({ name }) => name);
}

test('an address is known to the default exchange, and is no queue to anybody else', () => {
  const host = vhost();
  const queue = openReplyQueue(host);
  expect(queue.name.startsWith(`${REPLY_QUEUE}.`)).toBe(true);
  expect(reached(host, '', queue.name)).toEqual([queue.name]);
  expect(reached(host, 'amq.direct', queue.name)).toEqual([]);
  expect(host.queues.size).toBe(0);
});

test('each consumer has an address of its own', () => {
  const host = vhost();
  expect(openReplyQueue(host).name).not.toBe(openReplyQueue(host).name);
});

test('nothing is left of an address when its consumer is gone, even if it was published to before', () => {
  const host = vhost();
  const queue = openReplyQueue(host);
  queue.addConsumer(CONSUMER);
  expect(reached(host, '', queue.name)).toEqual([queue.name]);
  removeConsumer(host, queue, CONSUMER);
  expect(queue.deleted).toBe(true);
  expect(host.replyQueues.size).toBe(0);
  expect(reached(host, '', queue.name)).toEqual([]);
});
