import { connect } from 'amqplib';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/index.ts';
import { Api } from '../../support/api.ts';
import { closing, startBroker, until } from '../../support/broker.ts';
import { temporaryFolder, tlsFiles } from '../../support/certificates.ts';

const MANAGEMENT = { management: {} } as const;

async function anApi(): Promise<Api> {
  return Api.of(await startBroker(MANAGEMENT));
}

describe('users', () => {
  test('a new one may log in at once, with a password or the hash of one', async () => {
    const broker = await startBroker(MANAGEMENT);
    const api = Api.of(broker);
    const { json } = await api.get('auth/hash_password/secret');
    await api.put('users/hare', { password_hash: json.ok, tags: 'management' });
    expect((await Api.of(broker, 'hare', 'secret').get('whoami')).status).toBe(200);
    await api.put('users/hare', { password: 'other', tags: 'management' });
    expect((await Api.of(broker, 'hare', 'secret').get('whoami')).status).toBe(401);
    expect((await Api.of(broker, 'hare', 'other').get('whoami')).status).toBe(200);
  });

  test('one who is protected is neither changed nor deleted by HTTP', async () => {
    const broker = await startBroker(MANAGEMENT);
    const api = Api.of(broker);
    await api.put('users/hare', { password: 'hare', tags: 'protected' });
    for (const { status, json } of [
      await api.put('users/hare', { password: 'x', tags: '' }),
      await api.delete('users/hare'),
    ]) {
      expect([status, json.reason]).toEqual([400, 'Protected users cannot be modified via the HTTP API']);
    }
    expect((await api.post('users/bulk-delete', { users: ['hare'] })).status).toBe(204);
    expect(broker.users.get('hare')).toBeDefined();
  });

  test('one who is deleted is disconnected', async () => {
    const broker = await startBroker(MANAGEMENT);
    const api = Api.of(broker);
    await api.put('users/hare', { password: 'hare', tags: '' });
    await api.put('permissions/%2F/hare', { configure: '', write: '', read: '' });
    const connection = closing(await connect(broker.url.replace('guest:guest', 'hare:hare')));
    const closed = new Promise<Error>((resolve) => connection.once('close', resolve));
    await api.delete('users/hare');
    expect((await closed).message).toContain("user 'hare' is deleted");
  });
});

describe('virtual hosts', () => {
  test('a name with slashes, spaces and per cent signs is one name', async () => {
    const api = await anApi();
    const path = `vhosts/${encodeURIComponent('/a b/%2F')}`;
    expect((await api.put(path)).status).toBe(201);
    expect((await api.get(path)).json.name).toBe('/a b/%2F');
    expect((await api.delete(path)).status).toBe(204);
  });

  test('whoever may not see one is not told of it', async () => {
    const broker = await startBroker(MANAGEMENT);
    await broker.vhosts.set('hares');
    await broker.users.set('hare', { password: 'hare', tags: ['management'] });
    await broker.permissions.set('hares', 'hare', { configure: '', write: '', read: '' });
    const { json } = await Api.of(broker, 'hare').get('vhosts?columns=name');
    expect(json).toEqual([{ name: 'hares' }]);
  });

  test('the header x-vhost has a list be about one of them', async () => {
    const broker = await startBroker(MANAGEMENT);
    const api = Api.of(broker);
    await api.put('vhosts/hares');
    for (const vhost of ['%2F', 'hares']) {
      await api.put(`policies/${vhost}/p`, { pattern: '', definition: { 'max-length': 1 } });
    }
    const { json } = await api.call('GET', 'policies', undefined, { 'x-vhost': 'hares' });
    expect(json).toMatchObject([{ vhost: 'hares', name: 'p' }]);
    expect((await api.get('policies')).json).toHaveLength(2);
  });
});

test('what is set by HTTP is there after a restart', async () => {
  const dataDir = temporaryFolder();
  const first = await startBroker({ ...MANAGEMENT, dataDir });
  const api = Api.of(first);
  await api.put('vhosts/hares', { description: 'for hares', tags: 'a,b' });
  await api.put('vhost-limits/hares/max-queues', { value: 3 });
  await api.put('operator-policies/hares/p', { pattern: '', definition: { 'max-length': 1 } });
  await api.put('global-parameters/x', { value: [1] });
  await api.put('cluster-name', { name: 'burrow' });
  const before = (await api.get('definitions')).json;
  await first.close();
  const again = Api.of(await startBroker({ ...MANAGEMENT, dataDir }));
  expect((await again.get('definitions')).json).toEqual(before);
  expect((await again.get('overview')).json.cluster_name).toBe('burrow');
});

