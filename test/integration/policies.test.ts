import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Broker, PolicyError } from '../../src/index.ts';
import { closing, startBroker, until } from '../support/broker.ts';

async function confirmChannel(broker: Broker) {
  const connection = closing(await connect(broker.url));
  return await connection.createConfirmChannel();
}

type Channel = Awaited<ReturnType<typeof confirmChannel>>;

async function publish(channel: Channel, queue: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) channel.sendToQueue(queue, Buffer.from(`m${i}`), { persistent: true });
  await channel.waitForConfirms();
}

async function count(channel: Channel, queue: string): Promise<number> {
  return (await channel.checkQueue(queue)).messageCount;
}

async function dataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'leveret-policies-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('a policy on queues', () => {
  test('applies at once to a queue that is there, and lets it go at once', async () => {
    const broker = await startBroker();
    const channel = await confirmChannel(broker);
    await channel.assertQueue('orders');
    await publish(channel, 'orders', 5);
    await broker.policies().set('short', { pattern: '^orders$', definition: { 'max-length': 2 } });
    expect(await count(channel, 'orders')).toBe(2);
    await publish(channel, 'orders', 3);
    expect(await count(channel, 'orders')).toBe(2);
    expect(await broker.policies().delete('short')).toBe(true);
    await publish(channel, 'orders', 3);
    expect(await count(channel, 'orders')).toBe(5);
  });

  test('applies to a queue that is declared later, and to no other', async () => {
    const broker = await startBroker();
    const channel = await confirmChannel(broker);
    await broker.policies().set('short', { pattern: '^a', definition: { 'max-length': 1 }, applyTo: 'queues' });
    await channel.assertQueue('a');
    await channel.assertQueue('b');
    await publish(channel, 'a', 3);
    await publish(channel, 'b', 3);
    expect([await count(channel, 'a'), await count(channel, 'b')]).toEqual([1, 3]);
  });

  test('that refuses when full reaches a publisher who has been publishing all along', async () => {
    const broker = await startBroker();
    const channel = await confirmChannel(broker);
    await channel.assertQueue('q');
    await publish(channel, 'q', 2);
    await broker.policies().set('full', { pattern: '', definition: { 'max-length': 2, overflow: 'reject-publish' } });
    channel.sendToQueue('q', Buffer.from('refused'));
    await expect(channel.waitForConfirms()).rejects.toThrow();
    await broker.policies().delete('full');
    await publish(channel, 'q', 1);
    expect(await count(channel, 'q')).toBe(3);
  });

  test('gives a queue a dead-letter exchange', async () => {
    const broker = await startBroker();
    const channel = await confirmChannel(broker);
    await channel.assertQueue('work');
    await channel.assertQueue('dead');
    await broker.policies().set('dlx', {
      pattern: '^work$',
      definition: { 'dead-letter-exchange': '', 'dead-letter-routing-key': 'dead' },
    });
    await publish(channel, 'work', 1);
    const message = await channel.get('work');
    if (message === false) throw new Error('nothing came');
    channel.nack(message, false, false);
    await until(async () => (await count(channel, 'dead')) === 1);
  });

  test('of a higher priority takes another one’s place, wholly', async () => {
    const broker = await startBroker();
    const channel = await confirmChannel(broker);
    const policies = broker.policies();
    await channel.assertQueue('q');
    await policies.set('low', { pattern: '', definition: { 'max-length': 1 } });
    await policies.set('high', { pattern: '', definition: { 'message-ttl': 3_600_000 }, priority: 1 });
    await publish(channel, 'q', 3);
    expect(await count(channel, 'q')).toBe(3);
    expect(policies.list().map(({ name }) => name)).toEqual(['high', 'low']);
    await policies.delete('high');
    expect(await count(channel, 'q')).toBe(1);
  });

  test('is narrowed by an operator policy', async () => {
    const broker = await startBroker();
    const channel = await confirmChannel(broker);
    await channel.assertQueue('q', { maxLength: 5 });
    await broker.policies().set('p', { pattern: '', definition: { 'max-length': 4 } });
    await broker.operatorPolicies().set('p', { pattern: '', definition: { 'max-length': 2 } });
    await publish(channel, 'q', 9);
    expect(await count(channel, 'q')).toBe(2);
    await broker.operatorPolicies().delete('p');
    await publish(channel, 'q', 9);
    expect(await count(channel, 'q')).toBe(4);
    await broker.policies().delete('p');
    await publish(channel, 'q', 9);
    expect(await count(channel, 'q')).toBe(5);
  });
});

