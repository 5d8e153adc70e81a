import { bytesToText, type FieldTable, type FieldValue, getString, isInteger } from '../../codec/table.ts';
import { EXPIRY_MS_MAX, positive, unacceptableType } from '../argument_problems.ts';
import { parseDelays, RETRY_TYPES } from './retry.ts';

/**
 * The arguments by which messages that come back wait. The first three are RabbitMQ's, which has them on quorum queues and takes
 * any value: there they are left alone as long as none of Leveret's own is beside them.
 */
const TYPE = 'x-delayed-retry-type';
const MIN = 'x-delayed-retry-min';
const MAX = 'x-delayed-retry-max';
const BACKOFF = 'x-delayed-retry-backoff';
const FACTOR = 'x-delayed-retry-factor';
const JITTER = 'x-delayed-retry-jitter';
const DELAYS = 'x-delayed-retry-delays';

const OWN = [BACKOFF, FACTOR, JITTER, DELAYS];
export const BACKOFFS: readonly string[] = ['linear', 'exponential'];
export const FACTOR_MAX = 1000;

type Problem = (field: FieldValue, table: FieldTable) => string | undefined;

interface RetryArgument {
  readonly name: string;
  /** What is wrong with a value, as an Erlang term like those that RabbitMQ shows; undefined if nothing is. */
  readonly problem: Problem;
}

/** In the order in which they are checked. */
export const RETRY_ARGUMENTS: readonly RetryArgument[] = [
  { name: TYPE, problem: strict((field, table) => oneOf(RETRY_TYPES, field) ?? withoutDelay(table)) },
  { name: MIN, problem: strict((field, table) => idle(table) ?? positive(field, EXPIRY_MS_MAX)) },
  {
    name: MAX,
    problem: strict((field, table) => idle(table) ?? positive(field, EXPIRY_MS_MAX) ?? belowMinimum(field, table)),
  },
  { name: DELAYS, problem: (field, table) => idle(table) ?? delays(field) ?? besideDelays(table) },
  { name: BACKOFF, problem: (field, table) => idle(table) ?? oneOf(BACKOFFS, field) },
  { name: FACTOR, problem: (field, table) => idle(table) ?? numberFrom(1, FACTOR_MAX, field) ?? withoutGrowth(table) },
  { name: JITTER, problem: (field, table) => idle(table) ?? numberFrom(0, 1, field) },
];

function strict(problem: Problem): Problem {
  return (field, table) => (isRabbit(table) ? undefined : problem(field, table));
}

function isRabbit(table: FieldTable): boolean {
  return getString(table, 'x-queue-type') === 'quorum' && !OWN.some((name) => table.has(name));
}

/** Whoever says how long messages wait expects some to wait. */
function idle(table: FieldTable): string | undefined {
  const type = getString(table, TYPE);
  return type === undefined || type === 'disabled' ? `"needs '${TYPE}' to be all, failed or returned"` : undefined;
}

function withoutDelay(table: FieldTable): string | undefined {
  const needed = getString(table, TYPE) !== 'disabled' && !table.has(MIN) && !table.has(DELAYS);
  return needed ? `"needs '${MIN}' or '${DELAYS}'"` : undefined;
}

function besideDelays(table: FieldTable): string | undefined {
  const other = [MIN, MAX, BACKOFF, FACTOR].find((name) => table.has(name));
  return other === undefined ? undefined : `"contradicts '${other}'"`;
}

function belowMinimum(field: FieldValue, table: FieldTable): string | undefined {
  const min = table.get(MIN);
  if (min === undefined || !isInteger(min)) return undefined;
  return Number(field.value) < Number(min.value) ? `"is less than '${MIN}'"` : undefined;
}

function withoutGrowth(table: FieldTable): string | undefined {
  return getString(table, BACKOFF) === 'exponential' ? undefined : `"needs '${BACKOFF}' to be exponential"`;
}

function oneOf(values: readonly string[], field: FieldValue): string | undefined {
  if (field.tag !== 'S') return unacceptableType(field);
  return values.includes(bytesToText(field.value)) ? undefined : `"is none of ${values.join(', ')}"`;
}

function numberFrom(min: number, max: number, field: FieldValue): string | undefined {
  if (!isInteger(field) && field.tag !== 'f' && field.tag !== 'd') return unacceptableType(field);
  const value = Number(field.value);
  return value >= min && value <= max ? undefined : `"is not from ${min} to ${max}"`;
}

function delays(field: FieldValue): string | undefined {
  if (field.tag !== 'S') return unacceptableType(field);
  const known = parseDelays(bytesToText(field.value));
  return known === undefined ? '"is no list of times such as 10s, 1m, 15m"' : undefined;
}
