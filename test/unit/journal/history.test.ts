import { expect, test } from 'vitest';
import { fromPlain } from '../../../src/codec/table.ts';
import { shownName } from '../../../src/journal/inspect_name.ts';
import { MemoryLog } from '../../../src/journal/memory_log.ts';
import { JournalHost } from '../../support/journal_host.ts';
import { messagesAt, positionsIn } from '../../support/queue_messages.ts';

const SEGMENT_BYTES = 600_000;

class Home {
  readonly #log = new MemoryLog();
  host: JournalHost | undefined;

  async open(): Promise<JournalHost> {
    await this.host?.close();
    this.host?.kill();
    this.host = await JournalHost.open({ log: this.#log, segmentBytes: SEGMENT_BYTES });
    return this.host;
  }
}

function declare(host: JournalHost, name: string, durable = true): void {
  host.client.declareExchange(name, 'x-recent-history', durable, fromPlain({ 'x-recent-history-length': 3 }));
}

function publish(host: JournalHost, exchange: string, body: string | Uint8Array, persistent = true): void {
  host.client.publish({ exchange, routingKey: 'k', body: Buffer.from(body), persistent });
}

/** What a queue is given that is bound now. */
async function given(host: JournalHost, exchange: string): Promise<string[]> {
  const queue = host.client.declareQueue(`of ${exchange}`, false);
  await messagesAt(host, () => host.vhost.histories.get(host.vhost.exchange(exchange))?.positions() ?? []);
  host.client.bindQueue(exchange, queue.name, `${queue.nextSequence}`);
  const messages = await messagesAt(host, () => positionsIn(queue));
  // The octet that ends the frame is behind the body.
  const bodies = messages.map((bytes) => Buffer.from(bytes?.subarray(-2, -1) ?? []).toString());
  host.client.deleteQueue(queue.name);
  return bodies;
}

test('what a durable exchange remembers outlives the broker, as often as it is started again', async () => {
  const home = new Home();
  const host = await home.open();
  declare(host, 'x');
  declare(host, 'y');
  for (const body of ['1', '2', '3', '4']) publish(host, 'x', body);
  publish(host, 'y', '5');
  expect(await given(await home.open(), 'x')).toEqual(['2', '3', '4']);
  const again = await home.open();
  expect([await given(again, 'x'), await given(again, 'y')]).toEqual([['2', '3', '4'], ['5']]);
  publish(again, 'x', '6');
  expect(await given(await home.open(), 'x')).toEqual(['3', '4', '6']);
});

test('it is named where people look into the journal', () => {
  expect(shownName({ name: '', arguments: fromPlain({ exchange: 'x' }), forwards: false })).toBe(
    'history of exchange x',
  );
  expect(shownName({ name: 'q', arguments: fromPlain({ exchange: 'x' }), forwards: false })).toBe('q');
});

test('of transient messages, and transient exchanges, nothing is left', async () => {
  const home = new Home();
  const host = await home.open();
  declare(host, 'x');
  declare(host, 't', false);
  publish(host, 'x', '1');
  publish(host, 'x', '2', false);
  publish(host, 't', '3');
  const again = await home.open();
  expect(await given(again, 'x')).toEqual(['1']);
  declare(again, 't', false);
  expect(await given(again, 't')).toEqual([]);
});

test('an exchange that is deleted, and declared again, remembers nothing', async () => {
  const home = new Home();
  const host = await home.open();
  declare(host, 'x');
  publish(host, 'x', '1');
  host.client.deleteExchange('x');
  declare(host, 'x');
  const again = await home.open();
  expect(await given(again, 'x')).toEqual([]);
  expect(again.journal.queues.size).toBe(0);
});

test('a history is moved on with its segments, and gives back the disk of what it has forgotten', async () => {
  const home = new Home();
  const host = await home.open();
  declare(host, 'x');
  for (let count = 0; count < 40; count++) {
    publish(host, 'x', new Uint8Array(100_000).fill(0x30 + (count % 10)));
    await host.settle();
  }
  expect(host.journal.writer.segments.size).toBeLessThan(6);
  expect(await given(await home.open(), 'x')).toEqual(['7', '8', '9']);
});
