import { type FieldTable, type FieldValue, fromPlain } from '../../../src/codec/table.ts';
import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';
import { args, confirmTalk, drain, fill, pause, put, putAll, talk } from '../talk.ts';

type Plain = Parameters<typeof fromPlain>[0];

/** A queue whose dead go to a fanout exchange, and from there to a queue with a consumer. */
async function grave(channel: RawChannel, stage: Stage, table: Plain = {}, durable = false): Promise<string> {
  const [queue, dead, exchange] = [stage.queue('q'), stage.queue('dead'), stage.exchange('dlx')];
  await channel.call('exchange.declare', { exchange, type: 'fanout' });
  await channel.call('queue.declare', { queue: dead });
  await channel.call('queue.bind', { queue: dead, exchange, routingKey: '' });
  await channel.call('queue.declare', { queue, durable, ...args({ 'x-dead-letter-exchange': exchange, ...table }) });
  await channel.call('basic.consume', { queue: dead, consumerTag: 'dead', noAck: true });
  return queue;
}

/** A queue whose dead go straight to another, by name. */
function straightTo(queue: string, table: Plain = {}): { arguments: FieldTable } {
  return args({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue, ...table });
}

function text(value: string): FieldValue {
  return { tag: 'S', value: Buffer.from(value) };
}

/** An x-death header such as a client may make up. */
function madeUp(queue: string, reason: string): FieldTable {
  const death = new Map<string, FieldValue>([
    ['count', { tag: 'l', value: 7 }],
    ['reason', text(reason)],
    ['queue', text(queue)],
    ['exchange', text('')],
    ['routing-keys', { tag: 'A', value: [text(queue)] }],
  ]);
  return new Map<string, FieldValue>([['x-death', { tag: 'A', value: [{ tag: 'F', value: death }] }]]);
}

const CYCLE = 'a message that nobody refused does not go round for ever';

