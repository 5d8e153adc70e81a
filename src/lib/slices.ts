import { type Slices, spareTime } from './spare_time.ts';

/** Work on long lists that lets others have their turn: each function here may take several turns of the event loop. */

type Compare<T> = (a: T, b: T) => number;

/** Items that are looked at between two looks at the time. */
const AT_ONCE = 64;
/** Items that are sorted between two looks at the time. */
const SORTED_AT_ONCE = 256;

/** Calls back for each, in order. */
export async function eachInSlices<T>(
  items: readonly T[],
  each: (item: T, index: number) => void,
  time: Slices = spareTime,
): Promise<void> {
  for (let index = 0; index < items.length; index++) {
    if (index % AT_ONCE === 0 && time.isOver) await time.later();
    each(items[index] as T, index);
  }
}

/** As `items.filter(test)`. */
export async function filterInSlices<T>(
  items: readonly T[],
  test: (item: T) => boolean,
  time: Slices = spareTime,
): Promise<T[]> {
  const found: T[] = [];
  await eachInSlices(items, (item) => test(item) && found.push(item), time);
  return found;
}

/** As `items.toSorted(compare)`. */
export async function sortInSlices<T>(
  items: readonly T[],
  compare: Compare<T>,
  time: Slices = spareTime,
): Promise<T[]> {
  let runs: T[][] = [];
  for (let start = 0; start < items.length; start += SORTED_AT_ONCE) {
    if (time.isOver) await time.later();
    runs.push(items.slice(start, start + SORTED_AT_ONCE).sort(compare));
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const next = runs[i + 1];
      const run = runs[i] as T[];
      longer.push(next === undefined ? run : await mergeInSlices(run, next, compare, time));
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

/** Two sorted lists as one. Of equal items those of the first list come first. */
export async function mergeInSlices<T>(
  first: readonly T[],
  second: readonly T[],
  compare: Compare<T>,
  time: Slices = spareTime,
): Promise<T[]> {
  const merged: T[] = [];
  let [i, j] = [0, 0];
  while (i < first.length && j < second.length) {
    if (merged.length % AT_ONCE === 0 && time.isOver) await time.later();
    merged.push(compare(first[i] as T, second[j] as T) <= 0 ? (first[i++] as T) : (second[j++] as T));
  }
  while (i < first.length) merged.push(first[i++] as T);
  while (j < second.length) merged.push(second[j++] as T);
  return merged;
}
