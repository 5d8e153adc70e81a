import { expect, test } from 'vitest';
import { ctl } from '../../../support/ctl.ts';
import { type Answers, type FakeApi, failing, fakeApi } from '../../../support/fake_api.ts';

const ANN = {
  name: 'ann',
  password_hash: 'aGFzaA==',
  hashing_algorithm: 'rabbit_password_hashing_sha256',
  tags: ['management'],
};

const NODE = { 'GET /api/overview': {}, 'GET /api/nodes': [{ name: 'l@h' }] };

/** What was changed: everything that was asked with another method than GET. */
function changes({ asked }: FakeApi): readonly unknown[] {
  return asked.filter(({ method }) => method !== 'GET').map(({ method, path, body }) => [method, path, body]);
}

interface Case {
  readonly words: readonly string[];
  readonly answers?: Answers;
  readonly changes: readonly unknown[];
}

const CASES: readonly Case[] = [
  { words: ['add_user', 'ann', 's'], changes: [['PUT', '/api/users/ann', { password: 's', tags: '' }]] },
  {
    words: ['add_user', 'ann', 'aGFzaA==', '--pre-hashed-password'],
    changes: [['PUT', '/api/users/ann', { password_hash: 'aGFzaA==', tags: '' }]],
  },
  {
    words: ['change_password', 'ann', 'new'],
    answers: { 'GET /api/users/ann': ANN },
    changes: [['PUT', '/api/users/ann', { password: 'new', tags: ['management'] }]],
  },
  {
    words: ['set_user_tags', 'ann', 'monitoring', 'x'],
    answers: { 'GET /api/users/ann': ANN },
    changes: [
      [
        'PUT',
        '/api/users/ann',
        { password_hash: ANN.password_hash, hashing_algorithm: ANN.hashing_algorithm, tags: 'monitoring,x' },
      ],
    ],
  },
  ...(
    [
      [['set_vm_memory_high_watermark', '0.4'], { memory_limit: { relative: 0.4 } }],
      [['set_vm_memory_high_watermark', 'absolute', '2GiB'], { memory_limit: { absolute: 2 ** 31 } }],
      [['set_disk_free_limit', '60MB'], { disk_free_limit: { absolute: 60e6 } }],
      [['set_disk_free_limit', 'mem_relative', '1.5'], { disk_free_limit: { relative: 1.5 } }],
      [['set_log_level', 'warning'], { log_level: 'warn' }],
    ] as const
  ).map(([words, body]) => ({ words, answers: NODE, changes: [['PUT', '/api/nodes/l%40h/settings', body]] })),
  { words: ['delete_user', 'ann'], changes: [['DELETE', '/api/users/ann', undefined]] },
  {
    words: ['-p', 'a/b', 'set_permissions', 'ann', '.*', '^w', ''],
    changes: [['PUT', '/api/permissions/a%2Fb/ann', { configure: '.*', write: '^w', read: '' }]],
  },
  {
    words: ['set_permissions_globally', 'ann', '.*', '.*', '.*'],
    answers: { 'GET /api/vhosts': [{ name: '/' }, { name: 'v' }] },
    changes: ['%2F', 'v'].map((vhost) => [
      'PUT',
      `/api/permissions/${vhost}/ann`,
      { configure: '.*', write: '.*', read: '.*' },
    ]),
  },
  {
    words: ['clear_topic_permissions', 'ann', 'amq.topic'],
    changes: [['DELETE', '/api/topic-permissions/%2F/ann/amq.topic', undefined]],
  },
  {
    words: ['set_policy', 'p', '^q', '{"max-length":10}', '--priority', '3', '--apply-to', 'queues'],
    changes: [
      [
        'PUT',
        '/api/policies/%2F/p',
        { pattern: '^q', definition: { 'max-length': 10 }, priority: 3, 'apply-to': 'queues' },
      ],
    ],
  },
  {
    words: ['set_operator_policy', 'p', '^q', '{"max-length":10}'],
    changes: [
      ['PUT', '/api/operator-policies/%2F/p', { pattern: '^q', definition: { 'max-length': 10 }, priority: 0 }],
    ],
  },
  {
    words: ['set_global_parameter', 'g', '{"a":1}'],
    changes: [['PUT', '/api/global-parameters/g', { name: 'g', value: { a: 1 } }]],
  },
  {
    words: ['set_vhost_limits', '{"max-queues":5}'],
    answers: { 'GET /api/vhost-limits/%2F': [{ vhost: '/', value: { 'max-queues': 5, 'max-connections': 2 } }] },
    changes: [
      ['PUT', '/api/vhost-limits/%2F/max-queues', { value: 5 }],
      ['DELETE', '/api/vhost-limits/%2F/max-connections', undefined],
    ],
  },
  {
    words: ['clear_user_limits', 'ann', 'all'],
    answers: { 'GET /api/user-limits/ann': [{ user: 'ann', value: { 'max-channels': 5 } }] },
    changes: [['DELETE', '/api/user-limits/ann/max-channels', undefined]],
  },
  {
    words: ['add_vhost', 'v', '--description', 'd', '--tags', 'a,b', '--default-queue-type', 'quorum'],
    changes: [['PUT', '/api/vhosts/v', { description: 'd', tags: 'a,b', default_queue_type: 'quorum' }]],
  },
  {
    words: ['set_vhost_tags', 'v', 'x', 'y'],
    answers: { 'GET /api/vhosts/v': { description: 'kept', tags: ['a'], default_queue_type: 'classic' } },
    changes: [['PUT', '/api/vhosts/v', { description: 'kept', tags: 'x,y', default_queue_type: 'classic' }]],
  },
  {
    words: ['-p', 'v', 'trace_on'],
    answers: { 'GET /api/vhosts/v': { description: 'kept', tags: ['a'], default_queue_type: 'classic' } },
    changes: [
      ['PUT', '/api/vhosts/v', { description: 'kept', tags: 'a', default_queue_type: 'classic', tracing: true }],
    ],
  },
  {
    words: ['delete_queue', 'q', '-e'],
    answers: { 'GET /api/queues/%2F/q': { messages_ready: 2 } },
    changes: [['DELETE', '/api/queues/%2F/q?if-empty=true&if-unused=false', undefined]],
  },
  { words: ['purge_queue', 'q'], changes: [['DELETE', '/api/queues/%2F/q/contents', undefined]] },
  { words: ['set_cluster_name', 'n'], changes: [['PUT', '/api/cluster-name', { name: 'n' }]] },
];

