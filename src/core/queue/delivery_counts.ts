import { EMPTY_TABLE, type FieldValue } from '../../codec/table.ts';
import { type RewrittenRecord, rewriteRecord } from '../store/rewrite.ts';
import type { Queue } from './queue.ts';

/**
 * The record of a message that is delivered again, with headers that say how often it was given out before (x-acquired-count)
 * and how often that failed (x-delivery-count), as RabbitMQ's quorum queues have them. Undefined where the queue does not tell.
 */
export function withDeliveryCounts(
  queue: Queue,
  sequence: number,
  bytes: Uint8Array,
  start: number,
  bodyBytes: number,
): RewrittenRecord | undefined {
  const { rules } = queue;
  if (rules === undefined || !rules.tellsReturns) return undefined;
  const acquired = rules.acquiredCount(sequence);
  const failed = queue.returnsOf(sequence);
  if (acquired === 0) return undefined;
  const counts: [string, FieldValue][] = [['x-acquired-count', { tag: 'l', value: acquired }]];
  if (failed > 0) counts.push(['x-delivery-count', { tag: 'l', value: failed }]);
  return rewriteRecord(
    { bytes, start, bodyBytes },
    {
      properties: (before) => ({ ...before, headers: new Map([...(before.headers ?? EMPTY_TABLE), ...counts]) }),
    },
  );
}
