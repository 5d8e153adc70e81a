import { z } from 'zod';
import { BROKER_NODE } from '../../core/names.ts';
import { type Answer, ok } from '../answer.ts';
import { badRequest, notAuthorised } from '../api_error.ts';
import { expiringBefore } from '../certificates.ts';
import type { ManagementContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { vhostNamed } from '../request.ts';
import { checkNode } from '../this_node.ts';

const STATUS = z.looseObject({ status: z.string(), reason: z.string().optional() });

const OK: Answer = ok({ status: 'ok' });

function failed(reason: string, more: object = {}): Answer {
  return { status: 503, json: { status: 'failed', reason, ...more } };
}

/** A check that any user of the API may ask for: most of them are answered without a login elsewhere, by /health. */
function check(
  path: string,
  summary: string,
  handle: (request: {
    context: ManagementContext;
    params: Readonly<Record<string, string>>;
  }) => Answer | Promise<Answer>,
): Endpoint {
  return endpoint({ method: 'GET', path, may: 'management', summary, answers: STATUS, handle });
}

const CHECKS = '/api/health/checks';
const ONE_NODE = 'Always so on a single node.';

export const HEALTH: readonly Endpoint[] = [
  check(`${CHECKS}/alarms`, 'Whether no alarm is on.', ({ context }) => alarms(context)),
  check(`${CHECKS}/local-alarms`, 'Whether no alarm is on at this node.', ({ context }) =>
    alarms(context, 'on the node'),
  ),
  check(`${CHECKS}/virtual-hosts`, 'Whether all virtual hosts run.', () => OK),
  check(`${CHECKS}/metadata-store/initialized`, ONE_NODE, () => OK),
  check(`${CHECKS}/metadata-store/initialized/with-data`, 'Whether there is a virtual host and a user.', withData),
  check(`${CHECKS}/node-is-quorum-critical`, ONE_NODE, () => ok({ status: 'ok', reason: 'single node cluster' })),
  check(`${CHECKS}/reached-target-cluster-size`, ONE_NODE, () => OK),
  check(`${CHECKS}/quorum-queues-without-elected-leaders/all-vhosts`, ONE_NODE, () => OK),
  check(`${CHECKS}/quorum-queues-without-elected-leaders/vhost/:vhost`, ONE_NODE, () => OK),
  check(`${CHECKS}/quorum-queues-without-elected-leaders/all-vhosts/pattern/:pattern`, ONE_NODE, () => OK),
  check(`${CHECKS}/quorum-queues-without-elected-leaders/vhost/:vhost/pattern/:pattern`, ONE_NODE, () => OK),
  check(`${CHECKS}/is-in-service`, 'Whether clients are served.', () => OK),
  check(`${CHECKS}/ready-to-serve-clients`, 'Whether clients can connect.', ready),
  check(`${CHECKS}/below-node-connection-limit`, 'Whether there is room for another connection.', connectionLimit),
  check(`${CHECKS}/port-listener/:port`, 'Whether something listens on the port.', portListener),
  check(`${CHECKS}/protocol-listener/:protocols`, 'Whether something listens for each protocol.', protocolListener),
  check(
    `${CHECKS}/certificate-expiration/:within/:unit`,
    'Whether no certificate expires within that time: days, weeks, months or years.',
    certificateExpiration,
  ),
  endpoint({
    method: 'GET',
    path: '/api/aliveness-test/:vhost',
    may: 'vhost',
    summary: 'Whether a message that is published in the virtual host can be got.',
    answers: STATUS,
    handle: ({ context, identity, params }) => {
      vhostNamed(context, params.vhost);
      if (!identity.mayOpen(params.vhost)) throw notAuthorised('Access refused.');
      return OK;
    },
  }),
  check('/api/healthchecks/node', 'Whether no alarm is on.', ({ context }) => nodeHealth(context)),
  check('/api/healthchecks/node/:node', 'Whether no alarm is on.', ({ context, params }) => {
    checkNode(params['node'] ?? '');
    return nodeHealth(context);
  }),
];

/** What RabbitMQ calls them; the last is one that it does not have. */
const RESOURCES = { memory: 'memory', disk: 'disk space', journal: 'journal' } as const;

function alarms({ server }: ManagementContext, where = 'in the cluster'): Answer {
  const { on } = server.alarms;
  if (on.length === 0) return OK;
  const inEffect = on.map((name) => ({ node: BROKER_NODE, resource: RESOURCES[name] }));
  return failed(`There are alarms in effect ${where}`, { alarms: inEffect });
}

/** In Erlang's notation, as RabbitMQ's older check has it. */
function nodeHealth({ server }: ManagementContext): Answer {
  const { on } = server.alarms;
  if (on.length === 0) return OK;
  const inEffect = on.map((name) => `{resource_limit,${name},${BROKER_NODE}}`);
  return failed(`resource alarm(s) in effect:[${inEffect.join(',')}]`);
}

function withData({ context: { administration } }: { readonly context: ManagementContext }): Answer {
  const isEmpty = administration.vhosts.list().length === 0 || administration.users.list().length === 0;
  return isEmpty ? failed('Metadata store has not yet been initialized: it contains no data') : OK;
}

function ready({ context: { server } }: { readonly context: ManagementContext }): Answer {
  return server.alarms.on.includes('journal') ? failed('The journal has failed') : OK;
}

function connectionLimit({ context: { server } }: { readonly context: ManagementContext }): Answer {
  const { connections, limits } = server;
  if (connections.size < limits.connectionMax) return OK;
  const counts = { connections: connections.size, limit: limits.connectionMax };
  return failed('node connection limit is reached', counts);
}

interface Asked {
  readonly context: ManagementContext;
  readonly params: Readonly<Record<string, string>>;
}

function portListener({ context, params }: Asked): Answer {
  const asked = params['port'] ?? '';
  if (!/^\d{1,9}$/.test(asked)) throw badRequest('Invalid port');
  const port = Number(asked);
  const ports = context.listeners.map((listener) => listener.port);
  return ports.includes(port) ? ok({ status: 'ok', port }) : failed('No active listener', { missing: port, ports });
}

/** Other names of protocols, which people know them by. */
const ALIASES: Readonly<Record<string, string>> = {
  amqp091: 'amqp',
  'amqp0.9.1': 'amqp',
  'amqp0-9-1': 'amqp',
  amqps: 'amqp/ssl',
};

function protocolListener({ context, params }: Asked): Answer {
  const protocols = [...new Set(context.listeners.map(({ protocol }) => protocol))].sort();
  const asked = (params['protocols'] ?? '').split(',');
  const missing = asked.filter((name) => !protocols.includes(ALIASES[name.toLowerCase()] ?? name.toLowerCase()));
  return missing.length === 0 ? ok({ status: 'ok', protocols }) : failed('No active listener', { missing, protocols });
}

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = {
  days: DAY_MS,
  weeks: 7 * DAY_MS,
  months: 30 * DAY_MS,
  years: 365 * DAY_MS,
};

function certificateExpiration({ context, params }: Asked): Answer {
  const { within = '', unit = '' } = params;
  const unitMs = UNITS[unit];
  if (unitMs === undefined) {
    throw badRequest('Time unit not recognised. Supported units: days, weeks, months, years.');
  }
  if (!/^\d{1,9}$/.test(within)) throw badRequest('Invalid expiration value.');
  const untilMs = context.server.clock.nowMs() + Number(within) * unitMs;
  const expired = expiringBefore(untilMs, context.certificates());
  return expired.length === 0 ? OK : failed('Certificates expiring', { expired });
}
