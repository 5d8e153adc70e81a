import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { createBroker, type VhostDefaultsInput } from '../../src/index.ts';
import { Api } from '../support/api.ts';
import { closing, startBroker } from '../support/broker.ts';
import { channelOn, connectTo, refusal } from './amqplib/support.ts';

const LIMITS: VhostDefaultsInput['limits'] = [
  { vhostPattern: '^dev-', limits: { 'max-queues': 1 } },
  { limits: { 'max-connections': 9 } },
];

const DEFAULTS: VhostDefaultsInput = {
  limits: LIMITS,
  operatorPolicies: [
    { name: 'ttl', vhostPattern: '^dev-', pattern: '^t', definition: { 'message-ttl': 1000, 'queue-version': 2 } },
    { name: 'length', vhostPattern: '^dev-', pattern: '.*', applyTo: 'queues', definition: { 'max-length': 5 } },
  ],
  users: [
    {
      name: 'hare',
      vhostPattern: '^dev-',
      password: 'clover',
      tags: ['monitoring'],
      permissions: { read: '^x' },
    },
  ],
};

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'leveret-defaults-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('a virtual host has the limits of the first pattern that its name matches', async () => {
  const broker = await startBroker({ vhostDefaults: { limits: LIMITS } });
  await broker.vhosts.set('dev-1');
  await broker.vhosts.set('live');
  expect(broker.vhosts.get('dev-1')?.limits).toEqual({ 'max-queues': 1 });
  expect(broker.vhosts.get('live')?.limits).toEqual({ 'max-connections': 9 });
  // The one of the first start is made like others.
  expect(broker.vhosts.get('/')?.limits).toEqual({ 'max-connections': 9 });
});

test('limits are set when a virtual host is made, and never again', async () => {
  const broker = await startBroker({ vhostDefaults: { limits: LIMITS } });
  await broker.vhosts.set('dev-1');
  await broker.vhosts.setLimits('dev-1', {});
  await broker.vhosts.set('dev-1', { description: 'changed' });
  expect(broker.vhosts.get('dev-1')?.limits).toEqual({});
  await broker.vhosts.delete('dev-1');
  await broker.vhosts.set('dev-1');
  expect(broker.vhosts.get('dev-1')?.limits).toEqual({ 'max-queues': 1 });
});

test('default limits count for clients', async () => {
  const broker = await startBroker({ vhostDefaults: { limits: [{ limits: { 'max-queues': 1 } }] } });
  const { connection } = await connectTo(broker);
  const channel = await channelOn(connection);
  await channel.assertQueue('a');
  const text = await refusal(channel, () => channel.assertQueue('b'));
  expect(text).toContain("queue limit in vhost '/' (1) is reached");
});

test('a virtual host has operator policies and users, as RabbitMQ would show them', async () => {
  const broker = await startBroker({ vhostDefaults: DEFAULTS, management: { port: 0 } });
  const api = Api.of(broker);
  await api.put('vhosts/dev-1');
  await api.put('vhosts/live');
  const policies = (await api.get('operator-policies/dev-1')).json;
  expect(policies).toHaveLength(2);
  expect(policies).toContainEqual({
    vhost: 'dev-1',
    name: 'ttl',
    pattern: '^t',
    'apply-to': 'all',
    definition: { 'message-ttl': 1000, 'queue-version': 2 },
    priority: 0,
  });
  expect((await api.get('operator-policies/live')).json).toEqual([]);
  expect((await api.get('vhosts/dev-1/permissions')).json).toContainEqual({
    vhost: 'dev-1',
    user: 'hare',
    configure: '.*',
    write: '.*',
    read: '^x',
  });
  expect((await api.get('vhosts/live/permissions')).json).toHaveLength(1);
  expect((await api.get('users/hare')).json).toMatchObject({ tags: ['monitoring'] });
  closing(await connect(`amqp://hare:clover@127.0.0.1:${broker.port}/dev-1`));
});

