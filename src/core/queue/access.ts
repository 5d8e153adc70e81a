import { AmqpError } from '../../codec/errors.ts';
import type { Queue } from './queue.ts';

/**
 * Throws 405 when `queue` belongs to another connection than `owner` alone. In RabbitMQ this comes before every other
 * check on the queue, whatever the operation.
 */
export function queueOfOwner(vhost: { readonly name: string }, queue: Queue, owner: object): Queue {
  const { exclusiveOwner } = queue.properties;
  if (exclusiveOwner !== undefined && exclusiveOwner !== owner) throw lockedQueue(vhost.name, queue.name);
  return queue;
}

export function lockedQueue(vhostName: string, queueName: string): AmqpError {
  return new AmqpError(
    405,
    `cannot obtain exclusive access to locked queue '${queueName}' in vhost '${vhostName}'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.`,
  );
}

export type { Queue };
