import { type FieldValue, fieldTypeName } from '../../codec/table.ts';
import { headerValueKey } from './field_key.ts';
import { printField } from './print_field.ts';

/**
 * How an argument of a declaration differs from what it was first declared with, in RabbitMQ's words, or undefined
 * where it does not. Integers of any width are equal by value, strings and binaries by their bytes.
 */
export function argumentDifference(
  current: FieldValue | undefined,
  requested: FieldValue | undefined,
): string | undefined {
  if (current === undefined && requested === undefined) return undefined;
  if (current === undefined || requested === undefined) {
    return `received ${printTyped(requested)} but current is ${printTyped(current)}`;
  }
  if (headerValueKey(current) === headerValueKey(requested)) return undefined;
  return `received ${printQuoted(requested)} but current is ${printQuoted(current)}`;
}

function printTyped(field: FieldValue | undefined): string {
  return field === undefined ? 'none' : `the value ${printQuoted(field)} of type '${fieldTypeName(field)}'`;
}

function printQuoted(field: FieldValue): string {
  if (field.tag === 'V') return 'none';
  const isText = field.tag === 'S' || field.tag === 'x';
  return `'${isText ? Buffer.from(field.value).toString() : printField(field)}'`;
}
