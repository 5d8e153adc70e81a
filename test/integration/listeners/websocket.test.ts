import { once } from 'node:events';
import { connect } from 'node:net';
import { type AMQPMessage, AMQPWebSocketClient } from '@cloudamqp/amqp-client';
import { beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Broker, BrokerOptions } from '../../../src/index.ts';
import { closing, startBroker, until } from '../../support/broker.ts';
import { certificates, tlsFiles } from '../../support/certificates.ts';
import { frameOf, handshakeBytes } from '../../support/fake_client.ts';
import { keptLog } from '../../support/kept_log.ts';
import { confirmChannelOn, connectTo, depth } from '../amqplib/support.ts';

// What browsers have, and Node only from version 22 on.
beforeAll(() => {
  Object.assign(globalThis, { WebSocket });
});

function webBroker(given: BrokerOptions = {}): Promise<Broker> {
  return startBroker({ webSocketPort: 0, ...given });
}

function urlOf(broker: Broker): string {
  return `ws://127.0.0.1:${broker.webSocketPort}/ws/amqp`;
}

async function socketTo(broker: Broker, protocols: string[] = []): Promise<WebSocket> {
  const socket = new WebSocket(urlOf(broker), protocols);
  closing({ close: () => socket.terminate() });
  await once(socket, 'open');
  socket.on('error', () => {});
  return socket;
}

test("the browser's client publishes and consumes, small and large", async () => {
  const broker = await webBroker();
  const client = new AMQPWebSocketClient({ url: urlOf(broker), username: 'guest', password: 'guest' });
  const connection = closing(await client.connect());
  const channel = await connection.channel();
  await channel.confirmSelect();
  await channel.queueDeclare('q');
  const sizes: number[] = [];
  await channel.basicConsume('q', { noAck: false }, async (message: AMQPMessage) => {
    sizes.push(message.bodySize);
    await message.ack();
  });
  const wanted = [1, 1_000, 100_000, 3_000_000];
  for (const size of wanted) await channel.basicPublish('', 'q', new Uint8Array(size));
  await until(() => sizes.length === wanted.length);
  expect(sizes).toEqual(wanted);
  await expect(channel.queueDeclare('amq.mine')).rejects.toThrow('ACCESS_REFUSED');
});

test('the sub-protocol is amqp, or none', async () => {
  const broker = await webBroker();
  expect((await socketTo(broker, ['amqp'])).protocol).toBe('amqp');
  expect((await socketTo(broker)).protocol).toBe('');
  await expect(socketTo(broker, ['mqtt'])).rejects.toThrow('no subprotocol');
});

test('a frame may be cut into messages anywhere', async () => {
  const broker = await webBroker();
  const socket = await socketTo(broker);
  let came = '';
  socket.on('message', (data: Buffer) => {
    came += data.toString('hex');
  });
  for (const byte of handshakeBytes()) socket.send(Buffer.of(byte));
  await until(() => came.includes('0014000b'));
});

test('a plain request is told what is spoken here, and an endless one is cut off', async () => {
  const broker = await webBroker({ handshakeTimeoutMs: 300 });
  const response = await fetch(`http://127.0.0.1:${broker.webSocketPort}/`);
  expect([response.status, await response.text()]).toEqual([426, 'AMQP 0-9-1 is spoken here, over WebSocket.\n']);
  const endless = connect(broker.webSocketPort ?? 0, '127.0.0.1');
  endless.on('error', () => {});
  endless.write('GET / HTTP/1.1\r\nHost: hare\r\n');
  await once(endless, 'close');
});

test('a message that could not be taken closes the connection, and nothing else', async () => {
  const broker = await webBroker({ maxMessageSizeBytes: 1024 * 1024 });
  const other = await socketTo(broker);
  const socket = await socketTo(broker);
  socket.send(handshakeBytes());
  await once(socket, 'message');
  socket.send(Buffer.alloc(3 * 1024 * 1024));
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1009);
  expect(other.readyState).toBe(WebSocket.OPEN);
});

test('a client that has not logged in may not send much', async () => {
  const { logger, lines } = keptLog();
  const broker = await webBroker({ logger });
  const socket = await socketTo(broker);
  const closed = once(socket, 'close');
  socket.send(Buffer.alloc(2 * 1024 * 1024));
  await closed;
  const warned = lines.filter(({ level }) => level === 'warn');
  expect(warned.map(({ message }) => message)).toEqual(['too much from a client that is not logged in']);
});

test('a consumer that does not read costs bounded memory', async () => {
  const broker = await webBroker();
  const { connection } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  await channel.assertQueue('deaf');
  const deaf = await socketTo(broker);
  deaf.pause();
  deaf.send(Buffer.concat([handshakeBytes(), frameOf(1, 'basic.consume', { queue: 'deaf', noAck: true })]));
  await until(async () => (await channel.checkQueue('deaf')).consumerCount === 1);
  for (let i = 0; i < 30; i++) {
    for (let j = 0; j < 1_000; j++) channel.sendToQueue('deaf', Buffer.alloc(1_000));
    await channel.waitForConfirms();
  }
  expect(await depth(channel, 'deaf')).toBeGreaterThan(15_000);
  deaf.resume();
  await until(async () => (await depth(channel, 'deaf')) === 0, 10_000);
});

test('the client comes from where its socket does, over TLS too, and its end is noticed', async () => {
  const { logger, lines } = keptLog();
  const broker = await webBroker({ logger, tls: { ...tlsFiles(), port: false }, webSocketTlsPort: 0 });
  expect(broker.tlsPort).toBe(undefined);
  const url = `wss://localhost:${broker.webSocketTlsPort}`;
  const socket = new WebSocket(url, 'amqp', { ca: certificates().authority.cert });
  await once(socket, 'open');
  socket.send(handshakeBytes());
  await until(() => lines.some(({ message }) => message === 'connection authenticated'));
  expect(lines.at(-1)?.fields['peer']).toMatch(/^(::ffff:)?127\.0\.0\.1:\d+$/);
  socket.close();
  await until(() => lines.some(({ message }) => message === 'connection closed'));
});
