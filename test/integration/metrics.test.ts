import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { type Broker, createBroker, type PrometheusOptions } from '../../src/index.ts';

async function samples(broker: Broker, options?: PrometheusOptions): Promise<ReadonlyMap<string, number>> {
  let text = '';
  for await (const chunk of broker.prometheus(options)) text += chunk;
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

function folder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-metrics-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

test('what the journal and the disk do is told, and what is found at a start is there but did not come', async () => {
  const dataDir = folder();
  const first = await createBroker({ dataDir });
  const connection = await connect(first.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('q', { durable: true });
  for (let i = 0; i < 5; i++)
    channel.sendToQueue('q', Buffer.alloc(100), { persistent: true, timestamp: 1_700_000_000 });
  await channel.waitForConfirms();
  const all = await samples(first);
  expect(all.get('leveret_journal_sync_duration_seconds_count{vhost="/"}')).toBeGreaterThan(0);
  expect(all.get('rabbitmq_io_sync_ops_total')).toBeGreaterThan(0);
  expect(all.get('leveret_journal_written_bytes_total{vhost="/"}')).toBeGreaterThan(500);
  expect(all.get('rabbitmq_disk_space_available_bytes')).toBeGreaterThan(0);
  expect(all.get('rabbitmq_queue_disk_writes_total')).toBe(5);
  expect(all.get('rabbitmq_channel_messages_confirmed_total')).toBe(5);
  const labels = '{vhost="/",queue="q"}';
  const before = await samples(first, { kind: 'per-object' });
  expect(before.get(`rabbitmq_queue_head_message_timestamp${labels}`)).toBe(1_700_000_000);
  await connection.close();
  await first.close();
  const second = await createBroker({ dataDir });
  onTestFinished(() => second.close());
  const each = await samples(second, { kind: 'per-object' });
  expect(each.get(`rabbitmq_queue_messages_persistent${labels}`)).toBe(5);
  expect(each.get(`rabbitmq_queue_messages_persistent_bytes${labels}`)).toBe(500);
  expect(each.get(`rabbitmq_queue_disk_writes_total${labels}`)).toBe(0);
  expect(each.get(`leveret_queue_messages_published_total${labels}`)).toBe(0);
});

test('a very long text comes in pieces, and others have their turn in between', async () => {
  const broker = await createBroker();
  onTestFinished(() => broker.close());
  const connection = await connect(broker.url);
  const channel = await connection.createChannel();
  await Promise.all(Array.from({ length: 500 }, (_, i) => channel.assertQueue(`queue-${i}`)));
  const lengths: number[] = [];
  for await (const chunk of broker.prometheus({ kind: 'per-object' })) lengths.push(chunk.length);
  expect(lengths.length).toBeGreaterThan(10);
  expect(Math.max(...lengths)).toBeLessThan(100_000);
  const wanted = { kind: 'detailed', families: ['queue_coarse_metrics'], vhosts: ['/'] } as const;
  expect((await samples(broker, wanted)).get('rabbitmq_detailed_queue_messages{vhost="/",queue="queue-499"}')).toBe(0);
  await connection.close();
});
