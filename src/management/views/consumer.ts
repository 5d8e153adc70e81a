import { toPlain } from '../../codec/table.ts';
import type { Queue } from '../../core/queue/queue.ts';
import { isReplyAddress } from '../../core/topology/reply_queues.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import { eachInSlices } from '../../lib/slices.ts';
import type { Consumer } from '../../server/channel/consumer.ts';
import { Consumer as ChannelConsumer } from '../../server/channel/consumer.ts';
import { channelDetails } from './channel.ts';

/** The consumers of a queue, in the order in which they came. */
export function consumersOf({ consumers }: Queue): Consumer[] {
  return [...consumers.all()].filter((consumer) => consumer instanceof ChannelConsumer);
}

/** Those of virtual hosts; those that wait for replies are no consumers to anybody. */
export async function consumersIn(vhosts: readonly VirtualHost[]): Promise<readonly Consumer[]> {
  const found: Consumer[] = [];
  await eachInSlices(
    vhosts.flatMap((vhost) => [...vhost.queues.values()]),
    (queue) => {
      if (queue.consumers.size === 0 || isReplyAddress(queue.name)) return;
      for (const consumer of consumersOf(queue)) found.push(consumer);
    },
  );
  return found;
}

export function consumerView(consumer: Consumer): Readonly<Record<string, unknown>> {
  const { channel, queue, tag, noAck, exclusive, prefetch, timeoutMs } = consumer;
  const { single, active } = queue.consumers;
  const isActive = !single || active === consumer;
  return {
    ack_required: !noAck,
    active: isActive,
    activity_status: isActive ? activity(consumer, single) : 'waiting',
    arguments: toPlain(consumer.arguments),
    channel_details: channelDetails(channel),
    consumer_tag: tag,
    consumer_timeout: timeoutMs,
    exclusive,
    prefetch_count: prefetch,
    queue: { name: queue.name, vhost: channel.vhost.name },
  };
}

function activity({ prefetch, unacked }: Consumer, single: boolean): string {
  if (single) return 'single_active';
  return prefetch !== 0 && unacked >= prefetch ? 'blocked' : 'up';
}
