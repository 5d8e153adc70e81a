import type { FieldTable } from '../../codec/table.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { DurableStore } from '../ports.ts';
import type { Queue } from '../queue/queue.ts';
import type { Route } from '../vhost.ts';
import { keyExpiresAtMs, keyOf } from './key.ts';
import type { KeyWindow } from './key_window.ts';

/** Who looks for duplicates, of those that a message passes, and what it goes by. */
interface Watch {
  readonly owner: Exchange | Queue;
  readonly window: KeyWindow;
  readonly key: Uint8Array;
}

/**
 * What is known of a message that is about to be published, where its exchange or one of its queues drops duplicates. Only the
 * exchange that it was published to looks, not those that it reaches through bindings.
 *
 * Undefined for a message without a key, which is like any other, and for one that reaches nobody: it may be sent again when
 * somebody is there.
 */
export function sight(
  { exchange, queues, unroutable }: Pick<Route, 'exchange' | 'queues' | 'unroutable'>,
  headers: FieldTable,
  nowMs: number,
): Sighting | undefined {
  if (unroutable) return undefined;
  const watches: Watch[] = [];
  for (const owner of [exchange, ...queues]) {
    const { deduplication: window } = owner;
    const key = window === undefined ? undefined : keyOf(headers, window.header);
    if (window !== undefined && key !== undefined) watches.push({ owner, window, key });
  }
  return watches.length === 0 ? undefined : new Sighting(watches, queues, headers, nowMs);
}

export class Sighting {
  /** Those of its queues that the message still has to go to. None, if it was seen on all its ways. */
  readonly queues: readonly Queue[];
  /** The commit by which the messages that this one repeats are on disk; 0 where it repeats none that will be. */
  readonly commit: number;
  readonly #watches: readonly Watch[];
  readonly #headers: FieldTable;
  readonly #nowMs: number;

  constructor(watches: readonly Watch[], queues: readonly Queue[], headers: FieldTable, nowMs: number) {
    const seen = watches.filter(({ window, key }) => window.has(key, nowMs));
    const owners = new Set(seen.map(({ owner }) => owner));
    const everywhere = seen.some(({ owner }) => owner.kind === 'exchange');
    this.queues = everywhere ? [] : queues.filter((queue) => !owners.has(queue));
    this.commit = Math.max(0, ...seen.map(({ window }) => window.commit));
    this.#watches = watches.filter(({ owner }) => !owners.has(owner));
    this.#headers = headers;
    this.#nowMs = nowMs;
  }

  /**
   * The message was put into those of its queues that did not refuse it, and is not put there again. If any refused it, its
   * exchange does not remember it, so that its publisher can send it again. `journal` is where the message went too, if it did:
   * both belong within the same `atomically`, since a key without its message would keep the message away for good.
   */
  remember(taking: readonly Queue[], journal: DurableStore | undefined): void {
    const all = taking.length > 0 && taking.length === this.queues.length;
    for (const { owner, window, key } of this.#watches) {
      if (owner.kind === 'exchange' ? !all : !taking.includes(owner)) continue;
      const expiresAtMs = keyExpiresAtMs(this.#headers, window.ttlMs, this.#nowMs);
      const kept = owner.kind === 'exchange' ? owner.properties.durable : owner.log !== undefined;
      window.add(key, expiresAtMs, kept && journal !== undefined);
      if (!kept || journal === undefined) continue;
      journal.keyRemembered(owner, key, expiresAtMs);
      window.commit = journal.gathering;
    }
  }
}
