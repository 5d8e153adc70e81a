import { bodyFrame, headerFrame } from '../../src/codec/frames.ts';
import { fromPlain } from '../../src/codec/table.ts';
import { frameOf, handshakeBytes } from '../support/fake_client.ts';
import { type FrameShape, frame, headerPayload, methodPayload } from '../support/raw_bytes.ts';
import { mutate, type Random } from './bytes.ts';

/** Few, so that conversations meet in them. */
const NAMES = ['', 'q', 'fuzz-a', 'fuzz-b', 'fuzz-c'];
const EXCHANGES = ['', 'amq.topic', 'amq.headers', 'amq.fanout', 'fuzz-x', 'fuzz-y'];
/** Opened at the start: a mistake on one leaves the others to go on with. */
const CHANNELS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 300, 65_535];
const TABLES = [
  {},
  { 'x-match': 'any', a: 1 },
  { 'x-priority': 5 },
  { 'x-max-length': 'ten' },
  { n: { e: { s: [1, 'x', null] } } },
];
const TYPES = ['direct', 'fanout', 'topic', 'headers', 'nosuch'];

/** A method as a client might well send it, in or out of place. */
function step(random: Random): Buffer {
  const channel = random.chance(0.005) ? random.below(12) * 7 : random.pick(CHANNELS);
  if (random.chance(0.005)) return frame(shape(random, channel));
  const queue = random.pick(NAMES);
  const exchange = random.pick(EXCHANGES);
  const routingKey = random.pick(['', 'q', 'fuzz-a', 'a.b.c', '#.b.*']);
  const table = fromPlain(random.pick(TABLES) as Parameters<typeof fromPlain>[0]);
  const [one, two, three] = [random.chance(0.5), random.chance(0.5), random.chance(0.3)];
  const deliveryTag = random.below(12);
  switch (random.below(24)) {
    case 0:
      return frameOf(0, 'connection.update-secret');
    case 1:
      return Buffer.concat([frameOf(channel, 'channel.close'), frameOf(channel, 'channel.open')]);
    case 2:
      return frameOf(channel, random.chance(0.9) ? 'basic.recover-async' : 'channel.close-ok');
    case 3:
      return frameOf(channel, 'channel.flow', { active: one });
    case 4:
      return frameOf(channel, 'queue.declare', {
        queue,
        exclusive: one,
        autoDelete: two,
        passive: three,
        arguments: table,
      });
    case 5:
      return frameOf(channel, 'queue.bind', { queue, exchange, routingKey, arguments: table });
    case 6:
      return frameOf(channel, 'queue.unbind', { queue, exchange, routingKey, arguments: table });
    case 7:
      return frameOf(channel, 'queue.purge', { queue, noWait: three });
    case 8:
      return frameOf(channel, 'queue.delete', { queue, ifUnused: three, ifEmpty: two });
    case 9:
      return frameOf(channel, 'exchange.declare', {
        exchange,
        type: random.pick(TYPES),
        autoDelete: one,
        internal: three,
      });
    case 10:
      return frameOf(channel, 'exchange.bind', { source: exchange, destination: random.pick(EXCHANGES), routingKey });
    case 11:
      return frameOf(channel, 'exchange.delete', { exchange, ifUnused: three });
    case 12:
      return frameOf(channel, 'basic.qos', { prefetchCount: random.below(4), global: one });
    case 13:
      return frameOf(channel, 'basic.consume', {
        queue,
        consumerTag: random.pick(['', 'a', 'b']),
        noAck: one,
        exclusive: three,
        arguments: table,
      });
    case 14:
      return frameOf(channel, 'basic.cancel', { consumerTag: random.pick(['a', 'b', 'c']) });
    case 15:
      return frameOf(channel, 'basic.get', { queue, noAck: one });
    case 16:
      return frameOf(channel, 'basic.ack', { deliveryTag, multiple: one });
    case 17:
      return frameOf(channel, 'basic.nack', { deliveryTag, multiple: one, requeue: two });
    case 18:
      return frameOf(channel, 'basic.recover', { requeue: one });
    case 19:
      return frameOf(channel, random.pick(['confirm.select', 'tx.select', 'tx.commit', 'tx.rollback'] as const));
    default:
      return message(random, channel, exchange, routingKey);
  }
}

function shape(random: Random, channel: number): FrameShape {
  const payload = random.pick([
    random.bytes(random.below(40)),
    methodPayload(random.below(100), random.below(130), random.bytes(random.below(30))),
    headerPayload(60, random.pick([0, 5, 1_000_000, 2 ** 40]), random.bytes(random.below(20))),
  ]);
  return { type: random.pick([1, 2, 3, 8, 4, 65]), channel, payload, end: random.chance(0.9) ? 0xce : 0 };
}

function message(random: Random, channel: number, exchange: string, routingKey: string): Buffer {
  const body = Buffer.alloc(random.pick([0, 1, 100, 5_000, 60_000]), 'x');
  const split = random.below(body.length + 1);
  const headers = fromPlain(random.pick(TABLES) as Parameters<typeof fromPlain>[0]);
  const flags = { mandatory: random.chance(0.3), immediate: random.chance(0.01) };
  const parts = random.chance(0.7) ? [body] : [body.subarray(0, split), body.subarray(split)];
  return Buffer.concat([
    frameOf(channel, 'basic.publish', { exchange, routingKey, ...flags }),
    headerFrame(
      channel,
      body.length,
      random.chance(0.5) ? {} : { headers, deliveryMode: 2, expiration: random.pick(['', '5', 'x']) },
    ),
    ...(body.length === 0 ? [] : parts.map((part) => bodyFrame(channel, part))),
  ]);
}

/** What one hostile client sends, in the chunks that it sends it in. */
export function conversation(random: Random): Buffer[] {
  let bytes: Buffer;
  switch (random.below(8)) {
    case 0:
      bytes = random.bytes(random.below(2_000));
      break;
    case 1:
      bytes = mutate(random, handshakeBytes());
      break;
    default: {
      const steps = Array.from({ length: 1 + random.below(150) }, () => step(random));
      if (random.chance(0.6)) {
        const at = random.below(steps.length);
        steps[at] = mutate(random, steps[at] as Buffer);
      }
      const opened = CHANNELS.slice(1).map((channel) => frameOf(channel, 'channel.open'));
      const declared = ['fuzz-a', 'fuzz-b'].map((queue) => frameOf(1, 'queue.declare', { queue, durable: true }));
      const frameMax = random.pick([131_072, 131_072, 8_192]);
      bytes = Buffer.concat([handshakeBytes({ frameMax }), ...opened, ...declared, ...steps]);
    }
  }
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = random.chance(0.5) ? bytes.length : 1 + random.below(3_000);
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}
