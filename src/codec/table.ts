/**
 * Field tables, the extensible part of AMQP: arguments, headers, peer properties. table_wire.ts has their bytes.
 */
export interface Decimal {
  /** How many of the value's digits are behind the point. */
  readonly scale: number;
  readonly value: number;
}

export type IntegerField =
  | { readonly tag: 'b' | 'B' | 's' | 'u' | 'I' | 'i'; readonly value: number }
  | { readonly tag: 'l'; readonly value: number | bigint };

export interface FloatField {
  readonly tag: 'f' | 'd';
  readonly value: number;
}

/** A value and its tag on the wire. 64-bit integers are numbers where that is exact and bigints elsewhere. */
export type FieldValue =
  | IntegerField
  | FloatField
  | { readonly tag: 't'; readonly value: boolean }
  | { readonly tag: 'T'; readonly value: number | bigint }
  | { readonly tag: 'D'; readonly value: Decimal }
  | { readonly tag: 'S' | 'x'; readonly value: Uint8Array }
  | { readonly tag: 'A'; readonly value: readonly FieldValue[] }
  | { readonly tag: 'F'; readonly value: FieldTable }
  | { readonly tag: 'V'; readonly value: undefined };

export type FieldTag = FieldValue['tag'];

/** In the order of the wire. Where a name comes twice the first one counts, as in RabbitMQ. */
export interface FieldTable extends ReadonlyMap<string, FieldValue> {
  /** Its fields in bytes, where it has them (encoded_table.ts). */
  readonly encoded?: Uint8Array | undefined;
}

export const EMPTY_TABLE: FieldTable = new Map();

/** What JSON can hold. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainTable;

export interface PlainTable {
  readonly [name: string]: PlainValue;
}

/** What fromPlain takes: also bigints, bytes, which become a binary, and members that are undefined, which are left out. */
export type PlainInput =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly PlainInput[]
  | PlainTableInput;

export interface PlainTableInput {
  readonly [name: string]: PlainInput | undefined;
}

/** What RabbitMQ calls the types, in reply texts. */
const TYPE_NAMES: Readonly<Record<FieldTag, string>> = {
  t: 'bool',
  b: 'byte',
  B: 'unsignedbyte',
  s: 'short',
  u: 'unsignedshort',
  I: 'signedint',
  i: 'unsignedint',
  l: 'long',
  f: 'float',
  d: 'double',
  D: 'decimal',
  S: 'longstr',
  x: 'binary',
  A: 'array',
  F: 'table',
  T: 'timestamp',
  V: 'void',
};

export function fieldTypeName(field: FieldValue): string {
  return TYPE_NAMES[field.tag];
}

/** Integers of any width are equal by value, and so are floats. Other values are equal within one type only. */
export function fieldEquals(a: FieldValue, b: FieldValue): boolean {
  if (isInteger(a)) return isInteger(b) && integerEquals(a.value, b.value);
  if (isFloat(a)) return isFloat(b) && a.value === b.value;
  switch (a.tag) {
    case 't':
      return b.tag === 't' && a.value === b.value;
    case 'T':
      return b.tag === 'T' && integerEquals(a.value, b.value);
    case 'D':
      return b.tag === 'D' && a.value.scale === b.value.scale && a.value.value === b.value.value;
    case 'S':
    case 'x':
      return b.tag === a.tag && Buffer.compare(a.value, b.value) === 0;
    case 'A':
      return b.tag === 'A' && arrayEquals(a.value, b.value);
    case 'F':
      return b.tag === 'F' && tableEquals(a.value, b.value);
    case 'V':
      return b.tag === 'V';
  }
}

/** Whether it is there and says so. */
export function isTrue(table: FieldTable, name: string): boolean {
  const field = table.get(name);
  return field?.tag === 't' && field.value;
}

/** The text of a longstr, undefined for anything else. */
export function getString(table: FieldTable, name: string): string | undefined {
  const field = table.get(name);
  return field?.tag === 'S' ? bytesToText(field.value) : undefined;
}

