import { EncodedTable } from '../../codec/encoded_table.ts';
import type { FieldTable, FieldValue } from '../../codec/table.ts';
import { tableDigest } from './table_digest.ts';

/** Tables of so many entries are no accident: they are looked at in their bytes. */
export const MANY_ENTRIES = 64;

/**
 * A string that two header values share exactly when a headers exchange takes them for equal: integers of any width
 * by their value, floats of either width by theirs, strings and binaries by their bytes, and the rest by type and
 * value. So 1 is not '1', nor 1.0, nor true.
 */
export function headerValueKey(field: FieldValue): string {
  switch (field.tag) {
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
    case 'l':
      return `l${field.value}`;
    case 'f':
    case 'd':
      return `d${field.value}`;
    case 'S':
    case 'x':
      return `S${bytesKey(field.value)}`;
    case 't':
      return field.value ? 't1' : 't0';
    case 'T':
    case 'D':
    case 'A':
    case 'F':
    case 'V':
      return exactKey(field);
  }
}

/** A string that two tables share exactly when they have the same entries, types included, in whatever order. */
export function tableKey(table: FieldTable): string {
  if (table.size >= MANY_ENTRIES) return `#${tableDigest(EncodedTable.of(table))}`;
  const names = [...table.keys()].sort();
  return entriesKey(names.map((name) => [name, table.get(name) as FieldValue]));
}

/** A string for a type and value that also says where it ends, so that no two sequences of values share theirs. */
function exactKey(field: FieldValue): string {
  switch (field.tag) {
    case 'S':
    case 'x':
      return `${field.tag}${bytesKey(field.value)}`;
    case 'D':
      return `D${field.value.scale},${field.value.value};`;
    case 'A':
      return `A${field.value.length}:${field.value.map(exactKey).join('')}`;
    case 'F':
      return `F${field.value.size}:${entriesKey([...field.value])}`;
    default:
      return `${field.tag}${field.value};`;
  }
}

function entriesKey(entries: readonly (readonly [string, FieldValue])[]): string {
  return entries.map(([name, field]) => `${name.length}:${name}${exactKey(field)}`).join('');
}

function bytesKey(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return `${text.length}:${text}`;
}
