import type { FieldTable } from '../../codec/table.ts';
import type { ChannelDeliveries } from '../../core/counts.ts';
import type { QueueConsumer } from '../../core/ports.ts';
import { withDeliveryCounts } from '../../core/queue/delivery_counts.ts';
import { REDELIVERED } from '../../core/queue/entry.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { offsetOf, type Position } from '../../core/store/page_table.ts';
import type { Channel } from './channel.ts';
import { traceDelivery } from './trace.ts';

export interface ConsumerOptions {
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly priority: number;
  /** Most deliveries outstanding; 0 is no limit. */
  readonly prefetch: number;
  readonly arguments: FieldTable;
  /** How long a delivery may be unsettled; 0 is for ever. */
  readonly timeoutMs: number;
}

/** A subscription of a channel to a queue. */
export class Consumer implements QueueConsumer {
  readonly channel: Channel;
  readonly queue: Queue;
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly priority: number;
  readonly prefetch: number;
  readonly arguments: FieldTable;
  readonly timeoutMs: number;
  readonly counts: ChannelDeliveries;
  /** It was cancelled because it did not settle a delivery in time. */
  timedOut = false;
  /** Deliveries of this consumer that are not settled. */
  unacked = 0;
  waiting = false;
  /** basic.deliver as far as it is the same for every delivery; the size is written anew each time. */
  readonly #prefix: Uint8Array;

  constructor(channel: Channel, queue: Queue, options: ConsumerOptions) {
    this.channel = channel;
    this.queue = queue;
    this.tag = options.tag;
    this.noAck = options.noAck;
    this.exclusive = options.exclusive;
    this.priority = options.priority;
    this.prefetch = options.prefetch;
    this.arguments = options.arguments;
    this.timeoutMs = options.timeoutMs;
    this.counts = channel.counts.deliveriesFrom(queue);
    this.#prefix = deliverPrefix(channel.number, options.tag);
  }

  hasRoom(): boolean {
    const channel = this.channel;
    if (channel.connection.outbox.congested || !channel.delivering) return false;
    if (!this.noAck && this.prefetch !== 0 && this.unacked >= this.prefetch) return false;
    return channel.globalPrefetch === 0 || channel.hasRoomFor(this);
  }

  deliver(queue: Queue, position: Position, sequence: number, bodyBytes: number, flags: number): void {
    const channel = this.channel;
    const tag = ++channel.lastDeliveryTag;
    const page = channel.vhost.store.pages.of(position);
    const start = page.base + offsetOf(position);
    const { outbox } = channel.connection;
    const again = flags & REDELIVERED;
    const counted = again === 0 ? undefined : withDeliveryCounts(queue, sequence, page.bytes, start, bodyBytes);
    if (counted === undefined) outbox.deliver(this.#prefix, channel.number, tag, again, page.bytes, start, bodyBytes);
    else outbox.deliver(this.#prefix, channel.number, tag, again, counted.bytes, counted.start, bodyBytes);
    if (channel.vhost.tracing) traceDelivery(channel, queue, position, bodyBytes, (flags & REDELIVERED) !== 0);
    if (again !== 0) this.counts.redeliver++;
    if (this.noAck) {
      this.counts.deliverNoAck++;
      queue.drop(position, sequence, bodyBytes, flags);
    } else {
      channel.unacked.add(tag, queue, this, position, sequence, bodyBytes, flags);
      this.unacked++;
      this.counts.deliver++;
      queue.delivered(sequence, bodyBytes, flags);
    }
  }

  cancelledByQueue(): void {
    this.channel.consumerCancelledByQueue(this);
  }
}

function deliverPrefix(channel: number, consumerTag: string): Uint8Array {
  const tag = Buffer.from(consumerTag);
  return Uint8Array.of(1, channel >>> 8, channel & 0xff, 0, 0, 0, 0, 0, 60, 0, 60, tag.length, ...tag);
}
