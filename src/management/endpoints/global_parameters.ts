import { z } from 'zod';
import { list, noContent, ok, put } from '../answer.ts';
import { objectNotFound } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';

const PARAMETER = z.object({ name: z.string(), value: z.unknown() });

export const GLOBAL_PARAMETERS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/global-parameters',
    may: 'global policymaker',
    summary: 'The parameters that belong to the broker as a whole.',
    isList: true,
    answers: PARAMETER,
    handle: ({ context }) => list(context.administration.globalParameters.list()),
  }),
  endpoint({
    method: 'GET',
    path: '/api/global-parameters/:name',
    may: 'global policymaker',
    summary: 'One of them.',
    answers: PARAMETER,
    handle: ({ context: { administration }, params: { name } }) => {
      const value = administration.globalParameters.get(name);
      if (value === undefined) throw objectNotFound();
      return ok({ name, value });
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/api/global-parameters/:name',
    may: 'global policymaker',
    summary: 'Adds one, or replaces it: any JSON.',
    body: z.object({ value: z.unknown().refine((value) => value !== undefined) }),
    handle: async ({ context: { administration }, params: { name }, body }) => {
      const isNew = administration.globalParameters.get(name) === undefined;
      await administration.globalParameters.set(name, body.value);
      return put(isNew);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/global-parameters/:name',
    may: 'global policymaker',
    summary: 'Takes one away.',
    handle: async ({ context: { administration }, params: { name } }) => {
      if (!(await administration.globalParameters.delete(name))) throw objectNotFound();
      return noContent();
    },
  }),
];
