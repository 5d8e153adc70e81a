import { type ChannelModel, type ConsumeMessage, connect } from 'amqplib';
import { beforeAll, expect, test } from 'vitest';
import { fromPlain } from '../../src/codec/table.ts';
import { type Broker, type BrokerOptions, ManualClock } from '../../src/index.ts';
import { closing, dial, open, startBroker, until } from '../support/broker.ts';
import { keptLog } from '../support/kept_log.ts';
import { Issuer } from '../support/tokens.ts';
import { channelOn, refusal } from './amqplib/support.ts';

const EVERYTHING = 'leveret.configure:*/* leveret.write:*/* leveret.read:*/*';

const CANCELS = fromPlain({ capabilities: { consumer_cancel_notify: true } });

let issuer: Issuer;
beforeAll(() => {
  issuer = new Issuer();
});

async function tokenBroker(given: BrokerOptions = {}) {
  const { logger, lines } = keptLog();
  const oauth2 = { resourceServerId: 'leveret', signingKeys: { 'key-1': issuer.pem } };
  return { broker: await startBroker({ logger, oauth2, ...given }), lines };
}

async function login(broker: Broker, claims: Record<string, unknown>, vhost = ''): Promise<ChannelModel> {
  const token = await issuer.token(claims);
  const connection = closing(await connect(`amqp://ignored:${token}@${broker.host}:${broker.port}${vhost}`));
  connection.on('error', () => {});
  return connection;
}

test('a token is a password, and its scopes are what its user may do', async () => {
  const { broker, lines } = await tokenBroker();
  const scope = 'leveret.configure:%2F/orders* leveret.read:*/orders* leveret.write:*/amq.default';
  const connection = await login(broker, { scope });
  expect(lines.at(-1)?.fields).toMatchObject({ user: 'hare' });
  const channel = await channelOn(connection);
  await channel.assertQueue('orders.new');
  channel.sendToQueue('orders.new', Buffer.from('x'));
  await until(async () => (await channel.get('orders.new', { noAck: true })) !== false);
  expect(await refusal(channel, (it) => it.assertQueue('other'))).toContain(
    "configure access to queue 'other' in vhost '/' refused for user 'hare'",
  );
});

test('a topic exchange needs a pattern for routing keys', async () => {
  const { broker } = await tokenBroker();
  const plain = await channelOn(await login(broker, { scope: EVERYTHING }));
  const offence = await refusal(plain, (it) => it.publish('amq.topic', 'a.b', Buffer.alloc(0)));
  expect(offence).toContain("write access to topic 'a.b' in exchange 'amq.topic' in vhost '/' refused for user 'hare'");
  const scoped = await channelOn(await login(broker, { scope: `${EVERYTHING} leveret.write:*/*/a.*` }));
  scoped.publish('amq.topic', 'a.b', Buffer.alloc(0));
  expect(await refusal(scoped, (it) => it.publish('amq.topic', 'b.b', Buffer.alloc(0)))).toContain("topic 'b.b'");
});

test('a virtual host that no scope is about is refused', async () => {
  const { broker } = await tokenBroker();
  const response = Buffer.from(`\0\0${await issuer.token({ scope: 'leveret.read:elsewhere/*' })}`);
  const { client, transcript } = await dial(broker);
  client.header();
  await client.answer(0, ['connection.start']);
  await client.call(0, 'connection.start-ok', { response });
  client.send(0, 'connection.tune-ok');
  await client.call(0, 'connection.open');
  expect(transcript.at(-1)).toContain("NOT_ALLOWED - access to vhost '/' refused for user 'hare'");
});

test('users of the broker come in with their passwords beside tokens, unless only tokens are taken', async () => {
  const both = await tokenBroker();
  closing(await connect(both.broker.url));
  const { broker, lines } = await tokenBroker({ authBackends: ['oauth2'] });
  await expect(connect(broker.url)).rejects.toThrow(/ACCESS.REFUSED/);
  expect(lines.find(({ message }) => message === 'login refused')?.fields['reason']).toMatch(/Compact JWS/);
  await login(broker, { scope: EVERYTHING });
});

test('a token that is not believed is refused, and nobody is told why but the log', async () => {
  const { broker, lines } = await tokenBroker();
  await expect(login(broker, { scope: EVERYTHING, aud: 'other' })).rejects.toThrow(
    /ACCESS.REFUSED - Login was refused/,
  );
  const { fields } = lines.find(({ message }) => message === 'login refused') ?? {};
  expect(fields).toMatchObject({
    user: 'ignored',
    reason: expect.stringContaining('the token is for another audience'),
  });
  expect(JSON.stringify(lines)).not.toContain('eyJ');
});

