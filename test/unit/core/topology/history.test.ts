import { describe, expect, it } from 'vitest';
import { fromPlain } from '../../../../src/codec/table.ts';
import { PageTable } from '../../../../src/core/store/page_table.ts';
import { deleteExchange } from '../../../../src/core/topology/exchanges.ts';
import { MemoryLog } from '../../../../src/journal/memory_log.ts';
import { Arena } from '../../../../src/lib/arena.ts';
import { type HostClient as Client, HostClient } from '../../../support/host_client.ts';
import { JournalHost, memoryHost } from '../../../support/journal_host.ts';
import { MicrotaskTurn } from '../../../support/microtask_turn.ts';

const TYPE = 'x-recent-history';

function client(): Client {
  const pages = new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 0 }));
  return new HostClient(memoryHost(pages, new MicrotaskTurn()));
}

function publish(host: Client, exchange: string, ...bodies: readonly string[]): void {
  for (const body of bodies) host.publish({ exchange, routingKey: 'k', body: Buffer.from(body) });
}

async function bodies(host: Client, queue: string): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const held = await host.take(host.vhost.queue(queue));
    if (held === undefined) return found;
    const bytes = Buffer.from(host.bytesOf(held.entry));
    found.push(bytes.subarray(bytes.length - 1 - held.entry.bodyBytes, bytes.length - 1).toString());
    host.ack(held);
  }
}

const LETTERS = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));

describe('a recent history exchange', () => {
  it('gives a new binding the last messages, in order, and the rest as it comes', async () => {
    const host = client();
    host.declareExchange('x', TYPE, true, fromPlain({ 'x-recent-history-length': 3 }));
    publish(host, 'x', ...LETTERS);
    host.declareQueue('q');
    host.bindQueue('x', 'q');
    publish(host, 'x', 'then');
    expect(await bodies(host, 'q')).toEqual(['x', 'y', 'z', 'then']);
  });

  it('gives nothing where the binding was there already, and all of it to another of the same queue', async () => {
    const host = client();
    host.declareExchange('x', TYPE);
    host.declareQueue('q');
    host.bindQueue('x', 'q');
    publish(host, 'x', 'a');
    host.bindQueue('x', 'q');
    expect(await bodies(host, 'q')).toEqual(['a']);
    host.bindQueue('x', 'q', 'other');
    expect(await bodies(host, 'q')).toEqual(['a']);
  });

  it('remembers what came by way of another exchange', async () => {
    const host = client();
    host.declareExchange('x', TYPE);
    host.declareExchange('before', 'direct');
    host.declareExchange('after', 'direct');
    host.declareQueue('q');
    host.vhost.bindings.add({
      source: 'before',
      destination: host.vhost.exchange('x'),
      routingKey: 'k',
      arguments: fromPlain({}),
    });
    publish(host, 'before', 'a');
    host.bindQueue('x', 'q');
    expect(await bodies(host, 'q')).toEqual(['a']);
  });

  it('holds its messages in the store no longer than it remembers them', () => {
    const host = client();
    const { pages } = host.vhost.store;
    host.declareExchange('x', TYPE, true, fromPlain({ 'x-recent-history-length': 2 }));
    const large = 'm'.repeat(200_000);
    publish(host, 'x', ...Array.from({ length: 20 }, () => large));
    expect(pages.pageCount).toBe(2);
    deleteExchange(host.vhost, 'x', false, host);
    // The store is still writing to the last.
    expect(pages.pageCount).toBe(1);
    expect(host.vhost.histories.size).toBe(0);
  });

  it('is told where nobody gets a message', () => {
    const host = client();
    host.declareExchange('x', TYPE);
    expect(host.vhost.route('x', 'k').unroutable).toBe(true);
    host.declareQueue('q');
    host.bindQueue('x', 'q');
    expect(host.vhost.route('x', 'k').unroutable).toBe(false);
  });
});

describe('with a journal', () => {
  it('gives messages that have gone to disk', async () => {
    const host = await JournalHost.open({ log: new MemoryLog(), memoryBytes: 1024 * 1024 });
    host.client.declareExchange('x', TYPE, true, fromPlain({ 'x-recent-history-length': 5 }));
    host.client.declareQueue('first');
    host.client.bindQueue('x', 'first');
    const large = LETTERS.map((letter) => letter.repeat(200_000));
    for (const body of large) {
      publish(host.client, 'x', body);
      await host.settle();
    }
    expect(host.vhost.store.pages.absentCount).toBeGreaterThan(0);
    host.client.declareQueue('q');
    host.client.bindQueue('x', 'q');
    await expect.poll(() => host.vhost.queue('q').readyCount).toBe(5);
    expect(await bodies(host.client, 'q')).toEqual(large.slice(-5));
    await host.close();
  });

  it('what a durable queue got of a history survives with the queue, and so does the history', async () => {
    const log = new MemoryLog();
    const before = await JournalHost.open({ log });
    before.client.declareExchange('x', TYPE);
    publish(before.client, 'x', 'a', 'b');
    before.client.declareQueue('q');
    before.client.bindQueue('x', 'q');
    await before.settle();
    await before.close();
    const after = await JournalHost.open({ log });
    after.client.declareQueue('late');
    after.client.bindQueue('x', 'late');
    expect(await bodies(after.client, 'q')).toEqual(['a', 'b']);
    await expect.poll(() => after.vhost.queue('late').readyCount).toBe(2);
    expect(await bodies(after.client, 'late')).toEqual(['a', 'b']);
    publish(after.client, 'x', 'c');
    expect(await bodies(after.client, 'q')).toEqual(['c']);
    await after.close();
  });
});
