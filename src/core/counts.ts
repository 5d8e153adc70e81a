import type { Exchange } from './exchange/exchange.ts';
import type { QueueType } from './queue/arguments.ts';
import type { Queue } from './queue/queue.ts';
import type { DeathReason } from './queue/rules.ts';
import type { Route } from './vhost.ts';

/**
 * What is counted, in RabbitMQ's terms. On the data plane a message adds to plain fields of one object: what its channel
 * has published through its exchange, or has delivered from its queue. Everything else is added up when somebody looks:
 *
 *     channel × exchange ──┬─▶ exchange          channel × queue ──┬─▶ queue
 *                          └─▶ channel, vhost                      └─▶ channel, vhost
 *
 * When a channel closes, what it counted goes to the books of its exchanges and queues, and to its virtual host.
 */
export class PublishCounts {
  publish = 0;
  confirm = 0;
  /** Copies put into queues: RabbitMQ's publish_out of an exchange, and what it calls routed. */
  publishOut = 0;
  returnUnroutable = 0;
  dropUnroutable = 0;
  /** Of the bodies. */
  bytes = 0;

  clear(): void {
    this.publish = 0;
    this.confirm = 0;
    this.publishOut = 0;
    this.returnUnroutable = 0;
    this.dropUnroutable = 0;
    this.bytes = 0;
  }

  add(other: PublishCounts): void {
    other.complete();
    this.publish += other.publish;
    this.confirm += other.confirm;
    this.publishOut += other.publishOut;
    this.returnUnroutable += other.returnUnroutable;
    this.dropUnroutable += other.dropUnroutable;
    this.bytes += other.bytes;
  }

  /** Makes the fields true where they are not kept so all the time. */
  complete(): void {}
}

export class DeliveryCounts {
  deliver = 0;
  deliverNoAck = 0;
  get = 0;
  getNoAck = 0;
  getEmpty = 0;
  redeliver = 0;
  ack = 0;

  clear(): void {
    this.deliver = 0;
    this.deliverNoAck = 0;
    this.get = 0;
    this.getNoAck = 0;
    this.getEmpty = 0;
    this.redeliver = 0;
    this.ack = 0;
  }

  add(other: DeliveryCounts): void {
    this.deliver += other.deliver;
    this.deliverNoAck += other.deliverNoAck;
    this.get += other.get;
    this.getNoAck += other.getNoAck;
    this.getEmpty += other.getEmpty;
    this.redeliver += other.redeliver;
    this.ack += other.ack;
  }

  get deliverGet(): number {
    return this.deliver + this.deliverNoAck + this.get + this.getNoAck;
  }
}

/**
 * What one open channel has published through one exchange. Most messages have the route of the one before: such a run of
 * them costs two numbers each, and the rest is counted when it ends or when somebody looks.
 */
export class ChannelPublishes extends PublishCounts {
  readonly exchange: Exchange;
  /** Where the messages of the run went. */
  route: Route | undefined;
  run = 0;

  constructor(exchange: Exchange) {
    super();
    this.exchange = exchange;
  }

  /** The next message is the first of a new run. */
  begin(route: Route): void {
    this.complete();
    this.route = route;
  }

  override complete(): void {
    const { run, route } = this;
    if (run === 0 || route === undefined) return;
    this.run = 0;
    this.publish += run;
    this.publishOut += run * route.copies;
  }
}

/** What one open channel has had from one queue. */
export class ChannelDeliveries extends DeliveryCounts {
  readonly queue: Queue;

  constructor(queue: Queue) {
    super();
    this.queue = queue;
  }
}

const NOBODY: ReadonlySet<unknown> = new Set();

/** The counts of an exchange or a queue: those of open channels one by one, and what all others have left. */
export class Book<Total extends { add(other: Total): void }, Live extends Total> {
  readonly #past: Total;
  /** None, where nobody uses it: an empty set is as large as what is counted. */
  #live: Set<Live> | undefined;

  /** `past` is all zero. */
  constructor(past: Total) {
    this.#past = past;
  }

  /** The counts of the open channels. */
  get live(): ReadonlySet<Live> {
    return this.#live ?? (NOBODY as ReadonlySet<Live>);
  }

  open(live: Live): void {
    this.#live ??= new Set();
    this.#live.add(live);
  }

