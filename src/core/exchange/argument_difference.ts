import { type FieldValue, fieldTypeName } from '../../codec/table.ts';
import { headerValueKey } from './field_key.ts';
import { printField } from './print_field.ts';

/**
 * How an argument of a declaration differs from what it was first declared with, in RabbitMQ's words, or undefined
 * where it does not. Integers of any width, and timestamps, are equal by value, strings and binaries by their
 * bytes.
 */
export function argumentDifference(
  current: FieldValue | undefined,
  requested: FieldValue | undefined,
): string | undefined {
  if (current === undefined && requested === undefined) return undefined;
  if (current === undefined || requested === undefined) {
    return `received ${printTyped(requested)} but current is ${printTyped(current)}`;
  }
  if (headerValueKey(asInteger(current)) === headerValueKey(asInteger(requested))) return undefined;
  return `received ${printQuoted(requested)} but current is ${printQuoted(current)}`;
}

/** A headers exchange tells a timestamp from an integer; here it is one. */
function asInteger(field: FieldValue): FieldValue {
  return field.tag === 'T' ? { tag: 'l', value: field.value } : field;
}

/** Beside an argument that is not there. */
function printTyped(field: FieldValue | undefined): string {
  return field === undefined ? 'none' : `the value ${printValue(field)} of type '${fieldTypeName(field)}'`;
}

/** Beside another value, where one that is void counts as none. */
function printQuoted(field: FieldValue): string {
  return field.tag === 'V' ? 'none' : printValue(field);
}

function printValue(field: FieldValue): string {
  const isText = field.tag === 'S' || field.tag === 'x';
  return `'${isText ? Buffer.from(field.value).toString() : printField(field)}'`;
}
