import { EXIT, failure } from './exit.ts';
import { type JsonObject, numberOf, objectsOf, textOf } from './json.ts';
import type { Context } from './verb.ts';

/** What /api/nodes and /api/overview tell of the one node. */
export interface NodeFacts {
  readonly name: string;
  readonly node: JsonObject;
  readonly overview: JsonObject;
}

export async function nodeFacts({ api }: Context): Promise<NodeFacts> {
  const overview = await api.object('/api/overview');
  const [node] = await api.list('/api/nodes');
  if (node === undefined) throw failure(EXIT.unavailable, 'the management API tells of no node');
  return { name: textOf(node['name']), node, overview };
}

/** Texts of the alarms that are on. */
export function alarmsOf({ name, node }: NodeFacts): readonly string[] {
  return [
    ...(node['mem_alarm'] === true ? [`Memory alarm on node ${name}`] : []),
    ...(node['disk_free_alarm'] === true ? [`Free disk space alarm on node ${name}`] : []),
  ];
}

export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
}

export function listenersOf({ overview }: NodeFacts): readonly Listener[] {
  return objectsOf(overview['listeners']).map((listener) => ({
    address: textOf(listener['ip_address']),
    port: numberOf(listener['port']),
    protocol: textOf(listener['protocol']),
  }));
}

const PURPOSES: Readonly<Record<string, string>> = {
  amqp: 'AMQP 0-9-1',
  'amqp/ssl': 'AMQP 0-9-1 over TLS',
  http: 'HTTP API',
  https: 'HTTP API over TLS',
  'http/prometheus': 'Prometheus exporter API over HTTP',
  'https/prometheus': 'Prometheus exporter API over TLS',
  'http/web-amqp': 'AMQP 0-9-1 over WebSocket',
  'https/web-amqp': 'AMQP 0-9-1 over WebSocket and TLS',
};

/** As RabbitMQ's status tells of one. */
export function listenerLine({ address, port, protocol }: Listener): string {
  const host = address.includes(':') ? `[${address}]` : address;
  const purpose = PURPOSES[protocol];
  return `Interface: ${host}, port: ${port}, protocol: ${protocol}${purpose === undefined ? '' : `, purpose: ${purpose}`}`;
}

/** In RabbitMQ's gigabytes, of a thousand millions. */
export function gigabytes(bytes: number): string {
  return `${Number((bytes / 1e9).toFixed(4))} gb`;
}
