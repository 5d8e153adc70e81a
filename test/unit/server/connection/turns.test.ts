import { expect, test } from 'vitest';
import { HEARTBEAT_FRAME } from '../../../../src/codec/frames.ts';
import type { VirtualHost } from '../../../../src/core/vhost.ts';
import type { Server } from '../../../../src/server/server.ts';
import { BusyClock, bodies, clientOf, messages, settled } from '../../../support/busy_client.ts';
import { FakeClient, frameOf, handshakeBytes } from '../../../support/fake_client.ts';
import { testServer } from '../../../support/test_server.ts';

function queuesOf(server: Server): ReadonlyMap<string, unknown> {
  return (server.vhosts.get('/') as { queues: ReadonlyMap<string, unknown> }).queues;
}

/** More than is returned to a queue in one turn. */
const MANY = 12_000;

const DECLARES = Array.from({ length: 100 }, (_, index) => frameOf(1, 'queue.declare', { queue: `q${index}` }));

test('a client that asks for very much at once does not stall the others: each has its turn', async () => {
  const server = testServer(new BusyClock());
  const [busy, other] = [new FakeClient(server), new FakeClient(server)];
  busy.chunk(handshakeBytes());
  other.chunk(handshakeBytes());
  await busy.seen();
  const { queues } = [...server.vhosts.values()][0] as { queues: ReadonlyMap<string, unknown> };
  busy.chunk(Buffer.concat(DECLARES));
  expect(queues.size).toBeLessThan(20);
  expect(busy.socket.paused).toBe(true);
  other.send(1, 'queue.declare', { queue: 'other' });
  expect(queues.has('other')).toBe(true);
  while (queues.size < DECLARES.length + 1) await new Promise(setImmediate);
  const answers = (await busy.seen()).filter((line) => line.includes('queue.declare-ok'));
  expect(answers.map((line) => /q\d+/.exec(line)?.[0])).toEqual(DECLARES.map((_, index) => `q${index}`));
  expect(busy.socket.paused).toBe(false);
});

test('very many handshakes at once take several turns, and who is logged in is heard in each', async () => {
  const server = testServer(new BusyClock());
  const other = await clientOf(server);
  const many = Array.from({ length: 100 }, () => new FakeClient(server));
  for (const client of many) client.chunk(handshakeBytes());
  const loggedIn = (): number => [...server.connections].filter(({ phase }) => phase.name === 'running').length;
  expect(loggedIn()).toBeLessThan(many.length / 2);
  other.send(1, 'queue.declare', { queue: 'other' });
  expect(queuesOf(server).has('other')).toBe(true);
  for (const client of many) await settled(client);
  expect(loggedIn()).toBe(many.length + 1);
});

test('what comes while a client waits for its next turn is kept', async () => {
  const server = testServer(new BusyClock());
  const client = new FakeClient(server);
  client.chunk(handshakeBytes());
  await client.seen();
  client.chunk(Buffer.concat(DECLARES));
  client.send(1, 'queue.delete', { queue: 'q0' });
  const { queues } = [...server.vhosts.values()][0] as { queues: ReadonlyMap<string, unknown> };
  while (!queues.has('q99')) await new Promise(setImmediate);
  await client.seen();
  expect(queues.has('q0')).toBe(false);
  expect(queues.size).toBe(99);
});

test('what takes no time each, but is very much, is broken off in the middle of a chunk', async () => {
  const server = testServer(new BusyClock());
  const [busy, other] = [await clientOf(server), await clientOf(server)];
  const heartbeats = Buffer.alloc(HEARTBEAT_FRAME.length * 100_000, HEARTBEAT_FRAME);
  busy.chunk(Buffer.concat([heartbeats, frameOf(1, 'queue.declare', { queue: 'late' })]));
  expect(busy.socket.paused).toBe(true);
  other.send(1, 'queue.declare', { queue: 'early' });
  expect([...queuesOf(server).keys()]).toEqual(['early']);
  while (!queuesOf(server).has('late')) await new Promise(setImmediate);
  expect(busy.socket.paused).toBe(false);
});

test('the exclusive queues of a connection go over several turns, and it hears close-ok when all are gone', async () => {
  const server = testServer(new BusyClock());
  const [busy, other] = [await clientOf(server), await clientOf(server)];
  const names = DECLARES.map((_, index) => `q${index}`);
  busy.chunk(Buffer.concat(names.map((queue) => frameOf(1, 'queue.declare', { queue, exclusive: true }))));
  while (queuesOf(server).size < names.length) await new Promise(setImmediate);
  await settled(busy);
  busy.send(0, 'connection.close');
  expect(queuesOf(server).size).toBeGreaterThan(names.length / 2);
  other.send(1, 'queue.declare', { queue: 'other' });
  expect(queuesOf(server).has('other')).toBe(true);
  while (!(await busy.seen()).join().includes('connection.close-ok'));
  expect([...queuesOf(server).keys()]).toEqual(['other']);
  expect(busy.connection.phase.name).toBe('closed');
});

test('very many deliveries that are recovered are all delivered again, in order, before anything behind them', async () => {
  const server = testServer(new BusyClock());
  const client = await clientOf(server);
  client.send(1, 'queue.declare', { queue: 'q' });
  client.chunk(messages('q', 0, MANY));
  client.send(1, 'basic.consume', { queue: 'q', consumerTag: 'c' });
  expect(bodies(await settled(client))).toHaveLength(MANY);
  client.send(1, 'basic.recover', { requeue: true });
  expect(client.connection.held, 'it waits for the answer').toBe(true);
  const other = await clientOf(server);
  other.chunk(messages('q', MANY, 5));
  const lines = await settled(client);
  expect(bodies(lines)).toEqual(Array.from({ length: MANY + 5 }, (_, index) => index));
  expect(lines.filter((line) => line.includes('recover-ok'))).toHaveLength(1);
});

test('what a lost channel had in very great number comes before what is behind it, to whoever asks for it', async () => {
  const server = testServer(new BusyClock());
  const [lost, other] = [await clientOf(server), await clientOf(server)];
  lost.send(1, 'queue.declare', { queue: 'q' });
  lost.chunk(messages('q', 0, MANY));
  lost.send(1, 'basic.consume', { queue: 'q', consumerTag: 'c' });
  await settled(lost);
  other.chunk(messages('q', MANY, 5));
  const { departing } = server.vhosts.get('/') as VirtualHost;
  lost.send(1, 'channel.close');
  expect(departing.size).toBe(1);
  other.send(1, 'basic.get', { queue: 'q', noAck: true });
  other.send(1, 'basic.consume', { queue: 'q', consumerTag: 'd', noAck: true });
  expect(bodies(await settled(other))).toEqual(Array.from({ length: MANY + 5 }, (_, index) => index));
  expect(departing.size).toBe(0);
});
