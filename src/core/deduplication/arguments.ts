import {
  bytesToText,
  type FieldTable,
  type FieldValue,
  fieldTypeName,
  getInteger,
  getString,
  isInteger,
} from '../../codec/table.ts';
import { KeyWindow } from './key_window.ts';

/** The arguments by which a queue or an exchange drops what it has had before. They are LavinMQ's. */

const DEDUPLICATION = 'x-message-deduplication';
const CACHE_SIZE = 'x-cache-size';
const CACHE_TTL = 'x-cache-ttl';
const HEADER = 'x-deduplication-header';

const SIZE_DEFAULT = 128;
/** Every segment of the journal begins with all the keys that it has to know: here with 22 MB of them. */
const SIZE_MAX = 1_000_000;
/** Ten years of 365 days, as for everything that expires. */
const TTL_MS_MAX = 315_360_000_000;

export interface DeduplicationArgument {
  readonly name: string;
  /** What is wrong with a value, as an Erlang term like those that RabbitMQ shows; undefined if nothing is. */
  readonly problem: (field: FieldValue, table: FieldTable) => string | undefined;
}

/** In the order in which they are checked. */
export const DEDUPLICATION_ARGUMENTS: readonly DeduplicationArgument[] = [
  { name: DEDUPLICATION, problem: (field) => (field.tag === 't' ? undefined : unacceptableType(field)) },
  { name: CACHE_SIZE, problem: (field, table) => unasked(table) ?? positive(field, SIZE_MAX) },
  { name: CACHE_TTL, problem: (field, table) => unasked(table) ?? positive(field, TTL_MS_MAX) },
  { name: HEADER, problem: (field, table) => unasked(table) ?? headerName(field) },
];

/** What a queue or exchange declared with these arguments remembers by; undefined for nearly all. */
export function windowOf(table: FieldTable): KeyWindow | undefined {
  const asked = table.get(DEDUPLICATION);
  if (asked?.tag !== 't' || !asked.value) return undefined;
  return new KeyWindow({
    header: getString(table, HEADER) ?? HEADER,
    ttlMs: getInteger(table, CACHE_TTL),
    sizeMax: getInteger(table, CACHE_SIZE) ?? SIZE_DEFAULT,
  });
}

/** The others mean nothing alone, and whoever set them expects duplicates to be dropped. */
function unasked(table: FieldTable): string | undefined {
  const asked = table.get(DEDUPLICATION);
  if (asked?.tag === 't' && asked.value) return undefined;
  return `"needs '${DEDUPLICATION}' to be true"`;
}

function positive(field: FieldValue, max: number): string | undefined {
  if (!isInteger(field)) return `"expected integer, got ${fieldTypeName(field)}"`;
  if (field.value < 0) return `{value_negative,${field.value}}`;
  if (Number(field.value) === 0) return '{value_zero,0}';
  return Number(field.value) > max ? `{value_too_large,${field.value}}` : undefined;
}

function headerName(field: FieldValue): string | undefined {
  if (field.tag !== 'S') return unacceptableType(field);
  return bytesToText(field.value) === '' ? '"the name of a header is empty"' : undefined;
}

function unacceptableType(field: FieldValue): string {
  return `{unacceptable_type,${fieldTypeName(field)}}`;
}
