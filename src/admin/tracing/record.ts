import type { FieldTable, FieldValue } from '../../codec/table.ts';
import { EMPTY_TABLE, getInteger, getString } from '../../codec/table.ts';
import type { StoredMessage } from '../../core/store/message.ts';
import { bodyFrameStart } from '../../core/store/record.ts';

/** What a trace writes of a message that came in or went out: see core/trace.ts. */
export interface TraceRecord {
  readonly timeMs: number;
  readonly type: 'published' | 'received';
  readonly exchange: string;
  /** Whose message it is that was received; undefined for what was published. */
  readonly queue: string | undefined;
  readonly node: string;
  readonly connection: string;
  readonly vhost: string;
  readonly user: string;
  readonly channel: number;
  readonly routingKeys: readonly Uint8Array[];
  /** Where what was published went; undefined for what was received. */
  readonly routedQueues: readonly Uint8Array[] | undefined;
  readonly properties: FieldTable;
  /** As much of the body as is asked for. */
  readonly payload: Uint8Array;
}

/** Of the firehose's copy of a message. */
export function readRecord(
  { routingKey, properties: { headers = EMPTY_TABLE }, bytes, content }: StoredMessage,
  payloadBytes: number,
  timeMs: number,
): TraceRecord {
  const isPublished = routingKey.startsWith('publish.');
  const body = bodyFrameStart(bytes, content) + 7;
  const properties = headers.get('properties');
  return {
    timeMs,
    type: isPublished ? 'published' : 'received',
    exchange: getString(headers, 'exchange_name') ?? '',
    queue: isPublished ? undefined : routingKey.slice('deliver.'.length),
    node: getString(headers, 'node') ?? '',
    connection: getString(headers, 'connection') ?? '',
    vhost: getString(headers, 'vhost') ?? '',
    user: getString(headers, 'user') ?? '',
    channel: getInteger(headers, 'channel') ?? 0,
    routingKeys: texts(headers.get('routing_keys')),
    routedQueues: isPublished ? texts(headers.get('routed_queues')) : undefined,
    properties: properties?.tag === 'F' ? properties.value : EMPTY_TABLE,
    payload: bytes.slice(body, body + payloadBytes),
  };
}

function texts(field: FieldValue | undefined): Uint8Array[] {
  if (field?.tag !== 'A') return [];
  return field.value.flatMap((item) => (item.tag === 'S' ? [item.value] : []));
}

/** As in `2026-11-23T16:40:38.190+00:00`. */
export function timeText({ timeMs }: TraceRecord): string {
  return new Date(timeMs).toISOString().replace('Z', '+00:00');
}
