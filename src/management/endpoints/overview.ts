import { z } from 'zod';
import { RABBITMQ_VERSION } from '../../config/version.ts';
import { BROKER_NODE } from '../../core/names.ts';
import { eachInSlices } from '../../lib/slices.ts';
import type { Figures } from '../../metrics/figures.ts';
import { clusterName } from '../../server/cluster_name.ts';
import { ok } from '../answer.ts';
import type { ManagementContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { sumOf } from '../figures.ts';
import { visibleConnections } from '../find.ts';
import type { Identity } from '../identity.ts';
import { exchangeTypes, listenerView, runtimeFacts, webContexts } from '../node_facts.ts';
import { RANGE_QUERY, rangesOf } from '../ranges.ts';
import type { ApiRequest } from '../request.ts';
import { clusterTags } from './cluster.ts';

const OVERVIEW = z.looseObject({
  management_version: z.string(),
  rabbitmq_version: z.string(),
  product_name: z.string(),
  product_version: z.string(),
  cluster_name: z.string(),
  node: z.string(),
  object_totals: z.record(z.string(), z.number()),
});

export const OVERVIEW_ENDPOINTS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/overview',
    may: 'management',
    summary: 'The broker in a few numbers: those of the virtual hosts that he may know of.',
    answers: OVERVIEW,
    query: RANGE_QUERY,
    handle: async (request) =>
      ok({
        ...facts(request.context),
        ...(await statistics(request)),
        ...(await objectTotals(request)),
        ...forMonitors(request.context, request.identity),
      }),
  }),
  endpoint({
    method: 'GET',
    path: '/api/version',
    may: 'anybody',
    summary: 'The version of RabbitMQ whose API this is.',
    answers: z.string(),
    handle: () => ok(RABBITMQ_VERSION),
  }),
];

/** RabbitMQ tells everybody who may use the API. */
function facts(context: ManagementContext): object {
  return {
    management_version: RABBITMQ_VERSION,
    rates_mode: 'basic',
    sample_retention_policies: { global: [600, 3600, 28800, 86400], basic: [600, 3600], detailed: [600] },
    exchange_types: exchangeTypes(),
    product_version: context.server.version,
    product_name: 'Leveret',
    rabbitmq_version: RABBITMQ_VERSION,
    cluster_name: clusterName(context.server.globalParameters),
    cluster_tags: clusterTags(context),
    node_tags: {},
    ...runtimeFacts(),
    disable_stats: false,
    default_queue_type: context.administration.vhosts.defaultQueueType,
    is_op_policy_updating_enabled: true,
    enable_queue_totals: false,
    require_definition_json_extension: false,
    statistics_db_event_queue: 0,
  };
}

/** Of the whole broker for those who see all of it; of what he sees for everybody else. */
async function statistics({ context, identity, query }: ApiRequest): Promise<object> {
  const { metrics } = context;
  const { node, vhosts } = await metrics.totalsLater();
  const ranges = rangesOf(query);
  const churn = { churn_rates: churnOf(metrics.node(node, ranges).node) };
  if (identity.isMonitor) {
    const { lengths, msg_rates: counted } = metrics.overview(node, ranges);
    return { ...churn, queue_totals: lengths, message_stats: counted };
  }
  const seen = [...vhosts].filter(([vhost]) => identity.sees(vhost.name));
  const figures = seen.map(([vhost, totals]) => metrics.vhost(vhost, totals));
  return {
    ...churn,
    queue_totals: sumOf(figures.map(({ lengths }) => lengths)),
    message_stats: sumOf(figures.map(({ msg_rates: counted }) => counted)),
  };
}

/** What has come and gone. */
function churnOf(figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => /^(connection|channel|queue)_/.test(name)));
}

async function objectTotals(request: ApiRequest): Promise<object> {
  const { context, identity } = request;
  const seen = [...context.server.vhosts.values()].filter(({ name }) => identity.sees(name));
  const connections = await visibleConnections(request);
  let channels = 0;
  let consumers = 0;
  await eachInSlices(connections, (connection) => {
    channels += connection.channels.size;
    for (const channel of connection.channels.values()) consumers += channel.consumers.size;
  });
  return {
    object_totals: {
      connections: connections.length,
      channels,
      exchanges: seen.reduce((sum, vhost) => sum + vhost.exchanges.size, 0),
      queues: seen.reduce((sum, vhost) => sum + vhost.queues.size, 0),
      consumers,
    },
  };
}

function forMonitors(context: ManagementContext, { isMonitor }: Identity): object {
  if (!isMonitor) return {};
  return {
    node: BROKER_NODE,
    listeners: context.listeners.map(listenerView),
    contexts: webContexts(context),
  };
}
