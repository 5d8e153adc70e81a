import { z } from 'zod';
import { ok } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';

export const WHOAMI: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/whoami',
    may: 'management',
    summary: 'Who is asking.',
    answers: z.object({ name: z.string(), tags: z.array(z.string()), is_internal_user: z.boolean() }),
    handle: ({ identity: { user } }) =>
      ok({ name: user.name, tags: user.tags, is_internal_user: user.token === undefined }),
  }),
];
