/**
 * Where in a JSON value: a singular query of RFC 9535, which names one place at most.
 *
 *     $            the value itself
 *     .name        a member of an object        ['any name']  the same, in quotes of either kind
 *     [0]  [-1]    an element of an array, from its beginning or its end
 */
export type JsonPath = readonly (string | number)[];

const STEP = /\.([\p{L}_][\p{L}\p{N}_-]*)|\[(-?\d{1,15})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/uy;

/** Longer ones are none. */
const PATH_LENGTH_MAX = 1000;

/** Undefined for a text that is none. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$') || text.length > PATH_LENGTH_MAX) return undefined;
  const steps: (string | number)[] = [];
  let at = 1;
  while (at < text.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (match === null) return undefined;
    const [whole, name, index, single, double] = match;
    steps.push(index === undefined ? (name ?? (single ?? double ?? '').replace(/\\(.)/gs, '$1')) : Number(index));
    at += whole.length;
  }
  return steps;
}

/** Undefined where there is nothing. */
export function valueAtPath(value: unknown, path: JsonPath): unknown {
  let found = value;
  for (const step of path) {
    if (typeof step === 'number') {
      if (!Array.isArray(found)) return undefined;
      found = found.at(step);
    } else {
      if (typeof found !== 'object' || found === null || Array.isArray(found) || !Object.hasOwn(found, step)) {
        return undefined;
      }
      found = (found as Readonly<Record<string, unknown>>)[step];
    }
  }
  return found;
}
