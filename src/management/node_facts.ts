import { EXCHANGE_TYPES } from '../core/exchange/exchange.ts';
import { BROKER_NODE } from '../core/names.ts';
import type { ListenerFacts, ManagementContext } from './context.ts';

/** What of the node does not change while it runs, as RabbitMQ's objects have it in several places. */

const EXCHANGE_DESCRIPTIONS: Readonly<Record<string, string>> = {
  direct: 'AMQP direct exchange, as per the AMQP specification',
  fanout: 'AMQP fanout exchange, as per the AMQP specification',
  headers: 'AMQP headers exchange, as per the AMQP specification',
  topic: 'AMQP topic exchange, as per the AMQP specification',
  'x-consistent-hash': 'Consistent Hashing Exchange',
  'x-delayed-message': 'Delayed Message Exchange.',
  'x-local-random': 'Picks one random local binding (queue) to route via (to).',
  'x-modulus-hash': 'Modulus Hashing Exchange',
  'x-random': 'Randomly picks a binding (queue) to route via (to).',
  'x-recent-history': 'Recent History Exchange.',
};

const MECHANISM_DESCRIPTIONS = {
  PLAIN: 'SASL PLAIN authentication mechanism',
  AMQPLAIN: 'QPid AMQPLAIN mechanism',
  ANONYMOUS: 'SASL ANONYMOUS authentication mechanism',
  EXTERNAL: 'TLS peer verification-based authentication plugin',
} as const;

interface Described {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
}

export function exchangeTypes(): readonly Described[] {
  const names = [...EXCHANGE_TYPES.keys()].sort();
  return names.map((name) => ({ name, description: EXCHANGE_DESCRIPTIONS[name] ?? name, enabled: true }));
}

export function authMechanisms({ server }: ManagementContext): readonly Described[] {
  return Object.entries(MECHANISM_DESCRIPTIONS).map(([name, description]) => ({
    name,
    description,
    enabled: server.mechanisms.includes(name as keyof typeof MECHANISM_DESCRIPTIONS),
  }));
}

/** RabbitMQ says what its program is run by; here that is Node.js, under Erlang's names, where programs look for it. */
export function runtimeFacts(): Readonly<Record<string, string>> {
  const { node, v8, openssl } = process.versions;
  return {
    erlang_version: node,
    erlang_full_version: `Node.js ${node} [V8 ${v8}] [${process.arch}] [${process.platform}]`,
    crypto_lib_version: `OpenSSL ${openssl}`,
  };
}

export function listenerView({ protocol, host, port }: ListenerFacts): object {
  const tls = /ssl|https/.test(protocol);
  return { node: BROKER_NODE, protocol, ip_address: host, port, socket_opts: {}, tls };
}

/** A web application that is served. */
interface WebContext {
  readonly node: string;
  readonly description: string;
  readonly path: string;
  readonly ip: string;
  readonly port: string;
  readonly ssl_opts: readonly never[];
  readonly cowboy_opts: string;
}

/** Those that there are. */
export function webContexts({ listeners }: ManagementContext): readonly WebContext[] {
  const applications: Readonly<Record<string, string>> = {
    http: 'RabbitMQ Management',
    https: 'RabbitMQ Management',
    'http/prometheus': 'RabbitMQ Prometheus',
    'https/prometheus': 'RabbitMQ Prometheus',
  };
  return listeners.flatMap(({ protocol, host, port }) => {
    const description = applications[protocol];
    if (description === undefined) return [];
    return [
      { node: BROKER_NODE, description, path: '/', ip: host, port: String(port), ssl_opts: [], cowboy_opts: '[]' },
    ];
  });
}
