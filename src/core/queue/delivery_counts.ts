import { CONTENT_ENCODING, CONTENT_TYPE, HEADERS } from '../../codec/properties.ts';
import { EMPTY_TABLE, type FieldValue } from '../../codec/table.ts';
import { copyBytes } from '../../lib/arena.ts';
import { contentEnd, propertiesStart, readU16, readU32, routeEnd } from '../store/record.ts';
import { type RewrittenRecord, rewriteRecord } from '../store/rewrite.ts';
import type { Queue } from './queue.ts';

/**
 * The headers of a message that has none of its own, as they are put between its content encoding and its delivery mode:
 *
 *     ┌──────────┬───────────────────────────────────┬───────────────────────────────────┐
 *     │ length:4 │ 16 "x-acquired-count" 'l' count:8 │ 16 "x-delivery-count" 'l' count:8 │
 *     └──────────┴───────────────────────────────────┴───────────────────────────────────┘
 *
 * The second is left out where nothing failed.
 */
const FIELD_BYTES = 1 + 16 + 1 + 8;
const COUNTS = Uint8Array.from(
  Buffer.from('\0\0\0\0\x10x-acquired-countl\0\0\0\0\0\0\0\0\x10x-delivery-countl\0\0\0\0\0\0\0\0'),
);
/** Where the header frame's size is, from the record's content on. */
const SIZE_AT = 4;
/** Larger records are put together in a buffer of their own. */
const SCRATCH_BYTES = 16 * 1024;
const scratch = new Uint8Array(SCRATCH_BYTES);

/**
 * The record of a message that is delivered again, with headers that say how often it was given out before (x-acquired-count)
 * and how often that failed (x-delivery-count), as RabbitMQ's quorum queues have them. Undefined where the queue does not tell.
 * It has to be copied before the next is asked for.
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
  if (acquired === 0) return undefined;
  const failed = queue.returnsOf(sequence);
  const content = routeEnd(bytes, start);
  const flags = readU16(bytes, propertiesStart(content));
  if ((flags & HEADERS) !== 0) return withMoreHeaders(bytes, start, bodyBytes, acquired, failed);
  return withHeaders(bytes, start, content, flags, bodyBytes, acquired, failed);
}

function withMoreHeaders(
  bytes: Uint8Array,
  start: number,
  bodyBytes: number,
  acquired: number,
  failed: number,
): RewrittenRecord {
  const counts: [string, FieldValue][] = [['x-acquired-count', { tag: 'l', value: acquired }]];
  if (failed > 0) counts.push(['x-delivery-count', { tag: 'l', value: failed }]);
  return rewriteRecord(
    { bytes, start, bodyBytes },
    {
      properties: (before) => ({ ...before, headers: new Map([...(before.headers ?? EMPTY_TABLE), ...counts]) }),
    },
  );
}

/** What a queue of retries delivers is mostly this. */
function withHeaders(
  bytes: Uint8Array,
  start: number,
  content: number,
  flags: number,
  bodyBytes: number,
  acquired: number,
  failed: number,
): RewrittenRecord {
  const properties = propertiesStart(content);
  const end = contentEnd(bytes, content, bodyBytes);
  let at = properties + 2;
  if ((flags & CONTENT_TYPE) !== 0) at += 1 + (bytes[at] as number);
  if ((flags & CONTENT_ENCODING) !== 0) at += 1 + (bytes[at] as number);
  const tableBytes = failed > 0 ? 2 * FIELD_BYTES : FIELD_BYTES;
  const more = 4 + tableBytes;
  const whole = end - start + more;
  const target = whole > SCRATCH_BYTES ? new Uint8Array(whole) : scratch;
  const table = at - start;
  copyBytes(bytes, start, at, target, 0);
  copyBytes(COUNTS, 0, more, target, table);
  copyBytes(bytes, at, end, target, table + more);
  putU32(target, content - start + SIZE_AT, readU32(bytes, content + SIZE_AT) + more);
  target[properties - start] = (flags | HEADERS) >>> 8;
  putU32(target, table, tableBytes);
  // Counts are far below 2^32.
  putU32(target, table + FIELD_BYTES, acquired);
  if (failed > 0) putU32(target, table + 2 * FIELD_BYTES, failed);
  return { bytes: target, start: 0, content: content - start, end: whole };
}

function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
