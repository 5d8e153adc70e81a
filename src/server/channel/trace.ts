import { type OwnMessage, publishOwn } from '../../core/own_message.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { offsetOf, type Position } from '../../core/store/page_table.ts';
import { routeEnd } from '../../core/store/record.ts';
import { deliveryTrace, publishTrace, type TracedChannel } from '../../core/trace.ts';
import type { Channel } from './channel.ts';

/** A message was published here, and goes to `queues`. Called only while its virtual host is traced. */
export function tracePublish(
  channel: Channel,
  queues: readonly Queue[],
  bytes: Uint8Array,
  start: number,
  content: number,
  bodyBytes: number,
): void {
  publishLater(channel, publishTrace(channel.vhost, { bytes, start, content, bodyBytes }, tracedBy(channel), queues));
}

/** A message goes out here. Called only while its virtual host is traced. */
export function traceDelivery(
  channel: Channel,
  queue: Queue,
  position: Position,
  bodyBytes: number,
  redelivered: boolean,
): void {
  const { bytes, base } = channel.vhost.store.pages.of(position);
  const start = base + offsetOf(position);
  const message = { bytes, start, content: routeEnd(bytes, start), bodyBytes };
  publishLater(channel, deliveryTrace(channel.vhost, message, tracedBy(channel), queue.name, redelivered));
}

/** A queue that is being drained must not be given messages, and copies go to queues like any other. */
function publishLater({ vhost, connection }: Channel, copy: OwnMessage | undefined): void {
  if (copy === undefined) return;
  connection.server.turn.later(() => {
    if (vhost.tracing) publishOwn(vhost, copy);
  });
}

function tracedBy({ connection, number }: Channel): TracedChannel {
  return { connection: connection.name, channel: number, user: connection.userName };
}
