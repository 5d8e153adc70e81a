import {
  ChannelDeliveries,
  ChannelPublishes,
  DeliveryCounts,
  PublishCounts,
  type QueueKind,
  type VirtualHostCounts,
} from '../../core/counts.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { isReplyAddress } from '../../core/topology/reply_queues.ts';
import type { Route, VirtualHost } from '../../core/vhost.ts';
import { type MessageSizes, SMALL_BYTES_MAX } from '../counters.ts';
import type { Channel } from './channel.ts';

/** A channel that has had to do with so many exchanges or queues looks which of them are still there. */
const SWEEP_MIN = 64;

/** A message is published: the counts that it is part of. */
export function countPublish(channel: Channel, route: Route, bodyBytes: number): ChannelPublishes {
  let counts = channel.publishing;
  if (counts === undefined || counts.route !== route) counts = beginRun(channel, route);
  countMessage(counts, channel.counts.sizes, bodyBytes);
  return counts;
}

/** One more message of the run that has begun. */
export function countMessage(counts: ChannelPublishes, sizes: MessageSizes, bodyBytes: number): void {
  counts.run++;
  counts.bytes += bodyBytes;
  if (bodyBytes > SMALL_BYTES_MAX) sizes.count(bodyBytes);
}

function beginRun(channel: Channel, route: Route): ChannelPublishes {
  let counts = channel.publishing;
  if (counts === undefined || counts.exchange !== route.exchange) {
    counts = channel.counts.publishesTo(route.exchange);
    channel.publishing = counts;
  }
  counts.begin(route);
  return counts;
}

/** No queue gets the message. */
export function countUnroutable(counts: PublishCounts, mandatory: boolean): void {
  if (mandatory) counts.returnUnroutable++;
  else counts.dropUnroutable++;
}

/** What one channel has done, by exchange and by queue (core/counts.ts). */
export class ChannelCounts {
  /** Those of the broker. */
  readonly sizes: MessageSizes;
  /** Of a channel that is closed: how many were published with confirms. */
  publishedForConfirm = 0;
  readonly #vhost: VirtualHost;
  readonly #publishes = new Map<Exchange, ChannelPublishes>();
  readonly #deliveries = new Map<Queue, ChannelDeliveries>();
  /** Of exchanges and queues that are gone. */
  readonly #gonePublishes = new PublishCounts();
  readonly #goneDeliveries = new DeliveryCounts();
  #sweepPublishesAt = SWEEP_MIN;
  #sweepDeliveriesAt = SWEEP_MIN;

  constructor(vhost: VirtualHost, sizes: MessageSizes) {
    this.#vhost = vhost;
    this.sizes = sizes;
  }

  get publishes(): Iterable<ChannelPublishes> {
    for (const counts of this.#publishes.values()) counts.complete();
    return this.#publishes.values();
  }

  get deliveries(): Iterable<ChannelDeliveries> {
    return this.#deliveries.values();
  }

  get hasPublished(): boolean {
    return this.#publishes.size > 0;
  }

  get hasDelivered(): boolean {
    return this.#deliveries.size > 0;
  }

  publishesTo(exchange: Exchange): ChannelPublishes {
    const known = this.#publishes.get(exchange);
    if (known !== undefined) return known;
    if (this.#publishes.size >= this.#sweepPublishesAt) this.#sweepPublishes();
    const counts = new ChannelPublishes(exchange);
    this.#publishes.set(exchange, counts);
    exchange.publishes.open(counts);
    return counts;
  }

  deliveriesFrom(queue: Queue): ChannelDeliveries {
    const known = this.#deliveries.get(queue);
    if (known !== undefined) return known;
    if (this.#deliveries.size >= this.#sweepDeliveriesAt) this.#sweepDeliveries();
    const counts = new ChannelDeliveries(queue);
    this.#deliveries.set(queue, counts);
    queue.counts.deliveries.open(counts);
    return counts;
  }

  sumPublishes(total: PublishCounts): PublishCounts {
    total.add(this.#gonePublishes);
    for (const counts of this.#publishes.values()) total.add(counts);
    return total;
  }

  sumDeliveries(total: DeliveryCounts): DeliveryCounts {
    total.add(this.#goneDeliveries);
    for (const counts of this.#deliveries.values()) total.add(counts);
    return total;
  }

  /** The channel is closed, once: others keep what it has counted. It is still here for who began to add up before. */
  close(publishedForConfirm: number): void {
    this.publishedForConfirm = publishedForConfirm;
    this.#vhost.counts.publishedForConfirm += publishedForConfirm;
    for (const counts of this.#publishes.values()) leavePublishes(this.#vhost.counts, counts);
    for (const counts of this.#deliveries.values()) leaveDeliveries(this.#vhost.counts, counts);
  }

  #sweepPublishes(): void {
    for (const [exchange, counts] of this.#publishes) {
      if (this.#vhost.exchanges.get(exchange.name) === exchange) continue;
      this.#publishes.delete(exchange);
      this.#gonePublishes.add(counts);
      leavePublishes(this.#vhost.counts, counts);
    }
    this.#sweepPublishesAt = Math.max(SWEEP_MIN, 2 * this.#publishes.size);
  }

  #sweepDeliveries(): void {
    for (const [queue, counts] of this.#deliveries) {
      if (!queue.deleted) continue;
      this.#deliveries.delete(queue);
      this.#goneDeliveries.add(counts);
      leaveDeliveries(this.#vhost.counts, counts);
    }
    this.#sweepDeliveriesAt = Math.max(SWEEP_MIN, 2 * this.#deliveries.size);
  }
}

function leavePublishes(vhost: VirtualHostCounts, counts: ChannelPublishes): void {
  counts.exchange.publishes.close(counts);
  vhost.publishes.add(counts);
}

/** As RabbitMQ tells the kinds of queues apart. */
export function kindOf({ name, type }: Queue): QueueKind {
  return isReplyAddress(name) ? 'volatile' : type;
}

function leaveDeliveries(vhost: VirtualHostCounts, counts: ChannelDeliveries): void {
  counts.queue.counts.deliveries.close(counts);
  vhost.deliveries[kindOf(counts.queue)].add(counts);
}
