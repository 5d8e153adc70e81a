import { Api, basic } from '../support/api.ts';

/**
 * Who may do what: each line is a request, and a word for each of the users.
 *
 *     GET users      -  -  -  -  -  +  administrator
 *
 * `+` may, `-` may not, and `0` is told that there is no such thing. Requests are such that they change nothing.
 */
export type PermissionTable = Readonly<Record<string, readonly string[]>>;

/** Who has no tag may not use the API at all. Those named `in` may open the virtual host `http-open`; nobody else may. */
const USERS: Readonly<Record<string, { readonly tags: string; readonly isIn: boolean }>> = {
  'http-none': { tags: '', isIn: true },
  'http-management': { tags: 'management', isIn: false },
  'http-management-in': { tags: 'management', isIn: true },
  'http-policymaker': { tags: 'policymaker', isIn: false },
  'http-policymaker-in': { tags: 'policymaker', isIn: true },
  'http-monitoring': { tags: 'monitoring', isIn: false },
  'http-administrator': { tags: 'administrator', isIn: false },
};

const USER_NAMES: readonly string[] = Object.keys(USERS);

const VHOST = 'http-open';

/** As below, of what clients use. */
const MESSAGING: readonly string[] = [
  ...['connections', 'channels', 'consumers', `consumers/${VHOST}`, `vhosts/${VHOST}/connections`],
  ...[`vhosts/${VHOST}/channels`, 'connections/username/guest', 'connections/username/http-management'],
  ...['exchanges', `exchanges/${VHOST}`, `exchanges/${VHOST}/amq.direct`],
  ...[`exchanges/${VHOST}/amq.direct/bindings/source`, `exchanges/${VHOST}/amq.direct/bindings/destination`],
  ...['queues', 'queues/detailed', `queues/${VHOST}`, `queues/${VHOST}/nope/bindings`, 'users/guest/queues'],
  ...['bindings', `bindings/${VHOST}`, `bindings/${VHOST}/e/amq.direct/q/nope`],
]
  .map((path) => `GET ${path}`)
  .concat([
    'DELETE connections/username/nobody',
    'DELETE connections/username/http-management',
    `PUT exchanges/${VHOST}/nope`,
    `PUT queues/${VHOST}/nope`,
    `DELETE exchanges/${VHOST}/amq.direct`,
    `POST bindings/${VHOST}/e/amq.direct/e/amq.fanout`,
    `POST queues/${VHOST}/nope/actions`,
  ]);

/** What is asked: of mutations, such as cannot be done or do nothing. */
const REQUESTS: readonly string[] = [
  ...[
    'overview',
    'whoami',
    'nodes',
    'nodes/$node',
    'nodes/$node/memory',
    'nodes/$node/memory/ets',
    'extensions',
    'cluster-name',
  ],
  ...['definitions', `definitions/${VHOST}`, 'all-configuration', 'feature-flags', 'deprecated-features'],
  ...['parameters', 'parameters/policy', `parameters/policy/${VHOST}`, `parameters/policy/${VHOST}/nope`],
  ...['global-parameters', 'global-parameters/nope'],
  ...['policies', `policies/${VHOST}`, `policies/${VHOST}/nope`],
  ...['operator-policies', `operator-policies/${VHOST}`, `operator-policies/${VHOST}/nope`],
  ...['vhost-limits', `vhost-limits/${VHOST}`, 'user-limits', 'user-limits/http-management', 'user-limits/guest'],
  ...['vhosts', `vhosts/${VHOST}`, `vhosts/${VHOST}/permissions`, `vhosts/${VHOST}/topic-permissions`],
  ...['users', 'users/guest', 'users/http-management', 'users/guest/permissions', 'users/guest/topic-permissions'],
  ...['users/without-permissions', 'permissions', `permissions/${VHOST}/guest`],
  ...['topic-permissions', `topic-permissions/${VHOST}/guest`, `topic-permissions/${VHOST}/guest/amq.topic`],
  ...['auth/attempts/$node', 'auth/attempts/$node/source', 'auth/hash_password/x', `aliveness-test/${VHOST}`],
  ...['traces', `traces/${VHOST}`, `traces/${VHOST}/nope`, 'trace-files', 'trace-files/nope.log'],
  ...['healthchecks/node', 'health/checks/alarms', 'health/checks/virtual-hosts', 'health/checks/port-listener/x'],
]
  .map((path) => `GET ${path}`)
  .concat(MESSAGING, [
    'PUT cluster-name',
    'POST rebalance/queues',
    'PUT feature-flags/nope/enable',
    'POST users/bulk-delete',
    'PUT users/http-management',
    'DELETE users/nope',
    `PUT permissions/${VHOST}/guest`,
    `DELETE permissions/${VHOST}/nope`,
    `PUT topic-permissions/${VHOST}/guest`,
    `DELETE topic-permissions/${VHOST}/nope`,
    `PUT policies/${VHOST}/nope`,
    `DELETE policies/${VHOST}/nope`,
    `PUT operator-policies/${VHOST}/nope`,
    `DELETE operator-policies/${VHOST}/nope`,
    `PUT parameters/vhost-limits/${VHOST}/nope`,
    `DELETE parameters/vhost-limits/${VHOST}/nope`,
    'PUT global-parameters/nope',
    'DELETE global-parameters/nope',
    `PUT vhost-limits/${VHOST}/max-queues`,
    `DELETE vhost-limits/${VHOST}/max-queues`,
    'PUT user-limits/http-management/max-channels',
    'DELETE user-limits/http-management/max-channels',
    'DELETE vhosts/nope',
    `POST vhosts/${VHOST}/start/nope`,
    `DELETE vhosts/${VHOST}/deletion/protection`,
    'DELETE auth/attempts/$node',
    `PUT traces/${VHOST}/nope`,
    `DELETE traces/${VHOST}/nope`,
    'DELETE trace-files/nope.log',
  ]);

/** Asks everything of everybody. The broker has what is needed for it before and after only. */
export async function permissionTable(url: string, node: string): Promise<PermissionTable> {
  const admin = new Api(url, basic('guest', 'guest'));
  await admin.put(`vhosts/${VHOST}`);
  try {
    for (const [name, { tags, isIn }] of Object.entries(USERS)) {
      await admin.put(`users/${name}`, { password: name, tags });
      if (isIn) await admin.put(`permissions/${VHOST}/${name}`, { configure: '', write: '', read: '' });
    }
    const table: Record<string, readonly string[]> = {};
    for (const request of REQUESTS) {
      const words: string[] = [];
      for (const name of USER_NAMES) words.push(await wordFor(new Api(url, basic(name, name)), request, node));
      table[request] = words;
    }
    return table;
  } finally {
    await admin.delete(`vhosts/${VHOST}`);
    await admin.post('users/bulk-delete', { users: USER_NAMES });
  }
}

async function wordFor(api: Api, request: string, node: string): Promise<string> {
  const [method = '', path = ''] = request.replace('$node', node).split(' ');
  const body = method === 'PUT' || method === 'POST' ? {} : undefined;
  const { status, json } = await api.call(method, path, body);
  if (status === 401) return json?.reason ?? '-';
  return status === 404 && json?.error === 'not_found' && json.reason === 'Not Found' ? '0' : '+';
}
