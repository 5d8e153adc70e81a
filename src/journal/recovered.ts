import type { FieldTable } from '../codec/table.ts';
import { bindingKey } from '../core/exchange/binding.ts';
import type { ExchangeProperties } from '../core/exchange/exchange.ts';
import type { Policy, PolicyKind } from '../core/policy/policy.ts';
import type { BindingFields, JournalRecord } from './record.ts';
import { Reschedules } from './reschedules.ts';
import type { Returns } from './returns.ts';
import { SequenceSet } from './sequence_set.ts';

/** A durable queue as the journal's records tell of it. */
export interface RecoveredQueue {
  readonly id: number;
  readonly name: string;
  readonly autoDelete: boolean;
  readonly forwards: boolean;
  readonly arguments: FieldTable;
  readonly settled: SequenceSet;
  readonly delivered: SequenceSet;
  readonly returns: Map<number, Returns>;
  readonly reschedules: Reschedules;
  /** Of what it has had, where it drops what comes again: as the records have them. */
  readonly keys: Uint8Array[];
  nextSequence: number;
  paused: boolean;
}

export type PoliciesByName = Readonly<Record<PolicyKind, Map<string, Policy>>>;

/** Everything but messages, as it results from a checkpoint and the records behind it. */
export class RecoveredState {
  nextQueueId = 1;
  readonly queues: Map<number, RecoveredQueue> = new Map();
  readonly exchanges: Map<string, ExchangeProperties> = new Map();
  /** As those of queues, by name. */
  readonly exchangeKeys: Map<string, Uint8Array[]> = new Map();
  readonly bindings: Map<string, BindingFields> = new Map();
  readonly policies: PoliciesByName = { policy: new Map(), 'operator policy': new Map() };
  /** Whether a whole checkpoint was seen. */
  complete = false;

  apply(record: JournalRecord): void {
    switch (record.type) {
      case 'checkpoint begins':
        this.#clear();
        this.nextQueueId = record.nextQueueId;
        return;
      case 'checkpoint ends':
        this.complete = true;
        return;
      case 'queue declared':
        this.#declareQueue(record);
        return;
      case 'queue deleted':
        this.queues.delete(record.queue);
        return;
      case 'queue paused': {
        const queue = this.queues.get(record.queue);
        if (queue !== undefined) queue.paused = record.paused;
        return;
      }
      case 'queue state': {
        const queue = this.queues.get(record.queue);
        if (queue === undefined) return;
        queue.nextSequence = record.nextSequence;
        queue.settled.raise(record.settledBelow);
        queue.delivered.raise(record.deliveredBelow);
        return;
      }
      case 'settled':
        for (const { first, count } of record.ranges) this.queues.get(record.queue)?.settled.addRange(first, count);
        return;
      case 'delivered':
        for (const { first, count } of record.ranges) this.queues.get(record.queue)?.delivered.addRange(first, count);
        return;
      case 'returned':
        for (const [sequence, returns] of record.returns) this.queues.get(record.queue)?.returns.set(sequence, returns);
        return;
      case 'rescheduled':
        for (const { sequence, readyAtMs, expiresAtMs } of record.messages) {
          this.queues.get(record.queue)?.reschedules.set(sequence, readyAtMs, expiresAtMs);
        }
        return;
      case 'exchange declared': {
        const { name, exchangeType: type, autoDelete, internal, arguments: table } = record;
        this.exchanges.set(name, { name, type, durable: true, autoDelete, internal, arguments: table });
        return;
      }
      case 'exchange deleted':
        this.exchanges.delete(record.name);
        this.exchangeKeys.delete(record.name);
        return;
      case 'bound':
        this.bindings.set(keyOf(record), record);
        return;
      case 'unbound':
        this.bindings.delete(keyOf(record));
        return;
      case 'policy set':
        this.policies[record.kind].set(record.policy.name, record.policy);
        return;
      case 'policy deleted':
        this.policies[record.kind].delete(record.name);
        return;
      case 'deduplicated':
        this.#keysOf(record).push(record.keys);
    }
  }

  #declareQueue(record: JournalRecord & { type: 'queue declared' }): void {
    const { queue: id, name, autoDelete, forwards, arguments: table } = record;
    const settled = new SequenceSet();
    const delivered = new SequenceSet();
    const known = { settled, delivered, returns: new Map(), reschedules: new Reschedules(), keys: [] };
    this.queues.set(id, { id, name, autoDelete, forwards, arguments: table, ...known, nextSequence: 1, paused: false });
    this.nextQueueId = Math.max(this.nextQueueId, id + 1);
  }

  #keysOf({ queue, exchange }: JournalRecord & { type: 'deduplicated' }): Uint8Array[] {
    if (queue !== 0) return this.queues.get(queue)?.keys ?? [];
    let keys = this.exchangeKeys.get(exchange);
    if (keys === undefined) {
      keys = [];
      this.exchangeKeys.set(exchange, keys);
    }
    return keys;
  }

  #clear(): void {
    this.queues.clear();
    this.exchanges.clear();
    this.exchangeKeys.clear();
    this.bindings.clear();
    for (const policies of Object.values(this.policies)) policies.clear();
  }
}

function keyOf({
  source,
  destinationKind: kind,
  destination: name,
  routingKey,
  arguments: table,
}: BindingFields): string {
  return bindingKey({ source, destination: { kind, name }, routingKey, arguments: table });
}
