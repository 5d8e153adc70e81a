import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { Answer } from './answer.ts';
import { objectNotFound } from './api_error.ts';
import { checkBody, parseBody, parseForm, readBody } from './body.ts';
import type { ManagementContext } from './context.ts';
import type { Endpoint, HttpMethod } from './endpoint.ts';
import { errorAnswer } from './error_answer.ts';
import { Identity } from './identity.ts';
import { jsonPieces } from './json_text.ts';
import { columnsOf, listing } from './listing.ts';
import { HttpLogin } from './login.ts';
import type { ManagementOptions } from './options.ts';
import type { ApiRequest } from './request.ts';
import { bodyOf } from './stream.ts';
import { checkMay } from './who.ts';

/** RabbitMQ's. */
const BODY_BYTES_MAX = 20_000_000;

const METHODS: readonly HttpMethod[] = ['GET', 'PUT', 'POST', 'DELETE'];

type HttpContext = Context<{ Bindings: HttpBindings }>;
type ByMethod = Readonly<Partial<Record<HttpMethod, Endpoint>>>;

/** The routes, made from the endpoints. */
export function createApp(
  context: ManagementContext,
  endpoints: readonly Endpoint[],
  options: ManagementOptions,
): Hono<{ Bindings: HttpBindings }> {
  const { pathPrefix = '', corsAllowOrigins = [], corsMaxAgeSeconds: maxAge, maxBodySizeBytes } = options;
  const app = new Hono<{ Bindings: HttpBindings }>({ getPath: (request) => rawPath(request.url, pathPrefix) });
  if (corsAllowOrigins.length > 0) app.use(crossOrigin(corsAllowOrigins, maxAge));
  const site = { context, login: new HttpLogin(context), bodyBytesMax: maxBodySizeBytes ?? BODY_BYTES_MAX };
  for (const [path, methods] of byPath(endpoints)) {
    app.all(path, (c) => answer(c, methods, site));
  }
  app.notFound((c) => send(c, errorAnswer(objectNotFound(), context.server.logger), site));
  return app;
}

function crossOrigin(origins: readonly string[], maxAge = 1800): MiddlewareHandler {
  const everyone = origins.includes('*');
  return cors({ origin: everyone ? (origin) => origin : [...origins], credentials: true, maxAge });
}

/** As it was sent, since an encoded slash is no slash; a slash at the end does not count. */
function rawPath(url: string, pathPrefix: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const path = (start === -1 ? '/' : url.slice(start)).replace(/[?#].*$/s, '');
  const below = path.startsWith(`${pathPrefix}/`) ? path.slice(pathPrefix.length) : '/not below the prefix';
  return below.length > 1 && below.endsWith('/') ? below.slice(0, -1) : below;
}

/** The paths in the order in which they are looked for: what is literal comes before what stands for any name. */
function byPath(endpoints: readonly Endpoint[]): [string, ByMethod][] {
  const paths = new Map<string, Partial<Record<HttpMethod, Endpoint>>>();
  for (const endpoint of endpoints) {
    const { path, method } = endpoint;
    const methods = paths.get(path) ?? {};
    paths.set(path, methods);
    methods[method] = endpoint;
  }
  const key = (path: string): string => path.replaceAll(':', '\uffff');
  return [...paths].sort(([a], [b]) => (key(a) < key(b) ? -1 : 1));
}

/** What all answers need. */
interface Site {
  readonly context: ManagementContext;
  readonly login: HttpLogin;
  readonly bodyBytesMax: number;
}

async function answer(c: HttpContext, methods: ByMethod, site: Site): Promise<Response> {
  c.header('allow', allowed(methods));
  try {
    if (c.req.method === 'OPTIONS') return await send(c, { status: 200 }, site);
    const method = c.req.method === 'HEAD' ? 'GET' : c.req.method;
    const endpoint = methods[method as HttpMethod];
    if (endpoint === undefined) return await send(c, { status: 405 }, site);
    const request = await requestOf(c, endpoint, site);
    return await send(c, await endpoint.handle(request), site, request.query);
  } catch (error) {
    return await send(c, errorAnswer(error, site.context.server.logger), site);
  }
}

/** In RabbitMQ's order. */
function allowed(methods: ByMethod): string {
  const head = methods.GET === undefined ? [] : ['HEAD'];
  return [...head, ...METHODS.filter((method) => methods[method] !== undefined), 'OPTIONS'].join(', ');
}

async function requestOf(c: HttpContext, endpoint: Endpoint, site: Site): Promise<ApiRequest> {
  const { context, login, bodyBytesMax } = site;
  const { incoming } = c.env;
  const remoteAddress = incoming.socket.remoteAddress ?? '';
  const headers = c.req.raw.headers;
  const params = c.req.param();
  const nobody = new Identity({ name: '', tags: [] }, context.server);
  const identity =
    endpoint.may === 'anybody'
      ? nobody
      : await login.identify(headers.get('authorization') ?? undefined, remoteAddress);
  const vhost = params['vhost'] ?? (headers.get('x-vhost') || undefined);
  checkMay(endpoint.may, identity, { vhost, user: params['user'] }, context);
  const query = new URL(c.req.url).searchParams;
  const request = { context, identity, params, query, headers, body: undefined, remoteAddress };
  endpoint.before?.(request);
  if (endpoint.body === undefined) return request;
  const bytes = await readBody(incoming, bodyBytesMax);
  return { ...request, body: checkBody(endpoint.body, endpoint.isForm === true ? parseForm(bytes) : parseBody(bytes)) };
}

/** With the page of a list, and the columns, that the query asks for. */
async function send(c: HttpContext, answer: Answer, site: Site, query?: URLSearchParams): Promise<Response> {
  const { status, json, items, content, headers = {} } = answer;
  const body = items === undefined && json === undefined ? null : await bodyFor(answer, site, query);
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  if (content !== undefined) {
    c.header('content-type', content.type);
    c.header('content-length', String(content.bytes));
    return c.body(ReadableStream.from(content.chunks), status as 200);
  }
  if (body === null) return c.body(null, status as 204);
  c.header('content-type', 'application/json');
  c.header('cache-control', 'no-cache');
  return c.body(body, status as 200);
}

function bodyFor(
  { json, items }: Answer,
  { context }: Site,
  query: URLSearchParams = new URLSearchParams(),
): Promise<string | ReadableStream> {
  const pieces = items === undefined ? jsonPieces(columnsOf(query)(json)) : listing(items, query);
  return bodyOf(pieces, context.server.logger);
}
