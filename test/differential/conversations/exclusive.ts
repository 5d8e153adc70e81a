import type { RawChannel } from '../../support/raw_channel.ts';
import type { Conversation, Stage } from '../stage.ts';

const LOCKED = 'an exclusive queue is for its own connection';

function locked(name: string, say: (other: RawChannel, queue: string) => Promise<unknown>): Conversation {
  return {
    name: `${name} an exclusive queue of another connection`,
    rule: LOCKED,
    run: async (stage) => {
      const [owner, other] = await pair(stage);
      const queue = stage.queue('q');
      await owner.call('queue.declare', { queue, exclusive: true });
      await say(other, queue);
    },
  };
}

async function pair(stage: Stage): Promise<readonly [RawChannel, RawChannel]> {
  return [await stage.open({ label: 'a' }), await stage.open({ label: 'b' })];
}

export const EXCLUSIVE: readonly Conversation[] = [
  locked('declare of', (other, queue) => other.call('queue.declare', { queue, exclusive: true })),
  locked('declare otherwise of', (other, queue) =>
    other.call('queue.declare', { queue, durable: true, autoDelete: true }),
  ),
  locked('passive declare of', (other, queue) => other.call('queue.declare', { queue, passive: true })),
  locked('consume from', (other, queue) => other.call('basic.consume', { queue })),
  locked('get from', (other, queue) => other.call('basic.get', { queue })),
  locked('bind of', (other, queue) => other.call('queue.bind', { queue, exchange: 'amq.fanout' })),
  locked('unbind of', (other, queue) => other.call('queue.unbind', { queue, exchange: 'amq.fanout' })),
  {
    name: 'unbind what is bound of an exclusive queue of another connection',
    rule: LOCKED,
    run: async (stage) => {
      const [owner, other] = await pair(stage);
      const queue = stage.queue('q');
      await owner.call('queue.declare', { queue, exclusive: true });
      await owner.call('queue.bind', { queue, exchange: 'amq.direct' });
      await other.call('queue.unbind', { queue, exchange: 'amq.direct' });
    },
  },
  locked('purge of', (other, queue) => other.call('queue.purge', { queue })),
  locked('delete of', (other, queue) => other.call('queue.delete', { queue })),
  locked('publish to', async (other, queue) => {
    await other.call('confirm.select');
    other.publish({ routingKey: queue, mandatory: true });
    await other.client.confirms(1);
  }),
  {
    name: 'exclusive queue on another channel of its connection',
    rule: 'a connection is one owner',
    run: async (stage) => {
      const channel = await stage.open();
      const queue = stage.queue('q');
      await channel.call('queue.declare', { queue, exclusive: true });
      await channel.call('channel.close');
      await channel.client.call(2, 'channel.open');
      await channel.client.call(2, 'queue.declare', { queue, exclusive: true });
    },
  },
  {
    name: 'exclusive queue after its connection closed',
    rule: 'it is gone before the close is answered',
    run: async (stage) => {
      const [owner, other] = await pair(stage);
      const queue = stage.queue('q');
      await owner.call('queue.declare', { queue, exclusive: true, durable: true });
      await owner.client.call(0, 'connection.close');
      await other.call('queue.declare', { queue, passive: true });
    },
  },
  {
    name: 'exclusive queue named by the server after its connection closed',
    rule: 'its bindings go with it',
    run: async (stage) => {
      const [owner, other] = await pair(stage);
      const exchange = stage.exchange('x');
      await owner.call('exchange.declare', { exchange, type: 'fanout', autoDelete: true });
      await owner.call('queue.declare', { exclusive: true });
      await owner.call('queue.bind', { exchange });
      await owner.client.call(0, 'connection.close');
      await other.client.quiet();
      await other.call('exchange.declare', { exchange, passive: true });
    },
  },
];
