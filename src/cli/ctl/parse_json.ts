import { EXIT, failure } from './exit.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

/** A document that was given as a word. Throws a CtlError for what is no JSON. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw failure(EXIT.unavailable, `Could not parse JSON document: ${text}`);
  }
}

export function parseJsonObject(text: string): JsonObject {
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw failure(EXIT.unavailable, `Could not parse JSON document: ${text} is no object`);
}
