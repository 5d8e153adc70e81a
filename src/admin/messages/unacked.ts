import type { Queue } from '../../core/queue/queue.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import type { Channel } from '../../server/channel/channel.ts';
import type { Delivery } from '../../server/channel/unacked_block.ts';
import type { Connection } from '../../server/connection/connection.ts';

/** A message that is out with a client. */
export interface UnackedMessage extends Delivery {
  readonly channel: Channel;
}

/** What one request looks at, whatever queues it is of. */
const TAGS_MAX = 100_000;

/**
 * What is out of a queue, oldest first, as far as it is among the first deliveries that are looked at: no queue keeps a list of its
 * own. What a transaction has settled, and has not committed, is not here.
 */
export function unackedOf(
  connections: ReadonlySet<Connection>,
  vhost: VirtualHost,
  queue: Queue,
  tagsMax: number = TAGS_MAX,
): UnackedMessage[] {
  const found: UnackedMessage[] = [];
  let tags = tagsMax;
  for (const { phase, channels } of connections) {
    if (phase.name !== 'running' || phase.vhost !== vhost) continue;
    for (const channel of channels.values()) {
      if (tags <= 0 || found.length >= queue.counts.unacked) break;
      for (const delivery of channel.unacked.of(queue, tags)) found.push({ ...delivery, channel });
      tags -= channel.unacked.span;
    }
  }
  return found.sort((a, b) => a.sequence - b.sequence);
}
