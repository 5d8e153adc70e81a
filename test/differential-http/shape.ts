/**
 * What a JSON value is made of, without what it says:
 *
 *     "string"  "number"  "boolean"  "null"      [shape of all entries]  or []      { "field": shape }
 *
 * Entries of different shapes are put together: a field that only some of them have ends in a question mark, and what is of
 * several types has all of them, `"number|string"`.
 */
export type Shape = string | readonly Shape[] | { readonly [field: string]: Shape };

export function shapeOf(value: unknown): Shape {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? [] : [value.map(shapeOf).reduce(together)];
  if (typeof value !== 'object') return typeof value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([field, inner]) => [field, shapeOf(inner)]));
}

function together(a: Shape, b: Shape): Shape {
  if (typeof a === 'string' && typeof b === 'string') {
    return [...new Set([...a.split('|'), ...b.split('|')])].sort().join('|');
  }
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b].length === 0 ? [] : [[...a, ...b].reduce(together)];
  if (isObject(a) && isObject(b)) return objectsTogether(a, b);
  return [a, b]
    .map((shape) => JSON.stringify(shape))
    .sort()
    .join('|');
}

function isObject(shape: Shape): shape is { readonly [field: string]: Shape } {
  return typeof shape === 'object' && !Array.isArray(shape);
}

function objectsTogether(a: { readonly [field: string]: Shape }, b: { readonly [field: string]: Shape }): Shape {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)].map(plain))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const left = a[name] ?? a[`${name}?`];
      const right = b[name] ?? b[`${name}?`];
      const always = name in a && name in b;
      const shape = left === undefined || right === undefined ? (left ?? right ?? 'null') : together(left, right);
      return [always ? name : `${name}?`, shape];
    }),
  );
}

function plain(field: string): string {
  return field.replace(/\?$/, '');
}

/** Where two shapes differ, each in a line: `listeners[].socket_opts: array is object`. */
export function differences(expected: Shape, actual: Shape, where = ''): string[] {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    // Of an empty list nothing can be said.
    if (expected.length === 0 || actual.length === 0) return [];
    return differences(expected[0] as Shape, actual[0] as Shape, `${where}[]`);
  }
  if (isObject(expected) && isObject(actual)) return fieldDifferences(expected, actual, where);
  if (typeof expected === 'string' && typeof actual === 'string') {
    const known = new Set(expected.split('|'));
    return actual.split('|').every((type) => known.has(type)) ? [] : [`${where}: ${expected} is ${actual}`];
  }
  return [`${where}: ${kindOf(expected)} is ${kindOf(actual)}`];
}

function fieldDifferences(
  expected: { readonly [field: string]: Shape },
  actual: { readonly [field: string]: Shape },
  where: string,
): string[] {
  const at = (field: string): string => (where === '' ? field : `${where}.${field}`);
  const told = Object.entries(expected).flatMap(([field, shape]) => {
    const name = plain(field);
    const other = actual[name] ?? actual[`${name}?`];
    if (other === undefined) return field.endsWith('?') ? [] : [`${at(name)}: missing`];
    return differences(shape, other, at(name));
  });
  const more = Object.keys(actual).map(plain);
  const known = new Set(Object.keys(expected).map(plain));
  return [...told, ...more.filter((name) => !known.has(name)).map((name) => `${at(name)}: more`)];
}

function kindOf(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  return Array.isArray(shape) ? 'array' : 'object';
}
