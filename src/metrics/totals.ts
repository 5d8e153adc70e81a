import { DeliveryCounts, PublishCounts, QUEUE_KINDS, VirtualHostCounts } from '../core/counts.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { spareTime } from '../lib/spare_time.ts';
import type { Channel } from '../server/channel/channel.ts';
import { kindOf } from '../server/channel/counts.ts';
import type { Connection } from '../server/connection/connection.ts';
import type { Server } from '../server/server.ts';

/** Objects that are looked at in a step. */
const AT_ONCE = 16;

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

  /** What is there only as long as the virtual host is. */
  addVhost(vhost: VirtualHost): void {
    this.counts.add(vhost.counts);
    this.queues += vhost.queues.size;
    this.exchanges += vhost.exchanges.size;
    for (const queue of vhost.delayQueues.values()) this.messagesScheduled += queue.waiting.length;
  }

  addQueue({ readyCount, waiting, counts }: Queue): void {
    this.messagesReady += readyCount;
    this.messagesUnacknowledged += counts.unacked;
    this.messagesScheduled += waiting.length;
    this.counts.diskReads += counts.diskReads;
    this.counts.diskWrites += counts.diskWrites;
  }

  /** Without its channels. */
  addConnection({ outbox, recvOct }: Connection): void {
    this.connections++;
    this.openRecvOct += recvOct;
    this.openSendOct += outbox.bytesWritten;
    this.counts.recvOct += recvOct;
    this.counts.sendOct += outbox.bytesWritten;
  }

  addChannel({ counts, consumers, mode }: Channel): void {
    this.channels++;
    this.consumers += consumers.size;
    this.counts.publishedForConfirm += mode.name === 'confirm' ? mode.confirms.published : counts.publishedForConfirm;
    if (counts.hasPublished) {
      this.publishers++;
      for (const publishes of counts.publishes) {
        this.counts.publishes.add(publishes);
        this.openPublishes.add(publishes);
      }
    }
    if (!counts.hasDelivered) return;
    for (const deliveries of counts.deliveries) {
      this.counts.deliveries[kindOf(deliveries.queue)].add(deliveries);
      this.openDeliveries.add(deliveries);
    }
  }
}

export interface AllTotals {
  readonly node: Totals;
  readonly vhosts: ReadonlyMap<VirtualHost, Totals>;
}

/**
 * Those of the node and of each of its virtual hosts. Looks at every connection, channel and queue once, and stops after every few,
 * so that others can have their turn. Which these are is decided at the first step, when it is also read what those that are gone have
 * left: what goes meanwhile keeps its counts, and is counted once, and so is what comes, by those who look next.
 */
export function* totalsInSteps(server: Server): Generator<undefined, AllTotals, undefined> {
  // What is still closing of a virtual host that was deleted is the node's only.
  const node = new Totals();
  const vhosts = new Map<VirtualHost, Totals>();
  server.counters.sumGone(node.counts);
  for (const vhost of server.vhosts.values()) {
    const totals = new Totals();
    totals.addVhost(vhost);
    vhosts.set(vhost, totals);
  }
  const queues = Array.from(server.vhosts.values(), (vhost) => [...vhost.queues.values()]);
  const connections: Connection[] = [];
  const channels: Channel[] = [];
  for (const connection of server.connections) {
    if (connection.openedIn === undefined) continue;
    connections.push(connection);
    for (const channel of connection.channels.values()) channels.push(channel);
  }
  const totalsFor = (vhost: VirtualHost | undefined): Totals => (vhost && vhosts.get(vhost)) ?? node;
  yield* inSteps(channels, (channel) => totalsFor(channel.vhost).addChannel(channel));
  yield* inSteps(connections, (connection) => totalsFor(connection.openedIn).addConnection(connection));
  let place = 0;
  for (const totals of vhosts.values()) {
    yield* inSteps(queues[place++] as Queue[], (queue) => totals.addQueue(queue));
  }
  for (const totals of vhosts.values()) node.add(totals);
  return { node, vhosts };
}

function* inSteps<T>(things: readonly T[], add: (thing: T) => void): Generator<undefined, void, undefined> {
  for (let i = 0; i < things.length; i++) {
    add(things[i] as T);
    if (i % AT_ONCE === AT_ONCE - 1) yield;
  }
}

/** As totalsInSteps, at once. */
export function totalsOf(server: Server): AllTotals {
  const steps = totalsInSteps(server);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As totalsInSteps, when there is time for it. */
export async function totalsLater(server: Server): Promise<AllTotals> {
  const steps = totalsInSteps(server);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (spareTime.isOver) await spareTime.later();
  }
}
