import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { badRequest } from './api_error.ts';

/** RabbitMQ's words for what cannot be read at all. */
const NOT_JSON = 'not_json';
const DOUBLY_ENCODED = 'invalid payload: the request body JSON-decoded to a string. Is the input doubly-JSON-encoded?';

/** The whole of it, or ApiError 400 where it is longer than `bytesMax`. */
export async function readBody(incoming: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(incoming.headers['content-length'] ?? 0) > bytesMax) throw tooLong();
  for await (const chunk of incoming) {
    bytes += (chunk as Buffer).length;
    if (bytes > bytesMax) throw tooLong();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function tooLong(): Error {
  return badRequest('Exceeded HTTP request body size limit');
}

/** A JSON object; nothing at all, `null` and `undefined` count as one that is empty, as in RabbitMQ. */
export function parseBody(bytes: Buffer): Readonly<Record<string, unknown>> {
  const text = bytes.toString();
  if (text === '' || text === 'null' || text === 'undefined') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest(NOT_JSON);
  }
  if (typeof value === 'string') throw badRequest(DOUBLY_ENCODED);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest(NOT_JSON);
  return value as Readonly<Record<string, unknown>>;
}

/** What a web page's form sends: `username=guest&password=guest`. */
export function parseForm(bytes: Buffer): Readonly<Record<string, unknown>> {
  return Object.fromEntries(new URLSearchParams(bytes.toString()));
}

/** The body as an endpoint takes it. Throws ApiError 400. */
export function checkBody<Body>(schema: z.ZodType<Body>, value: Readonly<Record<string, unknown>>): Body {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const missing = issues.filter(({ path }) => path.length > 0 && value[String(path[0])] === undefined);
  // As Erlang prints it.
  if (missing.length > 0)
    throw badRequest(`[${missing.map(({ path }) => `{key_missing,${String(path[0])}}`).join(',')}]`);
  const [issue] = issues;
  const where = issue?.path.length ? `${issue.path.map(String).join('.')}: ` : '';
  throw badRequest(`${where}${issue?.message ?? 'not what is expected'}`);
}
