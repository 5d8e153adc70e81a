import { z } from 'zod';
import { ManagementError } from '../../admin/management_error.ts';
import { AmqpError } from '../../codec/errors.ts';
import { RABBITMQ_VERSION } from '../../config/version.ts';
import { PolicyError } from '../../core/policy/check.ts';
import { type Answer, noContent, ok } from '../answer.ts';
import { badRequest } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import type { ApiRequest } from '../request.ts';
import { checkVhost } from './policies.ts';

const DEFINITIONS = z.looseObject({
  rabbitmq_version: z.string(),
  product_name: z.string(),
  product_version: z.string(),
});
const BODY = z.looseObject({});

/** The same under two names. */
function whole(path: '/api/definitions' | '/api/all-configuration'): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path,
      may: 'administrator',
      summary: 'Everything but messages, to be moved to another broker.',
      query: { download: 'Name of the file that a browser is to save it as.' },
      answers: DEFINITIONS,
      handle: (request) => exported(request),
    }),
    endpoint({
      method: 'POST',
      path,
      may: 'administrator',
      summary: 'Adds what definitions say; nothing is deleted.',
      body: BODY,
      handle: (request) => imported(request, request.body),
    }),
  ];
}

export const DEFINITIONS_ENDPOINTS: readonly Endpoint[] = [
  ...whole('/api/definitions'),
  ...whole('/api/all-configuration'),
  endpoint({
    method: 'GET',
    path: '/api/definitions/:vhost',
    may: 'administrator',
    summary: 'Everything in a virtual host but messages.',
    query: { download: 'Name of the file that a browser is to save it as.' },
    answers: DEFINITIONS,
    handle: (request) => {
      if (!request.context.server.vhosts.has(request.params.vhost)) throw badRequest('vhost_not_found');
      return exported(request, request.params.vhost);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/definitions/:vhost',
    may: 'administrator',
    summary: 'Adds what definitions say to a virtual host.',
    body: BODY,
    before: ({ context, params }) => checkVhost(context, params.vhost),
    handle: (request) => imported(request, request.body, request.params.vhost),
  }),
];

function exported({ context, query }: ApiRequest, vhost?: string): Answer {
  const definitions = context.administration.definitions.exportLazily(vhost);
  const description = vhost === undefined ? {} : { description: context.administration.vhosts.get(vhost)?.description };
  const versions = { rabbitmq_version: RABBITMQ_VERSION, rabbit_version: RABBITMQ_VERSION };
  const answer = ok({ ...versions, ...definitions, ...description });
  const name = (query.get('download') ?? '').replace(/[^\x20-\x7e]|["\\]/g, '');
  if (name === '') return answer;
  return { ...answer, headers: { 'content-disposition': `attachment; filename=${name}` } };
}

async function imported({ context }: ApiRequest, body: object, vhost?: string): Promise<Answer> {
  try {
    await context.administration.definitions.import(body as Readonly<Record<string, unknown>>, vhost);
  } catch (error) {
    if (error instanceof ManagementError && error.code === 'credentials') throw error;
    // Whatever it was that was not found, or is protected: RabbitMQ does not tell apart what is wrong with definitions.
    const isTheirs = error instanceof ManagementError || error instanceof PolicyError || error instanceof AmqpError;
    throw isTheirs ? badRequest(error.message) : error;
  }
  return noContent();
}
