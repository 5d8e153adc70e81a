import { z } from 'zod';
import { BROKER_NODE } from '../../core/names.ts';
import { list, noContent, ok } from '../answer.ts';
import { badRequest, objectNotFound } from '../api_error.ts';
import type { ManagementContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';

const CLUSTER_NAME = 'cluster_name';

/** The name of the node, until it is given another. */
export function clusterName({ administration }: ManagementContext): string {
  const name = administration.globalParameters.get(CLUSTER_NAME);
  return typeof name === 'string' ? name : BROKER_NODE;
}

/** What RabbitMQ has for clusters and for its plugins, as far as it says something of one node. */
export const CLUSTER: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/cluster-name',
    may: 'management',
    summary: 'The name of the cluster, which is one node.',
    answers: z.object({ name: z.string() }),
    handle: ({ context }) => ok({ name: clusterName(context) }),
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
        if (node !== BROKER_NODE) throw badRequest(`Node ${node} could not be contacted`);
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

/** Throws for another than this one. */
export function checkNode(name: string): void {
  if (name !== BROKER_NODE) throw objectNotFound();
}
