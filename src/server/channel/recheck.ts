import { AmqpError } from '../../codec/errors.ts';
import type { Access } from '../../core/access.ts';
import { removeConsumer } from '../../core/topology/queues.ts';
import { isReplyAddress } from '../../core/topology/reply_queues.ts';
import type { Channel } from './channel.ts';

/** Cancels the consumers of queues that their user may not read any more. */
export function recheckConsumers(channel: Channel): void {
  const { access, peer, server } = channel.connection;
  for (const consumer of [...channel.consumers.values()]) {
    const { queue, tag } = consumer;
    if (isReplyAddress(queue.name) || mayRead(access, queue.name)) continue;
    server.logger.warn(
      { peer, consumer: tag, queue: queue.name },
      'consumer cancelled: its user may not read any more',
    );
    channel.consumerCancelledByQueue(consumer);
    removeConsumer(channel.vhost, queue, consumer);
  }
}

function mayRead(access: Access, queue: string): boolean {
  try {
    access.check('read', 'queue', queue);
    return true;
  } catch (error) {
    if (error instanceof AmqpError) return false;
    throw error;
  }
}
