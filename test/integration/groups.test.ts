import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Channel, type ChannelModel, type ConsumeMessage, connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { type Broker, createBroker } from '../../src/index.ts';
import { until } from '../support/broker.ts';
import { startDaemon } from '../support/daemon.ts';
import { channelOn, confirmChannelOn, connectTo, refusal, Subscription } from './amqplib/support.ts';

const BY_HEADER = { 'x-group-by': 'header:order' };

async function broker(): Promise<Broker> {
  const started = await createBroker();
  onTestFinished(() => started.close());
  return started;
}

async function channelTo(running: Broker, prefetch: number): Promise<Channel> {
  const channel = await channelOn((await connectTo(running)).connection);
  await channel.prefetch(prefetch);
  return channel;
}

/** Sends steps 0, 1, 2 … of each order, the orders in turn. */
function sendSteps(channel: Channel, orders: number, steps: number, persistent = false): void {
  for (let step = 0; step < steps; step++) {
    for (let order = 0; order < orders; order++) {
      channel.sendToQueue('q', Buffer.from(`${step}`), { persistent, headers: { order } });
    }
  }
}

function orderOf(message: ConsumeMessage): number {
  return message.properties.headers?.['order'] as number;
}

test('each order is worked on by one consumer at a time, step by step, while consumers come and go', async () => {
  const running = await broker();
  const publisher = await confirmChannelOn((await connectTo(running)).connection);
  await publisher.assertQueue('q', { arguments: BY_HEADER });
  const done = new Map<number, number[]>();
  /** Who works on an order now, and at how many of its messages. */
  const working = new Map<number, { readonly worker: number; messages: number }>();
  const offences: string[] = [];
  let settled = 0;

  async function work(worker: number, prefetch: number): Promise<Channel> {
    const channel = await channelTo(running, prefetch);
    await channel.consume('q', (message) => {
      if (message === null || left.has(worker)) return;
      const order = orderOf(message);
      const current = working.get(order);
      if (current !== undefined && current.worker !== worker) offences.push(`${order} is with ${current.worker}`);
      working.set(order, { worker, messages: (current?.messages ?? 0) + 1 });
      setImmediate(() => {
        if (left.has(worker)) return;
        const now = working.get(order);
        if (now !== undefined && --now.messages === 0) working.delete(order);
        done.set(order, [...(done.get(order) ?? []), Number(message.content)]);
        settled++;
        channel.ack(message);
      });
    });
    return channel;
  }

  const left = new Set<number>();
  const workers = [await work(0, 1), await work(1, 2), await work(2, 5)];
  sendSteps(publisher, 12, 20);
  for (let worker = 3; worker < 6; worker++) {
    await until(() => settled > 30 * (worker - 2));
    // What it has goes back undone.
    left.add(worker - 3);
    for (const [order, current] of working) if (current.worker === worker - 3) working.delete(order);
    await workers[worker - 3]?.close();
    workers.push(await work(worker, worker));
  }
  await until(() => settled === 240);
  expect(offences).toEqual([]);
  for (const steps of done.values()) expect(steps).toEqual(Array.from({ length: 20 }, (_, step) => step));
});

test('an order that waits for a busy consumer does not keep others waiting', async () => {
  const running = await broker();
  const [first, second] = [await channelTo(running, 1), await channelTo(running, 1)];
  await first.assertQueue('q', { arguments: BY_HEADER });
  const busy = await Subscription.to(first, 'q');
  sendSteps(first, 1, 3);
  await until(() => busy.messages.length === 1);
  const idle = await Subscription.to(second, 'q');
  first.sendToQueue('q', Buffer.from('other'), { headers: { order: 'another' } });
  await until(() => idle.messages.length === 1);
  expect(idle.messages[0]?.content.toString()).toBe('other');
  // Cancelled, a consumer still has what it has not settled, and so has its order.
  await first.cancel(busy.consumerTag);
  second.ack(idle.messages[0] as ConsumeMessage);
  first.nack(busy.messages[0] as ConsumeMessage);
  await until(() => idle.messages.length === 2);
  second.ack(idle.messages[1] as ConsumeMessage);
  await until(() => idle.messages.length === 3);
  const came = idle.messages.slice(1).map(({ content, fields }) => `${content} ${fields.redelivered}`);
  expect(came).toEqual(['0 true', '1 false']);
});

