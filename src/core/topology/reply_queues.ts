import { EMPTY_TABLE } from '../../codec/table.ts';
import { Queue } from '../queue/queue.ts';
import type { VirtualHost } from '../vhost.ts';

/**
 * Direct reply-to. A client consumes from a name that stands for replies, and gives that name as reply_to; whoever gets
 * the message finds an address there instead, and answers by publishing to it.
 *
 *     amq.rabbitmq.reply-to               what is consumed from and given as reply_to
 *     amq.rabbitmq.reply-to.<opaque>      the address, as long as its consumer is there
 *
 * Behind an address is a queue like any other, in memory, that only the router knows: what is published to the default
 * exchange finds it, and nothing else does. So replies wait for a client that is slow to read, and are counted as what
 * takes memory, like all messages.
 */
export const REPLY_QUEUE = 'amq.rabbitmq.reply-to';

/** LavinMQ's name for it, which its users may have in their code. */
export const REPLY_QUEUE_ALIAS = 'amq.direct.reply-to';

const ADDRESS_PREFIX = `${REPLY_QUEUE}.`;

export function isReplyQueueName(name: string): boolean {
  return name === REPLY_QUEUE || name === REPLY_QUEUE_ALIAS;
}

export function isReplyAddress(name: string): boolean {
  return name.startsWith(ADDRESS_PREFIX);
}

/** A queue with an address of its own, which goes with its consumer. */
export function openReplyQueue(vhost: VirtualHost): Queue {
  const properties = {
    name: ADDRESS_PREFIX + vhost.uniqueName(),
    durable: false,
    autoDelete: true,
    exclusiveOwner: undefined,
    arguments: EMPTY_TABLE,
  };
  const queue = new Queue(properties, vhost.store.pages, vhost.turn);
  vhost.replyQueues.set(queue.name, queue);
  vhost.topologyVersion++;
  return queue;
}
