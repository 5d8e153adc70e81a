import { AmqpError } from '../../codec/errors.ts';
import { type FieldTable, type FieldValue, fieldTypeName, getString } from '../../codec/table.ts';
import { argumentDifference } from '../exchange/argument_difference.ts';
import { DEAD_LETTER_EXCHANGE, QUEUE_ARGUMENTS, QUEUE_TYPE, queueType, queueTypeProblem } from './arguments.ts';
import type { QueueProperties } from './properties.ts';

/** The rules of queue.declare, each a check that throws an AmqpError in RabbitMQ's words. */

/** What a queue without x-queue-type is compared as. */
const CLASSIC: FieldValue = { tag: 'S', value: Buffer.from('classic') };

/**
 * Of a queue that exists already: what is asked for has to be what is there. Only arguments that its type of queue knows
 * are compared, and requested ones are not checked otherwise.
 */
export function checkEquivalent(current: QueueProperties, requested: QueueProperties, vhostName: string): void {
  const refuse = (name: string, difference: string): never => {
    throw new AmqpError(406, `inequivalent arg '${name}' for ${nameQueue(current, vhostName)}: ${difference}`);
  };
  const compare = (name: string, is: boolean, wanted: boolean): void => {
    if (is !== wanted) refuse(name, `received '${wanted}' but current is '${is}'`);
  };
  compare('durable', current.durable, requested.durable);
  compare('auto_delete', current.autoDelete, requested.autoDelete);
  const type = queueType(current);
  for (const { name, queueTypes } of QUEUE_ARGUMENTS) {
    if (!queueTypes.includes(type)) continue;
    const difference = argumentDifference(comparable(current, name), comparable(requested, name));
    if (difference !== undefined) refuse(name, difference);
  }
}

/** Of a queue that does not exist yet, behind `checkDeadLetterExchange`, in RabbitMQ's order: of several mistakes the first one is told. */
export function checkQueueArguments(properties: QueueProperties, vhostName: string): void {
  checkServerNamed(properties);
  checkQueueType(properties, vhostName);
  checkValues(properties, vhostName);
  checkNamesKnown(properties, vhostName);
  if (queueType(properties) === 'quorum') checkQuorumProperties(properties, vhostName);
}

function nameQueue(properties: QueueProperties, vhostName: string): string {
  return `queue '${properties.name}' in vhost '${vhostName}'`;
}

function comparable(properties: QueueProperties, name: string): FieldValue | undefined {
  return properties.arguments.get(name) ?? (name === QUEUE_TYPE ? CLASSIC : undefined);
}

/** Only the server gives names that start so. */
function checkServerNamed(properties: QueueProperties): void {
  if (!properties.name.startsWith('amq.')) return;
  const type = getString(properties.arguments, QUEUE_TYPE);
  if (type === 'quorum' || type === 'stream') {
    throw new AmqpError(406, `Cannot declare a server-named queue for type rabbit_${type}_queue`);
  }
  const field = properties.arguments.get(QUEUE_TYPE);
  if (field?.tag === 'S' && queueTypeProblem(field) !== undefined) {
    throw new AmqpError(406, `unknown queue type '${type}'`);
  }
}

/** Of a queue that does not exist yet: a string, if anything. */
export function checkDeadLetterExchange(properties: QueueProperties, vhostName: string): void {
  const field = properties.arguments.get(DEAD_LETTER_EXCHANGE);
  if (field === undefined || field.tag === 'S') return;
  const where = `for arg '${DEAD_LETTER_EXCHANGE}' in ${nameQueue(properties, vhostName)}`;
  throw new AmqpError(406, `invalid type '${fieldTypeName(field)}' ${where}`);
}

/** Ahead of the other values, as it says which of them count. */
function checkQueueType(properties: QueueProperties, vhostName: string): void {
  const field = properties.arguments.get(QUEUE_TYPE);
  const problem = field === undefined ? undefined : queueTypeProblem(field);
  if (problem !== undefined) throw invalidArgument(properties, vhostName, QUEUE_TYPE, `: ${problem}`);
}

function checkValues(properties: QueueProperties, vhostName: string): void {
  const type = queueType(properties);
  for (const argument of QUEUE_ARGUMENTS) {
    const field = properties.arguments.get(argument.name);
    if (field === undefined || !argument.queueTypes.includes(type)) continue;
    const problem = argument.problem?.(field, properties.arguments);
    if (problem !== undefined) throw invalidArgument(properties, vhostName, argument.name, `: ${problem}`);
  }
}

/** What no type of queue knows is left alone; of what only another one knows, the first that the client wrote is told. */
function checkNamesKnown(properties: QueueProperties, vhostName: string): void {
  const type = queueType(properties);
  const foreign = QUEUE_ARGUMENTS.filter(
    ({ name, queueTypes }) => !queueTypes.includes(type) && properties.arguments.has(name),
  );
  if (foreign.length === 0) return;
  const names = foreign.map(({ name }) => name).sort();
  // RabbitMQ adds the type where it is missing, which sorts the table.
  const first = properties.arguments.has(QUEUE_TYPE) ? firstOf(properties.arguments, names) : names[0];
  throw invalidArgument(properties, vhostName, first as string, ` of queue type rabbit_${type}_queue`);
}

function firstOf(table: FieldTable, names: readonly string[]): string | undefined {
  for (const name of table.keys()) if (names.includes(name)) return name;
  return undefined;
}

function checkQuorumProperties(properties: QueueProperties, vhostName: string): void {
  const refuse = (property: string): never => {
    throw new AmqpError(406, `invalid property '${property}' for ${nameQueue(properties, vhostName)}`);
  };
  if (properties.autoDelete) refuse('auto-delete');
  if (properties.exclusiveOwner !== undefined) refuse('exclusive-owner');
  if (!properties.durable) refuse('non-durable');
}

function invalidArgument(properties: QueueProperties, vhostName: string, name: string, problem: string): AmqpError {
  return new AmqpError(406, `invalid arg '${name}' for ${nameQueue(properties, vhostName)}${problem}`);
}
