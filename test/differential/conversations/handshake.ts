import { EMPTY_TABLE, fromPlain } from '../../../src/codec/table.ts';
import type { RawClient } from '../../support/raw_client.ts';
import { CLIENT_CAPABILITIES, type Conversation, type Stage } from '../stage.ts';

async function greeted(stage: Stage): Promise<RawClient> {
  const client = await stage.dial();
  client.header();
  await client.answer(0, ['connection.start']);
  stage.transcript.length = 0;
  return client;
}

async function authenticated(stage: Stage): Promise<RawClient> {
  const client = await greeted(stage);
  await client.call(0, 'connection.start-ok', { clientProperties: CLIENT_CAPABILITIES });
  stage.transcript.length = 0;
  return client;
}

function opening(name: string, rule: string, bytes: Uint8Array): Conversation {
  return {
    name,
    rule,
    run: async (stage) => {
      const client = await stage.dial();
      client.raw(bytes, JSON.stringify(Buffer.from(bytes).toString('latin1')));
      await client.answer(0, ['connection.start']);
      await client.quiet();
    },
  };
}

function tuned(
  name: string,
  rule: string,
  tune: { channelMax?: number; frameMax?: number; heartbeat?: number },
): Conversation {
  return {
    name,
    rule,
    run: async (stage) => {
      const client = await authenticated(stage);
      client.send(0, 'connection.tune-ok', tune);
      await client.call(0, 'connection.open');
    },
  };
}

function login(
  name: string,
  rule: string,
  given: { mechanism?: string; response?: Uint8Array; capable?: boolean; locale?: string },
): Conversation {
  const { capable = true, ...startOk } = given;
  return {
    name,
    rule,
    run: async (stage) => {
      const client = await greeted(stage);
      await client.call(0, 'connection.start-ok', {
        clientProperties: capable ? CLIENT_CAPABILITIES : EMPTY_TABLE,
        ...startOk,
      });
    },
  };
}

function plain(user: string, password: string): Uint8Array {
  return Buffer.from(`\0${user}\0${password}`);
}

/** AMQPLAIN answers with a field table that has lost its length. */
const AMQPLAIN_GUEST = Buffer.concat([
  Buffer.from('\x05LOGINS\0\0\0\x05guest', 'latin1'),
  Buffer.from('\x08PASSWORDS\0\0\0\x05guest', 'latin1'),
]);

const greeting = (a: number, b: number, c: number, d: number): Uint8Array =>
  Buffer.from([0x41, 0x4d, 0x51, 0x50, a, b, c, d]);

