import { EVERYTHING } from '../operator.ts';
import { CLIENT_CAPABILITIES, type Conversation, type Stage } from '../stage.ts';
import { args, drain, keepAll, pause, restarted, tryToOpen } from '../talk.ts';

const THERE = 'what belongs to the node is there again';

async function place(stage: Stage): Promise<{ readonly vhost: string; readonly user: string }> {
  const vhost = await stage.vhost();
  const user = await stage.user();
  return { vhost, user };
}

export const RESTARTED_NODE: readonly Conversation[] = [
  restarted('a virtual host', THERE, async (_channel, stage) => {
    const { vhost, user } = await place(stage);
    await stage.operator.permit(vhost, user, EVERYTHING);
    const channel = await stage.open({ label: 'B ', vhost, user });
    await channel.call('confirm.select');
    await channel.call('queue.declare', { queue: 'q', durable: true });
    await keepAll(channel, 'q', '1');
    const again = await stage.restart({ vhost, user });
    await drain(again, 'q');
    await tryToOpen(stage, await stage.user('stranger'), vhost, 'C ');
  }),
  restarted('permissions', THERE, async (_channel, stage) => {
    const { vhost, user } = await place(stage);
    await stage.operator.permit(vhost, user, { configure: '^a', write: '^a', read: '' });
    const channel = await stage.restart({ vhost, user });
    await channel.call('queue.declare', { queue: 'a', durable: true });
    await channel.call('basic.get', { queue: 'a' });
    await channel.call('channel.open');
    await channel.call('queue.declare', { queue: 'b', durable: true });
  }),
  restarted('topic permissions', THERE, async (_channel, stage) => {
    const { vhost, user } = await place(stage);
    await stage.operator.permit(vhost, user, EVERYTHING);
    await stage.operator.permitTopic(vhost, user, 'amq.topic', { write: '^{username}', read: '.*' });
    const channel = await stage.restart({ vhost, user });
    await channel.call('confirm.select');
    channel.publish({ exchange: 'amq.topic', routingKey: user });
    await channel.client.confirms(1);
    channel.publish({ exchange: 'amq.topic', routingKey: 'other' });
    await channel.refused();
  }),
  restarted('limits of a virtual host', THERE, async (_channel, stage) => {
    const { vhost, user } = await place(stage);
    await stage.operator.permit(vhost, user, EVERYTHING);
    await stage.operator.limitVhost(vhost, { 'max-queues': 1, 'max-connections': 1 });
    const channel = await stage.restart({ vhost, user });
    await channel.call('queue.declare', { queue: 'a', durable: true });
    await channel.call('queue.declare', { queue: 'b', durable: true });
    await pause(300);
    await tryToOpen(stage, user, vhost, 'C ');
  }),
  restarted('limits of a user', THERE, async (_channel, stage) => {
    const { vhost, user } = await place(stage);
    await stage.operator.permit(vhost, user, EVERYTHING);
    await stage.operator.limitUser(user, { 'max-connections': 1 });
    await stage.restart({ vhost, user });
    await pause(300);
    await tryToOpen(stage, user, vhost, 'C ');
  }),
  restarted('a default queue type', THERE, async (_channel, stage) => {
    const { vhost, user } = await place(stage);
    await stage.operator.permit(vhost, user, EVERYTHING);
    await stage.operator.vhost(vhost, { defaultQueueType: 'quorum' });
    const channel = await stage.restart({ vhost, user });
    await channel.call('queue.declare', { queue: 'a', durable: true });
    await channel.call('queue.declare', { queue: 'a', durable: true, ...args({ 'x-queue-type': 'quorum' }) });
    await channel.call('queue.declare', { queue: 'a', durable: true, ...args({ 'x-queue-type': 'classic' }) });
  }),
  restarted('a user that was deleted', 'he is gone', async (_channel, stage) => {
    const { vhost, user } = await place(stage);
    await stage.operator.permit(vhost, user, EVERYTHING);
    await stage.operator.deleteUser(user);
    await stage.restart();
    const client = await stage.dial('C ');
    client.header();
    const before = stage.transcript.length;
    await client.answer(0, ['connection.start']);
    const clientProperties = CLIENT_CAPABILITIES;
    client.send(0, 'connection.start-ok', { clientProperties, response: Buffer.from(`\0${user}\0${user}`) });
    stage.transcript.length = before;
    await client.answer(0, ['connection.tune']);
  }),
  restarted('a virtual host that was deleted', 'it is gone', async (_channel, stage) => {
    const { vhost, user } = await place(stage);
    await stage.operator.permit(vhost, user, EVERYTHING);
    await stage.operator.deleteVhost(vhost);
    await stage.restart();
    await tryToOpen(stage, 'guest', vhost, 'C ');
  }),
];
