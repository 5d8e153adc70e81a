import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp, { type Channel, type ChannelModel } from 'amqplib';
import { onTestFinished } from 'vitest';
import type { Broker, BrokerOptions } from '../../../src/index.ts';
import { closing, startBroker } from '../../support/broker.ts';

/** Brokers one after the other, with a management API, and what the first stored. */
export async function withDataDir(
  work: (start: (options?: BrokerOptions) => Promise<Broker>) => Promise<void>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'leveret-management-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  await work((options = {}) => startBroker({ management: { port: 0 }, dataDir, ...options }));
}

/** A client of the broker's, with a channel that confirms. */
export async function client(
  broker: Broker,
  name = 'a client',
): Promise<{ readonly connection: ChannelModel; readonly channel: Channel }> {
  const connection = closing(await amqp.connect(broker.url, { clientProperties: { connection_name: name } }));
  connection.on('error', () => {});
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  return { connection, channel };
}
