import { isUtf8 } from 'node:buffer';
import type { FieldTable, FieldValue, PlainValue } from '../../codec/table.ts';
import { bytesToText } from '../../codec/table.ts';
import { type TraceRecord, timeText } from './record.ts';

/**
 * A message in a trace's file of the format `json`, as RabbitMQ writes it: an object in a line, with the body in base64.
 *
 *     {"node":"leveret@localhost","timestamp":"2026-11-23T16:40:38.190+00:00","type":"published","exchange":"orders",...}
 */
export function jsonRecord(record: TraceRecord): Buffer {
  const { node, type, exchange, user, queue, connection, vhost, channel, routingKeys, routedQueues } = record;
  const line = JSON.stringify({
    node,
    timestamp: timeText(record),
    type,
    exchange,
    user,
    queue: queue ?? 'none',
    connection,
    vhost,
    channel,
    routing_keys: routingKeys.map(bytesToText),
    properties: plainTable(record.properties),
    payload: Buffer.from(record.payload).toString('base64'),
    routed_queues: routedQueues?.map(bytesToText) ?? 'none',
  });
  return Buffer.from(`${line}\n`);
}

function plainTable(table: FieldTable): { readonly [name: string]: PlainValue } {
  const sorted = [...table].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, field]) => [name, plainField(field)]));
}

function plainField(field: FieldValue): PlainValue {
  switch (field.tag) {
    case 't':
    case 'f':
    case 'd':
      return field.value;
    case 'S':
    case 'x':
      return isUtf8(field.value)
        ? bytesToText(field.value)
        : `Not UTF-8, base64 is: ${Buffer.from(field.value).toString('base64')}`;
    case 'D':
      return field.value.value / 10 ** field.value.scale;
    case 'A':
      return field.value.map(plainField);
    case 'F':
      return plainTable(field.value);
    case 'V':
      return 'undefined';
    default:
      return Number(field.value);
  }
}
