import type { UserLimits, VhostLimits } from '../../../src/index.ts';
import { EVERYTHING } from '../operator.ts';
import type { Conversation, Stage } from '../stage.ts';
import { args, pause, tryToOpen } from '../talk.ts';

/** RabbitMQ counts connections and channels some time after they come and go. */
const COUNTED_MS = 300;

interface Place {
  readonly vhost: string;
  readonly user: string;
}

/** A conversation in a virtual host, with a user, that have limits. */
function limited(
  name: string,
  rule: string,
  limits: { readonly ofVhost?: VhostLimits; readonly ofUser?: UserLimits },
  run: (stage: Stage, place: Place) => Promise<void>,
): Conversation {
  return {
    name: `operator's limits: ${name}`,
    rule,
    run: async (stage) => {
      const vhost = await stage.vhost();
      const user = await stage.user();
      await stage.operator.permit(vhost, user, EVERYTHING);
      await stage.operator.limitVhost(vhost, limits.ofVhost ?? {});
      await stage.operator.limitUser(user, limits.ofUser ?? {});
      await run(stage, { vhost, user });
    },
  };
}

/** Opens as many connections, each counted before the next comes. */
async function openInTurn(stage: Stage, { vhost, user }: Place, ...labels: readonly string[]): Promise<void> {
  for (const label of labels) {
    await tryToOpen(stage, user, vhost, `${label} `);
    await pause(COUNTED_MS);
  }
}

/** Opens two, of which the second is one too many, and a third when the first is gone. */
async function openThree(stage: Stage, { vhost, user }: Place): Promise<void> {
  const first = await tryToOpen(stage, user, vhost, 'A ');
  await pause(COUNTED_MS);
  await tryToOpen(stage, user, vhost, 'B ');
  await first.call(0, 'connection.close');
  first.close();
  await pause(COUNTED_MS);
  await tryToOpen(stage, user, vhost, 'C ');
}

/** Opens channels 2, 3 and 4 beside 1, and stops where one is refused. */
async function openChannels(stage: Stage, place: Place, label: string): Promise<void> {
  const { client } = await stage.open({ ...place, label });
  for (const channel of [2, 3, 4]) {
    await pause(COUNTED_MS);
    const answer = await client.call(channel, 'channel.open');
    if (answer?.name !== 'channel.open-ok') return;
  }
}

/** On a channel of its own each, since a refusal closes it. */
async function declareEach(stage: Stage, place: Place, ...queues: readonly object[]): Promise<void> {
  const { client } = await stage.open(place);
  let number = 1;
  for (const queue of queues) {
    const channel = client.channel(++number);
    await channel.call('channel.open');
    await channel.call('queue.declare', queue);
  }
}

export const OPERATOR_LIMITS: readonly Conversation[] = [
  limited(
    'connections of a virtual host',
    'one that closes makes room',
    { ofVhost: { 'max-connections': 1 } },
    openThree,
  ),
  limited('connections of a user', 'one that closes makes room', { ofUser: { 'max-connections': 1 } }, openThree),
  limited('no connections to a virtual host', '0 is none', { ofVhost: { 'max-connections': 0 } }, (stage, place) =>
    openInTurn(stage, place, 'A'),
  ),
  limited('no connections of a user', '0 is none', { ofUser: { 'max-connections': 0 } }, (stage, place) =>
    openInTurn(stage, place, 'A'),
  ),
  limited(
    'a negative number of connections',
    'is no limit',
    { ofVhost: { 'max-connections': -1 }, ofUser: { 'max-connections': -1 } },
    (stage, place) => openInTurn(stage, place, 'A', 'B'),
  ),
  limited(
    'connections of both',
    "the virtual host's is told",
    { ofVhost: { 'max-connections': 0 }, ofUser: { 'max-connections': 0 } },
    (stage, place) => openInTurn(stage, place, 'A'),
  ),
  limited(
    'connections of a user without permissions',
    'the limit is told',
    { ofVhost: { 'max-connections': 0 } },
    async (stage, { vhost }) => openInTurn(stage, { vhost, user: await stage.user('stranger') }, 'A'),
  ),
  limited(
    'a virtual host that there is not',
    'it has no limits',
    { ofUser: { 'max-connections': 0 } },
    (stage, place) => openInTurn(stage, { ...place, vhost: `${place.vhost}none` }, 'A'),
  ),
  limited('a limit of connections that is lowered', 'is for those to come', {}, async (stage, { vhost, user }) => {
    const first = await stage.open({ vhost, user, label: 'A ' });
    await pause(COUNTED_MS);
    await stage.operator.limitVhost(vhost, { 'max-connections': 0 });
    await stage.operator.limitUser(user, { 'max-connections': 0, 'max-channels': 0 });
    await first.call('basic.qos');
    await first.client.quiet();
    await tryToOpen(stage, user, vhost, 'B ');
  }),
  limited('channels of a user', 'one more closes the connection', { ofUser: { 'max-channels': 2 } }, (stage, place) =>
    openChannels(stage, place, ''),
  ),
  limited(
    'channels of a user on two connections',
    'all of his count',
    { ofUser: { 'max-channels': 3 } },
    async (stage, place) => {
      await stage.open({ ...place, label: 'A ' });
      await openChannels(stage, place, 'B ');
    },
  ),
  limited(
    'channels of a user that close',
    'make room, also those that the server closes',
    { ofUser: { 'max-channels': 2 } },
    async (stage, place) => {
      const { client } = await stage.open(place);
      for (const number of [2, 3, 4]) {
        const channel = client.channel(number);
        await channel.call('channel.open');
        if (number === 3) await channel.call('queue.declare', { queue: 'nosuch', passive: true });
        else await channel.call('channel.close');
        await pause(COUNTED_MS);
      }
    },
  ),
  limited(
    'queues of a virtual host',
    'those that are there may be declared again',
    { ofVhost: { 'max-queues': 2 } },
    (stage, place) =>
      declareEach(
        stage,
        place,
        { queue: 'a' },
        { queue: 'b', exclusive: true },
        { queue: 'c' },
        { queue: 'd', exclusive: true },
        { queue: 'a' },
        { queue: 'a', passive: true },
        { queue: 'c', passive: true },
        { queue: 'a', durable: true },
      ),
  ),
  limited('a queue that is deleted', 'makes room', { ofVhost: { 'max-queues': 1 } }, async (stage, place) => {
    const channel = await stage.open(place);
    await channel.call('queue.declare', { queue: 'a' });
    await channel.call('queue.delete', { queue: 'a' });
    await channel.call('queue.declare', { queue: 'b', durable: true, ...args({ 'x-queue-type': 'quorum' }) });
    await channel.call('queue.declare', { queue: 'c', durable: true, ...args({ 'x-queue-type': 'quorum' }) });
  }),
  limited(
    'no queues',
    '0 is none, and what is wrong with a queue is told first',
    { ofVhost: { 'max-queues': 0 } },
    (stage, place) =>
      declareEach(stage, place, { queue: 'a' }, { queue: 'a', ...args({ 'x-max-length': -1 }) }, { queue: 'amq.a' }),
  ),
  limited('a negative number of queues', 'is no limit', { ofVhost: { 'max-queues': -1 } }, (stage, place) =>
    declareEach(stage, place, { queue: 'a' }, { queue: 'b' }),
  ),
];
