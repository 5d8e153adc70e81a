import { get, type HttpConversation, literally, post, put, remove } from '../conversation.ts';

const CHECKS = [
  'alarms',
  'local-alarms',
  'virtual-hosts',
  'metadata-store/initialized',
  'metadata-store/initialized/with-data',
  'node-is-quorum-critical',
  'reached-target-cluster-size',
  'quorum-queues-without-elected-leaders/all-vhosts/',
  'quorum-queues-without-elected-leaders/vhost/%2F/',
  'quorum-queues-without-elected-leaders/all-vhosts/pattern/.*',
  'quorum-queues-without-elected-leaders/vhost/%2F/pattern/.*',
  'is-in-service',
  'ready-to-serve-clients',
  'below-node-connection-limit',
  'certificate-expiration/1/days',
  'certificate-expiration/1/hares',
  'certificate-expiration/x/days',
  'port-listener/x',
];

export const NODE: readonly HttpConversation[] = [
  {
    name: 'overview',
    steps: [get('overview'), get('overview?columns=object_totals.queues,node'), get('whoami'), get('version')],
  },
  {
    name: 'nodes',
    steps: [
      get('nodes'),
      get('nodes/$node'),
      get('nodes/$node/memory'),
      get('nodes/$node/memory/ets?columns=ets_tables_memory.total'),
      get('nodes/$node/memory/ets/relative?columns=ets_tables_memory.total'),
      literally('nodes/$node/memory/ets/http-nobody'),
      literally('nodes/$node/memory/ets/http-nobody/relative'),
      get('nodes/nope/memory/ets'),
      get('nodes/nope'),
      get('nodes/nope/memory'),
      get('cluster-name'),
      put('cluster-name', {}),
      get('extensions'),
      get('feature-flags'),
      put('feature-flags/hares/enable'),
      put('feature-flags/quorum_queue/enable'),
      get('deprecated-features'),
      literally('deprecated-features/used'),
      post('rebalance/queues'),
      get('auth/attempts/$node'),
      get('auth/attempts/$node/source'),
      get('auth/hash_password/hare'),
    ],
  },
  {
    name: 'health checks',
    steps: [
      ...CHECKS.map((check) => literally(`health/checks/${check}`)),
      get('health/checks/port-listener/1'),
      get('health/checks/protocol-listener/amqp'),
      get('health/checks/protocol-listener/http,amqp091'),
      get('health/checks/protocol-listener/hares,amqp'),
      literally('aliveness-test/%2F'),
      get('aliveness-test/http-nowhere'),
      literally('healthchecks/node'),
      literally('healthchecks/node/$node'),
      get('healthchecks/node/nope'),
    ],
  },
  {
    name: 'what is no endpoint',
    steps: [
      get('hares'),
      { method: 'DELETE', path: 'overview' },
      { method: 'OPTIONS', path: 'users/guest' },
      { method: 'POST', path: 'users/guest' },
      get('users?page=x'),
      get('users?page=0'),
      get('users?page=1&page_size=501'),
      get('users?page=99'),
      get('overview/'),
    ],
  },
  {
    name: 'login',
    steps: [
      form('username=guest&password=guest'),
      form('username=guest&password=wrong'),
      form(''),
      remove('login'),
      get('login'),
    ],
  },
];

function form(body: string): HttpConversation['steps'][number] {
  return { method: 'POST', path: 'login', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
}
