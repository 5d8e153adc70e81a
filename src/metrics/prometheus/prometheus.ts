import { RABBITMQ_VERSION } from '../../config/version.ts';
import { BROKER_NODE } from '../../core/names.ts';
import { clusterName } from '../../server/cluster_name.ts';
import { clusterMetrics } from './cluster.ts';
import { labels } from './family.ts';
import { globalCounters } from './global.ts';
import { listings, queueItems } from './items.ts';
import type { Gathering } from './listing.ts';
import { ALARMS, NODE_GROUPS, NODE_TOTALS } from './node_groups.ts';
import { ownMetrics } from './own.ts';
import { queueLabels } from './queue_groups.ts';
import type { QueueItem, Source } from './source.ts';
import { end, type Format, header, line } from './writer.ts';

/** RabbitMQ's endpoints: `/metrics`, `/metrics/per-object` and `/metrics/detailed`. */
export type PrometheusKind = 'aggregated' | 'per-object' | 'detailed';

export interface PrometheusRequest {
  readonly kind: PrometheusKind;
  readonly format: Format;
  /** Groups, by RabbitMQ's names for them, of which `detailed` gives those that are named, and the others all. */
  readonly families?: readonly string[];
  /** Of `detailed`: nothing of other virtual hosts. All, if none is named. */
  readonly vhosts?: readonly string[];
}

/** Those of `detailed` whose other groups say nothing about queues do without it. */
const QUEUE_INFO_GROUPS = ['queue_coarse_metrics', 'queue_consumer_count', 'queue_metrics'];

/** The metrics, line by line or so. */
export function* prometheusLines(source: Source, request: PrometheusRequest): Generator<string, void, undefined> {
  if (request.kind === 'detailed') yield* detailed(source, request);
  else yield* everything(source, request);
  yield end(request.format);
}

function* everything(source: Source, { kind, format }: PrometheusRequest): Generator<string, void, undefined> {
  const vhosts = [...source.server.vhosts.values()];
  for (const { families, labels: labelsOf } of NODE_GROUPS)
    yield* node(source, format, 'rabbitmq_', families, labelsOf);
  const queues = queueItems(source, vhosts);
  for (const listing of listings(source, vhosts, queues)) {
    if (listing.name === 'queue_consumer_count') continue;
    const prefix = listing.name.startsWith('leveret_') ? 'leveret_' : 'rabbitmq_';
    yield* kind === 'per-object' ? listing.each(format, prefix) : listing.sum(format, prefix);
  }
  yield* node(source, format, 'rabbitmq_', NODE_TOTALS, () => '');
  if (kind === 'per-object') yield* queueInfo(queues, format, 'rabbitmq_');
  yield* identity(source, format, kind);
  yield* globalCounters(format, source);
  yield* node(source, format, 'rabbitmq_', ALARMS, () => '');
  yield* ownMetrics(format, source);
}

function* detailed(source: Source, request: PrometheusRequest): Generator<string, void, undefined> {
  const { format, families: wanted = [], vhosts: names = [] } = request;
  const vhosts = [...source.server.vhosts.values()].filter(({ name }) => names.length === 0 || names.includes(name));
  for (const { name, families, labels: labelsOf } of NODE_GROUPS) {
    if (wanted.includes(name)) yield* node(source, format, 'rabbitmq_detailed_', families, labelsOf);
  }
  const queues = queueItems(source, vhosts);
  for (const listing of listings(source, vhosts, queues)) {
    const { name } = listing;
    if (!wanted.includes(name) || (name === 'queue_consumer_count' && wanted.includes('queue_metrics'))) continue;
    yield* listing.each(format, name.startsWith('leveret_') ? 'leveret_detailed_' : 'rabbitmq_detailed_');
  }
  yield* clusterMetrics(format, vhosts, wanted);
  if (QUEUE_INFO_GROUPS.some((name) => wanted.includes(name))) {
    yield* queueInfo(queues, format, 'rabbitmq_detailed_');
  }
  yield* identity(source, format, 'detailed');
}

function* node(
  source: Source,
  format: Format,
  prefix: string,
  families: (typeof NODE_GROUPS)[number]['families'],
  labelsOf: (source: Source) => string,
): Generator<string, void, undefined> {
  for (const { name, type, help, value } of families) {
    const found = value(source);
    if (found === undefined) continue;
    yield header(format, prefix + name, type, help);
    yield line(prefix + name, labelsOf(source), found);
  }
}

function* queueInfo(queues: Gathering<QueueItem>, format: Format, prefix: string): Generator<string, void, undefined> {
  const help = "A metric with a constant '1' value and labels that provide some queue details";
  yield header(format, `${prefix}queue_info`, 'gauge', help);
  for (const item of yield* queues()) {
    const more = `queue_type="rabbit_${item.queue.type}_queue",membership="leader"`;
    yield line(`${prefix}queue_info`, `${queueLabels(item)},${more}`, 1);
  }
}

/** What this is instead of RabbitMQ it says as RabbitMQ's own distributions do. */
function* identity({ server }: Source, format: Format, kind: PrometheusKind): Generator<string, void, undefined> {
  const build = {
    rabbitmq_version: RABBITMQ_VERSION,
    prometheus_plugin_version: RABBITMQ_VERSION,
    erlang_version: process.versions.node,
    product_name: 'Leveret',
    product_version: server.version,
    nodejs_version: process.versions.node,
  };
  yield header(format, 'rabbitmq_build_info', 'untyped', 'RabbitMQ & Erlang/OTP version info');
  yield line('rabbitmq_build_info', labels(build), 1);
  const cluster = clusterName(server.globalParameters);
  const who = { rabbitmq_node: BROKER_NODE, rabbitmq_cluster: cluster, rabbitmq_endpoint: kind };
  yield header(format, 'rabbitmq_identity_info', 'untyped', 'RabbitMQ node & cluster identity info');
  yield line('rabbitmq_identity_info', labels(who), 1);
}
