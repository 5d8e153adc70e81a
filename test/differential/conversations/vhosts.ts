import { EVERYTHING } from '../operator.ts';
import type { Conversation, Stage } from '../stage.ts';
import { tryToOpen } from '../talk.ts';

/** Two virtual hosts, each with a user of its own who may do everything there. */
async function neighbours(stage: Stage): Promise<readonly { readonly vhost: string; readonly user: string }[]> {
  const both = [];
  for (const name of ['a', 'b']) {
    const vhost = await stage.vhost(`v${name}`);
    const user = await stage.user(`u${name}`);
    await stage.operator.permit(vhost, user, EVERYTHING);
    both.push({ vhost, user });
  }
  return both;
}

export const VHOSTS: readonly Conversation[] = [
  {
    name: 'vhosts: two users in two',
    rule: 'each may open his own, and nobody one that there is not',
    run: async (stage) => {
      const [a, b] = await neighbours(stage);
      if (a === undefined || b === undefined) return;
      await tryToOpen(stage, a.user, a.vhost, 'A ');
      await tryToOpen(stage, b.user, b.vhost, 'B ');
      await tryToOpen(stage, a.user, b.vhost, 'C ');
      await tryToOpen(stage, b.user, a.vhost, 'D ');
      await tryToOpen(stage, a.user, `${a.vhost}none`, 'E ');
    },
  },
  {
    name: 'vhosts: the same names in two',
    rule: 'nothing is shared',
    run: async (stage) => {
      const [a, b] = await neighbours(stage);
      if (a === undefined || b === undefined) return;
      const left = await stage.open({ ...a, label: 'A ' });
      const right = await stage.open({ ...b, label: 'B ' });
      await left.call('queue.declare', { queue: 'q' });
      await left.call('confirm.select');
      left.publish({ routingKey: 'q' });
      await left.client.confirms(1);
      await right.call('queue.declare', { queue: 'q' });
      await right.call('basic.get', { queue: 'q' });
      await left.call('basic.get', { queue: 'q', noAck: true });
    },
  },
  {
    name: 'vhosts: deleted',
    rule: 'its connections are closed, and others stay',
    run: async (stage) => {
      const [a, b] = await neighbours(stage);
      if (a === undefined || b === undefined) return;
      const left = await stage.open({ ...a, label: 'A ' });
      const right = await stage.open({ ...b, label: 'B ' });
      await stage.operator.deleteVhost(a.vhost);
      await left.refused();
      await right.call('basic.qos');
      await tryToOpen(stage, a.user, a.vhost, 'C ');
    },
  },
  {
    name: 'vhosts: a user is deleted',
    rule: 'his connections are closed, and others stay',
    run: async (stage) => {
      const [a, b] = await neighbours(stage);
      if (a === undefined || b === undefined) return;
      await stage.operator.permit(a.vhost, b.user, EVERYTHING);
      const left = await stage.open({ ...a, label: 'A ' });
      const right = await stage.open({ vhost: a.vhost, user: b.user, label: 'B ' });
      await stage.operator.deleteUser(a.user);
      await left.refused();
      await right.call('basic.qos');
    },
  },
  {
    name: 'vhosts: a user gets another password',
    rule: 'his connections stay',
    run: async (stage) => {
      const [a] = await neighbours(stage);
      if (a === undefined) return;
      const channel = await stage.open(a);
      await stage.operator.user(a.user, 'another');
      await channel.client.quiet();
      await channel.call('basic.qos');
    },
  },
  {
    name: 'vhosts: default queue type',
    rule: 'of durable queues that do not say theirs, and are neither exclusive nor auto-delete',
    run: async (stage) => {
      const [a] = await neighbours(stage);
      if (a === undefined) return;
      await stage.operator.vhost(a.vhost, { defaultQueueType: 'quorum' });
      const first = await stage.open(a);
      const { client } = first;
      let number = 1;
      const declare = async (given: object): Promise<void> => {
        const channel = client.channel(++number);
        await channel.call('channel.open');
        await channel.call('queue.declare', given);
      };
      await declare({ queue: 'd', durable: true });
      await declare({ queue: 'd', durable: true, arguments: typed('quorum') });
      await declare({ queue: 'd', durable: true, arguments: typed('classic') });
      await declare({ queue: 't' });
      await declare({ queue: 't', arguments: typed('classic') });
      await declare({ queue: 'e', durable: true, exclusive: true });
      await declare({ queue: 'a', durable: true, autoDelete: true });
      await declare({ queue: 'a', durable: true, autoDelete: true, arguments: typed('classic') });
      await declare({ queue: 'c', durable: true, arguments: typed('classic') });
      await declare({ queue: 'c', durable: true });
      await declare({ queue: '', durable: true });
    },
  },
];

function typed(type: string): Map<string, { tag: 'S'; value: Buffer }> {
  return new Map([['x-queue-type', { tag: 'S', value: Buffer.from(type) }]]);
}
