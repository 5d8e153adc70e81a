import { expect, test } from 'vitest';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { FakeClient, handshakeBytes } from '../../../support/fake_client.ts';
import { frame } from '../../../support/raw_bytes.ts';
import { testServer } from '../../../support/test_server.ts';

const HEARTBEAT = frame({ type: 8, channel: 0, payload: new Uint8Array() });

async function connected(heartbeat: number): Promise<{ clock: ManualClock; client: FakeClient }> {
  const clock = new ManualClock();
  const client = new FakeClient(testServer(clock));
  client.chunk(handshakeBytes({ heartbeat }));
  await client.seen();
  return { clock, client };
}

test('an idle client is sent a heartbeat every half interval', async () => {
  const { clock, client } = await connected(10);
  const beats: number[] = [];
  for (let second = 1; second <= 40; second++) {
    clock.advance(1_000);
    client.chunk(HEARTBEAT);
    if ((await client.seen()).length > 0) beats.push(second);
  }
  // The first check finds the handshake's own bytes.
  expect(beats).toEqual([10, 15, 20, 25, 30, 35, 40]);
});

test('a client that is being sent other things needs no heartbeat', async () => {
  const { clock, client } = await connected(10);
  for (let second = 1; second <= 40; second++) {
    clock.advance(1_000);
    client.send(1, 'basic.qos');
    expect(await client.seen()).toEqual(['1 basic.qos-ok']);
  }
});

test('a silent client is dropped after two intervals and a half at most, without a word', async () => {
  const { clock, client } = await connected(10);
  clock.advance(20_000);
  expect(client.socket.destroyed).toBe(false);
  clock.advance(5_500);
  expect(client.socket.destroyed).toBe(true);
  expect((await client.seen()).filter((line) => !line.includes('heartbeat'))).toEqual([]);
});

test('a silent client with the shortest heartbeat there is, a second, is dropped in less than three', async () => {
  const { clock, client } = await connected(1);
  clock.advance(2_000);
  expect(client.socket.destroyed).toBe(false);
  clock.advance(990);
  expect(client.socket.destroyed).toBe(true);
});

test('anything that comes keeps a client alive, even part of a frame', async () => {
  const { clock, client } = await connected(10);
  for (const byte of HEARTBEAT) {
    clock.advance(19_000);
    client.chunk(Uint8Array.of(byte));
  }
  expect(client.socket.destroyed).toBe(false);
});

test('a client that asked for no heartbeat gets none and may be silent', async () => {
  const { clock, client } = await connected(0);
  clock.advance(100_000_000);
  expect(client.socket.destroyed).toBe(false);
  expect(await client.seen()).toEqual([]);
});

test('a client that sends but does not read does not make heartbeats pile up', async () => {
  const { clock, client } = await connected(10);
  client.socket.takesAtOnce = false;
  for (let i = 0; i < 10_000; i++) {
    clock.advance(5_000);
    client.chunk(HEARTBEAT);
  }
  await client.seen();
  expect(client.socket.writableLength).toBeLessThan(100);
});

test('a held publisher is not missed', async () => {
  const { clock, client } = await connected(10);
  client.connection.holdPublisher();
  clock.advance(1_000_000);
  expect(client.socket.destroyed).toBe(false);
  client.connection.releasePublisher();
  await client.seen();
  clock.advance(31_000);
  expect(client.socket.destroyed).toBe(true);
});

test('a client that does not finish its handshake in time is dropped', async () => {
  const clock = new ManualClock();
  const client = new FakeClient(testServer(clock));
  client.chunk(handshakeBytes().subarray(0, 20));
  clock.advance(9_900);
  expect(client.socket.destroyed).toBe(false);
  clock.advance(500);
  expect(client.socket.destroyed).toBe(true);
});

test('a client that does not answer connection.close is dropped in time', async () => {
  const { clock, client } = await connected(0);
  client.connection.forceClose('test');
  expect((await client.seen()).join()).toMatch(/connection.close .*320/);
  clock.advance(2_900);
  expect(client.socket.destroyed).toBe(false);
  clock.advance(500);
  expect(client.socket.destroyed).toBe(true);
});
