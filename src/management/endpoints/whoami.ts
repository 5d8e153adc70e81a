import { z } from 'zod';
import { hashPassword } from '../../auth/passwords.ts';
import { noContent, ok } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import type { Identity } from '../identity.ts';
import { HttpLogin } from '../login.ts';

const WHO = z.object({ name: z.string(), tags: z.array(z.string()), is_internal_user: z.boolean() });

function shown({ user }: Identity): z.infer<typeof WHO> {
  return { name: user.name, tags: [...user.tags], is_internal_user: user.token === undefined };
}

/** Who is asking, and his password. */
export const WHOAMI: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/whoami',
    may: 'management',
    summary: 'Who is asking.',
    answers: WHO,
    handle: ({ identity }) => ok(shown(identity)),
  }),
  endpoint({
    method: 'POST',
    path: '/api/login',
    may: 'anybody',
    summary:
      'Whether a user name and a password, in the form of a web page, may use the API; and what to send from then on.',
    isForm: true,
    body: z.object({ username: z.string().default(''), password: z.string().default('') }),
    answers: z.object({ user: WHO, token: z.object({ type: z.string(), value: z.string() }) }),
    handle: async ({ context, body: { username, password }, remoteAddress }) => {
      const value = Buffer.from(`${username}:${password}`).toString('base64');
      const identity = await new HttpLogin(context).identify(`Basic ${value}`, remoteAddress);
      return ok({ user: shown(identity), token: { type: 'basic', value } });
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/login',
    may: 'anybody',
    summary: 'Nothing is kept of a login, so that nothing is to be forgotten.',
    handle: () => noContent(),
  }),
  endpoint({
    method: 'GET',
    path: '/api/auth/hash_password/:password',
    may: 'administrator',
    summary: 'A hash of the password, for definitions.',
    answers: z.object({ ok: z.string() }),
    handle: ({ context, params }) => ok({ ok: hashPassword(params.password, context.metadata.users.hashing) }),
  }),
];
