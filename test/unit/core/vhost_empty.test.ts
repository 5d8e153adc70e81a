import { expect, test } from 'vitest';
import { fromPlain } from '../../../src/codec/table.ts';
import { PageTable } from '../../../src/core/store/page_table.ts';
import { Arena } from '../../../src/lib/arena.ts';
import { HostClient } from '../../support/host_client.ts';
import { memoryHost } from '../../support/journal_host.ts';
import { MicrotaskTurn } from '../../support/microtask_turn.ts';

test('a virtual host that is emptied does so a part at a time, and keeps no page', () => {
  const pages = new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 1 }));
  const vhost = memoryHost(pages, new MicrotaskTurn());
  const client = new HostClient(vhost);
  client.declareQueue('long');
  client.declareQueue('short');
  client.declareExchange('history', 'x-recent-history', true, fromPlain({ 'x-recent-history-length': 3 }));
  for (let i = 0; i < 25_000; i++) client.publish({ routingKey: 'long' });
  client.publish({ routingKey: 'short' });
  expect(pages.pageCount).toBeGreaterThan(1);
  expect([...vhost.empty()]).toHaveLength(2);
  expect(pages.pageCount).toBe(0);
  expect([...vhost.allQueues()]).toEqual([]);
});