export const HANDSHAKE: readonly Conversation[] = [
  opening(
    'protocol header 0-9-1',
    'the server starts with its properties, mechanisms and locales',
    greeting(0, 0, 9, 1),
  ),
  opening('protocol header 1-1-0-9', 'the header of 0-9 is taken for 0-9-1', greeting(1, 1, 0, 9)),
  opening(
    'protocol header 0-10',
    'a version that is not spoken is answered with the header of one that is',
    greeting(0, 0, 10, 0),
  ),
  opening('protocol header 0-8', 'the header of 0-8 is answered with the header that is spoken', greeting(1, 1, 8, 0)),
  opening('protocol header 0-9-0', 'the header of 0-9-0', greeting(0, 0, 9, 0)),
  opening('protocol header 1-0', 'AMQP 1.0 without SASL', greeting(0, 1, 0, 0)),
  opening(
    'an HTTP request',
    'anything else is answered with the protocol header',
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  ),
  opening(
    'a TLS hello',
    'anything else is answered with the protocol header',
    Buffer.from('16030100f8010000f40303', 'hex'),
  ),
  {
    name: 'protocol header in single bytes',
    rule: 'the header may come in any number of pieces',
    run: async (stage) => {
      const client = await stage.dial();
      for (const byte of greeting(0, 0, 9, 1)) {
        client.raw(Uint8Array.of(byte), `byte ${byte}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await client.answer(0, ['connection.start']);
    },
  },
  {
    name: 'the whole handshake',
    rule: 'start, tune, open, channel, and an orderly close',
    run: async (stage) => {
      const client = await greeted(stage);
      await client.call(0, 'connection.start-ok', { clientProperties: CLIENT_CAPABILITIES });
      client.send(0, 'connection.tune-ok', { channelMax: 2047, frameMax: 131072, heartbeat: 60 });
      await client.call(0, 'connection.open', { virtualHost: '/' });
      await client.call(1, 'channel.open');
      await client.call(1, 'channel.close');
      await client.call(0, 'connection.close');
    },
  },
  login('login by PLAIN', 'user and password between zero bytes', {}),
  login('login by PLAIN with an authorization id', 'what comes before the first zero byte', {
    response: Buffer.from('guest\0guest\0guest'),
  }),
  login('login by AMQPLAIN', 'user and password in a field table without its length', {
    mechanism: 'AMQPLAIN',
    response: AMQPLAIN_GUEST,
  }),
  login('AMQPLAIN without a password', 'AMQPLAIN needs LOGIN and PASSWORD', {
    mechanism: 'AMQPLAIN',
    response: AMQPLAIN_GUEST.subarray(0, 16),
  }),
  login('login by ANONYMOUS', 'who may come in without a name', {
    mechanism: 'ANONYMOUS',
    response: Buffer.from('me'),
  }),
  login('login in another locale', 'the locale is not looked at', { locale: 'de_DE' }),
  login('wrong password', 'a client that can be told is told 403', { response: plain('guest', 'wrong') }),
  login('wrong password, client cannot be told', 'a client that cannot be told 403', {
    response: plain('guest', 'wrong'),
    capable: false,
  }),
  login('unknown user', 'an unknown user looks like a wrong password', { response: plain('nobody-here', 'guest') }),
  login('empty password', 'no password is a wrong password', { response: plain('guest', '') }),
  login('unknown mechanism', 'a mechanism that was not offered', { mechanism: 'SCRAM-SHA-1' }),
  login('malformed PLAIN response', 'a PLAIN response without zero bytes', { response: Buffer.from('guest') }),
  login('malformed PLAIN response with one zero byte', 'a PLAIN response without a password', {
    response: Buffer.from('\0guest'),
  }),
  login('empty PLAIN response', 'a PLAIN response of no bytes', { response: new Uint8Array() }),
  {
    name: 'start-ok larger than a frame may be before login',
    rule: 'before login a frame is at most 8192 bytes',
    run: async (stage) => {
      const client = await greeted(stage);
      const clientProperties = fromPlain({ padding: 'x'.repeat(9000) });
      await client.call(0, 'connection.start-ok', { clientProperties });
    },
  },
  {
    name: 'start-ok of nearly 8192 bytes',
    rule: 'before login a frame is at most 8192 bytes',
    run: async (stage) => {
      const client = await greeted(stage);
      const clientProperties = fromPlain({ padding: 'x'.repeat(8000) });
      await client.call(0, 'connection.start-ok', { clientProperties });
    },
  },
  tuned('tune-ok as offered', 'what the server offers is accepted', {}),
  tuned('tune-ok without heartbeats', 'heartbeat 0 turns them off', { heartbeat: 0 }),
  tuned('tune-ok with more heartbeats than offered', 'the client decides about heartbeats', { heartbeat: 600 }),
  tuned('tune-ok with frame_max 8192', 'a client may choose smaller frames', { frameMax: 8192 }),
  tuned('tune-ok with frame_max 4096', 'the smallest frame_max that AMQP allows', { frameMax: 4096 }),
  tuned('tune-ok with frame_max 4095', 'less than AMQP allows', { frameMax: 4095 }),
  tuned('tune-ok with frame_max above the offer', 'a client may not raise frame_max', { frameMax: 131073 }),
  tuned('tune-ok with frame_max 0', 'no limit, where the server has one', { frameMax: 0 }),
  tuned('tune-ok with channel_max above the offer', 'a client may not raise channel_max', { channelMax: 2048 }),
  tuned('tune-ok with channel_max 0', 'no limit, where the server has one', { channelMax: 0 }),
  {
    name: 'open of an unknown vhost',
    rule: 'a vhost that does not exist is 530',
    run: async (stage) => {
      const client = await authenticated(stage);
      client.send(0, 'connection.tune-ok');
      await client.call(0, 'connection.open', { virtualHost: 'nosuch' });
    },
  },
  {
    name: 'open of an empty vhost name',
    rule: 'a vhost that does not exist is 530',
    run: async (stage) => {
      const client = await authenticated(stage);
      client.send(0, 'connection.tune-ok');
      await client.call(0, 'connection.open', { virtualHost: '' });
    },
  },
  {
    name: 'second connection.open',
    rule: 'connection methods have their time',
    run: async (stage) => {
      const { client } = await stage.open();
      await client.call(0, 'connection.open');
    },
  },
  {
    name: 'start-ok while running',
    rule: 'connection methods have their time',
    run: async (stage) => {
      const { client } = await stage.open();
      await client.call(0, 'connection.start-ok');
    },
  },
  {
    name: 'open in place of start-ok',
    rule: 'connection methods have their time',
    run: async (stage) => {
      const client = await greeted(stage);
      await client.call(0, 'connection.open');
    },
  },
  {
    name: 'open in place of tune-ok',
    rule: 'connection methods have their time',
    run: async (stage) => {
      const client = await authenticated(stage);
      await client.call(0, 'connection.open');
    },
  },
  {
    name: 'channel.open in place of connection.open',
    rule: 'no channel before the connection is open',
    run: async (stage) => {
      const client = await authenticated(stage);
      client.send(0, 'connection.tune-ok');
      await client.call(1, 'channel.open');
    },
  },
  {
    name: 'close in place of open',
    rule: 'a client may leave before it has opened',
    run: async (stage) => {
      const client = await authenticated(stage);
      client.send(0, 'connection.tune-ok');
      await client.call(0, 'connection.close');
    },
  },
  {
    name: 'close in place of start-ok',
    rule: 'a client may leave before it has logged in',
    run: async (stage) => {
      const client = await greeted(stage);
      await client.call(0, 'connection.close');
    },
  },
  {
    name: 'wrong end octet before login',
    rule: 'garbage before login',
    run: async (stage) => {
      const client = await greeted(stage);
      client.frame({ type: 1, channel: 0, payload: Uint8Array.of(0, 10, 0, 11), end: 0 });
      await client.answer(0, []);
    },
  },
  {
    name: 'unknown method before login',
    rule: 'garbage before login',
    run: async (stage) => {
      const client = await greeted(stage);
      client.frame({ type: 1, channel: 0, payload: Uint8Array.of(0, 10, 0, 99) });
      await client.answer(0, []);
    },
  },
  {
    name: 'heartbeat before login',
    rule: 'heartbeats mean nothing, at any time',
    run: async (stage) => {
      const client = await greeted(stage);
      client.frame({ type: 8, channel: 0, payload: new Uint8Array() });
      await client.call(0, 'connection.start-ok', { clientProperties: CLIENT_CAPABILITIES });
    },
  },
  {
    name: 'pipelined handshake',
    rule: 'a client need not wait for the answers',
    run: async (stage) => {
      const client = await stage.dial();
      client.header();
      client.send(0, 'connection.start-ok', { clientProperties: CLIENT_CAPABILITIES });
      client.send(0, 'connection.tune-ok');
      client.send(0, 'connection.open');
      client.send(1, 'channel.open');
      await client.see('channel.open-ok');
    },
  },
];
