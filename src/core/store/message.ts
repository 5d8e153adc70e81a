import { type BasicProperties, readProperties } from '../../codec/properties.ts';
import { bytesToText } from '../../codec/table.ts';
import { offsetOf, type PageTable, type Position } from './page_table.ts';
import { propertiesEnd, propertiesStart, routeEnd } from './record.ts';

/** A message read from its record (record.ts), for the paths that are not the data plane. */
export interface StoredMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: BasicProperties;
  /** Where the record lies: from `start` in `bytes`, its content from `content`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly content: number;
}

/** Its page must be readable. */
export function messageAt(pages: PageTable, position: Position): StoredMessage {
  const { bytes, base } = pages.of(position);
  return messageIn(bytes, base + offsetOf(position));
}

/** Of the record that begins at `start`. */
export function messageIn(bytes: Uint8Array, start: number): StoredMessage {
  const content = routeEnd(bytes, start);
  const properties = readProperties(bytes, propertiesStart(content), propertiesEnd(bytes, content));
  return { ...namesOf(bytes, start), properties, bytes, start, content };
}

/** The exchange and the routing key of the record that begins at `start`. */
export function namesOf(bytes: Uint8Array, start: number): { exchange: string; routingKey: string } {
  const routingKey = start + 1 + (bytes[start] as number);
  return { exchange: bytesToText(bytes.subarray(start + 1, routingKey)), routingKey: routingKeyOf(bytes, start) };
}

export function routingKeyOf(bytes: Uint8Array, start: number): string {
  const routingKey = start + 1 + (bytes[start] as number);
  return bytesToText(bytes.subarray(routingKey + 1, routeEnd(bytes, start)));
}
