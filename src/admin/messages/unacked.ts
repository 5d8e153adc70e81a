import type { Queue } from '../../core/queue/queue.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import type { Channel } from '../../server/channel/channel.ts';
import type { Delivery } from '../../server/channel/unacked.ts';
import type { Connection } from '../../server/connection/connection.ts';

/** A message that is out with a client. */
export interface UnackedMessage extends Delivery {
  readonly channel: Channel;
}

/** What is out of a queue, oldest first. What a transaction has settled, and has not committed, is not here. */
export function unackedOf(connections: ReadonlySet<Connection>, vhost: VirtualHost, queue: Queue): UnackedMessage[] {
  const found: UnackedMessage[] = [];
  for (const { phase, channels } of connections) {
    if (phase.name !== 'running' || phase.vhost !== vhost) continue;
    for (const channel of channels.values()) {
      for (const delivery of channel.unacked.of(queue)) found.push({ ...delivery, channel });
    }
  }
  return found.sort((a, b) => a.sequence - b.sequence);
}
