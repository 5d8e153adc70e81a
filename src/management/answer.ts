import { valueAt } from './terms.ts';

/** What an endpoint answers. */
export interface Answer {
  readonly status: number;
  /** Undefined for an answer without a body. */
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
  /** What tells a column that costs little to know, by index: undefined if this is not one of them. */
  column(name: string): ((index: number) => unknown) | undefined;
  /** As it is shown. */
  view(index: number): unknown;
}

const COUNTED = /^message_stats\.|_details\./;

export function ok(json: unknown): Answer {
  return { status: 200, json };
}

export function list(items: readonly unknown[]): Answer {
  return { status: 200, items: { length: items.length, column: () => undefined, view: (index) => items[index] } };
}

/**
 * A list whose objects are costly to show. It is sorted and filtered by `columns`, as long as no other column is asked for, and
 * only the objects on the page are shown. What is counted of an object, `message_stats` and rates, costs less than all of it.
 */
export function listOf<T>(
  sources: readonly T[],
  columns: Readonly<Record<string, (source: T) => unknown>>,
  view: (source: T) => unknown,
  counted?: (source: T) => unknown,
): Answer {
  return {
    status: 200,
    items: {
      length: sources.length,
      column: (name) => {
        const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
        if (column !== undefined) return (index) => column(sources[index] as T);
        if (counted === undefined || !COUNTED.test(name)) return undefined;
        return (index) => valueAt(counted(sources[index] as T), name);
      },
      view: (index) => view(sources[index] as T),
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
