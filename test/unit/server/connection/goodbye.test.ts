import { expect, test } from 'vitest';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { FakeClient, handshakeBytes } from '../../../support/fake_client.ts';
import { testServer } from '../../../support/test_server.ts';

async function goodbye(): Promise<{ clock: ManualClock; client: FakeClient }> {
  const clock = new ManualClock();
  const client = new FakeClient(testServer(clock));
  client.chunk(handshakeBytes());
  await client.seen();
  client.send(0, 'connection.close');
  expect(await client.seen()).toEqual(['0 connection.close-ok']);
  return { clock, client };
}

// Go's client, for one, reads the end on another goroutine than close-ok, and calls the one that it heeds first the outcome.
test('a client that says goodbye does not find its socket at its end before it has read close-ok', async () => {
  const { clock, client } = await goodbye();
  clock.advance(29_000);
  expect([client.socket.ended, client.socket.destroyed, client.socket.paused]).toEqual([false, false, false]);
  client.socket.emit('end');
  await client.seen();
  expect(client.socket.destroyed).toBe(true);
});

test('a client that says goodbye and does not go is sent away after half a minute', async () => {
  const { clock, client } = await goodbye();
  clock.advance(31_000);
  expect(client.socket.destroyed).toBe(true);
});

test('what a client sends behind its goodbye is not heeded', async () => {
  const { client } = await goodbye();
  client.send(0, 'connection.close');
  client.send(1, 'queue.declare', { queue: 'late' });
  client.chunk(Buffer.from('anything'));
  expect(await client.seen()).toEqual([]);
  expect(client.connection.server.vhosts.get('/')?.queues.has('late')).toBe(false);
});

test('a broker that stops does not wait for a client that said goodbye and has not gone', async () => {
  const { clock, client } = await goodbye();
  client.connection.forceClose('shutdown');
  expect(client.socket.ended).toBe(true);
  clock.advance(4_000);
  expect(client.socket.destroyed).toBe(true);
});
