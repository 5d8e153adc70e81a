import { hash } from 'node:crypto';
import type { EncodedTable } from '../../codec/encoded_table.ts';
import { fieldAfter } from '../../codec/name_index.ts';
import { skipField, u32At } from '../../codec/table_validate.ts';
import { textHash } from '../../codec/text_hash.ts';

/** More octets than a table has; above an offset, a number has room for 27 bits of a hash. */
const OFFSET_RANGE = 2 ** 26;
const UNUSED_HASH_BITS = 5;

const [BOOL, LONG, LONG_TOO, ARRAY, TABLE] = Array.from('tlLAF', (tag) => tag.charCodeAt(0));

/**
 * The SHA-256 of a table's fields, put in one order: two tables that have the same fields, types included, in whatever order,
 * have the same, in this process.
 */
export function tableDigest(table: EncodedTable): string {
  const { bytes } = table;
  const fields = Buffer.allocUnsafe(table.end - table.start);
  let end = 0;
  for (const at of inOneOrder(table)) {
    const start = end;
    const tag = table.tagAt(at) - at;
    for (let from = at, after = fieldAfter(bytes, at); from < after; ) fields[end++] = bytes[from++]!;
    normalize(fields, start + tag);
  }
  return hash('sha256', fields.subarray(0, end), 'base64');
}

/** Where the fields are, by a hash of their names: numbers are sorted faster than names, and are no objects. */
function inOneOrder(table: EncodedTable): Float64Array {
  const order = new Float64Array(table.size);
  let count = 0;
  for (let at = table.start; at < table.end; at = fieldAfter(table.bytes, at)) {
    if (!table.isFirst(at)) continue;
    const nameHash = textHash(table.bytes, at + 1, table.tagAt(at)) >>> UNUSED_HASH_BITS;
    order[count++] = nameHash * OFFSET_RANGE + at;
  }
  order.sort();
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && hashIn(order[to]!) === hashIn(order[from]!)) to++;
    if (to - from > 1) order.subarray(from, to).sort((a, b) => compareNames(table, a % OFFSET_RANGE, b % OFFSET_RANGE));
    from = to;
  }
  return order.map((place) => place % OFFSET_RANGE);
}

function hashIn(place: number): number {
  return Math.floor(place / OFFSET_RANGE);
}

function compareNames({ bytes }: EncodedTable, a: number, b: number): number {
  return Buffer.compare(bytes.subarray(a, a + 1 + bytes[a]!), bytes.subarray(b, b + 1 + bytes[b]!));
}

/** Where a value can be written in more than one way, it becomes the one that the broker writes. */
function normalize(bytes: Uint8Array, tag: number): void {
  const value = tag + 1;
  if (bytes[tag] === LONG_TOO) bytes[tag] = LONG!;
  else if (bytes[tag] === BOOL) bytes[value] = bytes[value] === 0 ? 0 : 1;
  else if (bytes[tag] === TABLE || bytes[tag] === ARRAY) {
    const start = value + 4;
    const end = start + u32At(bytes, value);
    for (let at = start; at < end; ) {
      const inner = bytes[tag] === TABLE ? at + 1 + bytes[at]! : at;
      normalize(bytes, inner);
      at = skipField(bytes, inner);
    }
  }
}
