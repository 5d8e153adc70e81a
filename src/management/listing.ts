import { LazyList } from '../lib/lazy_list.ts';
import { compilePattern, PatternError } from '../lib/pattern.ts';
import type { Items } from './answer.ts';
import { ApiError, badRequest } from './api_error.ts';
import { listPieces } from './json_text.ts';
import { type Range, rowsInOrder } from './row_order.ts';
import { Rows } from './rows.ts';

const PAGE_SIZE = 100;
const PAGE_SIZE_MAX = 500;

/** A page, and how many there are to choose from. */
interface Chosen {
  readonly page: number;
  readonly pageSize: number;
}

/**
 * A list as the query asks for it, as JSON, a piece at a time: `sort`, `sort_reverse`, `columns`, and, with `page`, a page of it:
 * `page_size`, `name`, `use_regex`. Throws ApiError 400 before the first piece.
 */
export async function* listing(items: Items, query: URLSearchParams): AsyncGenerator<string, void, undefined> {
  const pagination = readPagination(query);
  const rows = new Rows(items);
  const name = pagination === undefined ? '' : (query.get('name') ?? '');
  const named = name === '' ? undefined : await rows.named(await matching(name, query));
  const count = named?.length ?? rows.length;
  const shown = await rowsInOrder(rows, named, query, rangeOf(pagination, count));
  const pieces = listPieces(viewsOf(rows, shown, query));
  if (pagination === undefined) {
    yield* pieces;
    return;
  }
  const { page, pageSize } = pagination;
  yield `{"filtered_count":${count},"item_count":${shown.length},"items":`;
  yield* pieces;
  const pages = Math.trunc((count + pageSize - 1) / pageSize);
  yield `,"page":${page},"page_count":${pages},"page_size":${pageSize},"total_count":${rows.length}}`;
}

/** Throws ApiError 400 for a page that there is not. */
function rangeOf(chosen: Chosen | undefined, count: number): Range {
  if (chosen === undefined) return { start: 0, end: count };
  const { page, pageSize } = chosen;
  const start = (page - 1) * pageSize;
  if (page > 1 && start > count - 1) {
    const where = `page: ${page} page size: ${pageSize}, len: ${count}`;
    throw new ApiError(400, 'page_out_of_range', `Page out of range, ${where}`);
  }
  return { start, end: Math.min(start + pageSize, count) };
}

/** What leaves only the columns that the query asks for, if it asks for any: `columns=name,message_stats.publish`. */
export function columnsOf(query: URLSearchParams): (value: unknown) => unknown {
  const columns = query.get('columns')?.split(',');
  if (columns === undefined) return (value) => value;
  const paths = columns.map((column) => column.split('.'));
  return (value) => pick(value, paths);
}

function pick(value: unknown, columns: readonly (readonly string[])[]): unknown {
  if (Array.isArray(value) || value instanceof LazyList) return value.map((entry) => pick(entry, columns));
  if (typeof value !== 'object' || value === null) return value;
  const wanted = Object.entries(value).filter(([key]) => columns.some(([first]) => first === key));
  return Object.fromEntries(
    wanted.map(([key, inner]) => {
      const below = columns.filter(([first]) => first === key).map(([, ...rest]) => rest);
      return [key, below.some((rest) => rest.length === 0) ? inner : pick(inner, below)];
    }),
  );
}

function* viewsOf(rows: Rows, shown: readonly number[], query: URLSearchParams): Generator<unknown, void, undefined> {
  const shownOf = columnsOf(query);
  for (const index of shown) yield shownOf(rows.view(index));
}

/** What names have to be. */
async function matching(name: string, query: URLSearchParams): Promise<(name: string) => boolean> {
  return query.get('use_regex') === 'true' ? await regex(name) : containing(name);
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

function readPagination(query: URLSearchParams): Chosen | undefined {
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
