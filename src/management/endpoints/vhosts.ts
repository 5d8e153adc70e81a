import { z } from 'zod';
import type { VirtualHostInfo, VirtualHostInput } from '../../admin/virtual_hosts.ts';
import { BROKER_NODE } from '../../core/names.ts';
import { type QueueType, queueTypeNamed } from '../../core/queue/arguments.ts';
import { listOf, noContent, ok, put } from '../answer.ts';
import { badRequest, notFound, objectNotFound } from '../api_error.ts';
import type { ManagementContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { figuresView } from '../figures.ts';
import { RANGE_QUERY, rangesOf } from '../ranges.ts';
import type { ApiRequest } from '../request.ts';
import { unsorted } from '../sources.ts';
import { isThisNode } from '../this_node.ts';
import { splitTags } from './users.ts';

const VHOST = z.looseObject({
  name: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  default_queue_type: z.string(),
  protected_from_deletion: z.boolean(),
  metadata: z.record(z.string(), z.unknown()),
  tracing: z.boolean(),
  cluster_state: z.record(z.string(), z.string()),
});

const BODY = z.object({
  description: z.string().optional(),
  tags: z.union([z.string(), z.array(z.string()), z.null()]).optional(),
  default_queue_type: z.string().optional(),
  protected_from_deletion: z.boolean().optional(),
  tracing: z.union([z.boolean(), z.string()]).optional(),
});

/** With its figures, once it has queues. */
async function vhostViews({ context, query }: ApiRequest): Promise<(info: VirtualHostInfo) => object> {
  const { vhosts } = await context.metrics.totalsLater();
  const ranges = rangesOf(query);
  return (info) => {
    const vhost = context.server.vhosts.get(info.name);
    const totals = vhost === undefined ? undefined : vhosts.get(vhost);
    if (vhost === undefined || totals === undefined || vhost.queues.size === 0) return vhostView(info);
    return { ...vhostView(info), ...figuresView(context.metrics.vhost(vhost, totals, ranges)) };
  };
}

function vhostView(info: VirtualHostInfo): z.infer<typeof VHOST> {
  const { name, description, tags, defaultQueueType, protectedFromDeletion, tracing, otherMetadata } = info;
  const metadata = { ...otherMetadata, description, tags, default_queue_type: defaultQueueType };
  return {
    name,
    description,
    tags: [...tags],
    default_queue_type: defaultQueueType,
    protected_from_deletion: protectedFromDeletion,
    metadata: protectedFromDeletion ? { ...metadata, protected_from_deletion: true } : metadata,
    tracing,
    cluster_state: { [BROKER_NODE]: 'running' },
  };
}

export const VHOSTS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/vhosts',
    may: 'management',
    summary: 'The virtual hosts that he may know of.',
    isList: true,
    answers: VHOST,
    query: RANGE_QUERY,
    handle: async (request) => {
      const { context, identity } = request;
      const seen = context.administration.vhosts.list().filter(({ name }) => identity.sees(name));
      return listOf(unsorted(seen), { name: ({ name }) => name }, await vhostViews(request));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/vhosts/:vhost',
    may: 'administrator',
    summary: 'One virtual host.',
    answers: VHOST,
    query: RANGE_QUERY,
    handle: async (request) => {
      const info = infoOf(request.context, request.params.vhost);
      return ok((await vhostViews(request))(info));
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/api/vhosts/:vhost',
    may: 'administrator',
    summary:
      'Makes a virtual host, which its maker may use at once, or changes one: what is left out is as in a new one.',
    body: BODY,
    handle: async ({ context, identity, params, body }) => {
      const { vhosts, permissions } = context.administration;
      const { vhost } = params;
      const isNew = vhosts.get(vhost) === undefined;
      await vhosts.set(vhost, vhostInput(body, vhosts.defaultQueueType));
      const { user } = identity;
      if (isNew && user.token === undefined) {
        await permissions.set(vhost, user.name, { configure: '.*', write: '.*', read: '.*' });
      }
      const opened = context.server.vhosts.get(vhost);
      if (body.tracing !== undefined && opened !== undefined) opened.tracing = String(body.tracing) === 'true';
      return put(isNew);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/vhosts/:vhost',
    may: 'administrator',
    summary: 'Deletes a virtual host with all that is in it, and closes its connections.',
    handle: async ({ context, params }) => {
      infoOf(context, params.vhost);
      await context.administration.vhosts.delete(params.vhost);
      return noContent();
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/vhosts/:vhost/deletion/protection',
    may: 'administrator',
    summary: 'Protects a virtual host from being deleted.',
    handle: ({ context, params }) => protect(context, params.vhost, true),
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/vhosts/:vhost/deletion/protection',
    may: 'administrator',
    summary: 'Lets a virtual host be deleted again.',
    handle: ({ context, params }) => {
      infoOf(context, params.vhost);
      return protect(context, params.vhost, false);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/vhosts/:vhost/start/:node',
    may: 'administrator',
    summary: 'Nothing is to be done: a virtual host that there is is running.',
    handle: ({ context, params: { vhost, node } }) => {
      if (!isThisNode(node)) throw badRequest(`Unknown node: ${node}`);
      if (context.server.vhosts.has(vhost)) return noContent();
      throw badRequest(`Request to node ${node} failed with {no_such_vhost,<<"${vhost}">>}`);
    },
  }),
];

async function protect(
  { administration }: ManagementContext,
  name: string,
  on: boolean,
): Promise<ReturnType<typeof noContent>> {
  if (administration.vhosts.get(name) === undefined) {
    throw notFound(`Cannot enable deletion protection of virtual host '${name}' because it does not exist`);
  }
  await administration.vhosts.set(name, { protectedFromDeletion: on });
  return noContent();
}

function infoOf({ administration }: ManagementContext, name: string): VirtualHostInfo {
  const info = administration.vhosts.get(name);
  if (info === undefined) throw objectNotFound();
  return info;
}

function vhostInput(body: z.infer<typeof BODY>, usualQueueType: QueueType): VirtualHostInput {
  const { description = '', tags, default_queue_type: given, protected_from_deletion: protectedFromDeletion } = body;
  const typeName = given === '' || given === 'undefined' ? undefined : given;
  const defaultQueueType = typeName === undefined ? undefined : queueTypeNamed(typeName);
  if (typeName !== undefined && defaultQueueType === undefined) {
    throw badRequest(`${typeName} is not a valid queue type`);
  }
  return {
    description,
    tags: splitTags(tags ?? []),
    defaultQueueType: defaultQueueType ?? usualQueueType,
    ...(protectedFromDeletion === undefined ? {} : { protectedFromDeletion }),
  };
}
