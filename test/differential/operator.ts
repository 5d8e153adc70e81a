import type { Broker, Policies, PolicyInput, UserLimits, VhostLimits } from '../../src/index.ts';

export interface Grant {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** Where RabbitMQ's management API has them. */
export type PolicyKind = 'policies' | 'operator-policies';

export const EVERYTHING: Grant = { configure: '.*', write: '.*', read: '.*' };

/** What an operator does beside a conversation: RabbitMQ's by its management API, Leveret's as its library has it. */
export interface Operator {
  /** Adds a virtual host, or changes what is given. */
  vhost(name: string, settings?: { readonly defaultQueueType?: 'classic' | 'quorum' }): Promise<void>;
  deleteVhost(name: string): Promise<void>;
  user(name: string, password: string, tags?: readonly string[]): Promise<void>;
  deleteUser(name: string): Promise<void>;
  permit(vhost: string, user: string, grant: Grant): Promise<void>;
  permitTopic(vhost: string, user: string, exchange: string, grant: Omit<Grant, 'configure'>): Promise<void>;
  limitVhost(vhost: string, limits: VhostLimits): Promise<void>;
  limitUser(user: string, limits: UserLimits): Promise<void>;
  /** Switches the firehose of the virtual host `/` on. */
  trace(): Promise<void>;
  /** In the virtual host `/`. */
  policy(kind: PolicyKind, name: string, policy: PolicyInput): Promise<void>;
  deletePolicy(kind: PolicyKind, name: string): Promise<void>;
}

/** The management API listens where RabbitMQ has it unless told otherwise. */
export function referenceOperator(url: string): Operator {
  const { hostname, port, username, password: ownPassword } = new URL(url);
  const management =
    process.env['LEVERET_REFERENCE_MANAGEMENT_URL'] ?? `http://${hostname}:${Number(port || 5672) + 10_000}`;
  const authorization = `Basic ${btoa(`${username}:${ownPassword}`)}`;
  const ask = async (method: string, path: readonly string[], body?: object): Promise<void> => {
    const answer = await fetch(`${management}/api/${path.map(encodeURIComponent).join('/')}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path.join('/')}: ${answer.status} ${await answer.text()}`);
  };
  return {
    vhost: (name, { defaultQueueType = 'classic' } = {}) =>
      ask('PUT', ['vhosts', name], { default_queue_type: defaultQueueType }),
    deleteVhost: (name) => ask('DELETE', ['vhosts', name]),
    user: (name, password, tags = []) => ask('PUT', ['users', name], { password, tags: tags.join(',') }),
    deleteUser: (name) => ask('DELETE', ['users', name]),
    permit: (vhost, user, grant) => ask('PUT', ['permissions', vhost, user], grant),
    permitTopic: (vhost, user, exchange, grant) =>
      ask('PUT', ['topic-permissions', vhost, user], { exchange, ...grant }),
    limitVhost: async (vhost, limits) => {
      for (const [name, value] of Object.entries(limits)) await ask('PUT', ['vhost-limits', vhost, name], { value });
    },
    limitUser: async (user, limits) => {
      for (const [name, value] of Object.entries(limits)) await ask('PUT', ['user-limits', user, name], { value });
    },
    trace: () => ask('PUT', ['vhosts', '/'], { tracing: true }),
    policy: (kind, name, { applyTo = 'all', priority = 0, ...policy }) =>
      ask('PUT', [kind, '/', name], { ...policy, priority, 'apply-to': applyTo }),
    deletePolicy: (kind, name) => ask('DELETE', [kind, '/', name]),
  };
}

export function leveretOperator(broker: Broker): Operator {
  const of = (kind: PolicyKind): Policies => (kind === 'policies' ? broker.policies() : broker.operatorPolicies());
  return {
    vhost: (name, settings) => broker.vhosts.set(name, settings),
    deleteVhost: async (name) => {
      await broker.vhosts.delete(name);
    },
    user: (name, password, tags = []) => broker.users.set(name, { password, tags }),
    deleteUser: async (name) => {
      await broker.users.delete(name);
    },
    permit: (vhost, user, grant) => broker.permissions.set(vhost, user, grant),
    permitTopic: (vhost, user, exchange, grant) => broker.permissions.setTopic(vhost, user, exchange, grant),
    limitVhost: (vhost, limits) => broker.vhosts.setLimits(vhost, limits),
    limitUser: (user, limits) => broker.users.setLimits(user, limits),
    trace: async () => broker.tracing('/', true),
    policy: (kind, name, policy) => of(kind).set(name, policy),
    deletePolicy: async (kind, name) => {
      await of(kind).delete(name);
    },
  };
}

/** Of a Leveret in another process: it has no operator here. */
export function noOperator(): Operator {
  const refuse = async (): Promise<never> => {
    throw new Error('only a broker in this process has an operator');
  };
  return {
    vhost: refuse,
    deleteVhost: refuse,
    user: refuse,
    deleteUser: refuse,
    permit: refuse,
    permitTopic: refuse,
    limitVhost: refuse,
    limitUser: refuse,
    trace: refuse,
    policy: refuse,
    deletePolicy: refuse,
  };
}
