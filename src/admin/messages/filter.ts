import { isDeepStrictEqual } from 'node:util';
import type { StoredMessage } from '../../core/store/message.ts';
import { ManagementError } from '../management_error.ts';
import { type JsonPath, parseJsonPath, valueAtPath } from './json_path.ts';
import { propertiesJson } from './properties_json.ts';

/** Which messages: those of which all of this holds. Values are compared as JSON, type and all. */
export interface MessageFilter {
  readonly exchange?: string | undefined;
  readonly routing_key?: string | undefined;
  /** By name. */
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  /** By RabbitMQ's names, as in `message_id`. */
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
  /** By a path into the body, which has to be JSON: `$.order.id`. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
}

export type Matches = (message: StoredMessage, body: Uint8Array) => boolean;

/** A larger body is not looked into, and matches nothing. */
const BODY_BYTES_MAX = 1024 * 1024;

/** Throws ManagementError for a path that cannot be understood. */
export function compileFilter(filter: MessageFilter): Matches {
  const { exchange, routing_key: routingKey, headers = {}, properties = {}, body = {} } = filter;
  const paths = Object.entries(body).map(([text, value]) => ({ path: pathOf(text), value }));
  return (message, bytes) => {
    if (exchange !== undefined && message.exchange !== exchange) return false;
    if (routingKey !== undefined && message.routingKey !== routingKey) return false;
    const shown = propertiesJson(message.properties);
    if (!includes(shown, properties) || !includes(shown['headers'] ?? {}, headers)) return false;
    return paths.length === 0 || bodyMatches(bytes, paths);
  };
}

function pathOf(text: string): JsonPath {
  const path = parseJsonPath(text);
  if (path === undefined) throw new ManagementError('invalid', `'${text}' is no path like $.order.items[0].id`);
  return path;
}

function includes(all: unknown, wanted: Readonly<Record<string, unknown>>): boolean {
  const known = all as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(([name, value]) => Object.hasOwn(known, name) && equal(known[name], value));
}

function bodyMatches(bytes: Uint8Array, paths: readonly { path: JsonPath; value: unknown }[]): boolean {
  if (bytes.length > BODY_BYTES_MAX) return false;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  } catch {
    return false;
  }
  return paths.every(({ path, value }) => equal(valueAtPath(parsed, path), value));
}

function equal(a: unknown, b: unknown): boolean {
  return a === b || isDeepStrictEqual(a, b);
}
