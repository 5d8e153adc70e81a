// No client library that these tests use knows transactions or flow: raw frames do.
import { expect, test } from 'vitest';
import { open, startBroker } from '../support/broker.ts';
import type { RawChannel } from '../support/raw_channel.ts';

async function stage(): Promise<{ channel: RawChannel; other: RawChannel; transcript: string[] }> {
  const broker = await startBroker();
  const { client, transcript } = await open(broker);
  const second = await open(broker);
  const channel = client.channel(1);
  await channel.call('queue.declare', { queue: 'q' });
  return { channel, other: second.client.channel(1), transcript };
}

async function depth(channel: RawChannel): Promise<number> {
  const answer = await channel.call('queue.declare', { queue: 'q', passive: true });
  return answer?.name === 'queue.declare-ok' ? answer.messageCount : -1;
}

test('what is published in a transaction is there after the commit, all of it, and not before', async () => {
  const { channel, other } = await stage();
  await channel.call('tx.select');
  for (const body of ['1', '2', '']) channel.publish({ routingKey: 'q', body });
  expect(await depth(channel)).toBe(0);
  await channel.call('tx.commit');
  expect(await depth(other)).toBe(3);
});

test('a large message in a transaction is the same as a small one', async () => {
  const { channel, other } = await stage();
  await channel.call('tx.select');
  channel.publish({ routingKey: 'q', body: Array.from({ length: 10 }, () => Buffer.alloc(100_000)) });
  await channel.call('tx.rollback');
  channel.publish({ routingKey: 'q', body: Array.from({ length: 10 }, () => Buffer.alloc(100_000, 'x')) });
  await channel.call('tx.commit');
  expect(await depth(other)).toBe(1);
});

test('a rollback forgets publishes, and keeps acknowledged messages outstanding', async () => {
  const { channel, other } = await stage();
  other.publish({ routingKey: 'q', body: 'kept' });
  expect(await depth(other)).toBe(1);
  await channel.call('tx.select');
  await channel.call('basic.get', { queue: 'q' });
  channel.send('basic.ack', { deliveryTag: 1 });
  channel.publish({ routingKey: 'q', body: 'forgotten' });
  await channel.call('tx.rollback');
  expect(await depth(other)).toBe(0);
  channel.send('basic.nack', { deliveryTag: 1, requeue: true });
  await channel.call('tx.commit');
  expect(await depth(other)).toBe(1);
});

test('closing a channel rolls its transaction back', async () => {
  const { channel, other } = await stage();
  other.publish({ routingKey: 'q', body: 'kept' });
  expect(await depth(other)).toBe(1);
  await channel.call('tx.select');
  await channel.call('basic.get', { queue: 'q' });
  channel.send('basic.ack', { deliveryTag: 1 });
  channel.publish({ routingKey: 'q', body: 'forgotten' });
  await channel.call('channel.close');
  expect(await depth(other)).toBe(1);
});

test('an unroutable mandatory publish comes back at the commit, before commit-ok', async () => {
  const { channel, transcript } = await stage();
  await channel.call('tx.select');
  channel.publish({ exchange: 'amq.direct', routingKey: 'nowhere', mandatory: true, body: 'm' });
  await channel.call('basic.qos');
  transcript.length = 0;
  await channel.call('tx.commit');
  expect(transcript.map((line) => line.slice(0, 18))).toEqual(
    ['> 1 tx.commit', '< 1 basic.return {', '< 1 header 1 {}', '< 1 body "m"', '< 1 tx.commit-ok'].map((line) =>
      expect.stringContaining(line.slice(0, 16)),
    ),
  );
});

test('a deleted queue gets nothing from a transaction that was routed to it', async () => {
  const { channel, other } = await stage();
  await channel.call('tx.select');
  channel.publish({ routingKey: 'q', body: 'm' });
  await other.call('queue.delete', { queue: 'q' });
  expect((await channel.call('tx.commit'))?.name).toBe('tx.commit-ok');
});

test('channel.flow is a real pause: nothing is delivered until it is lifted', async () => {
  const { channel, other, transcript } = await stage();
  await channel.call('basic.consume', { queue: 'q', consumerTag: 'c', noAck: true });
  await channel.call('channel.flow', { active: false });
  for (const body of ['1', '2', '3']) other.publish({ routingKey: 'q', body });
  expect(await depth(other)).toBe(3);
  await channel.client.quiet();
  expect(transcript.filter((line) => line.includes('basic.deliver'))).toEqual([]);
  await channel.call('channel.flow', { active: true });
  await channel.see('basic.deliver', 3);
  expect(transcript.filter((line) => line.includes('< 1 body')).map((line) => line.at(-2))).toEqual(['1', '2', '3']);
});
