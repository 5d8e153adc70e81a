import { afterEnd, CERTAIN, Fact } from './fact.ts';

/** A transaction: it happened, or it did not. */
export interface AccountTransaction {
  commit: number;
  readonly publishes: { readonly queue: AccountQueue; readonly copy: Copy }[];
  readonly settles: { readonly queue: AccountQueue; readonly copy: Copy }[];
}

/** A message in one queue. Commits are those that the client was, or would have been, told by. */
export interface Copy {
  readonly id: number;
  readonly sequence: number;
  readonly persistent: boolean;
  /** As it has to lie in the store. */
  readonly bytes: Uint8Array;
  appended: number;
  settled: number | undefined;
  /** The transaction it was settled in. */
  settledIn: AccountTransaction | undefined;
  delivered: number | undefined;
  returns: { count: number; commit: number }[];
  /** The times it was given, where it may have to wait for one: what the last says, or the last that is on disk. */
  dues: { atMs: number; commit: number }[];
}

/** A durable queue from its declaration to its deletion. */
export interface AccountQueue {
  readonly name: string;
  readonly id: number;
  declared: number;
  deleted: number | undefined;
  /** By message. */
  copies: Map<number, Copy>;
}

/** What was done, and what of it was told to be safe: from that follows what has to be there after any end of the process. */
export class Account {
  readonly queues: Map<number, AccountQueue> = new Map();
  readonly exchanges: Map<string, Fact> = new Map();
  /** By exchange and queue. */
  readonly bindings: Map<string, Fact> = new Map();
  /** The id of the last message that was published. */
  lastId = 0;
  transactions: AccountTransaction[] = [];

  fact(facts: Map<string, Fact>, key: string): Fact {
    let fact = facts.get(key);
    if (fact === undefined) {
      fact = new Fact();
      facts.set(key, fact);
    }
    return fact;
  }

  queueDeclared(name: string, id: number, commit: number): void {
    this.queues.set(id, { name, id, declared: commit, deleted: undefined, copies: new Map() });
  }

  published(
    queue: AccountQueue,
    message: Pick<Copy, 'id' | 'sequence' | 'persistent' | 'bytes'>,
    dueMs: number | undefined,
    commit: number,
  ): Copy {
    const copy: Copy = {
      ...message,
      appended: commit,
      settled: undefined,
      settledIn: undefined,
      delivered: undefined,
      returns: [],
      // A message that is there has said itself when it is due.
      dues: dueMs === undefined ? [] : [{ atMs: dueMs, commit: CERTAIN }],
    };
    queue.copies.set(message.id, copy);
    return copy;
  }

  /** The process is gone; of what it wrote everything up to `committed` had been told to be on disk. */
  processEnded(committed: number): void {
    for (const queue of this.queues.values()) {
      queue.declared = afterEnd(queue.declared, committed);
      if (queue.deleted !== undefined) queue.deleted = afterEnd(queue.deleted, committed);
      for (const copy of queue.copies.values()) endCopy(copy, committed);
    }
    for (const fact of [...this.exchanges.values(), ...this.bindings.values()]) fact.processEnded(committed);
    for (const transaction of this.transactions) transaction.commit = afterEnd(transaction.commit, committed);
  }
}

function endCopy(copy: Copy, committed: number): void {
  copy.appended = afterEnd(copy.appended, committed);
  if (copy.settled !== undefined) copy.settled = afterEnd(copy.settled, committed);
  if (copy.delivered !== undefined) copy.delivered = afterEnd(copy.delivered, committed);
  for (const each of [...copy.returns, ...copy.dues]) each.commit = afterEnd(each.commit, committed);
}

/** What is there belongs there from now on, whatever was known before. */
export function seenCopy(copy: Copy, delivered: boolean, returns: number, dueMs: number): void {
  copy.appended = CERTAIN;
  copy.settled = undefined;
  copy.settledIn = undefined;
  copy.delivered = delivered ? CERTAIN : undefined;
  copy.returns = returns > 0 ? [{ count: returns, commit: CERTAIN }] : [];
  if (copy.dues.length > 0) copy.dues = [{ atMs: dueMs, commit: CERTAIN }];
}
