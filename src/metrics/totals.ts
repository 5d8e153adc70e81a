import { DeliveryCounts, PublishCounts, QUEUE_KINDS, VirtualHostCounts } from '../core/counts.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { VirtualHost } from '../core/vhost.ts';
import type { Channel } from '../server/channel/channel.ts';
import { kindOf } from '../server/channel/counts.ts';
import type { Connection } from '../server/connection/connection.ts';
import type { Server } from '../server/server.ts';

/** All that there is of a virtual host, or of the node, and all that was ever counted there. */
export class Totals {
  /** Never less than they were before. */
  readonly counts: VirtualHostCounts = new VirtualHostCounts();
  /** Only of channels and connections that are open: RabbitMQ's figures of all channels, and of all connections. */
  readonly openPublishes: PublishCounts = new PublishCounts();
  readonly openDeliveries: DeliveryCounts = new DeliveryCounts();
  openRecvOct = 0;
  openSendOct = 0;
  connections = 0;
  channels = 0;
  consumers = 0;
  /** Channels that have published. */
  publishers = 0;
  queues = 0;
  exchanges = 0;
  messagesReady = 0;
  messagesUnacknowledged = 0;
  /** Messages that wait for their time, wherever. */
  messagesScheduled = 0;

  get deliveries(): DeliveryCounts {
    const sum = new DeliveryCounts();
    for (const kind of QUEUE_KINDS) sum.add(this.counts.deliveries[kind]);
    return sum;
  }

  add(other: Totals): void {
    this.counts.add(other.counts);
    this.openPublishes.add(other.openPublishes);
    this.openDeliveries.add(other.openDeliveries);
    this.openRecvOct += other.openRecvOct;
    this.openSendOct += other.openSendOct;
    this.connections += other.connections;
    this.channels += other.channels;
    this.consumers += other.consumers;
    this.publishers += other.publishers;
    this.queues += other.queues;
    this.exchanges += other.exchanges;
    this.messagesReady += other.messagesReady;
    this.messagesUnacknowledged += other.messagesUnacknowledged;
    this.messagesScheduled += other.messagesScheduled;
  }

  addVhost(vhost: VirtualHost): void {
    this.counts.add(vhost.counts);
    this.queues += vhost.queues.size;
    this.exchanges += vhost.exchanges.size;
    for (const queue of vhost.queues.values()) this.#addQueue(queue);
    for (const queue of vhost.delayQueues.values()) this.messagesScheduled += queue.waiting.length;
  }

  addConnection(connection: Connection): void {
    const { outbox, channels, recvOct } = connection;
    this.connections++;
    this.openRecvOct += recvOct;
    this.openSendOct += outbox.bytesWritten;
    this.counts.recvOct += recvOct;
    this.counts.sendOct += outbox.bytesWritten;
    for (const channel of channels.values()) this.#addChannel(channel);
  }

  #addQueue(queue: Queue): void {
    this.messagesReady += queue.readyCount;
    this.messagesUnacknowledged += queue.counts.unacked;
    this.messagesScheduled += queue.waiting.length;
    this.counts.diskReads += queue.counts.diskReads;
    this.counts.diskWrites += queue.counts.diskWrites;
  }

  #addChannel({ counts, consumers, mode }: Channel): void {
    this.channels++;
    this.consumers += consumers.size;
    if (counts.hasPublished) this.publishers++;
    for (const publishes of counts.publishes) {
      this.counts.publishes.add(publishes);
      this.openPublishes.add(publishes);
    }
    for (const deliveries of counts.deliveries) {
      this.counts.deliveries[kindOf(deliveries.queue)].add(deliveries);
      this.openDeliveries.add(deliveries);
    }
    if (mode.name === 'confirm') this.counts.publishedForConfirm += mode.confirms.published;
  }
}

/** Those of the node and of each of its virtual hosts, as they are now. Looks at every connection, channel and queue once. */
export function totalsOf(server: Server): { readonly node: Totals; readonly vhosts: ReadonlyMap<VirtualHost, Totals> } {
  // What is still closing of a virtual host that was deleted is the node's only.
  const node = new Totals();
  const vhosts = new Map<VirtualHost, Totals>();
  server.counters.sumGone(node.counts);
  for (const vhost of server.vhosts.values()) {
    const totals = new Totals();
    totals.addVhost(vhost);
    vhosts.set(vhost, totals);
  }
  for (const connection of server.connections) {
    const { openedIn } = connection;
    if (openedIn !== undefined) (vhosts.get(openedIn) ?? node).addConnection(connection);
  }
  for (const totals of vhosts.values()) node.add(totals);
  return { node, vhosts };
}
