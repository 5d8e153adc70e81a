// A whole broker on a disk that fails: what it answers, what it refuses, and what it goes on with.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfirmChannel } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { createBrokerOn } from '../../src/broker.ts';
import { type Broker, createBroker } from '../../src/index.ts';
import { NodeDisk } from '../../src/journal/node_disk.ts';
import type { Logger } from '../../src/server/logger.ts';
import { until } from '../support/broker.ts';
import { type DiskCall, FaultyDisk } from '../support/faulty_disk.ts';
import { channelOn, confirmChannelOn, connectTo, Subscription, settled } from './amqplib/support.ts';

const SEGMENTS = /\.segment$/;

async function stage(): Promise<{
  dataDir: string;
  broker: Broker;
  disk: FaultyDisk;
  log: string[];
  channel: ConfirmChannel;
}> {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-faults-'));
  const disk = new FaultyDisk(new NodeDisk());
  const log: string[] = [];
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields, message) => log.push(`${message}: ${(fields as { err?: Error }).err?.message}`),
  };
  const broker = await createBrokerOn(disk, { dataDir, logger });
  onTestFinished(async () => {
    await broker.close().catch(() => {});
    rmSync(dataDir, { recursive: true, force: true });
  });
  const { connection } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  await channel.assertQueue('q', { durable: true });
  return { dataDir, broker, disk, log, channel };
}

function publish(channel: ConfirmChannel, body: string): Promise<'confirmed' | 'refused'> {
  return new Promise((resolve) => {
    channel.sendToQueue('q', Buffer.from(body), { persistent: true }, (error) => {
      resolve(error === null ? 'confirmed' : 'refused');
    });
  });
}

/** Has the journal fail with a publish that is refused. */
async function fail(disk: FaultyDisk, channel: ConfirmChannel): Promise<void> {
  disk.fail('datasync', 'EIO', 1, SEGMENTS);
  expect(await publish(channel, 'unsafe')).toBe('refused');
}

test.each([
  ['write', 'EIO'],
  ['datasync', 'EIO'],
  ['write', 'ENOSPC'],
] as const)('after a failed %s (%s) nothing is confirmed any more, and everybody is told', async (call, code) => {
  const { disk, log, broker, channel } = await stage();
  expect(await publish(channel, 'safe')).toBe('confirmed');
  const { connection } = await connectTo(broker);
  const blocked = new Promise<string>((resolve) => connection.once('blocked', resolve));
  disk.fail(call as DiskCall, code, 1, SEGMENTS);
  expect(await publish(channel, 'unsafe')).toBe('refused');
  expect(log).toEqual([expect.stringMatching(new RegExp(`the journal failed.*: ${code}: .*`))]);
  // The disk works again, and that must not mislead: what it had of the failed write nobody knows.
  const other = await confirmChannelOn(connection);
  expect(await publish(other, 'later')).toBe('refused');
  expect(await blocked).toBe('journal failed');
});

test('a failure in the middle of a burst: what was confirmed is there after a restart, in order', async () => {
  const { disk, broker, channel, dataDir } = await stage();
  const confirmed: string[] = [];
  let next = 0;
  const publishNext = async (): Promise<'confirmed' | 'refused'> => {
    const body = `${next++}`;
    const answer = await publish(channel, body);
    if (answer === 'confirmed') confirmed.push(body);
    return answer;
  };
  disk.fail('datasync', 'EIO', 4, SEGMENTS);
  // The last of each wave is waited for, so that every wave takes a sync of its own, and one of them fails.
  const waves: Promise<unknown>[] = [];
  for (let answer = 'confirmed'; answer === 'confirmed'; ) {
    for (let i = 0; i < 19; i++) waves.push(publishNext());
    answer = await publishNext();
  }
  for (let i = 0; i < 20; i++) waves.push(publishNext());
  // A connection that is blocked before its last publish is not read any more.
  await Promise.race([Promise.all(waves), new Promise((resolve) => setTimeout(resolve, 500))]);
  expect(confirmed.length).toBeGreaterThan(0);
  await broker.close();
  const again = await createBroker({ dataDir });
  onTestFinished(() => again.close());
  const { connection } = await connectTo(again);
  const subscription = await Subscription.to(await channelOn(connection), 'q');
  const bodies = await subscription.received(confirmed.length);
  expect(bodies.filter((body) => confirmed.includes(body))).toEqual(confirmed);
});

test('consumers of what can be read go on', async () => {
  const { disk, broker, channel } = await stage();
  for (let i = 0; i < 10; i++) expect(await publish(channel, `${i}`)).toBe('confirmed');
  await fail(disk, channel);
  const { connection } = await connectTo(broker);
  const consuming = await channelOn(connection);
  // As most programs begin.
  await consuming.assertQueue('q', { durable: true });
  const subscription = await Subscription.to(consuming, 'q');
  expect((await subscription.received(10)).slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`));
  subscription.ackAll();
  await settled(consuming);
  expect(await consuming.assertQueue('', { exclusive: true })).toMatchObject({ messageCount: 0 });
});

test.each<[string, (channel: ConfirmChannel) => Promise<unknown>]>([
  ['queue.declare', (channel) => channel.assertQueue('new', { durable: true })],
  ['exchange.declare', (channel) => channel.assertExchange('new', 'topic')],
  ['queue.bind', (channel) => channel.bindQueue('q', 'amq.topic', '#')],
  ['queue.delete', (channel) => channel.deleteQueue('q')],
])('a durable %s is answered by a connection error, not by a lie', async (_name, act) => {
  const { disk, broker, channel } = await stage();
  await fail(disk, channel);
  const { connection, errors } = await connectTo(broker);
  await expect(act(await confirmChannelOn(connection))).rejects.toThrow();
  await until(() => errors.length > 0);
  expect(errors[0]?.message).toMatch(/541 .*INTERNAL_ERROR - the journal has failed: EIO/);
  // Nor has anything happened all the same, or got in the way of others.
  const { connection: next } = await connectTo(broker);
  await (await channelOn(next)).checkQueue('q');
  await expect((await channelOn(next)).checkQueue('new')).rejects.toThrow('404');
  await expect((await channelOn(next)).checkExchange('new')).rejects.toThrow('404');
});

test('the declaration whose sync fails is answered by a connection error, and so is the same once more', async () => {
  const { disk, broker } = await stage();
  disk.fail('datasync', 'EIO', 1, SEGMENTS);
  for (let attempt = 0; attempt < 2; attempt++) {
    const { connection, errors } = await connectTo(broker);
    await expect((await channelOn(connection)).assertQueue('new', { durable: true })).rejects.toThrow();
    await until(() => errors.length > 0);
    expect(errors[0]?.message).toMatch(/541 .*the journal has failed/);
  }
});
