import type { Group } from './family.ts';
import { type Format, header, line } from './writer.ts';

/** A group, and what it is about: to be told of each object, or of all together. */
export interface Listing {
  readonly name: string;
  each(format: Format, prefix: string): Iterable<string>;
  sum(format: Format, prefix: string): Iterable<string>;
}

/** Shares, ages and times do not add up: of those, only single objects tell. */
const NOT_SUMMED = [
  'queue_consumer_capacity',
  'queue_consumer_utilisation',
  'queue_head_message_timestamp',
  'queue_oldest_message_age_seconds',
];

/** Lists objects, and yields, nothing, where somebody else may have a turn: there may be very many. */
export type Gathering<T> = () => Generator<string, readonly T[], undefined>;

/** Objects are listed when they are asked for. */
export function listing<T>(group: Group<T>, items: Gathering<T>): Listing {
  return {
    name: group.name,
    each: (format, prefix) => eachOf(group, items, format, prefix),
    sum: (format, prefix) => sumOf(group, items, format, prefix),
  };
}

function* eachOf<T>(
  group: Group<T>,
  gather: Gathering<T>,
  format: Format,
  prefix: string,
): Generator<string, void, undefined> {
  const items = yield* gather();
  const labelled: string[] = [];
  for (const { name, type, help, value } of group.families) {
    yield header(format, prefix + name, type, help);
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as T;
      if (labelled.length === i) labelled.push(group.labels(item));
      const found = value(item);
      yield found === undefined ? '' : line(prefix + name, labelled[i] as string, found);
    }
  }
}

function* sumOf<T>(
  group: Group<T>,
  gather: Gathering<T>,
  format: Format,
  prefix: string,
): Generator<string, void, undefined> {
  const families = group.families.filter(({ name }) => !NOT_SUMMED.includes(name));
  const sums = new Float64Array(families.length);
  for (const item of yield* gather()) {
    for (let i = 0; i < families.length; i++) {
      sums[i] = (sums[i] as number) + ((families[i] as (typeof families)[number]).value(item) ?? 0);
    }
    // Somebody else may have a turn here.
    yield '';
  }
  for (const [i, { name, type, help }] of families.entries()) {
    yield header(format, prefix + name, type, help) + line(prefix + name, '', sums[i] as number);
  }
}
