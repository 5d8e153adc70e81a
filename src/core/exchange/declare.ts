import { AmqpError } from '../../codec/errors.ts';
import { EMPTY_TABLE, fieldTypeName } from '../../codec/table.ts';
import { DEDUPLICATION_ARGUMENTS } from '../deduplication/arguments.ts';
import { argumentDifference } from './argument_difference.ts';
import { DELAYED_MESSAGE, delayedType } from './delayed_message.ts';
import { EXCHANGE_TYPES, type ExchangeProperties } from './exchange.ts';

/** The rules of exchange.declare, each a check that throws an AmqpError in RabbitMQ's words. */

export const ALTERNATE_EXCHANGE = 'alternate-exchange';
const RESERVED_PREFIX = 'amq.';
const COMPARED_ARGUMENTS = [ALTERNATE_EXCHANGE, ...DEDUPLICATION_ARGUMENTS.map(({ name }) => name)];

/** The exchanges that every vhost has. */
export const PREDECLARED_EXCHANGES: readonly ExchangeProperties[] = [
  predeclared('', 'direct'),
  predeclared('amq.direct', 'direct'),
  predeclared('amq.fanout', 'fanout'),
  predeclared('amq.topic', 'topic'),
  predeclared('amq.headers', 'headers'),
  predeclared('amq.match', 'headers'),
  { ...predeclared('amq.rabbitmq.trace', 'topic'), internal: true },
];

function predeclared(name: string, type: string): ExchangeProperties {
  return { name, type, durable: true, autoDelete: false, internal: false, arguments: EMPTY_TABLE };
}

/**
 * Names that are no exchange types either, but which RabbitMQ knows as something else and therefore calls invalid
 * rather than unknown.
 */
const INVALID_TYPES: ReadonlySet<string> = new Set(['', 'x-jms-topic', 'classic', 'quorum', 'stream']);

/** Checked before everything else, even where the exchange exists. */
export function checkExchangeType(type: string): void {
  if (EXCHANGE_TYPES.has(type)) return;
  const problem = INVALID_TYPES.has(type) ? 'invalid' : 'unknown';
  throw new AmqpError(406, `${problem} exchange type '${type}'`);
}

/** Of an exchange that does not exist yet. */
export function checkDelayedType({ type, arguments: table }: ExchangeProperties): void {
  if (type === DELAYED_MESSAGE) checkExchangeType(delayedType(table));
}

/** Checked on declare (after the type), passive declare, delete, bind and unbind. */
export function checkNotDefaultExchange(name: string): void {
  if (name === '') throw new AmqpError(403, 'operation not permitted on the default exchange');
}

/** Of an exchange that does not exist yet: those that do, amq.direct for one, may be declared again. */
export function checkExchangeName(name: string): void {
  if (!name.startsWith(RESERVED_PREFIX)) return;
  throw new AmqpError(403, `exchange name '${name}' contains reserved prefix 'amq.*'`);
}

/** Of an exchange that does not exist yet: where one does, another type of argument is just another argument. */
export function checkAlternateExchange(properties: ExchangeProperties, vhostName: string): void {
  const field = properties.arguments.get(ALTERNATE_EXCHANGE);
  if (field === undefined || field.tag === 'S') return;
  const where = `in exchange '${properties.name}' in vhost '${vhostName}'`;
  throw new AmqpError(406, `invalid type '${fieldTypeName(field)}' for arg '${ALTERNATE_EXCHANGE}' ${where}`);
}

/** Of an exchange that does not exist yet. RabbitMQ leaves these arguments alone. */
export function checkDeduplication(properties: ExchangeProperties, vhostName: string): void {
  const { name: exchangeName, arguments: table } = properties;
  for (const { name, problem } of DEDUPLICATION_ARGUMENTS) {
    const field = table.get(name);
    const found = field === undefined ? undefined : problem(field, table);
    if (found === undefined) continue;
    throw new AmqpError(406, `invalid arg '${name}' for exchange '${exchangeName}' in vhost '${vhostName}': ${found}`);
  }
}

/** System exchanges, and anything that is named like one, whether or not it exists. */
export function checkExchangeDeletable(name: string, vhostName: string): void {
  if (!name.startsWith(RESERVED_PREFIX)) return;
  throw new AmqpError(403, `deletion of system exchange '${name}' in vhost '${vhostName}' not allowed`);
}

/** Of the arguments only the alternate exchange and Leveret's own count: others may differ freely. */
export function checkExchangeEquivalence(
  current: ExchangeProperties,
  requested: ExchangeProperties,
  vhostName: string,
): void {
  const refuse = (name: string, difference: string): never => {
    const where = `for exchange '${current.name}' in vhost '${vhostName}'`;
    throw new AmqpError(406, `inequivalent arg '${name}' ${where}: ${difference}`);
  };
  const compare = (name: string, is: string | boolean, wanted: string | boolean): void => {
    if (is !== wanted) refuse(name, `received '${wanted}' but current is '${is}'`);
  };
  compare('type', current.type, requested.type);
  compare('durable', current.durable, requested.durable);
  compare('auto_delete', current.autoDelete, requested.autoDelete);
  compare('internal', current.internal, requested.internal);
  for (const name of COMPARED_ARGUMENTS) {
    const difference = argumentDifference(current.arguments.get(name), requested.arguments.get(name));
    if (difference !== undefined) refuse(name, difference);
  }
}
