import { AmqpError } from '../../codec/errors.ts';
import type { BasicCancel, BasicConsume, BasicGet, BasicQos, ChannelFlow } from '../../codec/methods.gen.ts';
import { type FieldTable, fieldTypeName, getInteger } from '../../codec/table.ts';
import { stripLineBreaks } from '../../core/names.ts';
import { queueOfOwner } from '../../core/queue/access.ts';
import { queueType } from '../../core/queue/arguments.ts';
import { withDeliveryCounts } from '../../core/queue/delivery_counts.ts';
import { REDELIVERED } from '../../core/queue/entry.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { namesOf } from '../../core/store/message.ts';
import { offsetOf } from '../../core/store/page_table.ts';
import { routeEnd } from '../../core/store/record.ts';
import { checkConsumable, removeConsumer } from '../../core/topology/queues.ts';
import { isReplyQueueName } from '../../core/topology/reply_queues.ts';
import { consumerCreated, consumerDeleted } from '../events.ts';
import type { Channel } from './channel.ts';
import { Consumer } from './consumer.ts';
import { timeoutOfQueue } from './delivery_timeouts.ts';
import { refuseReplyAddress, replyQueueFor } from './reply_to.ts';
import { requeueAll } from './settle.ts';
import { traceDelivery } from './trace.ts';

export function qos(channel: Channel, method: BasicQos): void {
  if (method.prefetchSize !== 0) throw new AmqpError(540, `prefetch_size!=0 (${method.prefetchSize})`);
  if (method.global) {
    channel.globalPrefetch = method.prefetchCount;
    channel.wakeConsumers();
  } else {
    channel.prefetch = method.prefetchCount;
  }
  channel.send({ name: 'basic.qos-ok' });
}

export function consume(channel: Channel, method: BasicConsume): void {
  const { vhost } = channel;
  if (method.consumerTag !== '' && channel.consumers.has(method.consumerTag)) {
    throw new AmqpError(530, `attempt to reuse consumer tag '${method.consumerTag}'`);
  }
  const { consumerMaxPerChannel } = channel.connection.server.limits;
  if (channel.consumers.size >= consumerMaxPerChannel) {
    throw new AmqpError(530, `reached maximum (${consumerMaxPerChannel}) of consumers per channel`);
  }
  if (isReplyQueueName(method.queue)) {
    // Arguments and exclusive mean nothing there.
    start(channel, replyQueueFor(channel, method), { ...method, exclusive: false }, 0, 0);
    return;
  }
  refuseReplyAddress(channel, 'basic.consume', method.queue);
  const queue = readableQueue(channel, method.queue);
  const priority = integerArgument(method.arguments, 'x-priority', queue, vhost.name) ?? 0;
  const timeoutMs = timeoutArgument(method.arguments, queue, vhost.name) ?? timeoutOfQueue(channel, queue);
  checkNoStreamArguments(method.arguments, queue, vhost.name);
  checkConsumable(vhost, queue, method.exclusive);
  start(channel, queue, method, priority, timeoutMs);
}

/** Who may not read a queue of that name is not told whether there is one. */
function readableQueue(channel: Channel, given: string): Queue {
  const { vhost, connection } = channel;
  const name = stripLineBreaks(channel.queueName(given));
  connection.access.check('read', 'queue', name);
  return queueOfOwner(vhost, vhost.queue(name), connection);
}

function start(channel: Channel, queue: Queue, method: BasicConsume, priority: number, timeoutMs: number): void {
  const tag = method.consumerTag === '' ? `amq.ctag-${channel.vhost.uniqueName()}` : method.consumerTag;
  const consumer = new Consumer(channel, queue, {
    tag,
    noAck: method.noAck,
    exclusive: method.exclusive,
    priority,
    prefetch: channel.prefetch,
    arguments: method.arguments,
    timeoutMs,
  });
  channel.consumers.set(tag, consumer);
  if (!method.noWait) channel.send({ name: 'basic.consume-ok', consumerTag: tag });
  consumerCreated(consumer);
  if (!method.noAck) channel.expectSettlement(timeoutMs);
  queue.addConsumer(consumer);
}

function integerArgument(table: FieldTable, name: string, queue: Queue, vhostName: string): number | undefined {
  const field = table.get(name);
  if (field === undefined) return undefined;
  const value = getInteger(table, name);
  if (value === undefined) throw invalid(name, queue, vhostName, `"expected integer, got ${fieldTypeName(field)}"`);
  return value;
}

function timeoutArgument(table: FieldTable, queue: Queue, vhostName: string): number | undefined {
  const timeoutMs = integerArgument(table, 'x-consumer-timeout', queue, vhostName);
  if (timeoutMs === undefined || timeoutMs >= 0) return timeoutMs;
  throw invalid('x-consumer-timeout', queue, vhostName, `{value_negative,${timeoutMs}}`);
}

