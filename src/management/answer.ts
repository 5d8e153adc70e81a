import { type Sources, unsorted } from './sources.ts';

/** What an endpoint answers. */
export interface Answer {
  readonly status: number;
  /** Undefined for an answer without a body. Members may be lazy lists. */
  readonly json?: unknown;
  /** Where it is no JSON. */
  readonly content?: Content;
  /** Where the answer is a list, and asked for by page, sorted, or filtered. */
  readonly items?: Items;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Bytes that are made as they are sent; they are not asked for where somebody wants the headers only. */
export interface Content {
  readonly type: string;
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A list of which only the page that is asked for has to be made. */
export interface Items {
  readonly length: number;
  /** The orders, as `sort` names them, that it is in already; all else that is equal by them stays as it is. */
  readonly sortedBy: readonly string[];
  /** What tells a column that costs little to know, by index: undefined if this is not one of them. */
  column(name: string): ((index: number) => unknown) | undefined;
  /** As it is shown. */
  view(index: number): unknown;
}

/** What tells a column of an object, without all of it being shown. */
export type Column<T> = (source: T) => unknown;

export function ok(json: unknown): Answer {
  return { status: 200, json };
}

export function list(items: readonly unknown[]): Answer {
  return listOf(unsorted(items), {}, (item) => item);
}

/**
 * A list whose objects are costly to show. It is sorted and filtered by `columns`, and by those that `counted` knows by their names,
 * as long as no other column is asked for, and only the objects on the page are shown.
 */
export function listOf<T>(
  sources: Sources<T>,
  columns: Readonly<Record<string, Column<T>>>,
  view: (source: T) => unknown,
  counted?: (name: string) => Column<T> | undefined,
): Answer {
  return {
    status: 200,
    items: {
      length: sources.length,
      sortedBy: sources.sortedBy,
      column: (name) => {
        const column = Object.hasOwn(columns, name) ? columns[name] : counted?.(name);
        return column === undefined ? undefined : (index) => column(sources.get(index));
      },
      view: (index) => view(sources.get(index)),
    },
  };
}

/** `location` is relative to what was asked. */
export function created(location?: string): Answer {
  return { status: 201, headers: location === undefined ? {} : { location } };
}

export function noContent(): Answer {
  return { status: 204 };
}

/** What a PUT answers: 201 for what is new, and 204 for what was there. */
export function put(isNew: boolean): Answer {
  return isNew ? created() : noContent();
}
