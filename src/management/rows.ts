import { spareTime } from '../lib/spare_time.ts';
import type { Items } from './answer.ts';
import { valueAt } from './terms.ts';

/** Rows that are looked at between two looks at the time. */
const ROWS_AT_ONCE = 64;

/** The rows of a list by their indexes. Each is made when it is shown, or there is no other way to know a column of it. */
export class Rows {
  readonly length: number;
  readonly sortedBy: readonly string[];
  readonly #items: Items;
  /** Those that were made for a column. */
  readonly #made = new Map<number, unknown>();

  constructor(items: Items) {
    this.length = items.length;
    this.sortedBy = items.sortedBy;
    this.#items = items;
  }

  view(index: number): unknown {
    return this.#made.get(index) ?? this.#items.view(index);
  }

  /** Of these rows, or of all. What is not there counts as 0. */
  async column(path: string, indexes: readonly number[] | undefined): Promise<unknown[]> {
    const cellOf = this.#items.column(path) ?? ((index: number) => valueAt(this.#make(index), path));
    const column: unknown[] = new Array(this.length);
    await this.#each(indexes, (index) => {
      column[index] = cellOf(index) ?? 0;
    });
    return column;
  }

  /** The indexes of the rows whose name is like that. */
  async named(matches: (name: string) => boolean): Promise<number[]> {
    const nameOf = this.#items.column('name') ?? ((index: number) => valueAt(this.#make(index), 'name'));
    const found: number[] = [];
    await this.#each(undefined, (index) => {
      if (matches(String(nameOf(index) ?? ''))) found.push(index);
    });
    return found;
  }

  async #each(indexes: readonly number[] | undefined, callback: (index: number) => void): Promise<void> {
    const count = indexes?.length ?? this.length;
    for (let at = 0; at < count; at++) {
      if (at % ROWS_AT_ONCE === 0 && spareTime.isOver) await spareTime.later();
      callback(indexes === undefined ? at : (indexes[at] as number));
    }
  }

  #make(index: number): unknown {
    const made = this.#made.get(index) ?? this.#items.view(index);
    this.#made.set(index, made);
    return made;
  }
}
