import type { Json } from './json.ts';

/**
 * A value as rabbitmqctl prints it in a table: text as it is, what is made of parts as an Erlang term.
 *
 *     {"x-max-length": 10, "x-dead-letter-exchange": "dead"}    [{"x-max-length",10},{"x-dead-letter-exchange","dead"}]
 *     ["x", 1]                                                  ["x",1]
 */
export function erlangText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : term(value);
}

function term(value: Json): string {
  if (typeof value === 'string') return `"${value}"`;
  if (value === null) return 'undefined';
  if (typeof value !== 'object') return String(value);
  if (isArray(value)) return `[${value.map(term).join(',')}]`;
  const pairs = Object.entries(value).map(([name, member]) => `{"${name}",${term(member)}}`);
  return `[${pairs.join(',')}]`;
}

/** Array.isArray does not know read-only arrays. */
function isArray(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
