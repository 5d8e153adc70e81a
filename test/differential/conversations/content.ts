import { headerPayload, methodPayload, shortstr } from '../../support/raw_bytes.ts';
import type { Conversation } from '../stage.ts';
import { offence } from '../talk.ts';

const NOTHING = new Uint8Array();
/** basic.publish to the default exchange with routing key `q`. */
const PUBLISH = methodPayload(
  60,
  40,
  Buffer.concat([Uint8Array.of(0, 0), shortstr(''), shortstr('q'), Uint8Array.of(0)]),
);

const flags = (bits: number, ...values: readonly number[]): Uint8Array =>
  Uint8Array.of(bits >> 8, bits & 255, ...values);

export const CONTENT: readonly Conversation[] = [
  offence('frame of frame_max and a byte', 'a frame above frame_max is 501', async ({ client }) => {
    client.frame({ type: 1, channel: 1, payload: PUBLISH });
    client.frame({ type: 2, channel: 1, payload: headerPayload(60, 131_065) });
    client.frame({ type: 3, channel: 1, payload: new Uint8Array(131_065) });
    await client.call(1, 'basic.qos');
    client.frame({ type: 3, channel: 1, payload: new Uint8Array(131_073) });
  }),
  offence('method when a header is due', 'a publish is followed by its header', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.send('basic.qos');
  }),
  offence('body when a header is due', 'a publish is followed by its header', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 3, channel: 1, payload: Buffer.from('abc') });
  }),
  offence('header of another class', 'the header names the class of its method', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(50, 1) });
  }),
  offence('method when a body is due', 'a header is followed by the body that it announced', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 3) });
    channel.send('basic.qos');
  }),
  offence('header when a body is due', 'a header is followed by the body that it announced', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 3) });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 3) });
  }),
  offence('body longer than declared', 'a body is as long as its header says', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 3) });
    channel.client.frame({ type: 3, channel: 1, payload: Buffer.from('abcd') });
  }),
  offence('declared body beyond any limit', 'a body above 512 MiB is refused by its header', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 536_870_913) });
  }),
  offence('declared body of 2^63', 'a body size is unsigned', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 2 ** 63) });
  }),
  offence('truncated content header', 'a header has at least its class, weight, size and flags', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 3).subarray(0, 9) });
  }),
  offence('truncated properties', 'properties that end before they are complete', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 0, flags(0x8000, 5, 0x61)) });
  }),
  offence('property flags with a continuation', 'more than 15 properties', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 0, flags(0x1001, 0, 0, 1)) });
  }),
  offence('bytes behind the properties', 'a header that is longer than its properties', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 0, flags(0x1000, 1, 9, 9)) });
    channel.send('basic.qos');
  }),
  offence('headers property with an unknown tag', 'a field value of a type that nobody knows', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    const headers = flags(0x2000, 0, 0, 0, 4, 1, 0x61, 0x7a, 0);
    channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 0, headers) });
  }),
  offence('weight that is not zero', 'weight is not looked at', (channel) => {
    channel.send('basic.publish', { routingKey: 'q' });
    const payload = headerPayload(60, 0);
    payload[3] = 7;
    channel.client.frame({ type: 2, channel: 1, payload });
    channel.send('basic.qos');
  }),
  {
    name: 'empty body',
    rule: 'a message without a body has no body frame',
    run: async (stage) => {
      const channel = await stage.open();
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue });
      channel.publish({ routingKey: queue, body: '' });
      await channel.call('basic.get', { queue, noAck: true });
    },
  },
  {
    name: 'empty body frames',
    rule: 'body frames may be empty',
    run: async (stage) => {
      const channel = await stage.open();
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue });
      channel.publish({ routingKey: queue, body: [NOTHING, Buffer.from('ab'), NOTHING, Buffer.from('c')] });
      await channel.call('basic.get', { queue, noAck: true });
    },
  },
  {
    name: 'body in many frames',
    rule: 'a body comes back in frames as large as frame_max allows',
    run: async (stage) => {
      const channel = await stage.open({ tune: { frameMax: 8192 } });
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue });
      channel.publish({
        routingKey: queue,
        body: [Buffer.alloc(8184, 'a'), Buffer.alloc(8184, 'b'), Buffer.alloc(3, 'c')],
      });
      await channel.call('basic.get', { queue, noAck: true });
    },
  },
  {
    name: 'message larger than the server takes',
    rule: 'a message above the configured size is 406, and the channel only',
    run: async (stage) => {
      const channel = await stage.open();
      channel.send('basic.publish', { routingKey: 'q' });
      channel.client.frame({ type: 2, channel: 1, payload: headerPayload(60, 20_000_000) });
      const part = new Uint8Array(131_064);
      for (let left = 20_000_000; left > 0; left -= part.length) {
        channel.client.frame({ type: 3, channel: 1, payload: part.subarray(0, Math.min(left, part.length)) });
      }
      stage.transcript.splice(1);
      await channel.call('basic.qos');
    },
  },
];
