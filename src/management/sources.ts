import type { VirtualHost } from '../core/vhost.ts';
import { spareTime } from '../lib/spare_time.ts';
import { compareTerms } from './terms.ts';

/** A part of a list. */
export interface Section<T> {
  readonly length: number;
  get(index: number): T;
}

/** What a list is made of, and which of the orders that a query can ask for by `sort` it is in already. */
export interface Sources<T> extends Section<T> {
  readonly sortedBy: readonly string[];
}

/** In no order that anybody asks for. */
export function unsorted<T>(things: readonly T[]): Sources<T> {
  return { length: things.length, get: (index) => things[index] as T, sortedBy: [] };
}

/** The sections of virtual hosts, each of which is sorted by name, one behind the other. */
export async function byVhost<T>(
  vhosts: readonly VirtualHost[],
  sectionsOf: (vhost: VirtualHost) => Promise<readonly Section<T>[]>,
): Promise<Sources<T>> {
  const sections: Section<T>[] = [];
  for (const vhost of vhosts.toSorted((a, b) => compareTerms(a.name, b.name))) {
    if (spareTime.isOver) await spareTime.later();
    for (const section of await sectionsOf(vhost)) if (section.length > 0) sections.push(section);
  }
  return { ...joined(sections), sortedBy: vhosts.length > 1 ? ['', 'vhost'] : ['', 'vhost', 'name'] };
}

function joined<T>(sections: readonly Section<T>[]): Section<T> {
  const [only] = sections;
  if (only !== undefined && sections.length === 1) return only;
  const starts: number[] = [];
  let length = 0;
  for (const section of sections) {
    starts.push(length);
    length += section.length;
  }
  return {
    length,
    get: (index) => {
      const at = lastUpTo(starts, index);
      return (sections[at] as Section<T>).get(index - (starts[at] as number));
    },
  };
}

/** The place of the last number that is not above the limit. */
function lastUpTo(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((numbers[middle] as number) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
