import { z } from 'zod';
import { BROKER_NODE } from '../../core/names.ts';
import { CLUSTER_NAME, clusterName } from '../../server/cluster_name.ts';
import { list, noContent, ok } from '../answer.ts';
import { badRequest } from '../api_error.ts';
import type { ManagementContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { checkNode, isThisNode } from '../this_node.ts';

const CLUSTER_TAGS = 'cluster_tags';

/** What operators tell of the cluster, for tools to show. */
export function clusterTags({ administration }: ManagementContext): object {
  const tags = administration.globalParameters.get(CLUSTER_TAGS);
  return typeof tags === 'object' && tags !== null && !Array.isArray(tags) ? tags : {};
}

/** What RabbitMQ has for clusters and for its plugins, as far as it says something of one node. */
export const CLUSTER: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/cluster-name',
    may: 'management',
    summary: 'The name of the cluster, which is one node.',
    answers: z.object({ name: z.string() }),
    handle: ({ context }) => ok({ name: clusterName(context.server.globalParameters) }),
  }),
  endpoint({
    method: 'PUT',
    path: '/api/cluster-name',
    may: 'administrator',
    summary: 'Gives the cluster another name.',
    body: z.object({ name: z.string() }),
    handle: async ({ context, body }) => {
      await context.administration.globalParameters.set(CLUSTER_NAME, body.name);
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/extensions',
    may: 'management',
    summary: "None: these are for RabbitMQ's web pages.",
    isList: true,
    answers: z.object({}),
    handle: () => list([]),
  }),
  endpoint({
    method: 'POST',
    path: '/api/rebalance/queues',
    may: 'administrator',
    summary: 'Nothing is to be done on a single node.',
    handle: () => noContent(),
  }),
  endpoint({
    method: 'GET',
    path: '/api/auth/attempts/:node',
    may: 'monitoring',
    summary: 'How many logins there were, by protocol.',
    isList: true,
    answers: z.object({
      protocol: z.string(),
      auth_attempts: z.number(),
      auth_attempts_failed: z.number(),
      auth_attempts_succeeded: z.number(),
    }),
    handle: ({ context, params }) => {
      checkNode(params.node);
      const { accepted, refused } = context.httpLogins;
      const { loginsAccepted, loginsRefused } = context.server.counters;
      return list([attempts('http', accepted, refused), attempts('amqp091', loginsAccepted, loginsRefused)]);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/auth/attempts/:node',
    may: 'administrator',
    summary: 'Counts logins by HTTP from nothing again.',
    handle: ({ context, params }) => {
      checkNode(params.node);
      Object.assign(context.httpLogins, { accepted: 0, refused: 0 });
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/auth/attempts/:node/source',
    may: 'monitoring',
    summary: 'None: it is not counted where logins come from.',
    isList: true,
    answers: z.object({}),
    handle: ({ params }) => {
      checkNode(params.node);
      return list([]);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/auth/attempts/:node/source',
    may: 'administrator',
    summary: 'Nothing is to be done.',
    handle: ({ params }) => {
      checkNode(params.node);
      return noContent();
    },
  }),
  ...(['/api/reset', '/api/reset/:node'] as const).map((path) =>
    endpoint({
      method: 'DELETE',
      path,
      may: 'administrator',
      summary: 'Forgets what was sampled for rates and charts; what has been counted stays.',
      handle: ({ params, context }) => {
        const { node = BROKER_NODE } = params as Readonly<Record<string, string | undefined>>;
        if (!isThisNode(node)) throw badRequest(`Node ${node} could not be contacted`);
        context.metrics.clearSamples();
        return noContent();
      },
    }),
  ),
];

function attempts(protocol: string, accepted: number, refused: number): object {
  return {
    protocol,
    auth_attempts: accepted + refused,
    auth_attempts_failed: refused,
    auth_attempts_succeeded: accepted,
  };
}
