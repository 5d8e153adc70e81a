import { expect, test } from 'vitest';
import { type Broker, ManagementError } from '../../src/index.ts';
import { dial, open, startBroker, until } from '../support/broker.ts';
import type { RawClient } from '../support/raw_client.ts';

/** Up to the answer to connection.open, which is the last line of the transcript. */
async function knock(broker: Broker): Promise<{ client: RawClient; answer: string }> {
  const { client, transcript } = await dial(broker);
  client.header();
  await client.answer(0, ['connection.start']);
  await client.call(0, 'connection.start-ok');
  client.send(0, 'connection.tune-ok');
  await client.call(0, 'connection.open');
  return { client, answer: transcript.at(-1) ?? '' };
}

test('connections beyond connection_max are refused, and those that only shake hands count', async () => {
  const broker = await startBroker({ connectionMax: 2 });
  const first = await open(broker);
  await dial(broker);
  const refused = await knock(broker);
  expect(refused.answer).toContain(
    "replyCode:530, replyText:'NOT_ALLOWED - connection refused: node connection limit (2) is reached', classId:10, methodId:40",
  );
  first.client.close();
  refused.client.close();
  await until(async () => {
    const { client, answer } = await knock(broker);
    client.close();
    return answer === '< 0 connection.open-ok';
  });
});

test('a connection that is cut makes room for its virtual host and user, and its channels do', async () => {
  const broker = await startBroker();
  await broker.vhosts.setLimits('/', { 'max-connections': 1 });
  await broker.users.setLimits('guest', { 'max-connections': 1, 'max-channels': 1 });
  for (let round = 0; round < 3; round++) {
    let client: RawClient | undefined;
    await until(async () => {
      const knocked = await knock(broker);
      client = knocked.client;
      if (knocked.answer !== '< 0 connection.open-ok') client.close();
      return knocked.answer === '< 0 connection.open-ok';
    });
    expect(await client?.call(1, 'channel.open')).toMatchObject({ name: 'channel.open-ok' });
    client?.close();
  }
});

test('channels beyond channel_max_per_node are refused, over all connections', async () => {
  const broker = await startBroker({ channelMaxPerNode: 2 });
  await open(broker);
  const { client, transcript } = await open(broker);
  await client.call(2, 'channel.open');
  expect(transcript.at(-1)).toContain(
    "530, replyText:'NOT_ALLOWED - number of channels opened on node 'leveret@localhost' has reached the maximum allowed limit of 2', classId:0, methodId:0",
  );
});

test('consumers beyond consumer_max_per_channel are refused, and one that is cancelled makes room', async () => {
  const broker = await startBroker({ consumerMaxPerChannel: 1 });
  const { client, transcript } = await open(broker);
  const channel = client.channel(1);
  await channel.call('queue.declare', { queue: 'q' });
  await channel.call('basic.consume', { queue: 'q', consumerTag: 'a' });
  await channel.call('basic.cancel', { consumerTag: 'a' });
  await channel.call('basic.consume', { queue: 'q', consumerTag: 'b' });
  expect(transcript.at(-1)).toContain('basic.consume-ok');
  await channel.call('basic.consume', { queue: 'q', consumerTag: 'c' });
  expect(transcript.at(-1)).toContain("530, replyText:'NOT_ALLOWED - reached maximum (1) of consumers per channel'");
});

test('queues beyond cluster_queue_limit are refused, over all virtual hosts', async () => {
  const broker = await startBroker({ queueMax: 2 });
  await broker.vhosts.set('v');
  await broker.definitions.import({ queues: [{ name: 'q', vhost: 'v', durable: true, arguments: {} }] });
  const { client, transcript } = await open(broker);
  await client.call(1, 'queue.declare', { queue: 'a' });
  await client.call(1, 'queue.declare', { queue: 'a' });
  expect(transcript.at(-1)).toContain('queue.declare-ok');
  await client.call(1, 'queue.declare', { queue: 'b' });
  expect(transcript.at(-1)).toContain(
    "406, replyText:'PRECONDITION_FAILED - cannot declare queue 'b': queue limit in cluster (2) is reached'",
  );
});