/** An integer of any width, rounded where it is beyond 2^53, undefined for anything else. */
export function getInteger(table: FieldTable, name: string): number | undefined {
  const field = table.get(name);
  return field !== undefined && isInteger(field) ? Number(field.value) : undefined;
}

/**
 * A table for people, as JSON: types are lost, binary is base64, integers beyond 2^53 are rounded and decimals are
 * floats.
 */
export function toPlain(table: FieldTable): PlainTable {
  // fromEntries defines members, so that a name such as __proto__ is one like any other.
  return Object.fromEntries(Array.from(table, ([name, field]) => [name, fieldToPlain(field)]));
}

function fieldToPlain(field: FieldValue): PlainValue {
  switch (field.tag) {
    case 't':
    case 'f':
    case 'd':
      return field.value;
    case 'S':
      return bytesToText(field.value);
    case 'x':
      return Buffer.from(field.value).toString('base64');
    case 'D':
      return field.value.value / 10 ** field.value.scale;
    case 'A':
      return field.value.map(fieldToPlain);
    case 'F':
      return toPlain(field.value);
    case 'V':
      return null;
    default:
      return Number(field.value);
  }
}

/** A table of the types that clients would choose: signedint or long for integers, double, longstr, bool. */
export function fromPlain(plain: PlainTableInput): FieldTable {
  const table = new Map<string, FieldValue>();
  for (const [name, value] of Object.entries(plain)) {
    if (value !== undefined) table.set(name, fieldFromPlain(value));
  }
  return table;
}

function fieldFromPlain(value: PlainInput): FieldValue {
  switch (typeof value) {
    case 'string':
      return { tag: 'S', value: new TextEncoder().encode(value) };
    case 'boolean':
      return { tag: 't', value };
    case 'bigint':
      return { tag: 'l', value };
    case 'number':
      return numberField(value);
    default:
      if (value === null) return { tag: 'V', value: undefined };
      if (value instanceof Uint8Array) return { tag: 'x', value };
      if (isArray(value)) return { tag: 'A', value: value.map(fieldFromPlain) };
      return { tag: 'F', value: fromPlain(value) };
  }
}

/** A table of JSON, as RabbitMQ makes one of definitions: all integers are 64-bit. */
export function fromJson(plain: PlainTableInput): FieldTable {
  return new Map(Array.from(fromPlain(plain), ([name, field]) => [name, widened(field)]));
}

function widened(field: FieldValue): FieldValue {
  if (field.tag === 'A') return { tag: 'A', value: field.value.map(widened) };
  if (field.tag === 'F')
    return { tag: 'F', value: new Map(Array.from(field.value, ([name, value]) => [name, widened(value)])) };
  return field.tag === 'I' ? { tag: 'l', value: field.value } : field;
}

/** Bytes as UTF-8, with U+FFFD for what is not. */
export function bytesToText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

export function isInteger(field: FieldValue): field is IntegerField {
  switch (field.tag) {
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
    case 'l':
      return true;
    default:
      return false;
  }
}

function isFloat(field: FieldValue): field is FloatField {
  return field.tag === 'f' || field.tag === 'd';
}

function integerEquals(a: number | bigint, b: number | bigint): boolean {
  return typeof a === typeof b ? a === b : BigInt(a) === BigInt(b);
}

function arrayEquals(a: readonly FieldValue[], b: readonly FieldValue[]): boolean {
  return a.length === b.length && a.every((value, index) => fieldEquals(value, b[index]!));
}

function tableEquals(a: FieldTable, b: FieldTable): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !fieldEquals(value, other)) return false;
  }
  return true;
}

function numberField(value: number): FieldValue {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return { tag: 'd', value };
  return value === (value | 0) ? { tag: 'I', value } : { tag: 'l', value };
}

/** Array.isArray does not narrow to arrays that are read-only. */
function isArray(value: readonly PlainInput[] | PlainTableInput): value is readonly PlainInput[] {
  return Array.isArray(value);
}
