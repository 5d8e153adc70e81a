import { type BasicProperties, readProperties } from '../codec/properties.ts';
import { type FieldTable, type FieldValue, fromPlain } from '../codec/table.ts';
import { originalKeys } from './dead_letter.ts';
import { BROKER_NODE } from './names.ts';
import { hasListeners, type OwnMessage } from './own_message.ts';
import type { Queue } from './queue/queue.ts';
import { namesOf } from './store/message.ts';
import { bodyFrameStart, propertiesEnd, propertiesStart } from './store/record.ts';
import type { VirtualHost } from './vhost.ts';

/**
 * The firehose: while it is on, a copy of every message that comes into a virtual host or goes out of it is published to
 * its exchange amq.rabbitmq.trace, with RabbitMQ's headers. The body is the message's own; its exchange, routing keys and
 * properties are headers of the copy, and so is who published or got it.
 */
export const TRACE_EXCHANGE = 'amq.rabbitmq.trace';

/** A message as it lies in `bytes`: its route at `start`, the CE before its header frame at `content` (store/record.ts). */
export interface TracedMessage {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly content: number;
  readonly bodyBytes: number;
}

/** Whose channel it came or went by. */
export interface TracedChannel {
  readonly connection: string;
  readonly channel: number;
  readonly user: string;
}

/** Of whom an operator publishes or gets a message for: nobody who is connected. */
export function withoutConnection(user: string): TracedChannel {
  return { connection: 'management', channel: 0, user };
}

/** The copy of a message that is published to `queues`; undefined where nobody would get it. */
export function publishTrace(
  vhost: VirtualHost,
  message: TracedMessage,
  by: TracedChannel,
  queues: readonly Queue[],
): OwnMessage | undefined {
  // What an exchange remembers messages in, or keeps them for later, is no queue to anybody.
  const routed = queues.filter(({ name, properties }) => name !== '' && properties.forwards !== true);
  const extra = { routed_queues: routed.map(({ name }) => name) };
  return copyOf(vhost, message, by, ({ exchange }) => `publish.${exchange}`, extra);
}

/** The copy of a message that `queueName` delivers; undefined where nobody would get it. */
export function deliveryTrace(
  vhost: VirtualHost,
  message: TracedMessage,
  by: TracedChannel,
  queueName: string,
  redelivered: boolean,
): OwnMessage | undefined {
  return copyOf(vhost, message, by, () => `deliver.${queueName}`, { redelivered: redelivered ? 1 : 0 });
}

/** Of what is itself a copy there is none: it would go on for ever. */
function copyOf(
  vhost: VirtualHost,
  { bytes, start, content, bodyBytes }: TracedMessage,
  by: TracedChannel,
  routingKey: (message: { readonly exchange: string }) => string,
  extra: { readonly redelivered?: number; readonly routed_queues?: readonly string[] },
): OwnMessage | undefined {
  if (!hasListeners(vhost, TRACE_EXCHANGE)) return undefined;
  const names = namesOf(bytes, start);
  if (names.exchange === TRACE_EXCHANGE) return undefined;
  const properties = readProperties(bytes, propertiesStart(content), propertiesEnd(bytes, content));
  const headers = new Map<string, FieldValue>([
    ...fromPlain({
      exchange_name: names.exchange,
      routing_keys: originalKeys({ ...names, properties }),
      node: BROKER_NODE,
      vhost: vhost.name,
      connection: by.connection,
      channel: by.channel,
      user: by.user,
      ...extra,
    }),
    ['properties', { tag: 'F', value: propertyTable(properties) }],
  ]);
  const body = bodyFrameStart(bytes, content) + 7;
  return {
    exchange: TRACE_EXCHANGE,
    routingKey: routingKey(names),
    properties: { headers },
    body: bodyBytes === 0 ? new Uint8Array(0) : bytes.slice(body, body + bodyBytes),
  };
}

/** Under the names that the protocol has for them. */
const PROPERTY_NAMES: readonly (readonly [keyof BasicProperties, string])[] = [
  ['contentType', 'content_type'],
  ['contentEncoding', 'content_encoding'],
  ['headers', 'headers'],
  ['deliveryMode', 'delivery_mode'],
  ['priority', 'priority'],
  ['correlationId', 'correlation_id'],
  ['replyTo', 'reply_to'],
  ['expiration', 'expiration'],
  ['messageId', 'message_id'],
  ['timestamp', 'timestamp'],
  ['type', 'type'],
  ['userId', 'user_id'],
  ['appId', 'app_id'],
  ['clusterId', 'cluster_id'],
];

function propertyTable(properties: BasicProperties): FieldTable {
  const table = new Map<string, FieldValue>();
  for (const [property, name] of PROPERTY_NAMES) {
    const value = properties[property];
    if (value !== undefined) table.set(name, propertyField(value));
  }
  return table;
}

/** Numbers have 32 bits, as RabbitMQ's have, the timestamp too. */
function propertyField(value: string | number | FieldTable): FieldValue {
  if (typeof value === 'string') return { tag: 'S', value: Buffer.from(value) };
  if (typeof value === 'number') return { tag: 'I', value: value | 0 };
  return { tag: 'F', value };
}
