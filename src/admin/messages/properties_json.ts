import type { BasicProperties } from '../../codec/properties.ts';
import { fromJson, type PlainTable, type PlainTableInput, toPlain } from '../../codec/table.ts';

/** A message's properties as RabbitMQ's HTTP API has them: under the names of AMQP, what is not set left out. */

type Name = Exclude<keyof BasicProperties, 'headers'>;

/** In the order in which RabbitMQ shows them. */
const NAMES: readonly (readonly [Name, string, 'string' | 'number'])[] = [
  ['clusterId', 'cluster_id', 'string'],
  ['appId', 'app_id', 'string'],
  ['userId', 'user_id', 'string'],
  ['type', 'type', 'string'],
  ['timestamp', 'timestamp', 'number'],
  ['messageId', 'message_id', 'string'],
  ['expiration', 'expiration', 'string'],
  ['replyTo', 'reply_to', 'string'],
  ['correlationId', 'correlation_id', 'string'],
  ['priority', 'priority', 'number'],
  ['deliveryMode', 'delivery_mode', 'number'],
  ['contentEncoding', 'content_encoding', 'string'],
  ['contentType', 'content_type', 'string'],
];

export type PropertiesJson = Readonly<Record<string, string | number | PlainTable>>;

export function propertiesJson(properties: BasicProperties): PropertiesJson {
  const shown: Record<string, string | number | PlainTable> = {};
  for (const [name, key] of NAMES) {
    const value = properties[name];
    if (value !== undefined) shown[key] = value;
  }
  if (properties.headers !== undefined) shown['headers'] = toPlain(properties.headers);
  return shown;
}

/** What is wrong with a property: its name, and what it should be. */
export interface PropertyProblem {
  readonly name: string;
  readonly expected: 'string' | 'number' | 'table';
}

/** Of what somebody asks to be published; what AMQP does not know is passed over, as in RabbitMQ. */
export function propertiesFromJson(json: Readonly<Record<string, unknown>>): BasicProperties | PropertyProblem {
  const properties: Record<string, unknown> = {};
  for (const [name, key, expected] of NAMES) {
    const value = json[key];
    if (value === undefined) continue;
    const isRight = expected === 'number' ? Number.isSafeInteger(value) && (value as number) >= 0 : true;
    if (typeof value !== expected || !isRight) return { name: key, expected };
    properties[name] = value;
  }
  const { headers } = json;
  if (headers === undefined) return properties;
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    return { name: 'headers', expected: 'table' };
  }
  return { ...properties, headers: fromJson(headers as PlainTableInput) };
}
