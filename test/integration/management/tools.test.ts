// What tools that were written for RabbitMQ's management plugin find here: docs/tools.md tells which.

import type { ConfirmChannel } from 'amqplib';
import { expect, test } from 'vitest';
import { type Broker, ManualClock } from '../../../src/index.ts';
import { Api } from '../../support/api.ts';
import { startBroker, until } from '../../support/broker.ts';
import { client } from './support.ts';
import { READS } from './tools_read.ts';
import { wrongIn } from './tools_wrong.ts';

const NODE = 'leveret@localhost';

test('all that tools read is there, and of the type that they take it for', async () => {
  const clock = new ManualClock(1_700_000_000_000);
  const broker = await startBroker({ management: {}, clock });
  const api = Api.of(broker);
  await administer(api);
  await use(broker);
  // Everything is looked at every five seconds: rates take two looks.
  for (let looks = 0; looks < 3; looks++) clock.advance(5_000);
  const [connection] = (await api.get('connections')).json;
  const names = { NODE, CONNECTION: connection.name } as const;
  const wrong: string[] = [];
  for (const reads of READS) {
    for (const template of reads.paths) {
      const path = template.replace(/NODE|CONNECTION/, (name) => encodeURIComponent(names[name as keyof typeof names]));
      const { json } = await api.get(path);
      wrong.push(...wrongIn(json, reads).map((what) => `${reads.tool}: GET ${path}: ${what}`));
    }
  }
  expect(wrong).toEqual([]);
});

test('what is looked for in an answer is found missing, null, or of another type', () => {
  const reads = { tool: '', paths: [], text: 'a b? c~ d[].e', whole: 'n', at: '' };
  expect(wrongIn({ a: 'x', c: null, d: [{ e: 'x' }], n: 1 }, reads)).toEqual([]);
  expect(wrongIn({ a: 1, b: null, c: 2, d: [], n: 1.5 }, reads)).toEqual([
    'a: 1 is no text',
    'b? is null',
    'c~: 2 is no text',
    'd[].e: there is none to look at',
    'n: 1.5 is no whole',
  ]);
  expect(wrongIn({}, reads)).toEqual(['a is missing', 'd[].e is missing', 'n is missing']);
  expect(wrongIn([], { tool: '', paths: [], at: '[].', text: 'a' })).toEqual(['[].a: there is none to look at']);
});

async function administer(api: Api): Promise<void> {
  const all = { configure: '.*', write: '.*', read: '.*' };
  await api.put('vhosts/tools', { description: 'for tools', tags: 'a,b' });
  await api.put('vhost-limits/tools/max-connections', { value: 10 });
  await api.put('users/agent', { password: 'agent', tags: 'monitoring' });
  await api.put('user-limits/agent/max-channels', { value: 10 });
  await api.put('permissions/tools/agent', all);
  await api.put('topic-permissions/tools/agent', { exchange: 'amq.topic', write: '.*', read: '.*' });
  const policy = { pattern: '^work', 'apply-to': 'queues', definition: { 'max-length': 1000 } };
  await api.put('policies/%2F/lengths', policy);
  await api.put('operator-policies/%2F/lengths', policy);
}

/** Queues of each kind; messages that are ready, given to a consumer, confirmed, returned and got. */
async function use(broker: Broker): Promise<void> {
  const { connection, channel } = await client(broker);
  const confirms = await connection.createConfirmChannel();
  await channel.assertQueue('work', { arguments: { 'x-max-priority': 5 } });
  await channel.assertQueue('work.quorum', { arguments: { 'x-queue-type': 'quorum' } });
  await channel.assertQueue('work.mine', { exclusive: true });
  await channel.assertQueue('work.idle');
  await channel.assertExchange('orders', 'topic');
  await channel.bindQueue('work', 'orders', 'a.*');
  await channel.prefetch(2);
  let given = 0;
  await channel.consume('work', (message) => {
    given += 1;
    if (message !== null && given === 1) channel.nack(message);
    if (message !== null && given === 2) channel.ack(message);
  });
  await channel.consume('work.mine', () => {}, { noAck: true, exclusive: true });
  await publish(confirms);
  await channel.get('work.quorum', { noAck: true });
  await until(() => given >= 3);
}

async function publish(confirms: ConfirmChannel): Promise<void> {
  confirms.on('return', () => {});
  for (let count = 0; count < 5; count++) confirms.publish('orders', 'a.b', Buffer.from('hare'), { persistent: true });
  for (const queue of ['work.mine', 'work.quorum', 'work.quorum']) confirms.sendToQueue(queue, Buffer.from('hare'));
  confirms.publish('amq.direct', 'nowhere', Buffer.from('hare'), { mandatory: true });
  await confirms.waitForConfirms();
}
