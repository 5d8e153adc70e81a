import { AmqpError } from '../../codec/errors.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { ReturnCause } from '../../core/queue/rules.ts';
import type { Position } from '../../core/store/page_table.ts';
import type { Channel } from './channel.ts';
import type { Consumer } from './consumer.ts';
import type { Delivery } from './unacked_block.ts';

/** What becomes of a delivery: acknowledged, refused for good, or back to its queue, for one of its reasons. */
export type Settlement = 'ack' | 'discard' | ReturnCause;

/** So many deliveries are settled before it is looked whether the turn is over. */
export const SETTLED_AT_ONCE = 500;
/** A dead letter takes much longer. */
const DISCARDED_AT_ONCE = 16;

/** Very many deliveries are being settled, over several turns. */
export interface Settling {
  /** What comes at the end of it. */
  next: (() => void) | undefined;
}

/** basic.ack, basic.nack and basic.reject. Throws 406 for a tag that is not outstanding. */
export function settle(channel: Channel, tag: number, multiple: boolean, settlement: Settlement): void {
  const { unacked } = channel;
  if (tag === 0 && multiple) {
    const last = channel.lastDeliveryTag;
    settleUpTo(channel, last, settlement);
    return;
  }
  if (!unacked.has(tag)) {
    if (channel.timeouts?.forgives(tag) !== true) throw new AmqpError(406, `unknown delivery tag ${tag}`);
    if (multiple) settleUpTo(channel, tag, settlement);
    return;
  }
  if (channel.mode.name === 'transaction') {
    channel.mode.transaction.settle(channel, tag, multiple, settlement);
    return;
  }
  if (multiple) settleUpTo(channel, tag, settlement);
  else {
    const consumer = unacked.consumerOf(tag);
    settleOne(channel, tag, settlement);
    wake(channel, consumer);
  }
}

function settleUpTo(channel: Channel, tag: number, settlement: Settlement): void {
  if (channel.mode.name === 'transaction') {
    channel.mode.transaction.settle(channel, tag, true, settlement);
    return;
  }
  channel.timeouts?.forgiveUpTo(tag);
  const first = channel.unacked.firstTag;
  if (first === undefined) return;
  if (tag - first < (settlement === 'discard' ? DISCARDED_AT_ONCE : SETTLED_AT_ONCE))
    settleAll(channel, tag, settlement);
  else channel.connection.holdWhile((resume) => settleInParts(channel, tag, settlement, resume));
}

function settleAll(channel: Channel, tag: number, settlement: Settlement): void {
  const { unacked } = channel;
  let last: Consumer | undefined;
  for (let first = unacked.firstTag; first !== undefined && first <= tag; first = unacked.firstTag) {
    const consumer = unacked.consumerOf(first);
    settleOne(channel, first, settlement);
    if (consumer !== last) {
      wake(channel, last);
      last = consumer;
    }
  }
  wake(channel, last);
}

function settleOne(channel: Channel, tag: number, settlement: Settlement): void {
  const { unacked } = channel;
  if (unacked.isStraggler(tag)) {
    settleTaken(channel, unacked.take(tag), settlement);
    return;
  }
  const queue = unacked.queueOf(tag);
  const position = unacked.positionOf(tag);
  const sequence = unacked.sequenceOf(tag);
  const flags = unacked.flagsOf(tag);
  const consumer = unacked.consumerOf(tag);
  if (consumer === undefined) channel.unsettledGets--;
  else consumer.unacked--;
  const bodyBytes = unacked.bodyBytesOf(tag);
  unacked.remove(tag);
  if (settlement === 'ack') countAck(channel, queue, consumer);
  tell(queue, position, sequence, bodyBytes, flags, settlement);
}

function countAck(channel: Channel, queue: Queue, consumer: Consumer | undefined): void {
  const counts = consumer?.counts ?? channel.counts.deliveriesFrom(queue);
  counts.ack++;
}

function tell(
  queue: Queue,
  position: Position,
  sequence: number,
  bodyBytes: number,
  flags: number,
  settlement: Settlement,
): void {
  if (settlement === 'ack') queue.settle(position, sequence, bodyBytes, flags);
  else if (settlement === 'discard') queue.reject(position, sequence, bodyBytes, flags);
  else queue.requeue(position, sequence, bodyBytes, flags, settlement);
}

