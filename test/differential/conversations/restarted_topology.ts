import { fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { args, drain, fill, keepAll, pause, put, restarted } from '../talk.ts';

const KEPT = 'durable exchanges and their bindings are there again';
const GONE = 'what is not durable is gone';

type Where = { readonly exchange: string; readonly queue: string };

/** A durable exchange with a durable queue, bound before the restart, and published to after it. */
function bound(
  type: string,
  bind: (channel: RawChannel, where: Where) => Promise<unknown>,
  publish: (channel: RawChannel, exchange: string) => void,
): Conversation {
  return restarted(`a ${type} exchange`, KEPT, async (channel, stage) => {
    const [exchange, queue] = [stage.exchange('x'), stage.queue('q')];
    await channel.call('exchange.declare', { exchange, type, durable: true });
    await channel.call('queue.declare', { queue, durable: true });
    await bind(channel, { exchange, queue });
    const again = await stage.restart();
    publish(again, exchange);
    await pause(100);
    await drain(again, queue);
  });
}

function keys(...routingKeys: readonly string[]): (channel: RawChannel, exchange: string) => void {
  return (channel, exchange) => {
    for (const routingKey of routingKeys) channel.publish({ exchange, routingKey, body: routingKey, mandatory: true });
  };
}

/** A queue of each sort, and what is left of it. */
function queueOf(name: string, how: object, use = false): Conversation {
  return restarted(name, GONE, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...how });
    await channel.call('queue.bind', { queue, exchange: 'amq.direct', routingKey: queue });
    await keepAll(channel, queue, '1');
    if (use) await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    if (use) await channel.see('basic.deliver');
    const again = await stage.restart();
    await again.call('confirm.select');
    await put(again, { exchange: 'amq.direct', routingKey: queue, mandatory: true });
    await again.call('queue.declare', { queue, passive: true });
  });
}

async function three(channel: RawChannel, stage: Stage): Promise<readonly [string, string, string]> {
  const [one, two, queue] = [stage.exchange('x1'), stage.exchange('x2'), stage.queue('q')];
  await channel.call('queue.declare', { queue, durable: true });
  return [one, two, queue];
}

/** Publishes with many keys, and tells which went to which of the queues; the transcript does not. */
async function spread(channel: RawChannel, stage: Stage, exchange: string, queues: readonly string[]): Promise<string> {
  const before = stage.transcript.length;
  for (let key = 0; key < 30; key++) channel.publish({ exchange, routingKey: `${key}`, body: `${key}` });
  await pause(200);
  for (const queue of queues) await drain(channel, queue);
  const told = stage.transcript.splice(before).filter((line) => line.includes('get'));
  return told.map((line) => line.replace(/deliveryTag:\d+/, '')).join(' ');
}

