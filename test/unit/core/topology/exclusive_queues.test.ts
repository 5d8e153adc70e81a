import { expect, test } from 'vitest';
import { EMPTY_TABLE } from '../../../../src/codec/table.ts';
import { PageTable } from '../../../../src/core/store/page_table.ts';
import { declareQueue, removeExclusiveQueues } from '../../../../src/core/topology/queues.ts';
import { Arena } from '../../../../src/lib/arena.ts';
import { HostClient } from '../../../support/host_client.ts';
import { memoryHost } from '../../../support/journal_host.ts';
import { MicrotaskTurn } from '../../../support/microtask_turn.ts';

test('an exclusive queue with very many messages goes at once, and its messages a part at a time', async () => {
  const pages = new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 1 }));
  const vhost = memoryHost(pages, new MicrotaskTurn());
  const client = new HostClient(vhost);
  const request = { queue: 'long', passive: false, durable: false, exclusive: true, autoDelete: false };
  declareQueue(vhost, { ...request, arguments: EMPTY_TABLE }, client);
  for (let i = 0; i < 1_200; i++) client.publish({ routingKey: 'long' });
  expect(removeExclusiveQueues(vhost, client, () => true)).toBe(true);
  expect(vhost.queues.has('long')).toBe(false);
  vhost.store.close();
  expect(pages.pageCount).toBe(1);
  let parts = 0;
  for (; vhost.departing.size > 0; parts++) await Promise.resolve();
  expect(parts).toBe(1);
  expect(pages.pageCount).toBe(0);
});