export const DEAD_LETTER: readonly Conversation[] = [
  confirmTalk('dead letter: rejected', 'what is refused for good goes to the exchange', async (channel, stage) => {
    const queue = await grave(channel, stage);
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.reject', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  confirmTalk('dead letter: several refused', 'in their order', async (channel, stage) => {
    const queue = await grave(channel, stage);
    await putAll(channel, queue, '1', '2', '3');
    for (let count = 0; count < 3; count++) await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 3, multiple: true, requeue: false });
    await channel.see('basic.deliver', 3);
  }),
  confirmTalk('dead letter: requeued', 'what comes back is not dead', async (channel, stage) => {
    const queue = await grave(channel, stage);
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.reject', { deliveryTag: 1, requeue: true });
    await channel.call('basic.get', { queue });
    channel.send('basic.ack', { deliveryTag: 2 });
  }),
  confirmTalk('dead letter: properties', 'the message is otherwise the same', async (channel, stage) => {
    const queue = await grave(channel, stage);
    await put(channel, {
      routingKey: queue,
      body: 'b',
      properties: {
        contentType: 'text/plain',
        headers: fromPlain({ a: 1, b: 'two' }),
        deliveryMode: 2,
        priority: 3,
        correlationId: 'c',
        replyTo: 'r',
        messageId: 'm',
        timestamp: 1_700_000_000,
        type: 't',
        appId: 'app',
      },
    });
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  confirmTalk('dead letter: empty body', 'the message is otherwise the same', async (channel, stage) => {
    const queue = await grave(channel, stage);
    await put(channel, { routingKey: queue, body: '' });
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  talk('dead letter: expired by its queue', 'reason expired', async (channel, stage) => {
    const queue = await grave(channel, stage, { 'x-message-ttl': 30 });
    fill(channel, queue, '1', '2');
    await channel.see('basic.deliver', 2);
  }),
  talk('dead letter: expired by itself', 'the expiration moves to x-death', async (channel, stage) => {
    const queue = await grave(channel, stage);
    channel.publish({ routingKey: queue, properties: { expiration: '30' } });
    await channel.see('basic.deliver');
  }),
  confirmTalk('dead letter: rejected with an expiration', 'the expiration moves to x-death', async (channel, stage) => {
    const queue = await grave(channel, stage);
    await put(channel, { routingKey: queue, properties: { expiration: '30000' } });
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  talk('dead letter: time of 0', 'it was never delivered', async (channel, stage) => {
    const queue = await grave(channel, stage, { 'x-message-ttl': 0 });
    channel.publish({ routingKey: queue });
    await channel.see('basic.deliver');
  }),
  talk('dead letter: maxlen', 'what the queue has no room for', async (channel, stage) => {
    const queue = await grave(channel, stage, { 'x-max-length': 1 });
    fill(channel, queue, '1', '2');
    await channel.see('basic.deliver');
    await drain(channel, queue);
  }),
  talk('dead letter: maxlen in bytes', 'the reason is the same', async (channel, stage) => {
    const queue = await grave(channel, stage, { 'x-max-length-bytes': 5 });
    fill(channel, queue, '1234', '567');
    await channel.see('basic.deliver');
    await drain(channel, queue);
  }),
  confirmTalk('dead letter: with a routing key', 'the key in place of the message’s own', async (channel, stage) => {
    const queue = await grave(channel, stage, { 'x-dead-letter-routing-key': 'other' });
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  confirmTalk('dead letter: by the default exchange', 'straight to a queue', async (channel, stage) => {
    const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
    await channel.call('queue.declare', { queue: dead });
    await channel.call('queue.declare', { queue, ...straightTo(dead) });
    await channel.call('basic.consume', { queue: dead, consumerTag: 'dead', noAck: true });
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  confirmTalk('dead letter: an exchange that is not there', 'the message is gone', async (channel, stage) => {
    const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
    await channel.call('queue.declare', { queue: dead });
    await channel.call('queue.declare', { queue, ...args({ 'x-dead-letter-exchange': stage.exchange('dlx') }) });
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.call('queue.declare', { queue, passive: true });
  }),
  confirmTalk('dead letter: purged and deleted', 'neither is death', async (channel, stage) => {
    const queue = await grave(channel, stage);
    await putAll(channel, queue, '1', '2');
    await channel.call('queue.purge', { queue });
    await putAll(channel, queue, '3');
    await channel.call('queue.delete', { queue });
  }),
  confirmTalk('dead letter: the queue expires', 'that is no death of messages', async (channel, stage) => {
    const queue = await grave(channel, stage, { 'x-expires': 50 });
    await putAll(channel, queue, '1');
    await pause(250);
    await channel.call('queue.declare', { queue, passive: true });
  }),
  confirmTalk('dead letter: a second death', 'the latest death comes first', async (channel, stage) => {
    const [first, second, dead] = [stage.queue('first'), stage.queue('second'), stage.queue('dead')];
    await channel.call('queue.declare', { queue: dead });
    await channel.call('queue.declare', { queue: second, ...straightTo(dead, { 'x-message-ttl': 30 }) });
    await channel.call('queue.declare', { queue: first, ...straightTo(second) });
    await channel.call('basic.consume', { queue: dead, consumerTag: 'dead', noAck: true });
    await putAll(channel, first, '1');
    await channel.call('basic.get', { queue: first });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  talk('dead letter: round and round by refusal', 'it counts', async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...straightTo(queue) });
    await channel.call('basic.consume', { queue, consumerTag: 'ct' });
    channel.publish({ routingKey: queue });
    for (let count = 1; count <= 3; count++) {
      await channel.see('basic.deliver');
      channel.send('basic.nack', { deliveryTag: count, requeue: false });
    }
    await channel.see('basic.deliver');
  }),
  confirmTalk('dead letter: round and round by time', CYCLE, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...straightTo(queue, { 'x-message-ttl': 50 }) });
    await putAll(channel, queue, '1');
    await pause(250);
    await channel.call('queue.declare', { queue, passive: true });
  }),
  confirmTalk('dead letter: round and round by length', CYCLE, async (channel, stage) => {
    const queue = stage.queue('q');
    await channel.call('queue.declare', { queue, ...straightTo(queue, { 'x-max-length': 1 }) });
    await putAll(channel, queue, '1', '2');
    await pause(100);
    await drain(channel, queue);
  }),
  talk('dead letter: refused, and back by time', 'the usual way to try again', async (channel, stage) => {
    const [work, wait] = [stage.queue('work'), stage.queue('wait')];
    await channel.call('queue.declare', { queue: wait, ...straightTo(work, { 'x-message-ttl': 30 }) });
    await channel.call('queue.declare', { queue: work, ...straightTo(wait) });
    await channel.call('basic.consume', { queue: work, consumerTag: 'ct' });
    channel.publish({ routingKey: work });
    for (let count = 1; count <= 3; count++) {
      await channel.see('basic.deliver');
      channel.send('basic.nack', { deliveryTag: count, requeue: false });
    }
    await channel.see('basic.deliver');
  }),
  talk('dead letter: two reasons in one queue', 'a death for each queue and reason', async (channel, stage) => {
    const [work, wait] = [stage.queue('work'), stage.queue('wait')];
    await channel.call('queue.declare', { queue: wait, ...straightTo(work, { 'x-message-ttl': 30 }) });
    await channel.call('queue.declare', { queue: work, ...straightTo(wait, { 'x-max-length': 0 }) });
    await channel.call('basic.consume', { queue: work, consumerTag: 'ct' });
    channel.publish({ routingKey: work });
    await channel.see('basic.deliver');
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  ...[true, false].map((keyed) =>
    confirmTalk(
      `dead letter: CC ${keyed ? 'with' : 'without'} a routing key`,
      'without a key of the queue’s, all that the message had',
      async (channel, stage) => {
        const [queue, exchange] = [stage.queue('q'), stage.exchange('dlx')];
        const names = ['own', 'copy', 'blind', 'key'].map((name) => [name, stage.queue(name)] as const);
        await channel.call('exchange.declare', { exchange, type: 'direct' });
        for (const [name, dead] of names) {
          await channel.call('queue.declare', { queue: dead });
          await channel.call('queue.bind', { queue: dead, exchange, routingKey: name === 'own' ? queue : name });
        }
        const key = keyed ? { 'x-dead-letter-routing-key': 'key' } : {};
        await channel.call('queue.declare', { queue, ...args({ 'x-dead-letter-exchange': exchange, ...key }) });
        const headers: FieldTable = new Map<string, FieldValue>([
          ['CC', { tag: 'A', value: [text('copy')] }],
          ['BCC', { tag: 'A', value: [text('blind')] }],
        ]);
        await put(channel, { routingKey: queue, properties: { headers } });
        await channel.call('basic.get', { queue });
        channel.send('basic.nack', { deliveryTag: 1, requeue: false });
        await pause(150);
        for (const [, dead] of names) await channel.call('basic.get', { queue: dead, noAck: true });
      },
    ),
  ),
  confirmTalk('dead letter: twice to one queue', 'a queue gets one copy', async (channel, stage) => {
    const [queue, dead, exchange] = [stage.queue('q'), stage.queue('dead'), stage.exchange('dlx')];
    await channel.call('exchange.declare', { exchange, type: 'topic' });
    await channel.call('queue.declare', { queue: dead });
    await channel.call('queue.bind', { queue: dead, exchange, routingKey: '#' });
    await channel.call('queue.bind', { queue: dead, exchange, routingKey: '*' });
    await channel.call('queue.declare', { queue, ...args({ 'x-dead-letter-exchange': exchange }) });
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await pause(150);
    await drain(channel, dead);
  }),
  confirmTalk('dead letter: an x-death that the client made up', 'what is said of it', async (channel, stage) => {
    const queue = await grave(channel, stage);
    await put(channel, { routingKey: queue, properties: { headers: madeUp('elsewhere', 'expired') } });
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  confirmTalk('dead letter: a made-up death of the same queue', 'whether it counts', async (channel, stage) => {
    const queue = await grave(channel, stage);
    const named = queue;
    await put(channel, { routingKey: queue, properties: { headers: madeUp(named, 'rejected') } });
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  confirmTalk('dead letter: a made-up round', 'whether it is one', async (channel, stage) => {
    const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
    await channel.call('queue.declare', { queue: dead });
    await channel.call('queue.declare', { queue, ...straightTo(dead, { 'x-message-ttl': 30 }) });
    await put(channel, { routingKey: queue, properties: { headers: madeUp(dead, 'expired') } });
    await pause(250);
    await drain(channel, dead);
  }),
  confirmTalk('dead letter: published again by its reader', 'with the headers it came with', async (channel, stage) => {
    const queue = await grave(channel, stage);
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
    await channel.client.quiet();
    const { headers } = channel.client.lastProperties ?? {};
    await put(channel, { routingKey: queue, properties: { headers } });
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 3, requeue: false });
    await channel.see('basic.deliver');
  }),
  confirmTalk(
    'dead letter: to a queue that is full',
    'a queue that refuses does not get it',
    async (channel, stage) => {
      const [queue, dead] = [stage.queue('q'), stage.queue('dead')];
      const full = { 'x-max-length': 1, 'x-overflow': 'reject-publish' };
      await channel.call('queue.declare', { queue: dead, ...args(full) });
      await channel.call('queue.declare', { queue, ...straightTo(dead) });
      await putAll(channel, dead, 'there');
      await putAll(channel, queue, '1');
      await channel.call('basic.get', { queue });
      channel.send('basic.nack', { deliveryTag: 1, requeue: false });
      await pause(150);
      await drain(channel, dead);
    },
  ),
  confirmTalk('dead letter: to an internal exchange', 'what no client may do', async (channel, stage) => {
    const [queue, dead, exchange] = [stage.queue('q'), stage.queue('dead'), stage.exchange('dlx')];
    await channel.call('exchange.declare', { exchange, type: 'fanout', internal: true });
    await channel.call('queue.declare', { queue: dead });
    await channel.call('queue.bind', { queue: dead, exchange });
    await channel.call('queue.declare', { queue, ...args({ 'x-dead-letter-exchange': exchange }) });
    await channel.call('basic.consume', { queue: dead, consumerTag: 'dead', noAck: true });
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  confirmTalk('dead letter: by headers', 'its new headers count in its route', async (channel, stage) => {
    const [queue, dead, exchange] = [stage.queue('q'), stage.queue('dead'), stage.exchange('dlx')];
    await channel.call('exchange.declare', { exchange, type: 'headers' });
    await channel.call('queue.declare', { queue: dead });
    const wanted = { 'x-match': 'all-with-x', 'x-first-death-reason': 'rejected' };
    await channel.call('queue.bind', { queue: dead, exchange, ...args(wanted) });
    await channel.call('queue.declare', { queue, ...args({ 'x-dead-letter-exchange': exchange }) });
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await pause(150);
    await drain(channel, dead);
  }),
  confirmTalk('dead letter: from a quorum queue', 'as from any other', async (channel, stage) => {
    const queue = await grave(channel, stage, { 'x-queue-type': 'quorum' }, true);
    await putAll(channel, queue, '1');
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await channel.see('basic.deliver');
  }),
  confirmTalk('dead letter: in a transaction', 'when it is committed', async (_channel, stage) => {
    const channel = await stage.open({ label: 'B' });
    const queue = await grave(channel, stage);
    channel.publish({ routingKey: queue, body: '1' });
    await pause(100);
    await channel.call('tx.select');
    await channel.call('basic.get', { queue });
    channel.send('basic.nack', { deliveryTag: 1, requeue: false });
    await pause(100);
    await channel.call('tx.commit');
    await channel.see('basic.deliver');
  }),
];
