import type { ColumnGroup } from '../metrics/columns.ts';
import type { Range, Ranges } from '../metrics/figures.ts';
import { ApiError } from './api_error.ts';

/** What the query calls each group of figures: `lengths_age=600&lengths_incr=5` asks for a chart of ten minutes. */
const PREFIXES: Readonly<Record<ColumnGroup, string>> = {
  lengths: 'lengths',
  msg_rates: 'msg_rates',
  data_rates: 'data_rates',
  node: 'node_stats',
};

const POINTS_MAX = 500;

/** For OpenAPI. */
export const RANGE_QUERY: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(PREFIXES).flatMap((prefix) => [
    [`${prefix}_age`, 'Seconds that a chart goes back.'],
    [`${prefix}_incr`, 'Seconds between its points.'],
  ]),
);

/** The charts that a query asks for. Throws ApiError 400. */
export function rangesOf(query: URLSearchParams): Ranges {
  const entries = Object.entries(PREFIXES).flatMap(([group, prefix]) => {
    const range = rangeOf(query, prefix);
    return range === undefined ? [] : [[group, range]];
  });
  return Object.fromEntries(entries);
}

function rangeOf(query: URLSearchParams, prefix: string): Range | undefined {
  const [age, increment] = [query.get(`${prefix}_age`), query.get(`${prefix}_incr`)];
  if (age === null || increment === null) return undefined;
  const [ageSeconds, incrementSeconds] = [Number(age), Number(increment)];
  const isSound = [ageSeconds, incrementSeconds].every((value) => Number.isInteger(value) && value > 0);
  if (isSound && Math.trunc(ageSeconds / incrementSeconds) <= POINTS_MAX) return { ageSeconds, incrementSeconds };
  throw new ApiError(400, 'invalid_range_parameters', `Invalid range parameters: age ${age}, incr ${increment}`);
}