test.each([
  [{ 'x-group-by': 'property:priority' }, `: unsupported property 'priority'`],
  [{ 'x-group-by': 'property:type', 'x-max-priority': 5 }, `: contradicts 'x-max-priority'`],
  [{ 'x-group-by': 'a', 'x-single-active-consumer': true }, `: contradicts 'x-single-active-consumer'`],
  [{ 'x-group-by': 'a', 'x-queue-type': 'quorum' }, ' of queue type rabbit_quorum_queue'],
])('%j is refused', async (table, problem) => {
  const channel = await channelTo(await broker(), 1);
  const told = await refusal(channel, (on) => on.assertQueue('q', { arguments: table }));
  expect(told).toContain(`PRECONDITION_FAILED - invalid arg 'x-group-by' for queue 'q' in vhost '/'${problem}`);
});

test('it has to be the same when the queue is declared again, and basic.get is refused', async () => {
  const running = await broker();
  const channel = await channelTo(running, 1);
  await channel.assertQueue('q', { arguments: BY_HEADER });
  await channel.assertQueue('q', { arguments: BY_HEADER });
  const other = await channelTo(running, 1);
  expect(await refusal(other, (on) => on.assertQueue('q', { arguments: { 'x-group-by': 'header:a' } }))).toContain(
    `inequivalent arg 'x-group-by' for queue 'q' in vhost '/': received 'header:a' but current is 'header:order'`,
  );
  expect(await refusal(channel, (on) => on.get('q'))).toContain(
    `cannot obtain access to locked queue 'q' in vhost '/'. basic.get operations are not supported by <<classic>> queues with message groups`,
  );
});

test('after kill -9 groups go on where they were, in order', { timeout: 30_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-groups-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const before = await startDaemon(dataDir);
  const publisher = await (await connection(before.url)).createConfirmChannel();
  await publisher.assertQueue('q', { arguments: BY_HEADER });
  sendSteps(publisher, 5, 10, true);
  await publisher.waitForConfirms();
  const consumer = await (await connection(before.url)).createConfirmChannel();
  consumer.on('error', () => {});
  await consumer.prefetch(7);
  const held = await Subscription.to(consumer, 'q');
  await until(() => held.messages.length === 7);
  for (const message of held.messages.slice(0, 5)) consumer.ack(message);
  await until(() => held.messages.length === 12);
  before.child.kill('SIGKILL');
  await once(before.child, 'exit');

  const after = await startDaemon(dataDir);
  const channels = await Promise.all([1, 2].map(async () => (await connection(after.url)).createChannel()));
  const subscriptions = await Promise.all(
    channels.map(async (channel) => {
      await channel.prefetch(100);
      return Subscription.to(channel, 'q');
    }),
  );
  const count = (): number => subscriptions.reduce((sum, { messages }) => sum + messages.length, 0);
  // What was acknowledged in the last moment may come again.
  await until(() => count() >= 45);
  const seen = new Map<number, { readonly by: object; readonly steps: number[] }>();
  for (const subscription of subscriptions) {
    for (const message of subscription.messages) {
      const order = orderOf(message);
      const known = seen.get(order) ?? { by: subscription, steps: [] };
      expect(known.by).toBe(subscription);
      seen.set(order, known);
      known.steps.push(Number(message.content));
    }
  }
  expect(seen.size).toBe(5);
  for (const { steps } of seen.values()) {
    const from = steps[0] as number;
    expect(from).toBeLessThanOrEqual(1);
    expect(steps).toEqual(Array.from({ length: 10 - from }, (_, index) => from + index));
  }
});

async function connection(url: string): Promise<ChannelModel> {
  const connected = await connect(url);
  connected.on('error', () => {});
  return connected;
}