test('tags come as scopes', async () => {
  const { broker } = await tokenBroker();
  const send = async (scope: string): Promise<ChannelModel> => {
    const connection = await login(broker, { scope });
    const channel = await channelOn(connection);
    channel.publish('', 'nowhere', Buffer.alloc(0), { userId: 'somebody' });
    await channel.checkExchange('amq.direct');
    return connection;
  };
  await send(`${EVERYTHING} leveret.tag:impersonator`);
  await expect(send(EVERYTHING)).rejects.toThrow(/user_id property set to 'somebody'/);
});

/** A broker on a clock that stands still, and a connection whose token ends a minute from now. */
async function shortLived() {
  const clock = new ManualClock(Date.now());
  const { broker, lines } = await tokenBroker({ clock, heartbeatSeconds: 0 });
  const seconds = Math.floor(clock.nowMs() / 1000);
  const tokenFor = (claims: Record<string, unknown> = {}) =>
    issuer.token({ scope: EVERYTHING, exp: seconds + 600, ...claims });
  const token = await tokenFor({ exp: seconds + 60 });
  const response = Buffer.from(`\0\0${token}`);
  const { client, transcript } = await open(broker, { startOk: { clientProperties: CANCELS, response } });
  const renew = async (newSecret: string) =>
    client.call(0, 'connection.update-secret', { newSecret: Buffer.from(newSecret), reason: 'soon over' });
  return { broker, clock, client, transcript, lines, tokenFor, renew };
}

test('a connection ends with its token', async () => {
  const { clock, client, transcript, lines } = await shortLived();
  clock.advance(58_000);
  await client.call(1, 'queue.declare', { queue: 'q' });
  clock.advance(3_000);
  await client.end();
  expect(lines.map(({ message }) => message)).toContain('the token of a connection has expired');
  expect(transcript.join('\n')).toContain("replyCode:320, replyText:'CONNECTION_FORCED - credential expired'");
});

test('a new token has the connection go on', async () => {
  const { clock, client, tokenFor, renew, lines } = await shortLived();
  expect((await renew(await tokenFor()))?.name).toBe('connection.update-secret-ok');
  clock.advance(120_000);
  expect((await client.call(1, 'queue.declare', { queue: 'q' }))?.name).toBe('queue.declare-ok');
  expect(lines.at(-1)).toMatchObject({ message: 'secret updated', fields: { user: 'hare', reason: 'soon over' } });
});

test.each([
  ['for another user', { sub: 'hound' }, 'New secret was refused by one of the backends'],
  ['for another audience', { aud: 'other' }, 'New secret was refused by one of the backends'],
  ['without the virtual host', { scope: '' }, "access to vhost '/' refused for user 'hare'"],
])('a new token %s closes the connection', async (_what, claims, text) => {
  const { transcript, tokenFor, renew } = await shortLived();
  await renew(await tokenFor(claims));
  expect(transcript.at(-1)).toContain(`replyCode:530, replyText:`);
  expect(transcript.at(-1)).toContain(text);
});

test('what a new token does not allow is over: consumers are cancelled, remembered routes are checked again', async () => {
  const { client, transcript, tokenFor, renew } = await shortLived();
  await client.call(1, 'queue.declare', { queue: 'kept' });
  await client.call(1, 'queue.declare', { queue: 'lost' });
  await client.call(1, 'basic.consume', { queue: 'kept', consumerTag: 'k' });
  await client.call(1, 'basic.consume', { queue: 'lost', consumerTag: 'l' });
  const publish = (): void => {
    client.send(1, 'basic.publish', { exchange: '', routingKey: 'nowhere' });
    client.sendContent(1, {}, []);
  };
  publish();
  await renew(await tokenFor({ scope: 'leveret.read:*/kept' }));
  publish();
  await client.answer(1, []);
  const answers = transcript.join('\n');
  expect(answers).toMatch(/< 1 basic.cancel \{consumerTag:'?l'?/);
  expect(answers).not.toMatch(/basic.cancel \{consumerTag:'?k'?/);
  expect(answers).toContain('write access to exchange');
});

test('who came with a password has nothing to renew', async () => {
  const { broker } = await tokenBroker();
  const messages: ConsumeMessage[] = [];
  const connection = closing(await connect(broker.url));
  const channel = await channelOn(connection);
  await connection.updateSecret(Buffer.from('whatever'), 'habit');
  await channel.assertQueue('q');
  await channel.consume('q', (message) => message && messages.push(message), { noAck: true });
  channel.sendToQueue('q', Buffer.from('x'));
  await until(() => messages.length === 1);
});
