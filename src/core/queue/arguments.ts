import { bytesToText, type FieldTable, type FieldValue, getString } from '../../codec/table.ts';
import { bool, EXPIRY_MS_MAX, natural, positive, unacceptableType } from '../argument_problems.ts';
import { DEDUPLICATION_ARGUMENTS } from '../deduplication/arguments.ts';
import { GROUP_BY, groupByProblem } from './groups/group_by.ts';
import { RETRY_ARGUMENTS } from './retry_arguments.ts';
import { SCHEDULED_DELIVERY } from './schedule.ts';

/** The arguments of queue.declare that RabbitMQ knows, for which types of queues, and what values they may have. */

export type QueueType = 'classic' | 'quorum';

export interface QueueArgument {
  readonly name: string;
  /**
   * On these the value is checked, and has to be the same when the queue is declared again. On a queue of another type
   * the argument is refused, whatever its value.
   */
  readonly queueTypes: readonly QueueType[];
  /** What is wrong with a value, as the Erlang term that RabbitMQ shows; undefined if nothing is. */
  readonly problem?: (field: FieldValue, table: FieldTable) => string | undefined;
}

export const QUEUE_TYPE = 'x-queue-type';
export const DEAD_LETTER_EXCHANGE = 'x-dead-letter-exchange';

const PRIORITY_MAX = 255;

const BOTH: readonly QueueType[] = ['classic', 'quorum'];
const CLASSIC: readonly QueueType[] = ['classic'];
const QUORUM: readonly QueueType[] = ['quorum'];
/** Of streams, which Leveret does not have. */
const NEITHER: readonly QueueType[] = [];

/** A queue type that is left out may also be said to be left out. */
const QUEUE_TYPES: ReadonlyMap<string, QueueType> = new Map([
  ['classic', 'classic'],
  ['quorum', 'quorum'],
  ['', 'classic'],
  ['undefined', 'classic'],
]);

const OVERFLOWS = ['drop-head', 'reject-publish', 'reject-publish-dlx'];
const STRATEGIES = ['at-most-once', 'at-least-once'];
const LEADER_LOCATORS = ['client-local', 'balanced', 'random', 'least-leaders', 'min-masters'];

/**
 * The order is that in which RabbitMQ checks: of two problems, the first is told. Arguments about replicas and memory
 * mean nothing to a single node; they are here because clients send them and expect to be told about mistakes.
 */
export const QUEUE_ARGUMENTS: readonly QueueArgument[] = [
  { name: 'x-expires', queueTypes: BOTH, problem: (field) => positive(field, EXPIRY_MS_MAX) },
  { name: 'x-message-ttl', queueTypes: BOTH, problem: (field) => natural(field, EXPIRY_MS_MAX) },
  // That it is a string is checked ahead of everything else.
  { name: DEAD_LETTER_EXCHANGE, queueTypes: BOTH },
  { name: 'x-dead-letter-routing-key', queueTypes: BOTH, problem: deadLetterRoutingKey },
  { name: 'x-dead-letter-strategy', queueTypes: QUORUM, problem: oneOf(STRATEGIES, 'invalid_dlx_strategy') },
  { name: 'x-max-length', queueTypes: BOTH, problem: (field) => natural(field) },
  { name: 'x-max-length-bytes', queueTypes: BOTH, problem: (field) => natural(field) },
  { name: 'x-max-in-memory-length', queueTypes: QUORUM, problem: (field) => natural(field) },
  { name: 'x-max-in-memory-bytes', queueTypes: QUORUM, problem: (field) => natural(field) },
  { name: 'x-max-priority', queueTypes: CLASSIC, problem: maxPriority },
  { name: 'x-overflow', queueTypes: BOTH, problem: oneOf(OVERFLOWS, 'invalid_overflow') },
  { name: 'x-queue-mode', queueTypes: CLASSIC },
  { name: 'x-queue-version', queueTypes: CLASSIC, problem: queueVersion },
  { name: 'x-single-active-consumer', queueTypes: BOTH, problem: bool },
  // As x-delivery-limit.
  { name: 'x-consumer-timeout', queueTypes: BOTH, problem: (field) => natural(field) },
  { name: 'x-consumer-disconnected-timeout', queueTypes: QUORUM, problem: (field) => natural(field) },
  { name: QUEUE_TYPE, queueTypes: BOTH, problem: queueTypeProblem },
  { name: 'x-quorum-initial-group-size', queueTypes: QUORUM, problem: (field) => positive(field) },
  { name: 'x-queue-master-locator', queueTypes: CLASSIC },
  { name: 'x-queue-leader-locator', queueTypes: BOTH, problem: oneOf(LEADER_LOCATORS, 'invalid_queue_locator_arg') },
  // RabbitMQ refuses it on classic queues, which have no such limit there.
  { name: 'x-delivery-limit', queueTypes: BOTH },
  // RabbitMQ has the first three of these, on quorum queues only.
  ...RETRY_ARGUMENTS.map((argument) => ({ ...argument, queueTypes: BOTH })),
  { name: 'x-max-age', queueTypes: NEITHER },
  { name: 'x-initial-cluster-size', queueTypes: NEITHER },
  { name: 'x-stream-max-segment-size-bytes', queueTypes: NEITHER },
  { name: 'x-stream-filter-size-bytes', queueTypes: NEITHER },
  // Leveret's own, which RabbitMQ leaves alone.
  { name: SCHEDULED_DELIVERY, queueTypes: BOTH, problem: bool },
  { name: GROUP_BY, queueTypes: CLASSIC, problem: groupByProblem },
  ...DEDUPLICATION_ARGUMENTS.map((argument) => ({ ...argument, queueTypes: BOTH })),
];

