import { z } from 'zod';
import { ok } from '../answer.ts';
import { objectNotFound } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';

export const CONFIG: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/config/effective',
    may: 'administrator',
    summary: 'The settings that the broker was started with, secrets masked; none for a broker inside another program.',
    answers: z.record(z.string(), z.string()),
    handle: ({ context: { settings } }) => {
      if (settings === undefined) throw objectNotFound();
      return ok(Object.fromEntries(settings.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]]))));
    },
  }),
];
