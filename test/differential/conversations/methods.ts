import { methodPayload, shortstr } from '../../support/raw_bytes.ts';
import type { Conversation } from '../stage.ts';
import { garbage, offence, talk } from '../talk.ts';

const NOTHING = new Uint8Array();

/** queue.declare of `q` with one argument `a`, its tag and value as given. */
function declareWith(...tagAndValue: readonly number[]): Buffer {
  const field = Buffer.concat([shortstr('a'), Uint8Array.from(tagAndValue)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return methodPayload(50, 10, Buffer.concat([Uint8Array.of(0, 0), shortstr('q'), Uint8Array.of(1), length, field]));
}

export const METHODS: readonly Conversation[] = [
  garbage('truncated arguments', 'arguments that end too early are 501', {
    type: 1,
    channel: 1,
    payload: methodPayload(50, 10, Uint8Array.of(0, 0, 5, 0x61)),
  }),
  garbage('method frame of three bytes', 'a method has a class and a method id', {
    type: 1,
    channel: 1,
    payload: Uint8Array.of(0, 50, 0),
  }),
  garbage('empty method frame', 'a method has a class and a method id', { type: 1, channel: 1, payload: NOTHING }),
  garbage('invalid UTF-8 in a queue name', 'a shortstr is UTF-8', {
    type: 1,
    channel: 1,
    payload: methodPayload(
      50,
      10,
      Buffer.concat([Uint8Array.of(0, 0), Uint8Array.of(2, 0xc3, 0x28), Uint8Array.of(0, 0, 0, 0, 0)]),
    ),
  }),
  garbage('field table longer than its frame', 'a table ends within its frame', {
    type: 1,
    channel: 1,
    payload: methodPayload(50, 10, Buffer.concat([Uint8Array.of(0, 0), shortstr('q'), Uint8Array.of(0, 0, 0, 1, 0)])),
  }),
  garbage('unknown field tag', 'a field value of a type that nobody knows', {
    type: 1,
    channel: 1,
    payload: declareWith(0x7a, 0),
  }),
  garbage('truncated field value', 'a field value that ends too early', {
    type: 1,
    channel: 1,
    payload: declareWith(0x6c, 0, 0),
  }),
  garbage('bytes behind the arguments', 'a method frame that is longer than its method', {
    type: 1,
    channel: 1,
    payload: methodPayload(
      20,
      40,
      Buffer.concat([Uint8Array.of(0, 200), shortstr('bye'), Uint8Array.of(0, 0, 0, 0, 9, 9)]),
    ),
  }),
  garbage('unknown class', 'a class that does not exist', { type: 1, channel: 1, payload: methodPayload(99, 10) }),
  garbage('unknown method', 'a method that does not exist', { type: 1, channel: 1, payload: methodPayload(50, 99) }),
  garbage('unknown class on channel 0', 'a class that does not exist', {
    type: 1,
    channel: 0,
    payload: methodPayload(99, 10),
  }),
  offence("a server's method", 'queue.declare-ok is for the server to send', (channel) =>
    channel.send('queue.declare-ok'),
  ),
  offence("a server's basic.deliver", 'basic.deliver is for the server to send', (channel) => {
    channel.send('basic.deliver');
    channel.client.sendContent(1, {}, []);
  }),
  offence('basic.cancel-ok from a client', 'the answer to a cancel that did not wait for one', (channel) => {
    channel.send('basic.cancel-ok', { consumerTag: 'ct' });
  }),
  offence('connection.open on channel 1', 'connection methods belong on channel 0', (channel) =>
    channel.send('connection.open'),
  ),
  offence('connection.close on channel 1', 'connection methods belong on channel 0', (channel) =>
    channel.send('connection.close'),
  ),
  offence('channel.open on channel 0', 'channel methods do not belong on channel 0', ({ client }) =>
    client.send(0, 'channel.open'),
  ),
  offence('queue.declare on channel 0', 'channel methods do not belong on channel 0', ({ client }) =>
    client.send(0, 'queue.declare'),
  ),
  offence('method on a channel never opened', 'a channel is opened first', ({ client }) => client.send(2, 'basic.qos')),
  offence('publish on a channel never opened', 'a channel is opened first', ({ client }) => {
    client.channel(2).publish({ routingKey: 'q' });
  }),
  offence('channel.close on a channel never opened', 'a channel is opened first', ({ client }) =>
    client.send(2, 'channel.close'),
  ),
  offence('channel.close-ok on a channel never opened', 'a channel is opened first', ({ client }) =>
    client.send(2, 'channel.close-ok'),
  ),
  offence('channel.open twice', 'a channel is opened once', (channel) => channel.send('channel.open')),
  offence('method on a closed channel', 'a closed channel has to be opened again', async (channel) => {
    await channel.call('channel.close');
    channel.send('basic.qos');
  }),

  talk('access.request', 'access is always granted', (channel) => channel.call('access.request')),
  garbage('long truncated arguments', 'the reply text is cut', {
    type: 1,
    channel: 1,
    payload: methodPayload(50, 10, Buffer.concat([Uint8Array.of(0, 0, 255), Buffer.alloc(100, 'a')])),
  }),
  {
    name: 'methods behind a channel.close from the server',
    rule: 'until close-ok everything on the channel is ignored',
    run: async (stage) => {
      const channel = await stage.open();
      channel.client.answersClose = false;
      await channel.call('queue.declare', { queue: 'nosuch', passive: true });
      channel.send('basic.qos');
      channel.send('queue.declare', { queue: 'nosuch', passive: true });
      channel.publish({ exchange: 'nosuch' });
      await channel.client.quiet();
      channel.send('channel.close-ok');
      await channel.call('channel.open');
      await channel.call('basic.qos');
    },
  },
  {
    name: 'channel.close that crosses one from the server',
    rule: 'a close is answered even while another is waited for',
    run: async (stage) => {
      const channel = await stage.open();
      channel.client.answersClose = false;
      await channel.call('queue.declare', { queue: 'nosuch', passive: true });
      channel.send('channel.close');
      await channel.see('channel.close-ok');
      channel.send('channel.close-ok');
      await channel.call('channel.open');
    },
  },
  {
    name: 'connection.close that crosses one from the server',
    rule: 'a close is answered even while another is waited for',
    run: async (stage) => {
      const channel = await stage.open();
      channel.client.answersClose = false;
      channel.send('basic.qos', { prefetchSize: 1 });
      await channel.refused();
      channel.client.send(0, 'connection.close');
      await channel.see('connection.close-ok');
    },
  },
  {
    name: 'connection.close from the server is not answered',
    rule: 'methods behind the close are ignored',
    run: async (stage) => {
      const channel = await stage.open();
      channel.client.answersClose = false;
      channel.send('basic.qos', { prefetchSize: 1 });
      await channel.refused();
      channel.send('basic.qos');
      await channel.client.quiet();
      channel.client.send(0, 'connection.close-ok');
    },
  },
  {
    name: 'a channel number is used again',
    rule: 'after an orderly close the number is free',
    run: async (stage) => {
      const channel = await stage.open();
      await channel.call('channel.close');
      await channel.call('channel.open');
      await channel.call('basic.qos');
    },
  },
];
