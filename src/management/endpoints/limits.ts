import { z } from 'zod';
import { ManagementError } from '../../admin/management_error.ts';
import { list, noContent } from '../answer.ts';
import { badRequest, notFound } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { vhostNamed } from '../request.ts';
import { checkVhost } from './policies.ts';
import { userNamed } from './users.ts';

const LIMIT = z.object({ value: z.unknown().refine((value) => value !== undefined) });
const LIMITS = z.record(z.string(), z.number());
const OF_VHOST = z.object({ vhost: z.string(), value: LIMITS });
const OF_USER = z.object({ user: z.string(), value: LIMITS });

export const VHOST_LIMITS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/vhost-limits',
    may: 'management',
    summary: 'The limits of all virtual hosts that have any.',
    isList: true,
    answers: OF_VHOST,
    handle: ({ context, identity }) => {
      const seen = context.administration.vhosts.list().filter(({ name }) => identity.sees(name));
      return list(seen.flatMap(({ name, limits }) => shown('vhost', name, limits)));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/vhost-limits/:vhost',
    may: 'visible vhost',
    summary: 'The limits of a virtual host, if it has any.',
    isList: true,
    answers: OF_VHOST,
    handle: ({ context, params: { vhost } }) => {
      vhostNamed(context, vhost);
      return list(shown('vhost', vhost, context.administration.vhosts.get(vhost)?.limits ?? {}));
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/api/vhost-limits/:vhost/:name',
    may: 'administrator',
    summary: 'Sets a limit of a virtual host: max-connections or max-queues; a negative one is none.',
    body: LIMIT,
    before: ({ context, params }) => checkVhost(context, params.vhost),
    handle: async ({ context: { administration }, params: { vhost, name }, body: { value } }) => {
      const limits = administration.vhosts.get(vhost)?.limits ?? {};
      await validated(administration.vhosts.setLimits(vhost, { ...limits, [name]: value }));
      return noContent();
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/vhost-limits/:vhost/:name',
    may: 'administrator',
    summary: 'Takes a limit of a virtual host away.',
    before: ({ context, params }) => checkVhost(context, params.vhost),
    handle: async ({ context: { administration }, params: { vhost, name } }) => {
      const limits = without(administration.vhosts.get(vhost)?.limits ?? {}, name);
      await administration.vhosts.setLimits(vhost, limits);
      return noContent();
    },
  }),
];

export const USER_LIMITS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/user-limits',
    may: 'administrator',
    summary: 'The limits of all users who have any.',
    isList: true,
    answers: OF_USER,
    handle: ({ context }) =>
      list(context.administration.users.list().flatMap(({ name, limits }) => shown('user', name, limits))),
  }),
  endpoint({
    method: 'GET',
    path: '/api/user-limits/:user',
    may: 'himself',
    summary: 'The limits of a user, if he has any.',
    isList: true,
    answers: OF_USER,
    handle: ({ context, params }) => list(shown('user', params.user, userNamed(context, params.user).limits)),
  }),
  endpoint({
    method: 'PUT',
    path: '/api/user-limits/:user/:name',
    may: 'administrator',
    summary: 'Sets a limit of a user: max-connections or max-channels; a negative one is none.',
    body: LIMIT,
    handle: async ({ context: { administration }, params: { user, name }, body: { value } }) => {
      const info = administration.users.get(user);
      if (info === undefined) throw badRequest(['no_such_user', user]);
      await administration.users.setLimits(user, { ...info.limits, [name]: value });
      return noContent();
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/user-limits/:user/:name',
    may: 'administrator',
    summary: 'Takes a limit of a user away.',
    handle: async ({ context: { administration }, params: { user, name } }) => {
      const info = administration.users.get(user);
      // RabbitMQ's word for it, here too.
      if (info === undefined) throw notFound('vhost_not_found');
      await administration.users.setLimits(user, without(info.limits, name));
      return noContent();
    },
  }),
];

/** Those that have none are not in a list. */
function shown(whose: 'vhost' | 'user', name: string, limits: object): readonly unknown[] {
  return Object.keys(limits).length === 0 ? [] : [{ [whose]: name, value: limits }];
}

function without(limits: object, name: string): object {
  return Object.fromEntries(Object.entries(limits).filter(([limit]) => limit !== name));
}

/** What RabbitMQ says of parameters that cannot be. */
export async function validated(change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!(error instanceof ManagementError) || error.code !== 'invalid') throw error;
    throw badRequest(`Validation failed\n\n${error.message}\n`);
  }
}
