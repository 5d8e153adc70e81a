import { type FieldTable, getInteger, getString } from '../../codec/table.ts';
import { GROUP_BY } from './groups/group_by.ts';

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
export function argumentSettings(table: FieldTable): QueueSettings {
  const isQuorum = getString(table, 'x-queue-type') === 'quorum';
  const singleActive = table.get('x-single-active-consumer');
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
    // The least that can be told apart are two, as in RabbitMQ, whatever is asked for.
    maxPriority: isQuorum ? QUORUM_PRIORITY_MAX : maxPriority === undefined ? undefined : Math.max(1, maxPriority),
    groupBy: getString(table, GROUP_BY),
    singleActiveConsumer: singleActive?.tag === 't' && singleActive.value,
  };
}