  close(live: Live): void {
    if (this.#live?.delete(live) !== true) return;
    this.#past.add(live);
    if (this.#live.size === 0) this.#live = undefined;
  }

  /** Adds all that was ever counted to `total`. */
  sum(total: Total): Total {
    total.add(this.#past);
    for (const live of this.live) total.add(live);
    return total;
  }
}

/** What is in a queue, as far as it is not told by what the queue keeps; what came of it, and what it did with the disk. */
export class QueueCounts {
  readonly deliveries: Book<DeliveryCounts, ChannelDeliveries> = new Book(new DeliveryCounts());
  /** Delivered, and not yet settled; and the bytes of their bodies. */
  unacked = 0;
  unackedBytes = 0;
  /** Persistent messages, of a durable queue. */
  persistent = 0;
  persistentBytes = 0;
  /** Persistent messages that came since the start. */
  diskWrites = 0;
  /** How often a first message had to be read back. */
  diskReads = 0;
  /** The sequence of the first message that came since the start. */
  firstSequence = 1;

  wentOut(bodyBytes: number): void {
    this.unacked++;
    this.unackedBytes += bodyBytes;
  }

  cameBack(bodyBytes: number): void {
    this.unacked--;
    this.unackedBytes -= bodyBytes;
  }

  persisted(bodyBytes: number): void {
    this.diskWrites++;
    this.restored(bodyBytes);
  }

  /** As `persisted`, of a message that was on disk before the start. */
  restored(bodyBytes: number): void {
    this.persistent++;
    this.persistentBytes += bodyBytes;
  }

  unpersisted(bodyBytes: number): void {
    this.persistent--;
    this.persistentBytes -= bodyBytes;
  }
}

/** The kinds of queues that RabbitMQ counts apart; a volatile one is where replies come in. */
export type QueueKind = QueueType | 'volatile';
export const QUEUE_KINDS: readonly QueueKind[] = ['classic', 'quorum', 'volatile'];

const REASONS: readonly DeathReason[] = ['rejected', 'expired', 'maxlen', 'delivery_limit'];

/** Messages that died, by the type of their queue, why, and whether it had a dead-letter exchange. */
export class DeathCounts {
  readonly #counts = new Float64Array(4 * REASONS.length);

  count(type: QueueType, reason: DeathReason, deadLetters: boolean): void {
    const at = placeOf(type, reason, deadLetters);
    this.#counts[at] = (this.#counts[at] as number) + 1;
  }

  of(type: QueueType, reason: DeathReason, deadLetters: boolean): number {
    return this.#counts[placeOf(type, reason, deadLetters)] as number;
  }

  add(other: DeathCounts): void {
    for (let i = 0; i < this.#counts.length; i++) {
      this.#counts[i] = (this.#counts[i] as number) + (other.#counts[i] as number);
    }
  }
}

function placeOf(type: QueueType, reason: DeathReason, deadLetters: boolean): number {
  return REASONS.indexOf(reason) * 4 + (type === 'quorum' ? 2 : 0) + (deadLetters ? 1 : 0);
}

/** What is counted of a virtual host, and not by what is in it; of channels and connections, what those have left that are gone. */
export class VirtualHostCounts {
  readonly publishes: PublishCounts = new PublishCounts();
  readonly deliveries: Readonly<Record<QueueKind, DeliveryCounts>> = {
    classic: new DeliveryCounts(),
    quorum: new DeliveryCounts(),
    volatile: new DeliveryCounts(),
  };
  readonly deaths: DeathCounts = new DeathCounts();
  /** Published on channels with confirms. */
  publishedForConfirm = 0;
  queuesDeclared = 0;
  queuesCreated = 0;
  queuesDeleted = 0;
  /** Of queues that are gone. */
  diskReads = 0;
  diskWrites = 0;
  recvOct = 0;
  sendOct = 0;

  add(other: VirtualHostCounts): void {
    this.publishes.add(other.publishes);
    for (const kind of QUEUE_KINDS) this.deliveries[kind].add(other.deliveries[kind]);
    this.deaths.add(other.deaths);
    this.publishedForConfirm += other.publishedForConfirm;
    this.queuesDeclared += other.queuesDeclared;
    this.queuesCreated += other.queuesCreated;
    this.queuesDeleted += other.queuesDeleted;
    this.diskReads += other.diskReads;
    this.diskWrites += other.diskWrites;
    this.recvOct += other.recvOct;
    this.sendOct += other.sendOct;
  }
}