describe('a policy on exchanges', () => {
  test('sets an alternate exchange, unless an argument has', async () => {
    const broker = await startBroker();
    const channel = await confirmChannel(broker);
    for (const name of ['rest', 'other']) {
      await channel.assertExchange(name, 'fanout');
      await channel.assertQueue(name);
      await channel.bindQueue(name, name, '');
    }
    await channel.assertExchange('plain', 'direct');
    await channel.assertExchange('asked', 'direct', { alternateExchange: 'other' });
    const send = async () => {
      for (const exchange of ['plain', 'asked', 'amq.direct']) channel.publish(exchange, 'nowhere', Buffer.from('x'));
      await channel.waitForConfirms();
      return [await count(channel, 'rest'), await count(channel, 'other')];
    };
    expect(await send()).toEqual([0, 1]);
    const definition = { 'alternate-exchange': 'rest' };
    await broker
      .policies()
      .set('ae', { pattern: '^(plain|asked|amq\\.direct|late)$', definition, applyTo: 'exchanges' });
    expect(await send()).toEqual([2, 2]);
    await channel.assertExchange('late', 'direct');
    channel.publish('late', 'nowhere', Buffer.from('x'));
    expect(await send()).toEqual([5, 3]);
    await broker.policies().delete('ae');
    expect(await send()).toEqual([5, 4]);
  });
});

describe('a restart', () => {
  test('keeps policies, and what they do', async () => {
    const folder = await dataDir();
    const before = await startBroker({ dataDir: folder });
    await before.policies().set('ünder', {
      pattern: '^(?!amq\\.)q',
      applyTo: 'queues',
      priority: 1.5,
      definition: { 'max-length': 2, 'dead-letter-exchange': 'häse' },
    });
    await before
      .policies()
      .set('ae', { pattern: '^amq\\.direct$', definition: { 'alternate-exchange': 'amq.fanout' } });
    await before.policies().set('gone', { pattern: '', definition: { expires: 1 }, applyTo: 'exchanges' });
    await before.policies().delete('gone');
    await before.operatorPolicies().set('ünder', { pattern: '', definition: { 'max-length': 3 }, priority: -1 });
    const kept = [before.policies().list(), before.operatorPolicies().list()];
    await (await confirmChannel(before)).assertQueue('q');
    await before.close();

    // The second time, they come from a checkpoint.
    for (let restarts = 0; restarts < 2; restarts++) {
      const after = await startBroker({ dataDir: folder });
      expect([after.policies().list(), after.operatorPolicies().list()]).toEqual(kept);
      const channel = await confirmChannel(after);
      await publish(channel, 'q', 5);
      expect(await count(channel, 'q')).toBe(2);
      await channel.assertQueue('rest', { durable: false, autoDelete: true });
      await channel.bindQueue('rest', 'amq.fanout', '');
      channel.publish('amq.direct', 'nowhere', Buffer.from('x'));
      await channel.waitForConfirms();
      expect(await count(channel, 'rest')).toBe(1);
      await after.close();
    }
  });
});

describe('what is refused', () => {
  test('changes nothing, and says everything that is wrong', async () => {
    const broker = await startBroker();
    const refused = broker.policies().set('p', { pattern: 'p(', definition: { expires: 0 }, priority: Number.NaN });
    await expect(refused).rejects.toThrow(PolicyError);
    await expect(refused).rejects.toMatchObject({
      problems: [
        '0 is not a valid queue expiry',
        'pattern should be regular expression but is invalid: missing closing ): `p(`',
        'priority should be a number, actually was NaN',
      ],
    });
    expect(broker.policies().list()).toEqual([]);
    expect(broker.policies().get('p')).toBeUndefined();
    expect(await broker.policies().delete('p')).toBe(false);
  });

  test('what a program leaves undefined is left out', async () => {
    const broker = await startBroker();
    const definition: Record<string, number | undefined> = { expires: undefined, 'max-length': 1 };
    await broker.policies().set('p', { pattern: '', definition: definition as { expires: number } });
    expect(broker.policies().get('p')?.definition).toEqual(new Map([['max-length', 1]]));
  });

  test('policies of a virtual host that is not there', async () => {
    const broker = await startBroker();
    expect(() => broker.policies('nosuch')).toThrow("no virtual host 'nosuch'");
  });
});
