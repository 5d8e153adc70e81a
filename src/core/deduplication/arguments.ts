import { bytesToText, type FieldTable, type FieldValue, getInteger, getString, isTrue } from '../../codec/table.ts';
import { bool, EXPIRY_MS_MAX, positive, unacceptableType } from '../argument_problems.ts';
import { KeyWindow } from './key_window.ts';

/** The arguments by which a queue or an exchange drops what it has had before. They are LavinMQ's. */

const DEDUPLICATION = 'x-message-deduplication';
const CACHE_SIZE = 'x-cache-size';
const CACHE_TTL = 'x-cache-ttl';
const HEADER = 'x-deduplication-header';

const SIZE_DEFAULT = 128;
/** Every segment of the journal begins with all the keys that it has to know: here with 22 MB of them. */
const SIZE_MAX = 1_000_000;

export interface DeduplicationArgument {
  readonly name: string;
  /** What is wrong with a value, as an Erlang term like those that RabbitMQ shows; undefined if nothing is. */
  readonly problem: (field: FieldValue, table: FieldTable) => string | undefined;
}

/** In the order in which they are checked. */
export const DEDUPLICATION_ARGUMENTS: readonly DeduplicationArgument[] = [
  { name: DEDUPLICATION, problem: bool },
  { name: CACHE_SIZE, problem: (field, table) => unasked(table) ?? positive(field, SIZE_MAX) },
  { name: CACHE_TTL, problem: (field, table) => unasked(table) ?? positive(field, EXPIRY_MS_MAX) },
  { name: HEADER, problem: (field, table) => unasked(table) ?? headerName(field) },
];

/** What a queue or exchange declared with these arguments remembers by; undefined for nearly all. */
export function windowOf(table: FieldTable): KeyWindow | undefined {
  if (!isTrue(table, DEDUPLICATION)) return undefined;
  return new KeyWindow({
    header: getString(table, HEADER) ?? HEADER,
    ttlMs: getInteger(table, CACHE_TTL),
    sizeMax: getInteger(table, CACHE_SIZE) ?? SIZE_DEFAULT,
  });
}

/** The others mean nothing alone, and whoever set them expects duplicates to be dropped. */
function unasked(table: FieldTable): string | undefined {
  return isTrue(table, DEDUPLICATION) ? undefined : `"needs '${DEDUPLICATION}' to be true"`;
}

function headerName(field: FieldValue): string | undefined {
  if (field.tag !== 'S') return unacceptableType(field);
  return bytesToText(field.value) === '' ? '"the name of a header is empty"' : undefined;
}
