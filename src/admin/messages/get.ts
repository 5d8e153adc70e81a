import { readProperties } from '../../codec/properties.ts';
import { ChannelDeliveries } from '../../core/counts.ts';
import { publishOwn } from '../../core/own_message.ts';
import { withDeliveryCounts } from '../../core/queue/delivery_counts.ts';
import { type Entry, REDELIVERED } from '../../core/queue/entry.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { messageIn, namesOf, type StoredMessage } from '../../core/store/message.ts';
import { offsetOf } from '../../core/store/page_table.ts';
import { bodyFrameStart, propertiesEnd, propertiesStart, routeEnd } from '../../core/store/record.ts';
import { deliveryTrace, withoutConnection } from '../../core/trace.ts';
import type { VirtualHost } from '../../core/vhost.ts';

/** What becomes of messages that were looked at by taking them. */
export type AckMode = 'ack_requeue_true' | 'ack_requeue_false' | 'reject_requeue_true' | 'reject_requeue_false';

export const ACK_MODES: readonly AckMode[] = [
  'ack_requeue_true',
  'reject_requeue_true',
  'ack_requeue_false',
  'reject_requeue_false',
];

export interface GotMessage extends Pick<StoredMessage, 'exchange' | 'routingKey' | 'properties'> {
  readonly redelivered: boolean;
  /** Ready messages behind it. */
  readonly messageCount: number;
  readonly bodyBytes: number;
  /** Not more than was asked for. */
  readonly body: Uint8Array;
}

/** Bodies that are kept for one answer. */
const BYTES_MAX = 64 * 1024 * 1024;

/**
 * Takes messages out of a queue, paused or not, as basic.get does, and then puts them back or settles them, as `ackMode` says: to
 * look at them, and nothing else, there is browse.ts.
 */
export async function getMessages(
  vhost: VirtualHost,
  queue: Queue,
  request: {
    /** Who gets them. */
    readonly user: string;
    readonly count: number;
    readonly ackMode: AckMode;
    readonly bodyBytesMax: number;
  },
): Promise<GotMessage[]> {
  const { user, count, ackMode, bodyBytesMax } = request;
  const taken: Entry[] = [];
  const messages: GotMessage[] = [];
  let bytes = 0;
  queue.rules?.used();
  try {
    while (taken.length < count && bytes < BYTES_MAX) {
      await headReadable(queue);
      const entry = queue.take();
      if (entry === undefined) break;
      queue.delivered(entry.sequence, entry.bodyBytes, entry.flags);
      taken.push(entry);
      const got = read(vhost, queue, entry, bodyBytesMax);
      messages.push(got);
      if (vhost.tracing) trace(vhost, queue, entry, user);
      bytes += got.body.length;
    }
  } finally {
    for (const entry of taken) settle(queue, entry, ackMode);
    countGets(vhost, queue, messages);
  }
  return messages;
}

async function headReadable(queue: Queue): Promise<void> {
  for (;;) {
    let arrived: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    if (queue.deleted || queue.readyToTake(() => arrived())) return;
    await arrival;
  }
}

function read(vhost: VirtualHost, queue: Queue, entry: Entry, bodyBytesMax: number): GotMessage {
  const { position, sequence, bodyBytes, flags } = entry;
  const { bytes, base } = vhost.store.pages.of(position);
  const start = base + offsetOf(position);
  const again = (flags & REDELIVERED) !== 0;
  const counted = again ? withDeliveryCounts(queue, sequence, bytes, start, bodyBytes) : undefined;
  const message = messageIn(bytes, start);
  const properties =
    counted === undefined
      ? message.properties
      : readProperties(counted.bytes, propertiesStart(counted.content), propertiesEnd(counted.bytes, counted.content));
  const body = bodyFrameStart(bytes, message.content) + 7;
  return {
    ...namesOf(bytes, start),
    properties,
    redelivered: again,
    messageCount: queue.readyCount,
    bodyBytes,
    body: bytes.slice(body, body + Math.min(bodyBytes, bodyBytesMax)),
  };
}

function trace(vhost: VirtualHost, queue: Queue, { position, bodyBytes, flags }: Entry, user: string): void {
  const { bytes, base } = vhost.store.pages.of(position);
  const start = base + offsetOf(position);
  const message = { bytes, start, content: routeEnd(bytes, start), bodyBytes };
  const again = (flags & REDELIVERED) !== 0;
  const copy = deliveryTrace(vhost, message, withoutConnection(user), queue.name, again);
  if (copy !== undefined) publishOwn(vhost, copy);
}

/** Counted as what a channel does that is open only for this. */
function countGets(vhost: VirtualHost, queue: Queue, messages: readonly GotMessage[]): void {
  const counts = new ChannelDeliveries(queue);
  queue.counts.deliveries.open(counts);
  counts.get = messages.length;
  counts.redeliver = messages.filter(({ redelivered }) => redelivered).length;
  if (messages.length === 0) counts.getEmpty = 1;
  queue.counts.deliveries.close(counts);
  vhost.counts.deliveries[queue.type].add(counts);
}

function settle(queue: Queue, { position, sequence, bodyBytes, flags }: Entry, ackMode: AckMode): void {
  if (ackMode === 'ack_requeue_false') queue.settle(position, sequence, bodyBytes, flags);
  else if (ackMode === 'reject_requeue_false') queue.reject(position, sequence, bodyBytes, flags);
  else queue.requeue(position, sequence, bodyBytes, flags, ackMode === 'reject_requeue_true' ? 'reject' : 'nack');
}
