import { AmqpError } from '../../codec/errors.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { ReturnCause } from '../../core/queue/rules.ts';
import type { Position } from '../../core/store/page_table.ts';
import type { Channel } from './channel.ts';
import type { Consumer } from './consumer.ts';
import type { Delivery } from './unacked.ts';

/** What becomes of a delivery: acknowledged, refused for good, or back to its queue, for one of its reasons. */
export type Settlement = 'ack' | 'discard' | ReturnCause;

/** So many deliveries go back to their queues before it is looked whether the turn is over. */
const REQUEUED_AT_ONCE = 500;

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
  settleAll(channel, tag, settlement);
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
  if (consumer !== undefined) consumer.unacked--;
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
  if (consumer !== undefined) consumer.unacked--;
  if (settlement === 'ack') countAck(channel, queue, consumer);
  tell(queue, position, sequence, bodyBytes, flags, settlement);
  wake(channel, consumer);
}

/**
 * Everything outstanding goes back to its queues: by basic.recover, which is no failure, or as the channel is lost. Very much
 * of it takes several turns, in which those queues wait, or what is behind would overtake it; `done` is called at the end.
 */
export function requeueAll(channel: Channel, cause: 'nack' | 'lost', done: () => void = () => {}): void {
  const { unacked, vhost, connection, lastDeliveryTag } = channel;
  if (unacked.count <= REQUEUED_AT_ONCE) {
    settleAll(channel, lastDeliveryTag, cause);
    done();
    return;
  }
  const { turn } = connection.server;
  const paused = new Set<Queue>();
  const departs = cause === 'lost';
  if (departs) vhost.departing.add(channel);
  const goOn = (): void => {
    do {
      if (requeueSome(channel, lastDeliveryTag, cause, paused)) continue;
      if (departs) vhost.departing.delete(channel);
      for (const queue of paused) queue.pause.end();
      done();
      return;
    } while (!turn.over);
    turn.wait({ goOn });
  };
  goOn();
}

/** False when nothing is left that was delivered up to the tag `last`. */
function requeueSome(channel: Channel, last: number, cause: 'nack' | 'lost', paused: Set<Queue>): boolean {
  const { unacked } = channel;
  for (let count = 0; count < REQUEUED_AT_ONCE; count++) {
    const tag = unacked.firstTag;
    if (tag === undefined || tag > last) return false;
    const delivery = unacked.take(tag);
    if (!paused.has(delivery.queue)) {
      paused.add(delivery.queue);
      delivery.queue.pause.begin();
    }
    settleTaken(channel, delivery, cause);
  }
  return true;
}

function wake(channel: Channel, consumer: Consumer | undefined): void {
  if (channel.globalPrefetch !== 0) channel.wakeConsumers();
  else if (consumer !== undefined && !consumer.waiting) consumer.queue.wake(consumer);
}
