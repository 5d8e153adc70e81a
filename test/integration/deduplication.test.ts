import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfirmChannel, connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { fromPlain } from '../../src/codec/table.ts';
import { type Broker, createBroker } from '../../src/index.ts';
import { open } from '../support/broker.ts';
import { startDaemon } from '../support/daemon.ts';
import { confirmChannelOn, connectTo } from './amqplib/support.ts';

const ON = { 'x-message-deduplication': true };

function dataFolder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-deduplication-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function brokerOn(dataDir: string | undefined): Promise<Broker> {
  const broker = await createBroker(dataDir === undefined ? {} : { dataDir });
  onTestFinished(() => broker.close());
  return broker;
}

function same(key: string): { readonly headers: { readonly 'x-deduplication-header': string } } {
  return { headers: { 'x-deduplication-header': key } };
}

async function count(channel: ConfirmChannel, queue: string): Promise<number> {
  return (await channel.checkQueue(queue)).messageCount;
}

test.each(['in memory', 'on disk'])('a duplicate is confirmed, and is not there, %s', async (where) => {
  const broker = await brokerOn(where === 'on disk' ? dataFolder() : undefined);
  const channel = await confirmChannelOn((await connectTo(broker)).connection);
  const returned: unknown[] = [];
  channel.on('return', (message) => returned.push(message));
  await channel.assertQueue('q', { arguments: ON });
  await channel.assertQueue('plain');
  await channel.assertExchange('x', 'fanout', { arguments: ON });
  await channel.bindQueue('plain', 'x', '');
  for (const persistent of [true, false, true]) {
    channel.sendToQueue('q', Buffer.from('m'), { persistent, mandatory: true, ...same('a') });
    channel.publish('x', '', Buffer.from('m'), { persistent, mandatory: true, ...same('a') });
    // In a block of its own.
    channel.sendToQueue('q', Buffer.alloc(300_000), { persistent, ...same('large') });
  }
  await channel.waitForConfirms();
  expect([await count(channel, 'q'), await count(channel, 'plain')]).toEqual([2, 1]);
  expect(returned).toEqual([]);
});

test('a full queue that refuses a message takes it when there is room', async () => {
  const channel = await confirmChannelOn((await connectTo(await brokerOn(undefined))).connection);
  const limits = { 'x-max-length': 1, 'x-overflow': 'reject-publish' };
  await channel.assertQueue('q', { arguments: { ...ON, ...limits } });
  const send = (key: string): Promise<boolean> =>
    new Promise((resolve) => channel.sendToQueue('q', Buffer.from(key), same(key), (error) => resolve(error === null)));
  expect(await send('a')).toBe(true);
  expect(await send('b')).toBe(false);
  // A duplicate needs no room.
  expect(await send('a')).toBe(true);
  await channel.get('q', { noAck: true });
  expect(await send('b')).toBe(true);
  expect(await count(channel, 'q')).toBe(1);
});

test('of duplicates in a transaction the first is taken when it commits, and none if it is rolled back', async () => {
  const { client, transcript } = await open(await brokerOn(dataFolder()));
  await client.call(1, 'queue.declare', { queue: 'q', durable: true, arguments: fromPlain(ON) });
  await client.call(1, 'tx.select');
  const channel = client.channel(1);
  const properties = { deliveryMode: 2, headers: fromPlain(same('a').headers) };
  channel.publish({ routingKey: 'q', properties });
  await client.call(1, 'tx.rollback');
  for (let i = 0; i < 2; i++) channel.publish({ routingKey: 'q', properties });
  await client.call(1, 'tx.commit');
  channel.publish({ routingKey: 'q', properties });
  await client.call(1, 'tx.commit');
  transcript.length = 0;
  await client.call(1, 'queue.declare', { queue: 'q', passive: true });
  expect(transcript.join()).toContain('messageCount:1,');
});

test('a duplicate is not confirmed before the message that it repeats', async () => {
  const { client, transcript } = await open(await brokerOn(dataFolder()));
  await client.call(1, 'queue.declare', { queue: 'q', durable: true, arguments: fromPlain(ON) });
  await client.call(1, 'confirm.select');
  for (let round = 0; round < 20; round++) {
    transcript.length = 0;
    const headers = fromPlain(same(`${round}`).headers);
    const channel = client.channel(1);
    channel.publish({ routingKey: 'q', properties: { deliveryMode: 2, headers } });
    channel.publish({ routingKey: 'q', properties: { deliveryMode: 1, headers } });
    await client.quiet();
    const tag = 2 * round + 1;
    expect(transcript.filter((line) => line.startsWith('<'))).toEqual([`< 1 settled ${tag} ${tag + 1}`]);
  }
});

test('after kill -9 a queue and an exchange still know what they had', { timeout: 30_000 }, async () => {
  const dataDir = dataFolder();
  const counts: number[][] = [];
  for (const keys of [
    ['a', 'b'],
    ['b', 'a', 'c'],
    ['c', 'a', 'd'],
  ]) {
    const { child, url } = await startDaemon(dataDir);
    const connection = await connect(url);
    connection.on('error', () => {});
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    await channel.assertQueue('q', { arguments: ON });
    await channel.assertQueue('plain');
    await channel.assertExchange('x', 'fanout', { arguments: ON });
    await channel.bindQueue('plain', 'x', '');
    for (const key of keys) {
      channel.sendToQueue('q', Buffer.from(key), { persistent: true, ...same(key) });
      channel.publish('x', '', Buffer.from(key), { persistent: true, ...same(key) });
    }
    await channel.waitForConfirms();
    counts.push([await count(channel, 'q'), await count(channel, 'plain')]);
    // What was consumed is a duplicate all the same.
    await channel.get('q', { noAck: true });
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  // One was taken each time, of which the acknowledgement may be forgotten.
  expect(counts[0]).toEqual([2, 2]);
  expect(counts.map(([, plain]) => plain)).toEqual([2, 3, 4]);
  expect(counts[2]?.[0]).toBeLessThanOrEqual(4);
});
