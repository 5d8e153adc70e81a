import { z } from 'zod';
import { ok } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';

export const VERSION: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/version',
    may: 'anybody',
    summary: "The broker's version.",
    answers: z.string(),
    handle: ({ context }) => ok(context.server.version),
  }),
];