test('a default user who is there keeps his password and tags', async () => {
  const broker = await startBroker({ vhostDefaults: DEFAULTS });
  await broker.users.set('hare', { password: 'other', tags: [] });
  const before = broker.users.get('hare');
  await broker.vhosts.set('dev-1');
  expect(broker.users.get('hare')).toEqual(before);
  expect(broker.permissions.get('dev-1', 'hare')).toMatchObject({ read: '^x' });
});

test('definitions that are imported count more than defaults', async () => {
  const vhosts = [{ name: 'dev-1', limits: { 'max-queues': 7 } }, { name: 'dev-2' }];
  const broker = await startBroker({ vhostDefaults: DEFAULTS, definitions: { vhosts } });
  expect(broker.vhosts.get('dev-1')?.limits).toEqual({ 'max-queues': 7 });
  expect(broker.vhosts.get('dev-2')?.limits).toEqual({ 'max-queues': 1 });
  expect(
    broker
      .operatorPolicies('dev-2')
      .list()
      .map(({ name }) => name),
  ).toEqual(['length', 'ttl']);
});

test('what a virtual host had from the start is there after a restart, whatever the options say by then', async () => {
  const dataDir = folder();
  const vhostDefaults = {
    ...DEFAULTS,
    operatorPolicies: [{ name: 'all', pattern: '', definition: { 'max-length': 5 } }],
    users: [{ name: 'fox', password: 'x' }],
  };
  const first = await createBroker({ dataDir, vhostDefaults });
  await first.vhosts.set('dev-1');
  await first.close();
  const broker = await startBroker({ dataDir });
  for (const vhost of ['/', 'dev-1']) {
    expect(broker.operatorPolicies(vhost).get('all')?.definition).toEqual(new Map([['max-length', 5]]));
    expect(broker.permissions.get(vhost, 'fox')).toMatchObject({ configure: '.*' });
  }
  expect(broker.vhosts.get('dev-1')?.limits).toEqual({ 'max-queues': 1 });
  expect(broker.vhosts.get('/')?.limits).toEqual({ 'max-connections': 9 });
});

test('a virtual host made without a type of queues has the broker’s, and keeps it', async () => {
  const dataDir = folder();
  const definitions = { vhosts: [{ name: '/' }, { name: 'said', default_queue_type: 'classic' }] };
  const first = await createBroker({ dataDir, defaultQueueType: 'quorum', definitions });
  await first.vhosts.set('made');
  await first.vhosts.set('asked', { defaultQueueType: 'classic' });
  await first.close();
  const broker = await startBroker({ dataDir, management: { port: 0 } });
  const typeOf = (name: string): string | undefined => broker.vhosts.get(name)?.defaultQueueType;
  expect(['/', 'said', 'made', 'asked'].map(typeOf)).toEqual(['quorum', 'classic', 'quorum', 'classic']);
});

test('durable queues are of the broker’s type, and the API tells', async () => {
  const broker = await startBroker({ defaultQueueType: 'quorum', management: { port: 0 } });
  const api = Api.of(broker);
  const { connection } = await connectTo(broker);
  await (await channelOn(connection)).assertQueue('q');
  expect((await api.get('queues/%2f/q')).json).toMatchObject({ type: 'quorum' });
  expect((await api.get('overview')).json).toMatchObject({ default_queue_type: 'quorum' });
  await api.put('vhosts/v', { default_queue_type: 'undefined' });
  expect((await api.get('vhosts/v')).json).toMatchObject({ default_queue_type: 'quorum' });
});

test.each<[string, VhostDefaultsInput, RegExp]>([
  ['a pattern', { limits: [{ vhostPattern: '(', limits: {} }] }, /^The default limits .* invalid: .*\.$/],
  [
    'a policy that says nothing',
    { operatorPolicies: [{ name: 'p', pattern: '', definition: {} }] },
    /^The default operator policies cannot be used: no policy provided\.$/,
  ],
  ['a permission', { users: [{ name: 'u', permissions: { read: '[' } }] }, /^The default users .* invalid: .*\.$/],
])('%s that cannot be used keeps the broker from starting', async (_what, vhostDefaults, text) => {
  await expect(createBroker({ vhostDefaults })).rejects.toThrow(text);
});