/** A delivery that a transaction has kept. */
export function settleTaken(channel: Channel, delivery: Delivery, settlement: Settlement): void {
  const { queue, consumer, position, sequence, bodyBytes, flags } = delivery;
  if (consumer === undefined) channel.unsettledGets--;
  else consumer.unacked--;
  if (settlement === 'ack') countAck(channel, queue, consumer);
  tell(queue, position, sequence, bodyBytes, flags, settlement);
  wake(channel, consumer);
}

/**
 * Everything outstanding goes back to its queues: by basic.recover, which is no failure, or as the channel is lost. `done` is
 * called at the end, which may be several turns later.
 */
export function requeueAll(channel: Channel, cause: 'nack' | 'lost', done: () => void = () => {}): void {
  const { unacked, vhost, lastDeliveryTag } = channel;
  if (channel.settling === undefined && unacked.count <= SETTLED_AT_ONCE) {
    settleAll(channel, lastDeliveryTag, cause);
    done();
    return;
  }
  const departs = cause === 'lost';
  if (departs) vhost.departing.add(channel);
  const depart = (): void => {
    if (departs) vhost.departing.delete(channel);
    done();
  };
  const begin = (): void => settleInParts(channel, lastDeliveryTag, cause, depart);
  // What the client settled while it was there stays settled.
  if (channel.settling === undefined) begin();
  else channel.settling.next = begin;
}

/**
 * Settles all up to a tag, over several turns. The queues to which it goes back wait meanwhile, or what is behind would overtake
 * it.
 */
function settleInParts(channel: Channel, last: number, settlement: Settlement, done: () => void): void {
  const paused = new Set<Queue>();
  const settling: Settling = { next: undefined };
  channel.settling = settling;
  channel.connection.server.turn.inParts(() => {
    if (settleSome(channel, last, settlement, paused)) return true;
    for (const queue of paused) queue.pause.end();
    channel.settling = undefined;
    done();
    settling.next?.();
    return false;
  });
}

/** False when nothing is left that was delivered up to the tag `last`. */
function settleSome(channel: Channel, last: number, settlement: Settlement, paused: Set<Queue>): boolean {
  const { unacked } = channel;
  const first = unacked.firstTag;
  if (first === undefined || first > last) return false;
  if (settlement === 'ack' || settlement === 'discard') {
    const count = settlement === 'ack' ? SETTLED_AT_ONCE : DISCARDED_AT_ONCE;
    settleAll(channel, Math.min(last, first + count - 1), settlement);
    return true;
  }
  for (let count = 0; count < SETTLED_AT_ONCE; count++) {
    const tag = unacked.firstTag;
    if (tag === undefined || tag > last) return false;
    requeueOne(channel, tag, settlement, paused);
  }
  return true;
}

/**
 * These deliveries go back to their queues, as far as they are not settled when it is their turn; `taken` is told of each. As
 * settleInParts.
 */
export function takeBack(
  channel: Channel,
  tags: readonly number[],
  taken: (tag: number) => void,
  done: () => void,
): void {
  const paused = new Set<Queue>();
  let at = 0;
  channel.connection.server.turn.inParts(() => {
    for (const end = Math.min(at + SETTLED_AT_ONCE, tags.length); at < end; at++) {
      const tag = tags[at] as number;
      if (!channel.unacked.has(tag)) continue;
      taken(tag);
      requeueOne(channel, tag, 'nack', paused);
    }
    if (at < tags.length) return true;
    for (const queue of paused) queue.pause.end();
    done();
    return false;
  });
}

function requeueOne(channel: Channel, tag: number, cause: ReturnCause, paused: Set<Queue>): void {
  const delivery = channel.unacked.take(tag);
  if (!paused.has(delivery.queue)) {
    paused.add(delivery.queue);
    delivery.queue.pause.begin();
  }
  settleTaken(channel, delivery, cause);
}

function wake(channel: Channel, consumer: Consumer | undefined): void {
  if (channel.globalPrefetch !== 0) channel.wakeConsumers();
  else if (consumer !== undefined && !consumer.waiting) consumer.queue.wake(consumer);
}