function invalid(argument: string, queue: Queue, vhostName: string, problem: string): AmqpError {
  return new AmqpError(406, `invalid arg '${argument}' for queue '${queue.name}' in vhost '${vhostName}': ${problem}`);
}

/** What only consumers of streams may ask for, which Leveret does not have. */
const STREAM_ARGUMENTS = ['x-stream-offset', 'x-stream-filter', 'x-stream-match-unfiltered'];

function checkNoStreamArguments(table: FieldTable, queue: Queue, vhostName: string): void {
  const name = STREAM_ARGUMENTS.find((argument) => table.has(argument));
  if (name === undefined) return;
  const where = `for queue '${queue.name}' in vhost '${vhostName}'`;
  throw new AmqpError(406, `invalid arg '${name}' ${where} of queue type rabbit_${queueType(queue.properties)}_queue`);
}

/** Cancelling a tag that is not there is no error. What the consumer has not settled stays its channel's. */
export function cancel(channel: Channel, method: BasicCancel): void {
  const { consumerTag } = method;
  const consumer = channel.consumers.get(consumerTag);
  if (consumer !== undefined) {
    channel.consumers.delete(consumerTag);
    consumerDeleted(consumer);
    removeConsumer(channel.vhost, consumer.queue, consumer);
  }
  if (!method.noWait) channel.send({ name: 'basic.cancel-ok', consumerTag });
}

/** What goes to one consumer at a time is not for whoever comes by. */
function refuseGetOfReserved(queue: Queue, vhostName: string): void {
  const type = queueType(queue.properties);
  const single = queue.consumers.single && type !== 'classic';
  if (!single && !queue.grouped) return;
  const where = `locked queue '${queue.name}' in vhost '${vhostName}'`;
  const why = queue.grouped ? 'message groups' : 'single active consumer';
  throw new AmqpError(
    405,
    `cannot obtain access to ${where}. basic.get operations are not supported by <<"${type}">> queues with ${why}`,
  );
}

export function get(channel: Channel, method: BasicGet): void {
  const { vhost, connection } = channel;
  refuseReplyAddress(channel, 'basic.get', method.queue);
  const queue = readableQueue(channel, method.queue);
  refuseGetOfReserved(queue, vhost.name);
  queue.rules?.used();
  // Its message may have to be read back from disk first; nothing else of this client is done meanwhile.
  const readable = queue.readyToTake(() => resume?.());
  let resume: (() => void) | undefined;
  if (!readable) {
    connection.hold((release) => {
      resume = (): void => {
        resume = undefined;
        if (connection.channels.get(channel.number) === channel) get(channel, method);
        release();
      };
    });
    return;
  }
  const entry = queue.consumers.paused ? undefined : queue.take();
  const counts = channel.counts.deliveriesFrom(queue);
  if (entry === undefined) {
    counts.getEmpty++;
    channel.send({ name: 'basic.get-empty' });
    return;
  }
  const { position, sequence, bodyBytes, flags } = entry;
  const tag = ++channel.lastDeliveryTag;
  const page = vhost.store.pages.of(position);
  const start = page.base + offsetOf(position);
  channel.send({
    name: 'basic.get-ok',
    deliveryTag: tag,
    redelivered: (flags & REDELIVERED) !== 0,
    ...namesOf(page.bytes, start),
    messageCount: queue.readyCount,
  });
  const counted =
    (flags & REDELIVERED) === 0 ? undefined : withDeliveryCounts(queue, sequence, page.bytes, start, bodyBytes);
  const content = counted?.content ?? routeEnd(page.bytes, start);
  connection.outbox.content(channel.number, counted?.bytes ?? page.bytes, content, bodyBytes);
  if (vhost.tracing) traceDelivery(channel, queue, position, bodyBytes, (flags & REDELIVERED) !== 0);
  if ((flags & REDELIVERED) !== 0) counts.redeliver++;
  if (method.noAck) {
    counts.getNoAck++;
    queue.drop(position, sequence, bodyBytes, flags);
  } else {
    counts.get++;
    channel.unsettledGets++;
    channel.unacked.add(tag, queue, undefined, position, sequence, bodyBytes, flags);
    channel.expectSettlement(timeoutOfQueue(channel, queue));
    queue.delivered(sequence, bodyBytes, flags);
  }
}

/** A real pause: while inactive, the channel's consumers get nothing (RabbitMQ refuses to do it). */
export function flow(channel: Channel, method: ChannelFlow): void {
  channel.delivering = method.active;
  channel.send({ name: 'channel.flow-ok', active: method.active });
  if (method.active) channel.wakeConsumers();
}

/**
 * basic.recover. With requeue false the specification wants redelivery to the same consumer; sent again by their queues,
 * the messages go to whichever consumer is next, which every client must be ready for anyway.
 */
export function recover(channel: Channel, done: () => void = () => {}): void {
  channel.connection.holdWhile((resume) => {
    requeueAll(channel, 'nack', () => {
      done();
      resume();
    });
  });
}
