import { z } from 'zod';
import type { UserInfo, UserInput } from '../../admin/users.ts';
import { isHashingAlgorithm, isPasswordHash } from '../../auth/passwords.ts';
import { list, noContent, ok, put } from '../answer.ts';
import { badRequest, objectNotFound } from '../api_error.ts';
import type { ManagementContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';

const USER = z.object({
  name: z.string(),
  password_hash: z.string(),
  hashing_algorithm: z.string(),
  tags: z.array(z.string()),
  limits: z.record(z.string(), z.number()),
});

const BODY = z.object({
  password: z.string().optional(),
  password_hash: z.string().optional(),
  hashing_algorithm: z.string().optional(),
  tags: z.union([z.string(), z.array(z.string())]).optional(),
  administrator: z.union([z.boolean(), z.string()]).optional(),
  limits: z.record(z.string(), z.number()).optional(),
});

/** Of users who have it, nothing is changed by HTTP. */
const PROTECTED = 'protected';

interface UserView {
  readonly name: string;
  readonly password_hash: string;
  readonly hashing_algorithm: string;
  readonly tags: readonly string[];
  readonly limits: object;
}

function userView({ name, passwordHash, hashingAlgorithm, tags, limits }: UserInfo): UserView {
  return {
    name,
    password_hash: passwordHash,
    hashing_algorithm: hashingAlgorithm,
    tags: [...tags],
    limits: { ...limits },
  };
}

export const USERS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/users',
    may: 'administrator',
    summary: 'All users.',
    isList: true,
    answers: USER,
    handle: ({ context }) => list(context.administration.users.list().map(userView)),
  }),
  endpoint({
    method: 'GET',
    path: '/api/users/without-permissions',
    may: 'administrator',
    summary: 'Users who can open no virtual host.',
    isList: true,
    answers: USER,
    handle: ({ context: { administration } }) => {
      const having = new Set(administration.permissions.list().map(({ user }) => user));
      return list(
        administration.users
          .list()
          .filter(({ name }) => !having.has(name))
          .map(userView),
      );
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/users/bulk-delete',
    may: 'administrator',
    summary: 'Deletes all users of these names; those that there are not do not count.',
    body: z.object({ users: z.array(z.string()) }),
    handle: async ({ context, body }) => {
      const { users } = context.administration;
      for (const name of body.users) if (!isProtected(context, name)) await users.delete(name);
      return noContent();
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/users/:user',
    may: 'administrator',
    summary: 'One user.',
    answers: USER,
    handle: ({ context, params }) => ok(userView(userNamed(context, params.user))),
  }),
  endpoint({
    method: 'PUT',
    path: '/api/users/:user',
    may: 'administrator',
    summary: 'Makes a user, or replaces one: tags, and a password or its hash.',
    body: BODY,
    handle: async ({ context, params, body }) => {
      const { users } = context.administration;
      const isNew = users.get(params.user) === undefined;
      checkUnprotected(context, params.user);
      await users.set(params.user, userInput(body));
      if (body.limits !== undefined) await users.setLimits(params.user, body.limits);
      return put(isNew);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/users/:user',
    may: 'administrator',
    summary: 'Deletes a user, with his permissions, and closes his connections.',
    handle: async ({ context, params }) => {
      userNamed(context, params.user);
      checkUnprotected(context, params.user);
      await context.administration.users.delete(params.user);
      return noContent();
    },
  }),
];

/** Throws where there is no such user. */
export function userNamed({ administration }: ManagementContext, name: string): UserInfo {
  const user = administration.users.get(name);
  if (user === undefined) throw objectNotFound();
  return user;
}

function isProtected({ administration }: ManagementContext, name: string): boolean {
  return administration.users.get(name)?.tags.includes(PROTECTED) === true;
}

function checkUnprotected(context: ManagementContext, name: string): void {
  if (isProtected(context, name)) throw badRequest('Protected users cannot be modified via the HTTP API');
}

/** In RabbitMQ's words where it cannot be; a new password is hashed as all are, whatever the body says. */
function userInput(body: z.infer<typeof BODY>): UserInput {
  const { password, password_hash: passwordHash, hashing_algorithm: hashingAlgorithm } = body;
  const tags = tagsOf(body);
  if (password !== undefined && passwordHash !== undefined) {
    throw badRequest('both_password_and_password_hash_are_provided');
  }
  if (password !== undefined) return { password, tags };
  if (passwordHash === undefined) return { tags };
  if (!isPasswordHash(passwordHash)) throw badRequest(['not_base64', passwordHash]);
  if (hashingAlgorithm === undefined) return { passwordHash, tags };
  if (!isHashingAlgorithm(hashingAlgorithm)) throw badRequest(`unknown hashing algorithm '${hashingAlgorithm}'`);
  return { passwordHash, hashingAlgorithm, tags };
}

function tagsOf({ tags, administrator }: z.infer<typeof BODY>): readonly string[] {
  if (tags === undefined && administrator === undefined) throw badRequest('tags_not_present');
  if (tags === undefined) return String(administrator) === 'true' ? ['administrator'] : [];
  return splitTags(tags);
}

/** Tags are a list, or a text with commas. */
export function splitTags(tags: string | readonly string[]): readonly string[] {
  const parts = typeof tags === 'string' ? tags.split(',') : tags;
  return parts.map((tag) => tag.trim()).filter((tag) => tag !== '');
}
