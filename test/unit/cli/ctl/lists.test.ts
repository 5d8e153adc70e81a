// What is expected here is what rabbitmqctl 4.3 printed of the same objects.

import { expect, test } from 'vitest';
import { ctl } from '../../../support/ctl.ts';
import { fakeApi } from '../../../support/fake_api.ts';

const QUEUES = [
  {
    name: 'q1',
    messages: 2,
    consumers: 0,
    durable: true,
    policy: null,
    arguments: { 'x-max-length': 1000, 'x-queue-type': 'classic' },
  },
  { name: 'q2', messages: 0, consumers: 1, durable: false, arguments: {} },
];
const EXCHANGES = [{ name: 'ex1', type: 'topic', arguments: { n: 5, b: true, s: ['x', 1], t: { k: 'v' } } }];
const CONNECTIONS = [
  {
    name: '127.0.0.1:1 -> 127.0.0.1:2',
    user: 'guest',
    peer_host: '127.0.0.1',
    peer_port: 1,
    state: 'running',
    protocol: 'AMQP 0-9-1',
  },
];

async function api(): Promise<string> {
  const { url } = await fakeApi({
    'GET /api/queues/%2F': QUEUES,
    'GET /api/queues/other': [],
    'GET /api/vhosts/other': {},
    'GET /api/exchanges/%2F': EXCHANGES,
    'GET /api/connections': CONNECTIONS,
    'GET /api/policies/%2F': [
      { vhost: '/', name: 'p', pattern: '^q', 'apply-to': 'queues', definition: { 'max-length': 10 }, priority: 3 },
    ],
    'GET /api/policies/other': [],
    'GET /api/users': [
      { name: 'guest', tags: ['administrator', 'x'] },
      { name: 'ann', tags: [] },
    ],
  });
  return url;
}

test('a listing has a heading, the names of the columns, and a line with tabs for each object', async () => {
  expect(await ctl(await api(), 'list_queues')).toEqual({
    stdout: 'Timeout: 60.0 seconds ...\nListing queues for vhost / ...\nname\tmessages\nq1\t2\nq2\t0\n',
    stderr: '',
    code: 0,
  });
});

test('columns are shown in the order in which they were asked for, separated by spaces or commas', async () => {
  const { stdout } = await ctl(await api(), '-q', 'list_queues', 'messages,name', 'policy', 'arguments');
  expect(stdout).toBe(
    'messages\tname\tpolicy\targuments\n2\tq1\t\t[{"x-max-length",1000},{"x-queue-type","classic"}]\n0\tq2\t\t[]\n',
  );
});

test.each([
  ['--silent', 'q1\t2\nq2\t0\n'],
  ['--quiet', 'name\tmessages\nq1\t2\nq2\t0\n'],
  ['--no-table-headers', 'Timeout: 60.0 seconds ...\nListing queues for vhost / ...\nq1\t2\nq2\t0\n'],
  ['--formatter=json', '[\n{"name":"q1","messages":2}\n,{"name":"q2","messages":0}\n]\n'],
  ['--formatter=csv', '"name","messages"\n"q1","2"\n"q2","0"\n'],
])('list_queues %s', async (flag, expected) => {
  expect((await ctl(await api(), 'list_queues', flag)).stdout).toBe(expected);
});

test.each(['list_users', 'list_policies', 'list_connections'])(
  '%s leaves out the names of the columns',
  async (verb) => {
    const url = await api();
    const lines = (await ctl(url, '-q', verb)).stdout.split('\n');
    expect((await ctl(url, verb, '-q', '--no-table-headers')).stdout.split('\n')).toEqual(lines.slice(1));
  },
);

test('options may stand before the verb and after it', async () => {
  const url = await api();
  const before = await ctl(url, '-p', 'other', '--formatter', 'json', 'list_queues');
  expect(before.stdout).toBe('[\n]\n');
  expect(await ctl(url, 'list_queues', '--vhost=other', '--formatter', 'json')).toEqual(before);
});

test('a pretty table has lines around it', async () => {
  const { stdout } = await ctl(await api(), '-q', '--formatter', 'pretty_table', 'list_users');
  expect(stdout).toBe(`┌───────┬────────────────────┐
│ user  │ tags               │
├───────┼────────────────────┤
│ guest │ [administrator, x] │
├───────┼────────────────────┤
│ ann   │ []                 │
└───────┴────────────────────┘
`);
});

test('values made of parts are shown as Erlang terms, and as they are in JSON', async () => {
  const url = await api();
  const { stdout } = await ctl(url, '-s', 'list_exchanges', 'arguments');
  expect(stdout).toBe('[{"n",5},{"b",true},{"s",["x",1]},{"t",[{"k","v"}]}]\n');
  const json = await ctl(url, '--formatter', 'json', 'list_exchanges', 'arguments');
  expect(JSON.parse(json.stdout)).toEqual([{ arguments: { n: 5, b: true, s: ['x', 1], t: { k: 'v' } } }]);
});

test('quotes in a field of CSV are doubled', async () => {
  const { stdout } = await ctl(await api(), '--formatter', 'csv', 'list_policies');
  expect(stdout.split('\n')[1]).toBe('"/","p","^q","queues","{""max-length"":10}","3"');
});

test('the definition of a policy is text in every format', async () => {
  const url = await api();
  expect((await ctl(url, '-s', 'list_policies')).stdout).toBe('/\tp\t^q\tqueues\t{"max-length":10}\t3\n');
  const [policy] = JSON.parse((await ctl(url, '--formatter', 'json', 'list_policies')).stdout);
  expect(policy.definition).toBe('{"max-length":10}');
});

test('nothing to list: an empty line for policies and their like, no line for queues and theirs', async () => {
  const url = await api();
  expect((await ctl(url, '-q', '-p', 'other', 'list_policies')).stdout).toBe('\n');
  expect((await ctl(url, '-q', '-p', 'other', 'list_queues')).stdout).toBe('');
});

test("the pid of a connection is its name, which close_connection takes, and its protocol is RabbitMQ's tuple", async () => {
  const { stdout } = await ctl(await api(), '-s', 'list_connections', 'pid', 'protocol');
  expect(stdout).toBe('127.0.0.1:1 -> 127.0.0.1:2\t{0,9,1}\n');
});

test('a column that there is not is a mistake of usage, before anything is printed', async () => {
  const { stdout, stderr, code } = await ctl(await api(), 'list_queues', 'name', 'bogus', 'more');
  expect(stdout).toBe('');
  expect(stderr).toMatch(
    /^Error \(argument validation\): Info key\(s\) bogus,more are not supported\nArguments given:\n/,
  );
  expect(code).toBe(64);
});

test('a virtual host that there is not is told', async () => {
  const { stderr, code } = await ctl(await api(), '-p', 'nope', 'list_policies');
  expect({ stderr, code }).toEqual({ stderr: "Virtual host 'nope' does not exist\n", code: 65 });
});