test('exchanges beyond cluster_exchange_limit are refused', async () => {
  const broker = await startBroker({ exchangeMax: 8 });
  const { client, transcript } = await open(broker);
  await client.call(1, 'exchange.declare', { exchange: 'a', type: 'direct' });
  await client.call(1, 'exchange.declare', { exchange: 'a', type: 'direct' });
  expect(transcript.at(-1)).toContain('exchange.declare-ok');
  await client.call(1, 'exchange.declare', { exchange: 'b', type: 'direct' });
  expect(transcript.at(-1)).toContain(
    "406, replyText:'PRECONDITION_FAILED - cannot declare exchange 'b' in vhost '/': exchange limit of 8 is reached'",
  );
});

test('a transaction that publishes more than channel_tx_message_max ends with its channel', async () => {
  const broker = await startBroker({ channelTxMessageMax: 2 });
  const { client, transcript } = await open(broker);
  const channel = client.channel(1);
  await channel.call('queue.declare', { queue: 'q' });
  await channel.call('tx.select');
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 2; i++) channel.publish({ routingKey: 'q' });
    await channel.call('tx.commit');
    expect(transcript.at(-1)).toContain('tx.commit-ok');
  }
  for (let i = 0; i < 3; i++) channel.publish({ routingKey: 'q' });
  await channel.refused();
  expect(transcript.at(-1)).toContain(
    "406, replyText:'PRECONDITION_FAILED - transaction has reached the maximum of 2 uncommitted publishes', classId:60, methodId:40",
  );
  await client.call(2, 'channel.open');
  await client.call(2, 'queue.declare', { queue: 'q', passive: true });
  expect(transcript.at(-1)).toContain('messageCount:4');
});

test('virtual hosts beyond vhost_max are refused, and those that are there may be changed', async () => {
  const broker = await startBroker({ vhostMax: 2 });
  await broker.vhosts.set('v');
  await broker.vhosts.set('v', { description: 'the second' });
  await expect(broker.vhosts.set('w')).rejects.toThrow(
    new ManagementError('invalid', "cannot create vhost 'w': vhost limit of 2 is reached"),
  );
});

test('a frame beyond initial_frame_max is refused before the virtual host is open, and taken after that', async () => {
  const broker = await startBroker({ initialFrameMax: 4096 });
  const { client, transcript } = await dial(broker);
  client.header();
  await client.answer(0, ['connection.start']);
  await client.call(0, 'connection.start-ok', { response: Buffer.alloc(5000, 'a') });
  expect(transcript.at(-1)).toContain('replyCode:501');
  expect(transcript.at(-1)).toMatch(/\{frame_too_large,50\d\d,4088\}/);
  const opened = await open(broker);
  const channel = opened.client.channel(1);
  await channel.call('queue.declare', { queue: 'q' });
  channel.publish({ routingKey: 'q', body: [Buffer.alloc(5000)] });
  expect(await channel.call('basic.get', { queue: 'q' })).toMatchObject({ name: 'basic.get-ok' });
});

test('limits change while the broker runs, and what is there stays', async () => {
  const broker = await startBroker();
  const { client, transcript } = await open(broker);
  await client.call(1, 'queue.declare', { queue: 'a' });
  await broker.reconfigure({ queueMax: 1, connectionMax: 1 });
  await client.call(1, 'queue.declare', { queue: 'b' });
  expect(transcript.at(-1)).toContain('queue limit in cluster (1) is reached');
  expect((await knock(broker)).answer).toContain('node connection limit (1) is reached');
  await broker.reconfigure({ queueMax: Number.POSITIVE_INFINITY });
  await client.call(2, 'channel.open');
  await client.call(2, 'queue.declare', { queue: 'b' });
  expect(transcript.at(-1)).toContain('queue.declare-ok');
});

test('an alarm shows in the health of the broker as long as it is on', async () => {
  const broker = await startBroker({ memoryLimitBytes: 1 });
  await until(() => broker.health().alarms.length > 0);
  expect(broker.health()).toEqual({ alarms: ['memory'] });
  await broker.reconfigure({ memoryLimitBytes: Number.POSITIVE_INFINITY });
  expect(broker.health()).toEqual({ alarms: [] });
});
