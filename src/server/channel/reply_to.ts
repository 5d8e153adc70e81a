import { AmqpError } from '../../codec/errors.ts';
import type { BasicConsume, QueueDeclare } from '../../codec/methods.gen.ts';
import { REPLY_TO } from '../../codec/properties.ts';
import { propertyOffset } from '../../codec/property_peek.ts';
import type { Queue } from '../../core/queue/queue.ts';
import {
  isReplyAddress,
  isReplyQueueName,
  openReplyQueue,
  REPLY_QUEUE,
  REPLY_QUEUE_ALIAS,
} from '../../core/topology/reply_queues.ts';
import type { Channel } from './channel.ts';

/** What clients do with direct reply-to (core/topology/reply_queues.ts), where it is unlike other queues. */

const NAMES = [REPLY_QUEUE, REPLY_QUEUE_ALIAS].map((name) => Buffer.from(name));

/** Whether a message with reply_to has one of the names there that stand for replies. */
export function wantsReplyAddress(bytes: Uint8Array, start: number, end: number): boolean {
  const at = propertyOffset(bytes, start, end, REPLY_TO);
  const length = bytes[at] as number;
  for (const name of NAMES) if (name.length === length && startsWith(bytes, at + 1, name)) return true;
  return false;
}

function startsWith(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** The address that a message published on the channel is to be answered to. Throws 406 without a consumer of replies. */
export function replyAddress(channel: Channel): string {
  const { replyQueue } = channel;
  if (replyQueue === undefined || replyQueue.deleted) {
    throw new AmqpError(406, 'fast reply consumer does not exist');
  }
  return replyQueue.name;
}

/** The queue for a consumer of replies, of which a channel has one at a time. */
export function replyQueueFor(channel: Channel, method: BasicConsume): Queue {
  if (!method.noAck) throw new AmqpError(406, 'reply consumer cannot acknowledge');
  if (channel.replyQueue?.deleted === false) throw new AmqpError(406, 'reply consumer already set');
  const queue = openReplyQueue(channel.vhost);
  channel.replyQueue = queue;
  return queue;
}

export function isLiveAddress({ vhost }: Channel, queue: string): boolean {
  return vhost.replyQueues.has(queue);
}

/** Throws for the address of a consumer of replies, which can do only what `declareReplyQueue` and a publish do. */
export function refuseReplyAddress(
  channel: Channel,
  operation: 'basic.consume' | 'basic.get' | 'bind',
  queue: string,
): void {
  if (!isLiveAddress(channel, queue)) return;
  const where = `queue '${queue}' in vhost '${channel.vhost.name}'`;
  switch (operation) {
    case 'basic.consume':
      throw new AmqpError(406, `only creator channel may consume from ${where}`);
    case 'basic.get':
      throw new AmqpError(540, `basic.get not supported by volatile ${where}`);
    case 'bind':
      throw new AmqpError(403, 'cannot bind or unbind to a volatile (direct reply-to) queue');
  }
}

/** Whether a declaration, passive or not, asks for the reply queue or after an address: neither can be declared. */
export function isReplyDeclaration({ queue }: QueueDeclare): boolean {
  return isReplyQueueName(queue) || isReplyAddress(queue);
}

/** Throws 404 for an address that nobody reads the replies of. */
export function declareReplyQueue(channel: Channel, { queue, noWait }: QueueDeclare): void {
  const { vhost } = channel;
  if (isReplyAddress(queue) && !vhost.replyQueues.has(queue)) {
    throw new AmqpError(404, `no queue '${queue}' in vhost '${vhost.name}'`);
  }
  channel.lastQueueName = queue;
  if (!noWait) channel.send({ name: 'queue.declare-ok', queue, messageCount: 0, consumerCount: 1 });
}
