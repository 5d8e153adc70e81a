import { type FieldValue, fieldTypeName, isInteger } from '../codec/table.ts';

/**
 * What is wrong with the value of an argument, as an Erlang term like those that RabbitMQ shows; undefined if nothing is. For the
 * arguments of queues and exchanges, RabbitMQ's and Leveret's own.
 */

/** The longest that RabbitMQ lets anything live or wait: ten years of 365 days, in milliseconds. */
export const EXPIRY_MS_MAX = 315_360_000_000;

export function unacceptableType(field: FieldValue): string {
  return `{unacceptable_type,${fieldTypeName(field)}}`;
}

export function bool(field: FieldValue): string | undefined {
  return field.tag === 't' ? undefined : unacceptableType(field);
}

export function natural(field: FieldValue, max: number = Number.POSITIVE_INFINITY): string | undefined {
  if (!isInteger(field)) return `"expected integer, got ${fieldTypeName(field)}"`;
  if (field.value < 0) return `{value_negative,${field.value}}`;
  return Number(field.value) > max ? `{value_too_large,${field.value}}` : undefined;
}

export function positive(field: FieldValue, max?: number): string | undefined {
  return natural(field, max) ?? (Number(field.value) === 0 ? '{value_zero,0}' : undefined);
}
