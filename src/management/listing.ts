import { compilePattern, PatternError } from '../lib/pattern.ts';
import type { Items } from './answer.ts';
import { ApiError, badRequest } from './api_error.ts';
import { compareTerms, valueAt } from './terms.ts';

const PAGE_SIZE = 100;
/** Rows that are looked at between two looks at the time. */
const ROWS_AT_ONCE = 50;
const PAGE_SIZE_MAX = 500;
const DEFAULT_SORT = ['vhost', 'name'];

/** A page of a list, as RabbitMQ answers it. */
export interface Page {
  readonly filtered_count: number;
  readonly item_count: number;
  readonly items: readonly unknown[];
  readonly page: number;
  readonly page_count: number;
  readonly page_size: number;
  readonly total_count: number;
}

/**
 * A list as the query asks for it: `sort`, `sort_reverse`, `columns`, and, with `page`, a page of it: `page_size`, `name`,
 * `use_regex`. Throws ApiError 400.
 */
export async function listing(items: Items, query: URLSearchParams): Promise<readonly unknown[] | Page> {
  const pagination = readPagination(query);
  const rows = new Rows(items);
  const turns = new Turns();
  const named = await filter(rows, pagination === undefined ? '' : (query.get('name') ?? ''), query, turns);
  const order = await orderOf(rows, named, query, turns);
  if (pagination === undefined) return await viewsOf(rows, named.sort(order), query, turns);
  const { page, pageSize } = pagination;
  if (page > 1 && (page - 1) * pageSize > named.length - 1) {
    const where = `page: ${page} page size: ${pageSize}, len: ${named.length}`;
    throw new ApiError(400, 'page_out_of_range', `Page out of range, ${where}`);
  }
  const shown = (await firstOf(named, page * pageSize, order, turns)).slice((page - 1) * pageSize);
  return {
    filtered_count: named.length,
    item_count: shown.length,
    items: await viewsOf(rows, shown, query, turns),
    page,
    page_count: Math.trunc((named.length + pageSize - 1) / pageSize),
    page_size: pageSize,
    total_count: items.length,
  };
}

/** Only the columns that the query asks for, if it asks for any: `columns=name,message_stats.publish`. */
export function withColumns(value: unknown, query: URLSearchParams): unknown {
  const columns = query.get('columns');
  if (columns === null) return value;
  return pick(
    value,
    columns.split(',').map((column) => column.split('.')),
  );
}

function pick(value: unknown, columns: readonly (readonly string[])[]): unknown {
  if (Array.isArray(value)) return value.map((entry) => pick(entry, columns));
  if (typeof value !== 'object' || value === null) return value;
  const wanted = Object.entries(value).filter(([key]) => columns.some(([first]) => first === key));
  return Object.fromEntries(
    wanted.map(([key, inner]) => {
      const below = columns.filter(([first]) => first === key).map(([, ...rest]) => rest);
      return [key, below.some((rest) => rest.length === 0) ? inner : pick(inner, below)];
    }),
  );
}

/** Shows each object once, and only when there is no other way to know a column of it. */
class Rows {
  readonly length: number;
  readonly #items: Items;
  readonly #shown = new Map<number, unknown>();

  constructor(items: Items) {
    this.length = items.length;
    this.#items = items;
  }

  view(index: number): unknown {
    if (!this.#shown.has(index)) this.#shown.set(index, this.#items.view(index));
    return this.#shown.get(index);
  }

  column(path: string): (index: number) => unknown {
    return this.#items.column(path) ?? ((index) => valueAt(this.view(index), path));
  }
}

/** How long a list may be worked on before others get their turn. */
const TURN_MS = 5;

class Turns {
  #beganAtMs = performance.now();

