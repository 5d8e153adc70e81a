import { AmqpError } from '../../codec/errors.ts';
import type { Method } from '../../codec/methods.gen.ts';
import type { ChannelPublishes } from '../../core/counts.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { Position } from '../../core/store/page_table.ts';
import { autoDeleteUnused } from '../../core/topology/queues.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import type { Connection } from '../connection/connection.ts';
import { consumerDeleted } from '../events.ts';
import type { Assembly } from './assembly.ts';
import type { Confirms } from './confirms.ts';
import type { Consumer } from './consumer.ts';
import { ChannelCounts } from './counts.ts';
import { DeliveryTimeouts } from './delivery_timeouts.ts';
import { RouteMemo } from './route_memo.ts';
import { requeueAll, type Settling } from './settle.ts';
import type { Transaction } from './transaction.ts';
import { UnackedRing } from './unacked.ts';

/**
 * What a channel expects next. A channel that was never opened, or is closed, does not exist.
 *
 *     open ── basic.publish ──▶ header-due ── header ──▶ body-due ── last body frame ──▶ open
 *     any ── error: channel.close sent ──▶ closing ── close-ok ──▶ gone
 */
export type ChannelPhase =
  | { readonly name: 'open' }
  | { readonly name: 'header-due'; readonly assembly: Assembly }
  | { readonly name: 'body-due'; readonly assembly: Assembly }
  | { readonly name: 'closing' };

const OPEN: ChannelPhase = { name: 'open' };
const CLOSING: ChannelPhase = { name: 'closing' };

/** What acknowledges a publish: nothing, a confirm, or the transaction's end. */
export type PublishMode =
  | { readonly name: 'plain' }
  | { readonly name: 'confirm'; readonly confirms: Confirms }
  | { readonly name: 'transaction'; readonly transaction: Transaction };

const PLAIN: PublishMode = { name: 'plain' };

/** The state of one channel; what it does with each method is in the files beside this one. */
export class Channel {
  readonly number: number;
  readonly connection: Connection;
  readonly vhost: VirtualHost;
  readonly unacked: UnackedRing = new UnackedRing();
  readonly consumers: Map<string, Consumer> = new Map();
  readonly routeMemo: RouteMemo = new RouteMemo();
  readonly counts: ChannelCounts;
  /** Those of the exchange that was published to last. */
  publishing: ChannelPublishes | undefined;
  phase: ChannelPhase = OPEN;
  mode: PublishMode = PLAIN;
  lastDeliveryTag = 0;
  /** basic.qos with global unset: what consumers to come will have. 0 is no limit, here and below. */
  prefetch = 0;
  /** basic.qos with global set: over all consumers of the channel. */
  globalPrefetch = 0;
  /** Consumers for which the channel's prefetch left no room, in that order: it is the order in which they come back. */
  readonly turnedAway: Set<Consumer> = new Set();
  /** The queue that the channel's prefetch left room for last. */
  #servedLast: Queue | undefined;
  /** What basic.get took and is not settled. No prefetch counts it. */
  unsettledGets = 0;
  /** False between channel.flow(active=false) and (true), when the client wants no deliveries. */
  delivering = true;
  /** Where the answers to what is published here come in, unless it was deleted; see reply_to.ts. */
  replyQueue: Queue | undefined;
  /** Undefined while all that was asked for is done. */
  settling: Settling | undefined;
  /** Undefined while there is no timeout to keep. */
  timeouts: DeliveryTimeouts | undefined;
  /** Whether a queue.delete of this channel is not answered yet: it may take some turns, and the disk. */
  deletingQueue = false;
  /** Tags of consumers that their queue has cancelled, of which the client is not told yet. */
  #cancelled: string[] | undefined;
  /** What an empty queue name stands for. */
  lastQueueName: string | undefined;

  constructor(number: number, connection: Connection, vhost: VirtualHost) {
    this.number = number;
    this.connection = connection;
    this.vhost = vhost;
    this.counts = new ChannelCounts(vhost, connection.server.counters.sizes);
  }

  send(method: Method): void {
    this.connection.outbox.method(this.number, method);
  }

  /** Answers a change of the topology when it is on disk, if that is where it goes, and then does what comes behind. */
  reply(method: Method, behind: () => void = () => {}): void {
    const { durable } = this.vhost;
    const answer = (): void => {
      this.answerLate(method);
      behind();
    };
    // Of a failed journal nothing is asked that has to be stored (unstorable.ts).
    if (durable === undefined || durable.failure !== undefined) answer();
    else this.connection.holdUntilCommitted(durable, durable.topologyCommit, answer);
  }

