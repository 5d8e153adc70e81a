import type { fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { args, confirmTalk, drain, fill, pause, putAll, talk } from '../talk.ts';

type Plain = Parameters<typeof fromPlain>[0];

const DROP = 'the oldest go first';
const REFUSE = 'a full queue refuses what comes';
const UNSETTLED = 'only what waits counts';

/** A conversation with a queue that has limits. */
function unconfirmed(
  name: string,
  rule: string,
  table: Plain,
  say: (channel: RawChannel, queue: string, stage: Stage) => Promise<unknown>,
): Conversation {
  return talk(name, rule, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, durable: true, ...args(table) });
    await say(channel, queue, stage);
  });
}

/** The same on a channel that confirms. */
function limited(
  name: string,
  rule: string,
  table: Plain,
  say: (channel: RawChannel, queue: string, stage: Stage) => Promise<unknown>,
): Conversation {
  return confirmTalk(name, rule, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, durable: true, ...args(table) });
    await say(channel, queue, stage);
  });
}

const reject = (length: number): Plain => ({ 'x-max-length': length, 'x-overflow': 'reject-publish' });
const quorum = (table: Plain): Plain => ({ 'x-queue-type': 'quorum', ...table });

export const LIMITS: readonly Conversation[] = [
  limited('x-max-length', DROP, { 'x-max-length': 2 }, async (channel, queue) => {
    await putAll(channel, queue, '1', '2', '3', '4');
    await channel.call('queue.declare', { queue, passive: true });
    await drain(channel, queue);
  }),
  unconfirmed('x-max-length of 0', 'nothing waits', { 'x-max-length': 0 }, async (channel, queue) => {
    fill(channel, queue, '1');
    await pause(100);
    await drain(channel, queue);
    await channel.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
    fill(channel, queue, '2', '3');
    await channel.see('basic.deliver', 2);
  }),
  limited('x-max-length-bytes', DROP, { 'x-max-length-bytes': 8 }, async (channel, queue) => {
    await putAll(channel, queue, '1111', '2222', '3');
    await channel.call('queue.declare', { queue, passive: true });
    await putAll(channel, queue, '55555555');
    await channel.call('queue.declare', { queue, passive: true });
    await putAll(channel, queue, '999999999');
    await channel.call('queue.declare', { queue, passive: true });
  }),
  limited(
    'x-max-length-bytes and empty bodies',
    'bodies count',
    { 'x-max-length-bytes': 1 },
    async (channel, queue) => {
      await putAll(channel, queue, '', '', 'a', '');
      await channel.call('queue.declare', { queue, passive: true });
      await putAll(channel, queue, 'b');
      await channel.call('queue.declare', { queue, passive: true });
    },
  ),
  limited(
    'x-max-length and x-max-length-bytes',
    'whichever is reached first',
    { 'x-max-length': 2, 'x-max-length-bytes': 4 },
    async (channel, queue) => {
      await putAll(channel, queue, '1', '2', '3', '4444');
      await drain(channel, queue);
    },
  ),
  limited('x-max-length and what is delivered', UNSETTLED, { 'x-max-length': 1 }, async (channel, queue) => {
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    await putAll(channel, queue, '2');
    await channel.call('queue.declare', { queue, passive: true });
    channel.send('basic.nack', { deliveryTag: 1 });
    await pause(50);
    await channel.call('queue.declare', { queue, passive: true });
    await drain(channel, queue);
  }),
  unconfirmed(
    'x-max-length and a fast consumer',
    'what can be delivered is',
    { 'x-max-length': 1 },
    async (channel, queue) => {
      await channel.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
      fill(channel, queue, '1', '2', '3', '4', '5');
      await channel.see('basic.deliver', 5);
    },
  ),
  unconfirmed(
    'x-max-length and a slow consumer',
    'what can be delivered is',
    { 'x-max-length': 1 },
    async (channel, queue) => {
      await channel.call('basic.qos', { prefetchCount: 1 });
      await channel.call('basic.consume', { queue, consumerTag: 'ct' });
      fill(channel, queue, '1', '2', '3', '4', '5');
      await channel.see('basic.deliver');
      await pause(100);
      channel.send('basic.ack', { deliveryTag: 1 });
      await channel.see('basic.deliver');
    },
  ),
  limited('reject-publish', REFUSE, reject(2), async (channel, queue) => {
    await putAll(channel, queue, '1', '2', '3');
    await channel.call('basic.get', { queue, noAck: true });
    await putAll(channel, queue, '4', '5');
    await drain(channel, queue);
  }),
  limited('reject-publish of many at once', REFUSE, reject(2), async (channel, queue) => {
    fill(channel, queue, '1', '2', '3', '4', '5');
    await channel.client.confirms(5);
    await drain(channel, queue);
  }),
  limited('reject-publish of persistent messages', REFUSE, reject(1), async (channel, queue) => {
    for (const body of ['1', '2', '3']) {
      channel.publish({ routingKey: queue, body, properties: { deliveryMode: 2 } });
      await channel.client.confirms(1);
    }
    await drain(channel, queue);
  }),
  limited(
    'reject-publish by bytes',
    REFUSE,
    { 'x-max-length-bytes': 4, 'x-overflow': 'reject-publish' },
    async (channel, queue) => {
      await putAll(channel, queue, '11', '222', '33', '4', '');
      await drain(channel, queue);
    },
  ),
  unconfirmed('reject-publish and a fast consumer', 'what waits counts', reject(1), async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
    await pause(50);
    fill(channel, queue, '1', '2', '3');
    await channel.see('basic.deliver', 3);
  }),
  limited('reject-publish of a length of 0', 'there is never room', reject(0), async (channel, queue) => {
    await channel.call('basic.consume', { queue, consumerTag: 'ct', noAck: true });
    await pause(50);
    await putAll(channel, queue, '1');
  }),
  limited('reject-publish of what is mandatory', 'it was routed', reject(0), async (channel, queue) => {
    channel.publish({ routingKey: queue, mandatory: true });
    await channel.client.confirms(1);
  }),
  limited('reject-publish by one of two queues', 'the other gets it', reject(0), async (channel, queue, stage) => {
    const [other, exchange] = [stage.queue('other'), stage.exchange('x')];
    await channel.call('queue.declare', { queue: other });
    await channel.call('exchange.declare', { exchange, type: 'fanout' });
    await channel.call('queue.bind', { queue, exchange });
    await channel.call('queue.bind', { queue: other, exchange });
    channel.publish({ exchange });
    await channel.client.confirms(1);
    await drain(channel, queue);
    await drain(channel, other);
  }),
  limited('reject-publish and what comes back', 'a return is no publish', reject(1), async (channel, queue) => {
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    await putAll(channel, queue, '2');
    channel.send('basic.nack', { deliveryTag: 1 });
    await pause(50);
    await drain(channel, queue);
  }),
  talk('reject-publish in a transaction', 'it cannot be kept whole', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args(reject(1)) });
    await channel.call('tx.select');
    fill(channel, queue, '1');
    await channel.call('tx.commit');
    fill(channel, queue, '2');
    await channel.call('tx.commit');
  }),
  talk('reject-publish without confirms', 'nobody is told', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...args(reject(1)) });
    fill(channel, queue, '1', '2');
    await pause(100);
    await drain(channel, queue);
  }),
  ...(['reject-publish', 'reject-publish-dlx'] as const).map((overflow) =>
    confirmTalk(`${overflow} and a dead-letter exchange`, 'only the one has a use for it', async (channel, stage) => {
      const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
      const where = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
      await channel.call('queue.declare', { queue: dead });
      await channel.call('queue.declare', { queue, ...args({ 'x-max-length': 1, 'x-overflow': overflow, ...where }) });
      await putAll(channel, queue, '1', '2');
      await pause(100);
      await drain(channel, queue);
      await drain(channel, dead);
    }),
  ),
  limited('x-max-length of a quorum queue', DROP, quorum({ 'x-max-length': 2 }), async (channel, queue) => {
    await putAll(channel, queue, '1', '2', '3', '4');
    await pause(100);
    await drain(channel, queue);
  }),
  limited('x-max-length-bytes of a quorum queue', DROP, quorum({ 'x-max-length-bytes': 8 }), async (channel, queue) => {
    await putAll(channel, queue, '1111', '2222', '3');
    await pause(100);
    await drain(channel, queue);
  }),
  limited('reject-publish of a quorum queue', REFUSE, quorum(reject(2)), async (channel, queue) => {
    for (const body of ['1', '2', '3', '4', '5']) {
      await putAll(channel, queue, body);
      await pause(100);
    }
    await drain(channel, queue);
  }),
  confirmTalk('reject-publish-dlx of a quorum queue', 'it has no such thing', async (channel, stage) => {
    const queue = stage.queue('q');
    const table = quorum({ 'x-max-length': 1, 'x-overflow': 'reject-publish-dlx' });
    await channel.call('queue.declare', { queue, durable: true, ...args(table) });
    await putAll(channel, queue, '1', '2', '3');
    await pause(100);
    await drain(channel, queue);
  }),
];
