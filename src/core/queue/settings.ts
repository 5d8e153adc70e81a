import {
  bytesToText,
  type FieldTable,
  type FieldValue,
  getInteger,
  getString,
  isInteger,
  isTrue,
} from '../../codec/table.ts';
import { GROUP_BY } from './groups/group_by.ts';
import { type RetryRequest, type RetrySettings, retrySettings } from './retry.ts';
import { SCHEDULED_DELIVERY } from './schedule.ts';

/** What arguments and policies ask of a queue, beyond keeping messages in order. Undefined where nobody asks for it. */
export interface QueueSettings {
  readonly messageTtlMs: number | undefined;
  readonly expiresMs: number | undefined;
  readonly maxLength: number | undefined;
  readonly maxLengthBytes: number | undefined;
  readonly overflow: 'drop-head' | 'reject-publish' | 'reject-publish-dlx';
  readonly deadLetterExchange: string | undefined;
  readonly deadLetterRoutingKey: string | undefined;
  readonly deliveryLimit: number | undefined;
  /** How messages that come back wait. */
  readonly retry: RetrySettings | undefined;
  /** Whether messages may ask to be delivered later (schedule.ts). */
  readonly scheduled: boolean;
  /** Whether this is no queue that anybody sees, but one in which an exchange keeps what it will route later. */
  readonly forwards: boolean;
  /** How long a delivery may be unsettled; 0 is for ever. The channels see to it (server/channel/delivery_timeouts.ts). */
  readonly consumerTimeoutMs: number | undefined;
  /** Only arguments, and the queue's type, set these: they cannot change while the queue is there. */
  readonly maxPriority: number | undefined;
  /** As groups/group_by.ts reads it. */
  readonly groupBy: string | undefined;
  readonly singleActiveConsumer: boolean;
}

/** RabbitMQ's default since 4.0. */
const QUORUM_DELIVERY_LIMIT = 20;
/** A quorum queue has 32 priorities, always. */
const QUORUM_PRIORITY_MAX = 31;

/** As the queue's own arguments have it. */
export function argumentSettings(table: FieldTable, forwards = false): QueueSettings {
  const isQuorum = getString(table, 'x-queue-type') === 'quorum';
  const deliveryLimit = getInteger(table, 'x-delivery-limit') ?? (isQuorum ? QUORUM_DELIVERY_LIMIT : undefined);
  const maxPriority = getInteger(table, 'x-max-priority');
  return {
    messageTtlMs: getInteger(table, 'x-message-ttl'),
    expiresMs: getInteger(table, 'x-expires'),
    maxLength: getInteger(table, 'x-max-length'),
    maxLengthBytes: getInteger(table, 'x-max-length-bytes'),
    overflow: (getString(table, 'x-overflow') ?? 'drop-head') as QueueSettings['overflow'],
    deadLetterExchange: getString(table, 'x-dead-letter-exchange'),
    deadLetterRoutingKey: getString(table, 'x-dead-letter-routing-key'),
    // A negative one is none.
    deliveryLimit: deliveryLimit === undefined || deliveryLimit < 0 ? undefined : deliveryLimit,
    retry: retrySettings(retryRequest(table)),
    scheduled: forwards || isTrue(table, SCHEDULED_DELIVERY),
    forwards,
    consumerTimeoutMs: getInteger(table, 'x-consumer-timeout'),
    // The least that can be told apart are two, as in RabbitMQ, whatever is asked for.
    maxPriority: isQuorum ? QUORUM_PRIORITY_MAX : maxPriority === undefined ? undefined : Math.max(1, maxPriority),
    groupBy: getString(table, GROUP_BY),
    singleActiveConsumer: isTrue(table, 'x-single-active-consumer'),
  };
}

/** As the arguments have it, in no matter what types. */
export function retryRequest(table: FieldTable): RetryRequest {
  const value = (name: string): unknown => plain(table.get(`x-delayed-retry-${name}`));
  return {
    type: value('type'),
    min: value('min'),
    max: value('max'),
    backoff: value('backoff'),
    factor: value('factor'),
    jitter: value('jitter'),
    delays: value('delays'),
  };
}

function plain(field: FieldValue | undefined): unknown {
  if (field === undefined) return undefined;
  if (isInteger(field)) return Number(field.value);
  return field.tag === 'S' ? bytesToText(field.value) : field.value;
}
