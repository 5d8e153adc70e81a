import { expect, test } from 'vitest';
import { type BrokerOptions, ManualClock } from '../../src/index.ts';
import { dial, open, startBroker } from '../support/broker.ts';

test.each([
  ['a later version', Buffer.from('AMQP\0\0\x0a\0', 'latin1')],
  ['AMQP 1.0', Buffer.from('AMQP\0\x01\0\0', 'latin1')],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: hare\r\n\r\n')],
  ['TLS', Buffer.from([0x16, 3, 1, 2, 0, 1, 0])],
])('%s is told which protocol is spoken here', async (_what, bytes) => {
  const broker = await startBroker();
  const { client, transcript } = await dial(broker);
  client.raw(bytes, 'x');
  await client.end();
  expect(transcript.slice(1)).toEqual(['< AMQP 0 0 9 1', '< dropped']);
});

test('a client that says nothing is dropped when its time is over', async () => {
  const clock = new ManualClock();
  const broker = await startBroker({ clock, handshakeTimeoutMs: 5_000 });
  const { client, transcript } = await dial(broker);
  client.header();
  await client.answer(0, ['connection.start']);
  clock.advance(5_500);
  await client.end();
  expect(transcript.at(-1)).toBe('< dropped');
});

test.each([
  [{ frameMax: 4095 }, 'negotiated frame_max = 4095 is lower than the minimum allowed value (4096)'],
  [{ frameMax: 131_073 }, 'negotiated frame_max = 131073 is higher than the maximum allowed value (131072)'],
  [{ frameMax: 0 }, 'negotiated frame_max = 0 is higher than the maximum allowed value (131072)'],
  [{ channelMax: 2048 }, 'negotiated channel_max = 2048 is higher than the maximum allowed value (2047)'],
])('tuning to %j is refused with 530', async (tune, text) => {
  const broker = await startBroker();
  const { client, transcript } = await dial(broker);
  client.header();
  await client.answer(0, ['connection.start']);
  await client.call(0, 'connection.start-ok');
  client.send(0, 'connection.tune-ok', tune);
  await client.answer(0, []);
  expect(transcript.at(-1)).toContain(`replyCode:530, replyText:'NOT_ALLOWED - ${text}'`);
});

test('as many channels as agreed may be open, whatever their numbers, and one more is refused', async () => {
  const broker = await startBroker({ channelMax: 3 });
  const { client, transcript } = await open(broker, { tune: { channelMax: 3 } });
  await client.call(7, 'channel.open');
  await client.call(65_535, 'channel.open');
  await client.call(7, 'channel.close');
  await client.call(9, 'channel.open');
  await client.call(10, 'channel.open');
  expect(transcript.at(-1)).toContain(
    "replyCode:530, replyText:'NOT_ALLOWED - number of channels opened (3) has reached the negotiated channel_max (3)'",
  );
});

test('anonymous logins are let in only where the operator says so', async () => {
  const anonymous = { mechanism: 'ANONYMOUS', response: Buffer.alloc(0) };
  const { client } = await open(await startBroker({ allowAnonymous: true }), { startOk: anonymous });
  expect((await client.call(1, 'queue.declare', { queue: 'q' }))?.name).toBe('queue.declare-ok');
  const refused = await dial(await startBroker());
  refused.client.header();
  await refused.client.answer(0, ['connection.start']);
  await refused.client.call(0, 'connection.start-ok', anonymous);
  expect(refused.transcript.at(-1)).toContain('replyCode:503');
});

/** What comes of an anonymous login. */
async function anonymousLogin(options: BrokerOptions): Promise<string | undefined> {
  const broker = await startBroker({ allowAnonymous: true, defaultUserTags: [], ...options });
  const { client } = await dial(broker);
  client.header();
  await client.answer(0, ['connection.start']);
  const startOk = { mechanism: 'ANONYMOUS', response: Buffer.alloc(0) };
  return (await client.call(0, 'connection.start-ok', startOk))?.name;
}

test('anonymous logins are those of whom the operator names, if he has the password that goes with it', async () => {
  expect(await anonymousLogin({ anonymousUser: 'guest' })).toBe('connection.tune');
  expect(await anonymousLogin({ anonymousUser: 'guest', anonymousPassword: 'guest' })).toBe('connection.tune');
  expect(await anonymousLogin({ anonymousUser: 'guest', anonymousPassword: 'other' })).toBeUndefined();
  expect(await anonymousLogin({ anonymousUser: 'nobody' })).toBeUndefined();
});

test('where anonymous logins are of nobody, the mechanism is not offered', async () => {
  const { client, transcript } = await dial(
    await startBroker({ allowAnonymous: true, authMechanisms: ['PLAIN', 'ANONYMOUS'], anonymousUser: false }),
  );
  client.header();
  await client.answer(0, ['connection.start']);
  expect(transcript.join()).toContain('PLAIN');
  expect(transcript.join()).not.toContain('ANONYMOUS');
});

test('a new secret is taken note of', async () => {
  const { client } = await open(await startBroker());
  const answer = await client.call(0, 'connection.update-secret', { newSecret: Buffer.from('x'), reason: 'expired' });
  expect(answer?.name).toBe('connection.update-secret-ok');
});
