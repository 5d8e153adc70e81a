import type { Position } from './core/store/page_table.ts';
import type { Holder, VirtualHost } from './core/vhost.ts';
import type { Connection } from './server/connection/connection.ts';

/** Messages of a virtual host were moved: tells all who refer to them, queues and channels with deliveries out. */
export function relocate(
  vhost: VirtualHost | undefined,
  connections: ReadonlySet<Connection>,
  moved: (position: Position) => Position | undefined,
): void {
  if (vhost === undefined) return;
  for (const queue of vhost.allQueues()) queue.relocate(moved);
  // One that departs may not have been forgotten by its connection yet: each is told once.
  const holders = new Set<Holder>(vhost.departing);
  for (const { phase, channels } of connections) {
    if (phase.name !== 'running' || phase.vhost !== vhost) continue;
    for (const channel of channels.values()) holders.add(channel);
  }
  for (const holder of holders) holder.relocate(moved);
}
