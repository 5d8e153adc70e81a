import { sortInSlices } from '../lib/slices.ts';
import { spareTime } from '../lib/spare_time.ts';
import type { Rows } from './rows.ts';
import { compareTerms } from './terms.ts';

/** Places in an order: `start` is the first, `end` is the one after the last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Of two rows, by their indexes: never 0 unless they are the same. */
type Order = (a: number, b: number) => number;

const DEFAULT_SORT = ['vhost', 'name'];
const ROWS_AT_ONCE = 64;
/** Rows that are sorted at once. */
const SORTED_AT_ONCE = 512;

/**
 * The indexes of the rows at some places of the order that the query asks for: by `sort`, and then by virtual host and name;
 * backwards with `sort_reverse`. `indexes` are those that there are to order, or undefined for all rows.
 */
export async function rowsInOrder(
  rows: Rows,
  indexes: readonly number[] | undefined,
  query: URLSearchParams,
  range: Range,
): Promise<readonly number[]> {
  const by = query.get('sort') ?? '';
  const backwards = query.get('sort_reverse') === 'true';
  const count = indexes?.length ?? rows.length;
  if (rows.sortedBy.includes(by)) {
    return Array.from({ length: range.end - range.start }, (_, at) => {
      const place = backwards ? count - 1 - range.start - at : range.start + at;
      return indexes === undefined ? place : (indexes[place] as number);
    });
  }
  const order = await orderOf(rows, indexes, by, backwards);
  const all = indexes ?? Array.from({ length: count }, (_, index) => index);
  if (2 * range.end > SORTED_AT_ONCE) return (await sortInSlices(all, order)).slice(range.start, range.end);
  return (await firstOf(all, range.end, order)).slice(range.start);
}

async function orderOf(
  rows: Rows,
  indexes: readonly number[] | undefined,
  by: string,
  backwards: boolean,
): Promise<Order> {
  // Rows that are sorted by virtual host and name are so by their indexes.
  const rest = rows.sortedBy.includes('') ? [] : DEFAULT_SORT;
  const keys = by === '' ? rest : [...new Set([by, ...rest])];
  const columns: (readonly unknown[])[] = [];
  for (const key of keys) columns.push(await rows.column(key, indexes));
  const forward: Order = (a, b) => {
    for (const column of columns) {
      const order = compareTerms(column[a], column[b]);
      if (order !== 0) return order;
    }
    return a - b;
  };
  return backwards ? (a, b) => forward(b, a) : forward;
}

/** So few of the rows, in order, the others unsorted. */
async function firstOf(indexes: readonly number[], count: number, order: Order): Promise<number[]> {
  const found: number[] = [];
  let last: number | undefined;
  for (let at = 0; at < indexes.length; at++) {
    if (at % ROWS_AT_ONCE === 0 && spareTime.isOver) await spareTime.later();
    const index = indexes[at] as number;
    if (last !== undefined && order(index, last) > 0) continue;
    found.push(index);
    if (found.length < 2 * count) continue;
    found.sort(order).length = count;
    last = found.at(-1);
  }
  return found.sort(order).slice(0, count);
}
