import { once } from 'node:events';
import { connect as dial, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { type Broker, ManualClock } from '../../src/index.ts';
import { closing, startBroker, until } from '../support/broker.ts';
import { frameOf, handshakeBytes } from '../support/fake_client.ts';
import { channelOn, confirmChannelOn, connectTo, depth, Subscription, send, settled } from './amqplib/support.ts';

const MIB = 1024 * 1024;

/** A client that sends `frames` behind its handshake and reads not one byte of what comes back. */
async function deafClient(broker: Broker, ...frames: readonly Buffer[]): Promise<Socket> {
  const socket = dial(broker.port, broker.host);
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.pause();
  socket.write(Buffer.concat([handshakeBytes(), ...frames]));
  closing({ close: () => socket.destroy() });
  return socket;
}

test('a consumer that does not read costs bounded memory, leaves the rest in the queue, and slows nobody', async () => {
  const broker = await startBroker();
  const { connection } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  await channel.assertQueue('deaf');
  await channel.assertQueue('other');
  const deaf = await deafClient(broker, frameOf(1, 'basic.consume', { queue: 'deaf', noAck: true }));
  await until(async () => (await channel.checkQueue('deaf')).consumerCount === 1);
  for (let i = 0; i < 40; i++) {
    for (let j = 0; j < 1_000; j++) channel.sendToQueue('deaf', Buffer.alloc(1_000));
    await channel.waitForConfirms();
  }
  // 40 MB were published; the kernel's buffers take a few, and the broker holds back well under one for the deaf one.
  const left = await depth(channel, 'deaf');
  expect(left).toBeGreaterThan(20_000);
  const subscription = await Subscription.to(channel, 'other', { noAck: true });
  const started = performance.now();
  send(channel, 'other', ...Array.from({ length: 2_000 }, (_, index) => index));
  await subscription.received(2_000);
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(await depth(channel, 'deaf')).toBe(left);
  deaf.resume();
  await until(async () => (await depth(channel, 'deaf')) === 0, 10_000);
});

test('a client that asks and asks and never reads is not read any more', async () => {
  const broker = await startBroker();
  const { connection } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  await channel.assertQueue('q');
  for (let i = 0; i < 60; i++) channel.sendToQueue('q', Buffer.alloc(MIB));
  await channel.waitForConfirms();
  const gets = Array.from({ length: 60 }, () => frameOf(1, 'basic.get', { queue: 'q', noAck: true }));
  const deaf = await deafClient(broker, ...gets);
  await settled(channel);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await depth(channel, 'q')).toBeGreaterThan(30);
  deaf.resume();
  await until(async () => (await depth(channel, 'q')) === 0, 10_000);
});

test('a broker whose publishers are held still closes at once, and tells them', async () => {
  const broker = await startBroker({ clock: new ManualClock(), memoryLimitBytes: 4 * MIB });
  const { connection } = await connectTo(broker);
  const told = new Promise<Error>((resolve) => connection.once('close', resolve));
  let blocked = false;
  connection.on('blocked', () => {
    blocked = true;
  });
  const channel = await channelOn(connection);
  await channel.assertQueue('q');
  for (let i = 0; i < 12; i++) channel.sendToQueue('q', Buffer.alloc(MIB));
  await until(() => blocked);
  const started = performance.now();
  await broker.close();
  expect(performance.now() - started).toBeLessThan(1_500);
  expect((await told).message).toContain('CONNECTION_FORCED');
});

test('one busy publisher does not starve the others', async () => {
  const broker = await startBroker();
  const busy = await connectTo(broker);
  const flood = await channelOn(busy.connection);
  await flood.assertQueue('flood');
  await flood.consume('flood', () => {}, { noAck: true });
  let flooding = true;
  const pump = (): void => {
    if (!flooding) return;
    for (let i = 0; i < 200; i++) flood.sendToQueue('flood', Buffer.alloc(1_000));
    setTimeout(pump, 1);
  };
  pump();
  const { connection } = await connectTo(broker);
  const channel = await channelOn(connection);
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    const started = performance.now();
    await settled(channel);
    times.push(performance.now() - started);
  }
  flooding = false;
  times.sort((left, right) => left - right);
  expect(times[25]).toBeLessThan(100);
});
