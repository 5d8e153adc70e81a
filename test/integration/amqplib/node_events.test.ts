import { expect, test } from 'vitest';
import type { Broker } from '../../../src/index.ts';
import { startBroker } from '../../support/broker.ts';
import { Listener } from './event_listener.ts';

const BY = { user_who_performed_action: 'rmq-internal' };
const EVERYTHING = { configure: '.*', write: '.*', read: '.*' };

/** A broker, and what it tells of what is done to it: each event's key, and its headers. */
async function told(
  act: (broker: Broker) => Promise<unknown>,
  before: (broker: Broker) => Promise<unknown> = async () => {},
): Promise<unknown[][]> {
  const broker = await startBroker({ events: true });
  const listener = await Listener.on(broker);
  await before(broker);
  await listener.messages();
  await act(broker);
  return (await listener.heard()).map(({ key, headers }) => [key, headers]);
}

test('users', async () => {
  const events = await told(async ({ users }) => {
    await users.set('u', { password: 'p', tags: ['management', 'x'] });
    await users.set('plain', { password: 'p' });
    await users.set('u', { password: 'other', tags: ['x'] });
    await users.changePassword('u', 'third');
    await users.set('u', {});
    await users.setTags('u', ['y']);
    await users.setLimits('u', { 'max-channels': 5 });
    await users.setLimits('u', {});
    await users.delete('u');
    await users.delete('u');
  });
  const user = { name: 'u', ...BY };
  expect(events).toEqual([
    ['user.created', user],
    ['user.tags.set', { tags: ['management', 'x'], ...user }],
    ['user.created', { ...user, name: 'plain' }],
    ['user.password.changed', user],
    ['user.tags.set', { tags: ['x'], ...user }],
    ['user.password.changed', user],
    ['user.password.cleared', user],
    ['user.tags.set', { tags: [], ...user }],
    ['user.tags.set', { tags: ['y'], ...user }],
    ['user.limits.set', { name: 'limits', username: 'u', 'max-channels': 5, ...BY }],
    ['user.limits.cleared', { name: 'limits', username: 'u', ...BY }],
    ['user.deleted', user],
  ]);
});

test('permissions', async () => {
  const withUser = ({ users }: Broker): Promise<void> => users.set('u', {});
  const events = await told(async ({ permissions }) => {
    await permissions.set('/', 'u', { configure: 'a', write: 'b', read: 'c' });
    await permissions.setTopic('/', 'u', 'amq.topic', { write: 'b', read: 'c' });
    await permissions.clearTopic('/', 'u', 'amq.topic');
    await permissions.clearTopic('/', 'u');
    await permissions.clear('/', 'u');
    await permissions.clear('/', 'u');
  }, withUser);
  const whose = { user: 'u', vhost: '/', ...BY };
  expect(events).toEqual([
    ['permission.created', { configure: 'a', write: 'b', read: 'c', ...whose }],
    ['topic.permission.created', { exchange: 'amq.topic', write: 'b', read: 'c', ...whose }],
    ['topic.permission.deleted', whose],
    ['permission.deleted', whose],
  ]);
});

test('virtual hosts', async () => {
  const events = await told(async ({ vhosts }) => {
    await vhosts.set('v', { description: 'd', tags: ['a'] });
    await vhosts.set('v', { defaultQueueType: 'quorum' });
    await vhosts.setLimits('v', { 'max-queues': 7 });
    await vhosts.setLimits('v', {});
  });
  const vhost = {
    ...{ name: 'v', description: 'd', tags: ['a'], protected_from_deletion: false, tracing: false },
    ...{ cluster_state: { 'leveret@localhost': 'running' }, ...BY },
  };
  const parameter = { vhost: 'v', component: 'vhost-limits', name: 'limits', ...BY };
  expect(events).toEqual([
    ['vhost.created', { default_queue_type: 'classic', ...vhost }],
    ['vhost.updated', { default_queue_type: 'quorum', deletion_protection: false, ...vhost }],
    ['parameter.set', { value: { 'max-queues': 7 }, ...parameter }],
    ['vhost.limits.set', { 'max-queues': 7, vhost: 'v', name: 'limits', ...BY }],
    ['parameter.cleared', parameter],
    ['vhost.limits.cleared', { vhost: 'v', name: 'limits', ...BY }],
  ]);
});

test('a virtual host that goes, with all that was said of it', async () => {
  const definition = { 'max-length': 5 };
  const events = await told(
    ({ vhosts }) => vhosts.delete('v'),
    async (broker) => {
      await broker.vhosts.set('v');
      await broker.permissions.set('v', 'guest', EVERYTHING);
      await broker.vhosts.setLimits('v', { 'max-queues': 7 });
      await broker.policies('v').set('p', { pattern: 'q', definition });
      await broker.operatorPolicies('v').set('o', { pattern: 'q', definition });
      const queues = [{ name: 'q', vhost: 'v', durable: true, auto_delete: false, arguments: {} }];
      await broker.definitions.import({ queues });
    },
  );
  const by = { vhost: 'v', ...BY };
  expect(events).toEqual([
    ['queue.deleted', { name: 'q', type: 'rabbit_classic_queue', ...by }],
    ['permission.deleted', { user: 'guest', ...by }],
    ['parameter.cleared', { component: 'vhost-limits', name: 'limits', ...by }],
    ['vhost.limits.cleared', { name: 'limits', ...by }],
    ['policy.cleared', { name: 'p', ...by }],
    ['parameter.cleared', { component: 'operator_policy', name: 'o', ...by }],
    ['operator.policy.cleared', { name: 'o', ...by }],
    ['vhost.deleted', { name: 'v', ...BY }],
    ['vhost.down', { name: 'v', node: 'leveret@localhost', ...BY }],
  ]);
});

test('parameters, which may be any JSON', async () => {
  const value = { a: 1, b: ['x', true, null], c: 1.5, d: { e: -5_000_000_000 } };
  const events = await told(async ({ globalParameters, definitions }) => {
    await globalParameters.set('g', value);
    await globalParameters.delete('g');
    await globalParameters.delete('g');
    await definitions.import({ parameters: [{ vhost: '/', component: 'shovel', name: 's', value: { a: 1 } }] });
  });
  const parameter = { component: 'global', name: 'g', ...BY };
  expect(events).toEqual([
    ['parameter.set', { value: { ...value, b: ['x', true, 'null'] }, ...parameter }],
    ['parameter.cleared', parameter],
    ['parameter.set', { vhost: '/', component: 'shovel', name: 's', value: { a: 1 }, ...BY }],
  ]);
});

test('operator policies are told as parameters too', async () => {
  const events = await told(async (broker) => {
    await broker.operatorPolicies().set('o', { pattern: '^q', definition: { 'max-length': 5 } });
    await broker.operatorPolicies().delete('o');
  });
  const by = { name: 'o', vhost: '/', ...BY };
  const policy = { pattern: '^q', 'apply-to': 'all', priority: 0, definition: { 'max-length': 5 } };
  expect(events).toEqual([
    ['parameter.set', { component: 'operator_policy', value: policy, ...by }],
    ['policy.set', { ...policy, ...by }],
    ['parameter.cleared', { component: 'operator_policy', ...by }],
    ['operator.policy.cleared', by],
  ]);
});
