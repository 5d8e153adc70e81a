import type { VirtualHost } from '../../core/vhost.ts';
import { labels } from './family.ts';
import { type Format, header, line } from './writer.ts';

interface ClusterFamily {
  /** As it is asked for. */
  readonly group: string;
  readonly name: string;
  readonly help: string;
  readonly lines: (name: string, vhost: VirtualHost) => Iterable<string>;
}

/** What RabbitMQ has under a prefix of its own, since it would be the same at each node of a cluster. */
const FAMILIES: readonly ClusterFamily[] = [
  {
    group: 'vhost_status',
    name: 'rabbitmq_cluster_vhost_status',
    help: 'Whether a given vhost is running',
    lines: (name, vhost) => [line(name, labels({ vhost: vhost.name }), 1)],
  },
  {
    group: 'exchange_bindings',
    name: 'rabbitmq_cluster_exchange_bindings',
    help: 'Number of bindings for an exchange. This value is cluster-wide.',
    lines: (name, vhost) => exchangeLines(name, vhost, ({ bindings }) => bindings.size),
  },
  {
    group: 'exchange_names',
    name: 'rabbitmq_cluster_exchange_name',
    help:
      'Enumerates exchanges without any additional info. This value is cluster-wide. ' +
      'A cheaper alternative to `exchange_bindings`',
    lines: (name, vhost) => exchangeLines(name, vhost, () => 1),
  },
];

export function* clusterMetrics(
  format: Format,
  vhosts: readonly VirtualHost[],
  wanted: readonly string[],
): Generator<string, void, undefined> {
  for (const { group, name, help, lines } of FAMILIES) {
    if (!wanted.includes(group)) continue;
    yield header(format, name, 'gauge', help);
    for (const vhost of vhosts) yield* lines(name, vhost);
  }
}

function* exchangeLines(
  name: string,
  vhost: VirtualHost,
  value: (exchange: { readonly bindings: { readonly size: number } }) => number,
): Generator<string, void, undefined> {
  for (const exchange of [...vhost.exchanges.values()]) {
    const { type } = exchange.properties;
    yield line(name, labels({ vhost: vhost.name, exchange: exchange.name, type }), value(exchange));
  }
}