test('the cluster’s name and tags are where clients and tools look for them', async () => {
  const broker = await startBroker({ ...MANAGEMENT, prometheus: {} });
  const api = Api.of(broker);
  await api.put('cluster-name', { name: 'burrow' });
  await api.put('global-parameters/cluster_tags', { value: { region: 'meadow' } });
  const { json } = await api.get('overview');
  expect([json.cluster_name, json.cluster_tags]).toEqual(['burrow', { region: 'meadow' }]);
  const connection = closing(await connect(broker.url));
  expect(connection.connection.serverProperties['cluster_name']).toBe('burrow');
  const metrics = await (await fetch(`http://127.0.0.1:${broker.prometheusPort}/metrics`)).text();
  expect(metrics).toMatch(/^rabbitmq_identity_info\{.*rabbitmq_cluster="burrow"/m);
  expect(metrics).toMatch(/^rabbitmq_build_info\{rabbitmq_version="4\.3\.\d+",.*erlang_version="/m);
  expect((await api.get('definitions')).json.original_cluster_name).toBe('burrow');
});

test('a virtual host that is put again is as it was put last', async () => {
  const api = await anApi();
  await api.put('vhosts/hares', { description: 'for hares', tags: 'a,b', default_queue_type: 'quorum' });
  expect((await api.put('vhosts/hares', { description: 'for all', tags: null })).status).toBe(204);
  expect((await api.get('vhosts/hares')).json).toMatchObject({
    description: 'for all',
    tags: [],
    default_queue_type: 'classic',
  });
});

test('the node is also the one whose name an agent makes up', async () => {
  const api = await anApi();
  expect((await api.get('nodes/rabbit@somewhere')).json).toMatchObject({ name: 'leveret@localhost' });
  for (const path of ['nodes/hare@somewhere', 'nodes/rabbit@', 'healthchecks/node/hare@somewhere']) {
    expect((await api.get(path)).status).toBe(404);
  }
});

test('definitions of one broker are taken by another', async () => {
  const one = await anApi();
  await one.put('vhosts/hares');
  await one.put('users/hare', { password: 'hare', tags: 'monitoring' });
  await one.put('permissions/hares/hare', { configure: 'a', write: 'b', read: 'c' });
  await one.put('policies/hares/p', { pattern: '', definition: { 'max-length': 1 } });
  const { json, headers } = await one.get('definitions?download=hares.json');
  expect(headers.get('content-disposition')).toBe('attachment; filename=hares.json');
  const other = await anApi();
  expect((await other.post('definitions', json)).status).toBe(204);
  expect((await other.get('definitions')).json).toEqual(json);
});

test('definitions that cannot be are refused with the reason', async () => {
  const api = await anApi();
  const permissions = [{ user: 'nobody', vhost: '/', configure: '', write: '', read: '' }];
  const { status, json } = await api.post('definitions', { permissions });
  expect([status, json.error]).toEqual([400, 'bad_request']);
  expect(json.reason).toContain('nobody');
});

test('settings are shown to administrators, where a program has started the broker with them', async () => {
  const settings = [
    { key: 'heartbeat', value: '60' },
    { key: 'tls.port', value: undefined },
  ];
  const broker = await startBroker({ ...MANAGEMENT, settings });
  expect((await Api.of(broker).get('config/effective')).json).toEqual({ heartbeat: '60' });
  expect((await (await anApi()).get('config/effective')).status).toBe(404);
});

test('logins are counted, by protocol', async () => {
  const broker = await startBroker(MANAGEMENT);
  closing(await connect(broker.url));
  await Api.of(broker, 'guest', 'wrong').get('whoami');
  const api = Api.of(broker);
  await api.delete('auth/attempts/leveret@localhost');
  const { json } = await api.get('auth/attempts/leveret@localhost');
  expect(json).toEqual([
    { protocol: 'http', auth_attempts: 1, auth_attempts_failed: 0, auth_attempts_succeeded: 1 },
    { protocol: 'amqp091', auth_attempts: 1, auth_attempts_failed: 0, auth_attempts_succeeded: 1 },
  ]);
  expect((await api.get('auth/attempts/other@localhost')).status).toBe(404);
});

test('the check of certificates fails once one expires within the time', async () => {
  const clock = new ManualClock(Date.now());
  const broker = await startBroker({ ...MANAGEMENT, clock, tls: tlsFiles() });
  const api = Api.of(broker);
  expect((await api.get('health/checks/certificate-expiration/1/weeks')).json).toEqual({ status: 'ok' });
  const { status, json } = await api.get('health/checks/certificate-expiration/50/years');
  expect([status, json.reason]).toEqual([503, 'Certificates expiring']);
  expect(json.expired).toHaveLength(2);
});

test('charts are told where they are asked for, and must be sound', async () => {
  const broker = await startBroker(MANAGEMENT);
  const api = Api.of(broker);
  const { json } = await api.get('overview?lengths_age=60&lengths_incr=5');
  expect(json.queue_totals.messages_details).toMatchObject({ rate: 0 });
  for (const query of ['lengths_age=x&lengths_incr=5', 'msg_rates_age=60000&msg_rates_incr=1']) {
    const refused = await api.get(`overview?${query}`);
    expect([refused.status, refused.json.error]).toEqual([400, 'invalid_range_parameters']);
  }
});

test('what a node is told of itself changes', async () => {
  const broker = await startBroker(MANAGEMENT);
  const api = Api.of(broker);
  closing(await connect(broker.url));
  const node = async (): Promise<{ connection_created: number; sockets_used: number; mem_used: number }> =>
    (await api.get('nodes/leveret@localhost')).json;
  await until(async () => (await node()).connection_created === 1);
  expect(await node()).toMatchObject({ sockets_used: 1, running: true, mem_alarm: false });
  expect((await node()).mem_used).toBeGreaterThan(1_000_000);
});
