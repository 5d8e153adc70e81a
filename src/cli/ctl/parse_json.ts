import { EXIT, failure } from './exit.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

/** Of a document that may be a large file. */
const SHOWN_MAX = 200;

/** A document that was given as a word. Throws a CtlError for what is no JSON. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw failure(EXIT.unavailable, `Could not parse JSON document: ${text.slice(0, SHOWN_MAX)}`);
  }
}

export function parseJsonObject(text: string): JsonObject {
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw failure(EXIT.unavailable, `Could not parse JSON document: ${text.slice(0, SHOWN_MAX)} is no object`);
}
