import type { Method } from '../../src/codec/methods.gen.ts';
import type { BasicProperties } from '../../src/codec/properties.ts';
import type { FieldTable, FieldValue } from '../../src/codec/table.ts';

/**
 * One line per frame, as a person would write it down:
 *
 *     > 1 basic.publish {exchange:'', routingKey:'q'}     sent
 *     < 1 basic.get-ok {deliveryTag:1, ...}               received
 *     < 1 header 3 {contentType:'text/plain'}
 *     < 1 body "abc"
 *
 * What differs from run to run and says nothing is written as a star.
 */
export function renderMethod(method: Method): string {
  const { name, ...fields } = method;
  const shown = Object.entries(fields).map(([key, value]) => `${key}:${renderArgument(key, value)}`);
  return shown.length === 0 ? name : `${name} {${shown.join(', ')}}`;
}

/** Only what was asked for: the defaults that a conversation did not mention would be noise. */
export function renderSent(name: string, given: object): string {
  const shown = Object.entries(given).map(([key, value]) => `${key}:${renderArgument(key, value)}`);
  return shown.length === 0 ? name : `${name} {${shown.join(', ')}}`;
}

export function renderProperties(properties: BasicProperties): string {
  const shown = Object.entries(properties).map(([key, value]) => `${key}:${renderArgument(key, value)}`);
  return `{${shown.join(', ')}}`;
}

export function renderBytes(bytes: Uint8Array): string {
  if (bytes.length > 64 && !isReplyAddress(bytes)) return `(${bytes.length} bytes)`;
  for (const byte of bytes) if (byte < 0x20 || byte > 0x7e) return `0x${Buffer.from(bytes).toString('hex')}`;
  return `"${Buffer.from(bytes).toString('latin1')}"`;
}

/** How long it is differs from server to server; `normalise` makes it one. */
function isReplyAddress(bytes: Uint8Array): boolean {
  const prefix = 'amq.rabbitmq.reply-to.';
  return Buffer.from(bytes.subarray(0, prefix.length)).toString('latin1') === prefix;
}

const WHO_IT_IS = new Set(['cluster_name', 'copyright', 'information', 'platform', 'product', 'version']);

function renderArgument(key: string, value: unknown): string {
  // RabbitMQ breaks long terms over lines, wherever they happen to end.
  if (key === 'replyText') return `'${String(value).replace(/\n\s*/g, '')}'`;
  if (typeof value === 'string') return `'${value.replace(/[\r\n]/g, (byte) => (byte === '\r' ? '\\r' : '\\n'))}'`;
  // The order of mechanisms is the order in which RabbitMQ's plugins happened to start.
  if (key === 'mechanisms')
    return Buffer.from(value as Uint8Array)
      .toString()
      .split(' ')
      .sort()
      .join(' ');
  if (value instanceof Uint8Array) return renderBytes(value);
  if (value instanceof Map) return key === 'serverProperties' ? renderServerProperties(value) : renderTable(value);
  return String(value);
}

function renderServerProperties(table: FieldTable): string {
  const keys = [...table.keys()].sort();
  return `{${keys.map((key) => (WHO_IT_IS.has(key) ? `${key}:*` : `${key}:${renderField(table.get(key)!)}`)).join(', ')}}`;
}

/** By key: a server may put fields in an order of its own. */
function renderTable(table: FieldTable): string {
  const keys = [...table.keys()].sort();
  return `{${keys.map((key) => `${key}:${renderNamed(key, table.get(key)!)}`).join(', ')}}`;
}

/** When a message died is the time of the run. */
function renderNamed(key: string, field: FieldValue): string {
  return key === 'time' && field.tag === 'T' ? 'T*' : renderField(field);
}

/** The wire's tag, then the value: I5 and l5 are not the same field. */
function renderField(field: FieldValue): string {
  switch (field.tag) {
    case 'S':
    case 'x':
      return `${field.tag}${renderBytes(field.value)}`;
    case 'F':
      return renderTable(field.value);
    case 'A':
      return `[${field.value.map(renderField).join(', ')}]`;
    case 'V':
      return 'V';
    case 'D':
      return `D${field.value.value}e-${field.value.scale}`;
    default:
      return `${field.tag}${field.value}`;
  }
}

/** Names that the run or the server made up. */
export function normalise(line: string, runPrefix: string): string {
  return line
    .replaceAll(runPrefix, '')
    .replace(/\bconnection:S"[^"]*"/g, 'connection:S"*"')
    .replace(/\bnode:S"[^"]*"/g, 'node:S"*"')
    .replace(/amq\.gen-[A-Za-z0-9_-]+/g, 'amq.gen-*')
    .replace(/amq\.ctag-[A-Za-z0-9_-]+/g, 'amq.ctag-*')
    .replace(/amq\.rabbitmq\.reply-to\.(?!nosuch)[A-Za-z0-9_.+/=-]+/g, 'amq.rabbitmq.reply-to.*');
}
