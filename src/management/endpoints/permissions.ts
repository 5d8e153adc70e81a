import { z } from 'zod';
import type { PermissionRow, TopicPermissionRow } from '../../auth/permissions.ts';
import { list, noContent, ok, put } from '../answer.ts';
import { badRequest, objectNotFound } from '../api_error.ts';
import type { ManagementContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { vhostNamed } from '../request.ts';
import { userNamed } from './users.ts';

const PERMISSION = z.object({
  user: z.string(),
  vhost: z.string(),
  configure: z.string(),
  write: z.string(),
  read: z.string(),
});
const TOPIC_PERMISSION = z.object({
  user: z.string(),
  vhost: z.string(),
  exchange: z.string(),
  write: z.string(),
  read: z.string(),
});

function all({ administration }: ManagementContext): readonly PermissionRow[] {
  return administration.permissions.list();
}

function allTopic({ administration }: ManagementContext): readonly TopicPermissionRow[] {
  return administration.permissions.listTopic();
}

export const PERMISSIONS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/permissions',
    may: 'administrator',
    summary: "All users' permissions.",
    isList: true,
    answers: PERMISSION,
    handle: ({ context }) => list(all(context)),
  }),
  endpoint({
    method: 'GET',
    path: '/api/vhosts/:vhost/permissions',
    may: 'administrator',
    summary: 'The permissions in a virtual host.',
    isList: true,
    answers: PERMISSION,
    handle: ({ context, params }) => {
      vhostNamed(context, params.vhost);
      return list(all(context).filter(({ vhost }) => vhost === params.vhost));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/users/:user/permissions',
    may: 'administrator',
    summary: "A user's permissions.",
    isList: true,
    answers: PERMISSION,
    handle: ({ context, params }) => {
      userNamed(context, params.user);
      return list(all(context).filter(({ user }) => user === params.user));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/permissions/:vhost/:user',
    may: 'administrator',
    summary: "A user's permissions in a virtual host.",
    answers: PERMISSION,
    handle: ({ context, params }) => ok(permissionOf(context, params)),
  }),
  endpoint({
    method: 'PUT',
    path: '/api/permissions/:vhost/:user',
    may: 'administrator',
    summary: 'Lets a user into a virtual host: regular expressions of what he may configure, write to and read from.',
    body: z.object({ configure: z.string(), write: z.string(), read: z.string() }),
    before: ({ context, params }) => checkBoth(context, params),
    handle: async ({ context, params: { vhost, user }, body }) => {
      const { permissions } = context.administration;
      const isNew = permissions.get(vhost, user) === undefined;
      await permissions.set(vhost, user, body);
      return put(isNew);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/permissions/:vhost/:user',
    may: 'administrator',
    summary: 'Keeps a user out of a virtual host.',
    handle: async ({ context, params }) => {
      permissionOf(context, params);
      await context.administration.permissions.clear(params.vhost, params.user);
      return noContent();
    },
  }),
];

export const TOPIC_PERMISSIONS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/topic-permissions',
    may: 'administrator',
    summary: "All users' topic permissions.",
    isList: true,
    answers: TOPIC_PERMISSION,
    handle: ({ context }) => list(allTopic(context)),
  }),
  endpoint({
    method: 'GET',
    path: '/api/vhosts/:vhost/topic-permissions',
    may: 'administrator',
    summary: 'The topic permissions in a virtual host.',
    isList: true,
    answers: TOPIC_PERMISSION,
    handle: ({ context, params }) => {
      vhostNamed(context, params.vhost);
      return list(allTopic(context).filter(({ vhost }) => vhost === params.vhost));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/users/:user/topic-permissions',
    may: 'administrator',
    summary: "A user's topic permissions.",
    isList: true,
    answers: TOPIC_PERMISSION,
    handle: ({ context, params }) => {
      userNamed(context, params.user);
      return list(allTopic(context).filter(({ user }) => user === params.user));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/topic-permissions/:vhost/:user',
    may: 'administrator',
    summary: "A user's topic permissions in a virtual host.",
    isList: true,
    answers: TOPIC_PERMISSION,
    handle: ({ context, params }) => list(topicsOf(context, params)),
  }),
  endpoint({
    method: 'GET',
    path: '/api/topic-permissions/:vhost/:user/:exchange',
    may: 'administrator',
    summary: "A user's topic permissions for an exchange.",
    isList: true,
    answers: TOPIC_PERMISSION,
    handle: ({ context, params }) => list(topicsOf(context, params)),
  }),
  // The body says which exchange; RabbitMQ takes the longer path too, and pays no attention to its end.
  ...(['/api/topic-permissions/:vhost/:user', '/api/topic-permissions/:vhost/:user/:exchange'] as const).map((path) =>
    endpoint({
      method: 'PUT',
      path,
      may: 'administrator',
      summary: 'Which routing keys a user may publish to, and bind to, a topic exchange with.',
      body: z.object({ exchange: z.string(), write: z.string(), read: z.string() }),
      before: ({ context, params }) => checkBoth(context, params),
      handle: async ({ context, params: { vhost, user }, body: { exchange, ...patterns } }) => {
        const { permissions } = context.administration;
        if (!vhostNamed(context, vhost).exchanges.has(exchange)) throw badRequest(['no_such_exchange', exchange]);
        const isNew = !allTopic(context).some((row) => row.vhost === vhost && row.user === user);
        await permissions.setTopic(vhost, user, exchange, patterns);
        return put(isNew);
      },
    }),
  ),
  endpoint({
    method: 'DELETE',
    path: '/api/topic-permissions/:vhost/:user',
    may: 'administrator',
    summary: 'Lets a user use all routing keys in a virtual host.',
    handle: async ({ context, params }) => {
      topicsOf(context, params);
      await context.administration.permissions.clearTopic(params.vhost, params.user);
      return noContent();
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/topic-permissions/:vhost/:user/:exchange',
    may: 'administrator',
    summary: 'Lets a user use all routing keys of an exchange.',
    handle: async ({ context, params }) => {
      topicsOf(context, params);
      await context.administration.permissions.clearTopic(params.vhost, params.user, params.exchange);
      return noContent();
    },
  }),
];

interface Whose {
  readonly vhost: string;
  readonly user: string;
}

function checkBoth({ server, administration }: ManagementContext, { vhost, user }: Whose): void {
  if (server.vhosts.has(vhost) && administration.users.get(user) !== undefined) return;
  throw badRequest('vhost_or_user_not_found');
}

function permissionOf({ administration }: ManagementContext, { vhost, user }: Whose): PermissionRow {
  const permission = administration.permissions.get(vhost, user);
  if (permission === undefined) throw objectNotFound();
  return permission;
}

/** None are not found. */
function topicsOf(
  context: ManagementContext,
  whose: Whose & { readonly exchange?: string },
): readonly TopicPermissionRow[] {
  const { vhost, user, exchange } = whose;
  const rows = allTopic(context).filter((row) => row.vhost === vhost && row.user === user);
  const named = exchange === undefined ? rows : rows.filter((row) => row.exchange === exchange);
  if (named.length === 0) throw objectNotFound();
  return named;
}
