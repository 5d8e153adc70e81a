import { type FieldTable, fromJson, type PlainTableInput } from '../codec/table.ts';
import { badRequest } from './api_error.ts';

/** Values in bodies, read as loosely as RabbitMQ reads them, and refused in its words. */

/** Also as a text, which old clients send. */
export function boolean(value: unknown, otherwise = false): boolean {
  if (value === undefined) return otherwise;
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw badRequest(['not_boolean', value]);
}

export function integer(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  if (typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value)) return Number(value);
  throw badRequest(['not_integer', value]);
}

/** Arguments; an empty list is none, as languages have it that do not tell lists from maps. */
export function table(value: unknown): FieldTable {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return new Map();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest('arguments_not_an_object');
  if (hasNull(value)) throw badRequest('null_not_allowed');
  return fromJson(value as PlainTableInput);
}

export function text(value: unknown, otherwise: string): string {
  if (value === undefined) return otherwise;
  if (typeof value !== 'string') throw badRequest(['not_string', value]);
  return value;
}

/** Whether there is a null at any depth: no field table can have it. */
export function hasNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value as object).some(hasNull);
}
