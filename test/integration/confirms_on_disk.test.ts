import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fromPlain } from '../../src/codec/table.ts';
import { type Broker, createBroker } from '../../src/index.ts';
import { closing, open } from '../support/broker.ts';
import { confirmChannelOn, connectTo } from './amqplib/support.ts';

async function brokerOnDisk(): Promise<Broker> {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-confirms-'));
  const broker = await createBroker({ dataDir });
  onTestFinished(async () => {
    await broker.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return broker;
}

test('a durable publish right before channel.close is not confirmed on a channel that is closed', async () => {
  const { client, transcript } = await open(await brokerOnDisk());
  await client.call(1, 'queue.declare', { queue: 'q', durable: true });
  for (let round = 0; round < 10; round++) {
    await client.call(1, 'confirm.select');
    transcript.length = 0;
    const channel = client.channel(1);
    for (let i = 0; i < 5; i++) channel.publish({ routingKey: 'q', properties: { deliveryMode: 2 } });
    await channel.call('channel.close');
    await client.quiet();
    const answers = transcript.filter((line) => line.startsWith('<')).map((line) => line.split(' ').slice(2, 3).join());
    expect(answers.at(-1)).toBe('channel.close-ok');
    await client.call(1, 'channel.open');
  }
});

test.each([0, 20_000])('a consumer hears of the end of its durable queue of %i behind delete-ok', async (length) => {
  const startOk = { clientProperties: fromPlain({ capabilities: { consumer_cancel_notify: true } }) };
  const { client, transcript } = await open(await brokerOnDisk(), { startOk });
  const channel = client.channel(1);
  await channel.call('queue.declare', { queue: 'q', durable: true });
  for (let i = 0; i < length; i++) channel.publish({ routingKey: 'q', properties: { deliveryMode: 2 } });
  await channel.call('basic.qos', { prefetchCount: 1 });
  await channel.call('basic.consume', { queue: 'q', consumerTag: 'ct' });
  transcript.length = 0;
  channel.send('queue.delete', { queue: 'q' });
  await channel.see('basic.cancel');
  const answers = transcript.map((line) => line.split(' ').slice(0, 3).join(' '));
  expect(answers.slice(-2)).toEqual(['< 1 queue.delete-ok', '< 1 basic.cancel']);
});

test('persistent and transient publishes are all confirmed, and only once', async () => {
  const broker = await brokerOnDisk();
  const { connection, errors } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  await channel.assertQueue('q', { durable: true });
  const confirmed: number[] = [];
  for (let i = 0; i < 2_000; i++) {
    channel.sendToQueue(i % 7 === 0 ? 'nowhere' : 'q', Buffer.from('m'), { persistent: i % 3 !== 0 }, () => {
      confirmed.push(i);
    });
  }
  await channel.waitForConfirms();
  expect([...confirmed].sort((left, right) => left - right)).toEqual(
    Array.from({ length: 2_000 }, (_, index) => index),
  );
  expect(errors).toEqual([]);
  closing(channel);
});
