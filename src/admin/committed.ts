import type { CommitClock, DurableStore } from '../core/ports.ts';

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