  /** Resolves at once, unless others have waited long enough. */
  async next(): Promise<void> {
    if (performance.now() - this.#beganAtMs < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#beganAtMs = performance.now();
  }
}

async function viewsOf(
  rows: Rows,
  indexes: readonly number[],
  query: URLSearchParams,
  turns: Turns,
): Promise<readonly unknown[]> {
  const views: unknown[] = [];
  for (const [at, index] of indexes.entries()) {
    if (at % ROWS_AT_ONCE === 0) await turns.next();
    views.push(withColumns(rows.view(index), query));
  }
  return views;
}

/** Of two rows, by their indexes: never 0 unless they are the same. */
type Order = (a: number, b: number) => number;

/** As the query asks for it, and then by virtual host and name. */
async function orderOf(rows: Rows, indexes: readonly number[], query: URLSearchParams, turns: Turns): Promise<Order> {
  const by = query.get('sort') ?? '';
  const keys = by === '' ? DEFAULT_SORT : [...new Set([by, ...DEFAULT_SORT])];
  const columns: (readonly unknown[])[] = [];
  for (const key of keys) {
    const cellOf = rows.column(key);
    const column: unknown[] = new Array(rows.length);
    for (const [at, index] of indexes.entries()) {
      if (at % ROWS_AT_ONCE === 0) await turns.next();
      column[index] = cellOf(index) ?? 0;
    }
    const first = column[indexes[0] ?? 0];
    // What is the same everywhere, as the virtual host often is, decides nothing.
    if (indexes.some((index) => column[index] !== first)) columns.push(column);
  }
  const forward: Order = (a, b) => {
    for (const column of columns) {
      const order = compareTerms(column[a], column[b]);
      if (order !== 0) return order;
    }
    return a - b;
  };
  return query.get('sort_reverse') === 'true' ? (a, b) => forward(b, a) : forward;
}

/** So many of the rows, in order, the others unsorted: of very many, a page needs few. */
async function firstOf(indexes: readonly number[], count: number, order: Order, turns: Turns): Promise<number[]> {
  const found: number[] = [];
  let last: number | undefined;
  for (const [at, index] of indexes.entries()) {
    if (at % ROWS_AT_ONCE === 0) await turns.next();
    if (last !== undefined && order(index, last) > 0) continue;
    found.push(index);
    if (found.length < 2 * count) continue;
    found.sort(order).length = count;
    last = found.at(-1);
  }
  return found.sort(order).slice(0, count);
}

/** The indexes of the rows whose name has that in it. */
async function filter(rows: Rows, name: string, query: URLSearchParams, turns: Turns): Promise<number[]> {
  const indexes = Array.from({ length: rows.length }, (_, index) => index);
  if (name === '') return indexes;
  const matches = query.get('use_regex') === 'true' ? await regex(name) : containing(name);
  const nameOf = rows.column('name');
  const found: number[] = [];
  for (const index of indexes) {
    if (index % ROWS_AT_ONCE === 0) await turns.next();
    if (matches(String(nameOf(index) ?? ''))) found.push(index);
  }
  return found;
}

function containing(part: string): (text: string) => boolean {
  const lower = part.toLowerCase();
  return (text) => text.toLowerCase().includes(lower);
}

async function regex(source: string): Promise<(text: string) => boolean> {
  try {
    const pattern = await compilePattern(`(?i)${source}`);
    return (text) => pattern.matches(text);
  } catch (error) {
    if (error instanceof PatternError) throw badRequest(`Invalid regular expression: ${error.message}`);
    throw error;
  }
}

function readPagination(query: URLSearchParams): { readonly page: number; readonly pageSize: number } | undefined {
  const page = integer(query.get('page'));
  const pageSize = integer(query.get('page_size'));
  if (page === undefined) return undefined;
  if (page > 0 && pageSize === undefined) return { page, pageSize: PAGE_SIZE };
  if (page > 0 && pageSize !== undefined && pageSize > 0 && pageSize <= PAGE_SIZE_MAX) return { page, pageSize };
  const what = `page number ${page}, page size ${pageSize ?? 'undefined'}`;
  throw new ApiError(400, 'invalid_pagination_parameters', `Invalid pagination parameters: ${what}`);
}

function integer(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw badRequest('Pagination parameters are invalid');
  return Number(text);
}