/** Whether what is published as transient is durable in such a queue, as in RabbitMQ's quorum queues. */
export function keepsTransient(type: QueueType): boolean {
  return type === 'quorum';
}

/** Classic, unless the arguments say otherwise. */
export function queueType(properties: { readonly arguments: FieldTable }): QueueType {
  return QUEUE_TYPES.get(getString(properties.arguments, QUEUE_TYPE) ?? '') ?? 'classic';
}

/** As RabbitMQ does: where the type is left out, the virtual host's, which a queue that is not durable cannot have. */
export function withDefaultType(
  declaration: {
    readonly durable: boolean;
    readonly exclusive: boolean;
    readonly autoDelete: boolean;
    readonly arguments: FieldTable;
  },
  defaultType: QueueType,
): FieldTable {
  const { durable, exclusive, autoDelete, arguments: table } = declaration;
  if (defaultType === 'classic' || table.has(QUEUE_TYPE)) return table;
  if (!durable || exclusive || autoDelete) return table;
  return new Map([...table, [QUEUE_TYPE, { tag: 'S', value: Buffer.from(defaultType) }]]);
}

/** Undefined for what is no type of queue here. */
export function queueTypeNamed(name: string): QueueType | undefined {
  return QUEUE_TYPES.get(name);
}

export function queueTypeProblem(field: FieldValue): string | undefined {
  if (field.tag !== 'S') return unacceptableType(field);
  const name = bytesToText(field.value);
  // An Erlang string: quotes and backslashes in it are escaped as in JSON.
  return QUEUE_TYPES.has(name) ? undefined : JSON.stringify(`unsupported queue type '${name}'`);
}

function maxPriority(field: FieldValue): string | undefined {
  return natural(field) ?? (Number(field.value) > PRIORITY_MAX ? `{max_value_exceeded,${field.value}}` : undefined);
}

function queueVersion(field: FieldValue): string | undefined {
  return natural(field) ?? (Number(field.value) === 2 ? undefined : `"unsupported queue version '${field.value}'"`);
}

function deadLetterRoutingKey(field: FieldValue, table: FieldTable): string | undefined {
  if (field.tag !== 'S') return unacceptableType(field);
  return table.has(DEAD_LETTER_EXCHANGE) ? undefined : 'routing_key_but_no_dlx_defined';
}

function oneOf(values: readonly string[], problem: string): (field: FieldValue) => string | undefined {
  return (field) => {
    if (field.tag !== 'S') return unacceptableType(field);
    return values.includes(bytesToText(field.value)) ? undefined : problem;
  };
}