test.each(CASES)('$words', async ({ words, answers = {}, changes: expected }) => {
  const done = Object.fromEntries(expected.map((change) => [(change as string[]).slice(0, 2).join(' '), 204]));
  const api = await fakeApi({ ...done, ...answers });
  const { stderr, code } = await ctl(api.url, ...words);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(changes(api)).toEqual(expected);
});

test('a user who is there already is left alone', async () => {
  const api = await fakeApi({ 'GET /api/users/ann': ANN });
  const { stderr, code } = await ctl(api.url, 'add_user', 'ann', 's');
  expect({ stderr, code }).toEqual({ stderr: 'Error:\nUser "ann" already exists\n', code: 70 });
  expect(changes(api)).toEqual([]);
});

const NOBODY = 'Error:\nUser "nobody" does not exist\n';
const NO_GRANTEE = 'Error:\nUser nobody does not exist\n';
const NO_PLACE = 'Error:\nVirtual host nowhere does not exist\n';

test.each<[readonly string[], string, number]>([
  [['change_password', 'nobody', 's'], NOBODY, 67],
  [['set_user_tags', 'nobody'], NOBODY, 67],
  [['clear_password', 'nobody'], NOBODY, 69],
  [['list_user_permissions', 'nobody'], NOBODY, 69],
  [['list_user_topic_permissions', 'nobody'], NOBODY, 69],
  [['set_user_limits', 'nobody', '{"max-channels":1}'], NOBODY, 69],
  [['set_permissions', 'nobody', 'a', 'b', 'c'], NO_GRANTEE, 67],
  [['set_permissions_globally', 'nobody', 'a', 'b', 'c'], NO_GRANTEE, 67],
  [['set_topic_permissions', 'nobody', 'e', 'a', 'b'], NO_GRANTEE, 67],
  [['set_permissions', '-p', 'nowhere', 'nobody', 'a', 'b', 'c'], NO_GRANTEE, 67],
  [['set_permissions', '-p', 'nowhere', 'ann', 'a', 'b', 'c'], NO_PLACE, 69],
  [['set_topic_permissions', '-p', 'nowhere', 'ann', 'e', 'a', 'b'], NO_PLACE, 69],
  [['list_permissions', '-p', 'nowhere'], "Virtual host 'nowhere' does not exist\n", 65],
  [['set_vhost_limits', '-p', 'nowhere', '{"max-queues":1}'], "Virtual host 'nowhere' does not exist\n", 65],
  [['set_policy', '-p', 'nowhere', 'n', '.', '{"max-length":1}'], "Virtual host 'nowhere' does not exist\n", 65],
])("%j tells who or what is missing, with rabbitmqctl's exit code", async (words, expected, expectedCode) => {
  const { url } = await fakeApi({ 'GET /api/users/ann': ANN, 'GET /api/vhosts': [{ name: '/' }] });
  const { stderr, code } = await ctl(url, ...words);
  expect({ stderr, code }).toEqual({ stderr: expected, code: expectedCode });
});

