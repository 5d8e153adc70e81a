import type { CommitClock, DurableStore } from '../core/ports.ts';
import type { VirtualHost } from '../core/vhost.ts';

/** Resolves when that commit is on disk; rejects when it never will be. */
export function untilCommitted(store: DurableStore, commit: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const committed = ({ committed, failure }: CommitClock): boolean => {
      if (committed >= commit) resolve();
      else if (failure !== undefined) reject(failure);
      else return true;
      return false;
    };
    if (committed(store)) store.whenCommitted(commit, { committed });
  });
}

/** Resolves when what there is in a virtual host, but for its messages, is on disk; at once where there is no disk. */
export async function topologyCommitted({ durable }: VirtualHost): Promise<void> {
  if (durable !== undefined) await untilCommitted(durable, durable.topologyCommit);
}
