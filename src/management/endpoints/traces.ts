import { z } from 'zod';
import type { Trace, TraceSettings } from '../../admin/tracing/trace.ts';
import { NOT_STARTED, type Traces } from '../../admin/tracing/traces.ts';
import type { Access } from '../../core/access.ts';
import { type Answer, created, list, noContent, ok } from '../answer.ts';
import { badRequest, objectNotFound } from '../api_error.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { Identity } from '../identity.ts';
import { authenticate } from '../login.ts';
import { type ApiRequest, vhostNamed } from '../request.ts';
import { queueView } from '../views/queue.ts';
import { statisticsFor } from '../views/statistics.ts';
import { checkMember } from './trace_files.ts';

const TRACE = z.looseObject({
  name: z.string(),
  vhost: z.string(),
  format: z.string(),
  pattern: z.string(),
  max_payload_bytes: z.number().optional(),
  tracer_connection_username: z.string().optional(),
  queue: z.record(z.string(), z.unknown()),
});

const BODY = z.object({
  format: z.unknown().refine((given) => given !== undefined),
  pattern: z.unknown().refine((given) => given !== undefined),
  max_payload_bytes: z.unknown().optional(),
  tracer_connection_username: z.unknown().optional(),
  tracer_connection_password: z.unknown().optional(),
});

const SHORTSTR_BYTES_MAX = 255;

/** RabbitMQ's tracing plugin: the same on the node that there is as on any. */
export const TRACES: readonly Endpoint[] = (['/api/traces', '/api/traces/node/:node'] as const).flatMap((root) => [
  endpoint({
    method: 'GET',
    path: root,
    may: 'administrator',
    summary: 'What is traced at present.',
    isList: true,
    answers: TRACE,
    handle: async (request) => traceList(request, (await tracesOf(request)).list()),
  }),
  endpoint({
    method: 'GET',
    path: `${root}/:vhost`,
    may: 'administrator',
    summary: 'What is traced in one virtual host.',
    isList: true,
    answers: TRACE,
    handle: async (request) => {
      const all = (await tracesOf(request)).list();
      return traceList(
        request,
        all.filter(({ vhost }) => vhost.name === request.params.vhost),
      );
    },
  }),
  endpoint({
    method: 'GET',
    path: `${root}/:vhost/:name`,
    may: 'administrator',
    summary: 'One trace.',
    answers: TRACE,
    handle: async (request) => {
      const { context, params } = request;
      const trace = (await tracesOf(request)).get(vhostNamed(context, params.vhost), params.name);
      if (trace === undefined) throw objectNotFound();
      return ok(viewOf(request, trace));
    },
  }),
  endpoint({
    method: 'PUT',
    path: `${root}/:vhost/:name`,
    may: 'administrator',
    summary:
      'Begins a trace: copies of messages go to the file NAME.log, and the firehose of the virtual host is switched on.',
    body: BODY,
    handle: async (request) => {
      const traces = await tracesOf(request);
      const vhost = vhostNamed(request.context, request.params.vhost);
      const settings = settingsOf(request.params.name, request.body);
      await traces.start(vhost, settings, await accessOf(request, vhost.name));
      return created();
    },
  }),
  endpoint({
    method: 'DELETE',
    path: `${root}/:vhost/:name`,
    may: 'administrator',
    summary: 'Ends a trace, and with the last of its virtual host the firehose; the file stays.',
    handle: async (request) => {
      const { context, params } = request;
      const traces = await tracesOf(request);
      if (await traces.stop(vhostNamed(context, params.vhost), params.name)) return noContent();
      throw objectNotFound();
    },
  }),
]);

async function tracesOf({ context, params }: ApiRequest): Promise<Traces> {
  checkMember(params);
  return await context.loadTraces();
}

function traceList(request: ApiRequest, traces: readonly Trace[]): Answer {
  return list(traces.map((trace) => viewOf(request, trace)));
}

function viewOf(request: ApiRequest, { vhost, queue, settings }: Trace): z.infer<typeof TRACE> {
  const { name, format, pattern, maxPayloadBytes, userName } = settings;
  return {
    queue: queueView(vhost, queue, statisticsFor(request)),
    vhost: vhost.name,
    name,
    format,
    pattern,
    ...(maxPayloadBytes === undefined ? {} : { max_payload_bytes: maxPayloadBytes }),
    ...(userName === undefined ? {} : { tracer_connection_username: userName }),
  };
}

function settingsOf(name: string, body: z.infer<typeof BODY>): TraceSettings {
  const { format, pattern, max_payload_bytes: bytes, tracer_connection_username: userName } = body;
  if (bytes !== undefined && !Number.isInteger(bytes)) throw badRequest('max_payload_bytes not integer');
  if (bytes !== undefined && (bytes as number) < 0) throw badRequest('max_payload_bytes is negative');
  if (format !== 'json' && format !== 'text') throw badRequest('format not json or text');
  if (typeof pattern !== 'string' || Buffer.byteLength(pattern) > SHORTSTR_BYTES_MAX) throw badRequest(NOT_STARTED);
  return {
    name,
    format,
    pattern,
    maxPayloadBytes: bytes as number | undefined,
    userName: userName === undefined ? undefined : String(userName),
  };
}

/** Who is named must have that password, and may only trace what he could consume; nobody need be named. */
async function accessOf(
  { context, body }: ApiRequest<string, z.infer<typeof BODY>>,
  vhost: string,
): Promise<Access | undefined> {
  const { tracer_connection_username: userName = '', tracer_connection_password: password = '' } = body;
  if (userName === '') return undefined;
  const { server } = context;
  const user = await authenticate(server, { userName: String(userName), password: String(password) }, '127.0.0.1');
  const identity = typeof user === 'string' ? undefined : new Identity(user, server);
  if (identity?.mayOpen(vhost) === true) return identity.access(vhost);
  server.logger.error({ user: userName, vhost }, 'a trace cannot be started: its user may not open the virtual host');
  throw badRequest(NOT_STARTED);
}
