import type { FieldTable, FieldValue } from '../../codec/table.ts';

/** Tables of so many entries are no accident. */
const LARGE_SIZE = 64;
/** More entries than a frame has room for; behind a hash of 32 bits, the most that a number tells apart. */
const INDEX_RANGE = 2 ** 21;

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
  if (table.size >= LARGE_SIZE) return largeKey(inOneOrder([...table.keys()]), table);
  const names = [...table.keys()].sort();
  return entriesKey(names.map((name) => [name, table.get(name) as FieldValue]));
}

/** The same names always in the same order: by a hash of theirs, since numbers are sorted faster than strings. */
function inOneOrder(names: readonly string[]): readonly string[] {
  const order = new Float64Array(names.length);
  for (let i = 0; i < order.length; i++) order[i] = hashOf(names[i] as string) * INDEX_RANGE + i;
  order.sort();
  const sorted: string[] = [];
  for (const place of order) sorted.push(names[place % INDEX_RANGE] as string);
  for (let from = 0; from < sorted.length; ) {
    const hash = hashAt(order, from);
    let to = from + 1;
    while (to < sorted.length && hashAt(order, to) === hash) to++;
    if (to - from > 1) sorted.splice(from, to - from, ...sorted.slice(from, to).sort());
    from = to;
  }
  return sorted;
}

function hashAt(order: Float64Array, at: number): number {
  return Math.floor((order[at] as number) / INDEX_RANGE);
}

/** 32 bits: FNV-1a. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
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

/** As entriesKey: the lengths of the names, the names, and the values. Few long texts cost less than many short ones. */
function largeKey(names: readonly string[], table: FieldTable): string {
  const lengths: number[] = [];
  const values: string[] = [];
  for (const name of names) {
    const field = table.get(name) as FieldValue;
    lengths.push(name.length);
    values.push(field.tag === 't' ? (field.value ? 'ttrue;' : 'tfalse;') : exactKey(field));
  }
  return `${lengths.join()};${names.join('')}${values.join('')}`;
}

function entriesKey(entries: readonly (readonly [string, FieldValue])[]): string {
  return entries.map(([name, field]) => `${name.length}:${name}${exactKey(field)}`).join('');
}

function bytesKey(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return `${text.length}:${text}`;
}