test('connections are closed with the reason, as many as --limit says', async () => {
  const names = ['a -> b', 'c -> d', 'e -> f'];
  const api = await fakeApi({
    'GET /api/vhosts/%2F/connections': names.map((name) => ({ name })),
    ...Object.fromEntries(names.map((name) => [`DELETE /api/connections/${encodeURIComponent(name)}`, 204])),
  });
  const { stdout } = await ctl(api.url, 'close_all_connections', '--limit', '2', 'maintenance');
  expect(stdout).toBe('Closing 2 connections in vhost /, reason: maintenance...\nClosed 2 connections\n');
  const closed = api.asked.filter(({ method }) => method === 'DELETE');
  expect(closed.map(({ headers }) => headers['x-reason'])).toEqual(['maintenance', 'maintenance']);
});

test('a connection that there is not cannot be closed', async () => {
  const { url } = await fakeApi({});
  const { stderr, code } = await ctl(url, '-q', 'close_connection', 'a -> b', 'why');
  expect({ stderr, code }).toEqual({ stderr: 'Error:\nThere is no connection named a -> b\n', code: 69 });
});

test('somebody who may log in, but not use the API, is authenticated', async () => {
  const { url } = await fakeApi({ 'GET /api/whoami': failing(401, 'Not management user') });
  expect(await ctl(url, 'authenticate_user', 'ann', 's')).toMatchObject({
    stdout: 'Authenticating user "ann" ...\nSuccess\n',
    code: 0,
  });
});

test('somebody with a wrong password is not', async () => {
  const api = await fakeApi({ 'GET /api/whoami': failing(401, 'Not_Authorized') });
  const { stderr, code } = await ctl(api.url, 'authenticate_user', 'ann', 'wrong');
  expect({ stderr, code }).toEqual({
    stderr: 'Error:\nError: failed to authenticate user "ann"\nNot_Authorized\n',
    code: 65,
  });
  expect(api.asked[0]?.headers.authorization).toBe(`Basic ${btoa('ann:wrong')}`);
});

test('a virtual host that is protected is not deleted', async () => {
  const { url } = await fakeApi({ 'DELETE /api/vhosts/v': failing(412, 'it is protected') });
  expect(await ctl(url, '-q', 'delete_vhost', 'v')).toEqual({
    stdout: '',
    stderr: 'Error:\nit is protected\n',
    code: 65,
  });
});

test.each([
  [['set_vm_memory_high_watermark', '0.5'], 'Setting memory threshold on l@h to 0.5 ...'],
  [['set_vm_memory_high_watermark', 'absolute', '2GB'], 'Setting memory threshold on l@h to 2GB bytes ...'],
  [['set_disk_free_limit', '60MB'], 'Setting disk free limit on l@h to 60MB bytes ...'],
  [['set_disk_free_limit', 'mem_relative', '0.01'], 'Setting disk free limit on l@h to 0.01 times the total RAM ...'],
  [['set_log_level', 'debug'], 'Setting log level to "debug" ...'],
])('%j tells what it does', async (words, sentence) => {
  const { url } = await fakeApi({ ...NODE, 'PUT /api/nodes/l%40h/settings': 204 });
  expect(await ctl(url, ...words)).toEqual({ stdout: `${sentence}\n`, stderr: '', code: 0 });
});

const FRACTION = 'Bad argument: The threshold should be a fraction between 0.0 and 1.0';

test.each<[readonly string[], string, number]>([
  [['set_vm_memory_high_watermark', '1.5'], FRACTION, 65],
  [['set_vm_memory_high_watermark', 'abc'], 'Bad argument.', 65],
  [['set_vm_memory_high_watermark', 'absolute', 'xyz'], 'Bad argument.', 65],
  [['set_vm_memory_high_watermark', 'absolute'], 'not enough arguments.', 64],
  [['set_vm_memory_high_watermark', '0.5', '1'], 'too many arguments.', 64],
  [['set_vm_memory_high_watermark'], 'not enough arguments.', 64],
  [['set_disk_free_limit', 'abc'], 'Bad argument.', 65],
  [['set_disk_free_limit', '1GB', 'x'], 'too many arguments.', 64],
  [['set_disk_free_limit', 'mem_relative', 'x'], 'Bad argument.', 65],
  [['set_disk_free_limit', 'mem_relative'], 'not enough arguments.', 64],
])('%j is refused with its usage', async (words, why, expected) => {
  const api = await fakeApi(NODE);
  const { stdout, stderr, code } = await ctl(api.url, ...words);
  expect({ stdout, code }).toEqual({ stdout: '', code: expected });
  expect(stderr.split('\n')[0]).toBe(`Error (argument validation): ${why}`);
  expect(stderr).toContain(`Usage\n\nleveret ctl ${words[0]} `);
  expect(changes(api)).toEqual([]);
});

test('a level that there is not is refused', async () => {
  const { url } = await fakeApi(NODE);
  expect(await ctl(url, 'set_log_level', 'blah')).toEqual({
    stdout: '',
    stderr: 'Error:\nlevel blah is not supported. Try one of debug, info, warning, error, critical, none\n',
    code: 69,
  });
});