export const RESTARTED_TOPOLOGY: readonly Conversation[] = [
  bound(
    'direct',
    async (channel, where) => {
      for (const routingKey of ['a', 'b', 'c']) await channel.call('queue.bind', { ...where, routingKey });
      await channel.call('queue.unbind', { ...where, routingKey: 'b' });
    },
    keys('a', 'b', 'c'),
  ),
  bound('fanout', (channel, where) => channel.call('queue.bind', where), keys('a')),
  bound(
    'topic',
    async (channel, where) => {
      for (const routingKey of ['a.*', '#.z']) await channel.call('queue.bind', { ...where, routingKey });
    },
    keys('a.b', 'a', 'x.y.z', 'z', 'a.z'),
  ),
  bound(
    'headers',
    async (channel, where) => {
      await channel.call('queue.bind', { ...where, ...args({ 'x-match': 'all', a: 1, b: 'x' }) });
      await channel.call('queue.bind', { ...where, ...args({ 'x-match': 'any', c: 1, d: 'x' }) });
    },
    (channel, exchange) => {
      for (const plain of [{ a: 1 }, { a: 1, b: 'x' }, { d: 'x' }, { c: 2 }]) {
        channel.publish({ exchange, body: JSON.stringify(plain), properties: { headers: fromPlain(plain) } });
      }
    },
  ),
  restarted('a consistent hash', 'each key goes where it went', async (channel, stage) => {
    const exchange = stage.exchange('x');
    const queues = ['a', 'b', 'c'].map((name) => stage.queue(name));
    await channel.call('exchange.declare', { exchange, type: 'x-consistent-hash', durable: true });
    for (const [index, queue] of queues.entries()) {
      await channel.call('queue.declare', { queue, durable: true });
      await channel.call('queue.bind', { queue, exchange, routingKey: `${index + 1}` });
    }
    const before = await spread(channel, stage, exchange, queues);
    const after = await spread(await stage.restart(), stage, exchange, queues);
    // Which queue that is depends on the names, which are of this run.
    stage.note(after === before ? 'each in the same queue' : `${before} became ${after}`);
  }),
  restarted('a consistent hash of a header', KEPT, async (channel, stage) => {
    const [exchange, queue] = [stage.exchange('x'), stage.queue('q')];
    const how = { exchange, type: 'x-consistent-hash', durable: true };
    await channel.call('exchange.declare', { ...how, ...args({ 'hash-header': 'h' }) });
    await channel.call('queue.declare', { queue, durable: true });
    await channel.call('queue.bind', { queue, exchange, routingKey: '1' });
    const again = await stage.restart();
    again.publish({ exchange, body: 'm', properties: { headers: fromPlain({ h: 'x' }) } });
    await pause(100);
    await drain(again, queue);
    await again.call('exchange.declare', { ...how, ...args({ 'hash-header': 'other' }) });
  }),
  restarted('a recent history', 'whether it is remembered', async (channel, stage) => {
    const [exchange, queue] = [stage.exchange('x'), stage.queue('q')];
    await channel.call('exchange.declare', { exchange, type: 'x-recent-history', durable: true });
    for (const body of ['1', '2']) channel.publish({ exchange, body, properties: { deliveryMode: 2 } });
    await channel.client.confirms(2);
    const again = await stage.restart();
    await again.call('queue.declare', { queue, durable: true });
    await again.call('queue.bind', { queue, exchange });
    await pause(100);
    await drain(again, queue);
  }),
  restarted('an exchange bound to an exchange', KEPT, async (channel, stage) => {
    const [one, two, queue] = await three(channel, stage);
    for (const exchange of [one, two])
      await channel.call('exchange.declare', { exchange, type: 'topic', durable: true });
    await channel.call('exchange.bind', { source: one, destination: two, routingKey: 'a.#' });
    await channel.call('queue.bind', { queue, exchange: two, routingKey: '#.b' });
    const again = await stage.restart();
    keys('a.b', 'a.c', 'c.b')(again, one);
    await pause(100);
    await drain(again, queue);
  }),
  restarted('a transient exchange bound to an exchange', GONE, async (channel, stage) => {
    const [one, two, queue] = await three(channel, stage);
    await channel.call('exchange.declare', { exchange: one, type: 'fanout', durable: true });
    await channel.call('exchange.declare', { exchange: two, type: 'fanout' });
    await channel.call('exchange.bind', { source: one, destination: two });
    await channel.call('queue.bind', { queue, exchange: two });
    const again = await stage.restart();
    keys('a')(again, one);
    await again.call('exchange.declare', { exchange: two, passive: true });
  }),
  restarted('an alternate exchange', KEPT, async (channel, stage) => {
    const [one, two, queue] = await three(channel, stage);
    const how = { exchange: one, type: 'direct', durable: true, ...args({ 'alternate-exchange': two }) };
    await channel.call('exchange.declare', how);
    await channel.call('exchange.declare', { exchange: two, type: 'fanout', durable: true });
    await channel.call('queue.bind', { queue, exchange: two });
    const again = await stage.restart();
    keys('nowhere')(again, one);
    await pause(100);
    await drain(again, queue);
    await again.call('exchange.declare', how);
    await again.call('exchange.declare', { exchange: one, type: 'direct', durable: true });
  }),
  restarted('an internal exchange', KEPT, async (channel, stage) => {
    const exchange = stage.exchange('x');
    await channel.call('exchange.declare', { exchange, type: 'fanout', durable: true, internal: true });
    const again = await stage.restart();
    again.publish({ exchange });
    await again.refused();
  }),
  restarted('an exchange that deletes itself', 'with its last binding, afterwards too', async (channel, stage) => {
    const [exchange, queue] = [stage.exchange('x'), stage.queue('q')];
    await channel.call('exchange.declare', { exchange, type: 'fanout', durable: true, autoDelete: true });
    await channel.call('queue.declare', { queue, durable: true });
    await channel.call('queue.bind', { queue, exchange });
    const again = await stage.restart();
    await again.call('exchange.declare', { exchange, passive: true });
    await again.call('queue.unbind', { queue, exchange });
    await again.call('exchange.declare', { exchange, passive: true });
  }),
  restarted('an exchange that deletes itself, with a transient queue', GONE, async (channel, stage) => {
    const [exchange, queue] = [stage.exchange('x'), stage.queue('q')];
    await channel.call('exchange.declare', { exchange, type: 'fanout', durable: true, autoDelete: true });
    await channel.call('queue.declare', { queue });
    await channel.call('queue.bind', { queue, exchange });
    const again = await stage.restart();
    await again.call('exchange.declare', { exchange, passive: true });
  }),
  restarted('exchanges and queues that were deleted', 'they are gone', async (channel, stage) => {
    const [one, two, queue] = await three(channel, stage);
    for (const exchange of [one, two])
      await channel.call('exchange.declare', { exchange, type: 'fanout', durable: true });
    await channel.call('queue.bind', { queue, exchange: one });
    await channel.call('exchange.delete', { exchange: one });
    await channel.call('queue.delete', { queue });
    const again = await stage.restart();
    await again.call('exchange.declare', { exchange: two, passive: true });
    await again.call('queue.declare', { queue, durable: true });
    await again.call('exchange.declare', { exchange: one, passive: true });
  }),
  queueOf('a transient queue', {}),
  queueOf('an exclusive queue', { exclusive: true }),
  queueOf('a durable exclusive queue', { durable: true, exclusive: true }),
  queueOf('a durable queue that deletes itself, unused', { durable: true, autoDelete: true }),
  queueOf('a durable queue that deletes itself, used', { durable: true, autoDelete: true }, true),
  queueOf('a durable queue', { durable: true }, true),
  restarted('arguments of a queue', 'they are judged as before', async (channel, stage) => {
    const queue = stage.queue('q');
    const table = {
      'x-max-length': 10,
      'x-message-ttl': 600_000,
      'x-overflow': 'reject-publish',
      'x-expires': 700_000,
    };
    const how = { queue, durable: true, ...args({ ...table, 'x-max-priority': 5, 'x-dead-letter-exchange': 'dlx' }) };
    await channel.call('queue.declare', how);
    const again = await stage.restart();
    await again.call('queue.declare', how);
    await again.call('queue.declare', { ...how, ...args(table) });
  }),
  restarted('arguments of a quorum queue', 'they are judged as before', async (channel, stage) => {
    const queue = stage.queue('q');
    const table = { 'x-queue-type': 'quorum', 'x-delivery-limit': 7, 'x-single-active-consumer': true };
    const how = { queue, durable: true, ...args(table) };
    await channel.call('queue.declare', how);
    const again = await stage.restart();
    await again.call('queue.declare', how);
    await again.call('queue.declare', { ...how, ...args({ ...table, 'x-delivery-limit': 8 }) });
  }),
  restarted('the exchanges that are always there', KEPT, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, durable: true });
    for (const exchange of ['amq.direct', 'amq.fanout', 'amq.topic', 'amq.headers', 'amq.match']) {
      await channel.call('queue.bind', { queue, exchange, routingKey: queue, ...args({ a: queue }) });
    }
    const again = await stage.restart();
    for (const exchange of ['amq.direct', 'amq.topic', 'amq.headers', 'amq.match']) {
      const headers = fromPlain({ a: queue });
      again.publish({ exchange, routingKey: queue, body: exchange, properties: { headers } });
    }
    fill(again, queue, 'straight');
    await pause(200);
    await drain(again, queue);
  }),
];
