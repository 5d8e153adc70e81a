import { AmqpError } from '../../codec/errors.ts';
import { bytesToText, type FieldTable, fieldTypeName } from '../../codec/table.ts';
import { headerValueKey } from './field_key.ts';
import type { RoutedProperties } from './routed_properties.ts';

/** Tells what of a message is hashed in place of its routing key. Messages that have no such thing all count as one. */
export type HashOn = (properties: RoutedProperties) => string;

const PROPERTIES: ReadonlyMap<string, HashOn> = new Map<string, HashOn>([
  ['correlation_id', ({ correlationId }) => correlationId ?? ''],
  ['message_id', ({ messageId }) => messageId ?? ''],
  ['timestamp', ({ timestamp }) => (timestamp === undefined ? '' : String(timestamp))],
]);

/** By the arguments of a consistent hash exchange. Undefined for the routing key. Throws 406 for what RabbitMQ refuses. */
export function readHashOn(table: FieldTable): HashOn | undefined {
  const header = readText(table, 'hash-header');
  const property = readText(table, 'hash-property');
  if (header !== undefined && property !== undefined) {
    throw new AmqpError(406, 'hash-header and hash-property are mutually exclusive');
  }
  if (header !== undefined) return hashOnHeader(header);
  if (property === undefined) return undefined;
  const hashOn = PROPERTIES.get(property);
  if (hashOn === undefined) throw new AmqpError(406, `Unsupported property: ${property}`);
  return hashOn;
}

function hashOnHeader(name: string): HashOn {
  return ({ headers }) => {
    const field = headers?.get(name);
    return field === undefined ? '' : headerValueKey(field);
  };
}

function readText(table: FieldTable, name: string): string | undefined {
  const field = table.get(name);
  if (field === undefined) return undefined;
  if (field.tag === 'S') return bytesToText(field.value);
  throw new AmqpError(406, `invalid type '${fieldTypeName(field)}' for arg '${name}'`);
}