  /** By the time something is on disk, the channel may be gone. */
  answerLate(method: Method): void {
    if (this.connection.channels.get(this.number) === this && this.phase.name !== 'closing') this.send(method);
  }

  /** Messages were moved to other pages: as ReadyRing.relocate. */
  relocate(moved: (position: Position) => Position | undefined): void {
    this.unacked.relocate(moved);
    if (this.mode.name === 'transaction') this.mode.transaction.relocate(moved);
  }

  /** What is delivered from now on may have to be settled in so many milliseconds; 0 is for ever. */
  expectSettlement(timeoutMs: number): void {
    if (timeoutMs === 0) return;
    this.timeouts ??= new DeliveryTimeouts(this);
    this.timeouts.watch(timeoutMs);
  }

  /** The queue name a client gave, or the last declared queue where it gave none. */
  queueName(given: string): string {
    if (given !== '') return given;
    if (this.lastQueueName === undefined) throw new AmqpError(404, 'no previously declared queue');
    return this.lastQueueName;
  }

  /**
   * Whether the channel's prefetch, where there is one, has room for another delivery to `consumer`. A consumer that does
   * not acknowledge takes none of it, but gets nothing either while there is none; one of replies always gets them.
   */
  hasRoomFor(consumer: Consumer): boolean {
    const uncommitted = this.mode.name === 'transaction' ? this.mode.transaction.uncommittedAcks : 0;
    const outstanding = this.unacked.count + uncommitted - this.unsettledGets;
    if (outstanding < this.globalPrefetch || consumer.queue === this.replyQueue) {
      this.#servedLast = consumer.queue;
      return true;
    }
    this.turnedAway.add(consumer);
    return false;
  }

  /**
   * Some consumers may have room again: of this channel's, those that are not already waiting for messages. The queue that
   * was served last comes last, or with little room it would be the only one.
   */
  wakeConsumers(): void {
    if (this.turnedAway.size > 0) {
      const turnedAway = [...this.turnedAway];
      this.turnedAway.clear();
      for (const consumer of turnedAway) if (consumer.queue !== this.#servedLast) wake(consumer);
      for (const consumer of turnedAway) if (consumer.queue === this.#servedLast) wake(consumer);
    }
    for (const consumer of this.consumers.values()) wake(consumer);
  }

  consumerCancelledByQueue(consumer: Consumer): void {
    this.consumers.delete(consumer.tag);
    consumerDeleted(consumer);
    const { capabilities, server } = this.connection;
    if (!capabilities.consumerCancelNotify) return;
    this.#cancelled ??= [];
    this.#cancelled.push(consumer.tag);
    server.turn.later(() => this.tellOfCancelled());
  }

  /** Tells of consumers whose queue is gone, but not before the answer to a queue.delete of this channel. */
  tellOfCancelled(): void {
    if (this.deletingQueue) return;
    const cancelled = this.#cancelled ?? [];
    this.#cancelled = undefined;
    for (const consumerTag of cancelled) this.answerLate({ name: 'basic.cancel', consumerTag, noWait: true });
  }

  expectOpen(): void {
    this.phase = OPEN;
  }

  /** What has come of a message is for nothing. */
  #breakOff(): void {
    if (this.phase.name !== 'header-due' && this.phase.name !== 'body-due') return;
    this.phase.assembly.discard();
    this.expectOpen();
  }

  /** From now until close-ok everything but channel.close and close-ok is ignored. */
  expectCloseOk(): void {
    this.phase = CLOSING;
  }

  /**
   * Lets go of everything the channel holds: consumers, what they had not settled (which goes back to its queues, in
   * order), an unfinished message, an open transaction.
   */
  release(): void {
    this.delivering = false;
    this.#breakOff();
    this.timeouts?.stop();
    if (this.mode.name === 'transaction') this.mode.transaction.rollback(this);
    if (this.mode.name === 'confirm') this.mode.confirms.stop();
    const publishedForConfirm = this.mode.name === 'confirm' ? this.mode.confirms.published : 0;
    this.mode = PLAIN;
    const consumers = [...this.consumers.values()];
    this.consumers.clear();
    // Consumers go first: what is requeued must not be offered to them again.
    for (const consumer of consumers) {
      consumer.queue.removeConsumer(consumer);
      consumerDeleted(consumer);
    }
    requeueAll(this, 'lost');
    for (const consumer of consumers) autoDeleteUnused(this.vhost, consumer.queue);
    this.counts.close(publishedForConfirm);
    this.publishing = undefined;
  }
}

function wake(consumer: Consumer): void {
  if (!consumer.waiting) consumer.queue.wake(consumer);
}
