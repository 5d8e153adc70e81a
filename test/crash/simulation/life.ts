import { fromPlain } from '../../../src/codec/table.ts';
import { REDELIVERED } from '../../../src/core/queue/entry.ts';
import type { Leaving } from '../../../src/core/queue/leaving.ts';
import type { Queue } from '../../../src/core/queue/queue.ts';
import type { JournalQueue } from '../../../src/journal/journal_queue.ts';
import type { ManualClock } from '../../../src/lib/clock.ts';
import type { Held } from '../../support/host_client.ts';
import type { JournalHost } from '../../support/journal_host.ts';
import { messageBytes } from '../../support/message_bytes.ts';
import { microtasks } from '../../support/microtask_turn.ts';
import { type Random, wholeNumber } from '../../support/seeded_random.ts';
import type { Account, AccountQueue, AccountTransaction, Copy } from './account.ts';
import { BrokenPromise, timesIn } from './audit.ts';
import { Watch } from './watch.ts';

const DURABLE_QUEUES = ['q0', 'q1', 'q2', 'q3'];
const TRANSIENT_QUEUE = 't0';
const DELAYED = 'd0';
const EXCHANGES = ['x0', 'x1', DELAYED];
/** What some queues may keep messages waiting for. */
const TABLES: Readonly<Record<string, Parameters<typeof fromPlain>[0]>> = {
  q2: { 'x-scheduled-delivery': true },
  q3: { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 300, 'x-delayed-retry-max': 1500 },
};
const DELAY_MS_MAX = 4000;
const LARGE_BYTES_MAX = 300_000;

interface Delivery {
  readonly held: Held;
  readonly queue: AccountQueue | undefined;
  readonly copy: Copy | undefined;
}

/** One process: what its clients do, and the account of it. */
export class Life {
  readonly #host: JournalHost;
  readonly #account: Account;
  readonly #random: Random;
  readonly #clock: ManualClock;
  readonly #deliveries: Delivery[] = [];
  /** What was purged, and is dropped by and by. */
  readonly #leaving = new Map<Leaving, Queue>();
  readonly #watch: Watch;
  /** Whether most messages are large enough for a transaction to need several batches. */
  #large = false;

  constructor(host: JournalHost, account: Account, random: Random, clock: ManualClock) {
    this.#host = host;
    this.#account = account;
    this.#random = random;
    this.#clock = clock;
    this.#watch = new Watch(host, account);
  }

  /** Most of what clients need is mostly there. */
  begin(): void {
    const { queues, delayQueues } = this.#host.vhost;
    for (const queue of [...queues.values(), ...delayQueues.values()]) this.#watch.add(queue);
    for (const name of DURABLE_QUEUES) if (this.#random() < 0.7) this.#declareQueue(name);
    for (const name of EXCHANGES) if (this.#random() < 0.7) this.#declareExchange(name);
  }

  /** One step, of which not everything may be done when it returns. */
  async step(): Promise<void> {
    const choice = this.#random() * 100;
    if (choice < 40) this.#publish();
    else if (choice < 58) await this.#take();
    else if (choice < 72) this.#settle('ack');
    else if (choice < 78) this.#settle('requeue');
    else if (choice < 82) this.#transact();
    else if (choice < 83) this.#purge();
    else if (choice < 84) this.#dropSome();
    else if (choice < 86) this.#rearrange();
    else if (choice < 92) this.#changeTopology();
    else this.#clock.advance(wholeNumber(this.#random, 1, 700));
    if (this.#random() < 0.3) this.#dropLeaving();
    if (this.#random() < 0.7) await microtasks(wholeNumber(this.#random, 0, 25));
  }

  get #gathering(): number {
    return this.#host.journal.gathering;
  }

  #pick<T>(items: readonly T[]): T {
    return items[wholeNumber(this.#random, 0, items.length - 1)] as T;
  }

  /** Somebody waits for what has gathered, so that it is synced; otherwise it is when its time has come. */
  #await(): void {
    if (this.#random() < 0.5) this.#host.journal.whenCommitted(this.#gathering, { committed: () => false });
  }

  #publish(bytes?: number): void {
    const { client, vhost } = this.#host;
    const toExchange = this.#random() < 0.3;
    const exchange = toExchange ? this.#pick(EXCHANGES) : '';
    if (!vhost.exchanges.has(exchange)) return;
    const routingKey = this.#random() < 0.1 ? TRANSIENT_QUEUE : this.#pick(DURABLE_QUEUES);
    const id = this.#account.lastId + 1;
    const delay = this.#random() < 0.6 ? { 'x-delay': wholeNumber(this.#random, 0, DELAY_MS_MAX) } : {};
    const headers = { id, ...delay };
    const { queues } = vhost.route(exchange, routingKey, { headers: fromPlain(headers) });
    this.#meetDelayQueue();
    if (queues.length === 0) return;
    this.#account.lastId = id;
    const persistent = this.#random() < 0.85;
    client.enqueue(queues, messageBytes({ exchange, routingKey, persistent, headers, body: this.#body(id, bytes) }));
    this.#await();
  }

  /** An exchange that delays has made it for the first message that had to wait. */
  #meetDelayQueue(): void {
    const queue = this.#host.vhost.delayQueues.get(DELAYED);
    if (queue?.log === undefined || this.#known(queue) !== undefined) return;
    this.#account.queueDeclared(DELAYED, (queue.log as JournalQueue).id, this.#gathering);
    this.#watch.add(queue);
  }

  #body(id: number, bytes: number | undefined): Uint8Array {
    const choice = this.#random();
    const small = this.#large ? 0.2 : 0.8;
    const most = choice < small ? 300 : choice < 0.97 ? 20_000 : LARGE_BYTES_MAX;
    return new Uint8Array(bytes ?? wholeNumber(this.#random, 0, most)).fill(id);
  }

  async #take(): Promise<void> {
    const queue = this.#anyQueue();
    if (queue === undefined) return;
    for (let count = wholeNumber(this.#random, 1, 5); count > 0 && !queue.deleted; count--) {
      const held = await this.#host.client.take(queue);
      if (held === undefined) return;
      const known = this.#known(queue);
      const copy = known === undefined ? undefined : bySequence(known, held.entry.sequence);
      if (copy !== undefined) {
        const marked = (held.entry.flags & REDELIVERED) !== 0;
        if (marked !== (copy.delivered !== undefined)) throw new BrokenPromise(`message ${copy.id} is marked wrongly`);
        copy.delivered ??= this.#gathering;
      }
      const delivery = { held, queue: known, copy };
      if (this.#random() < 0.2) this.#finish(delivery, 'ack');
      else this.#deliveries.push(delivery);
    }
  }

  #settle(how: 'ack' | 'requeue'): void {
    for (let count = wholeNumber(this.#random, 1, 6); count > 0 && this.#deliveries.length > 0; count--) {
      const at = this.#random() < 0.5 ? 0 : wholeNumber(this.#random, 0, this.#deliveries.length - 1);
      this.#finish(this.#deliveries.splice(at, 1)[0] as Delivery, how);
    }
  }

  #finish({ held, queue, copy }: Delivery, how: 'ack' | 'requeue'): void {
    if (queue === undefined || copy === undefined || held.queue.deleted) {
      this.#host.client[how](held);
      return;
    }
    this.#host.client[how](held);
    if (how === 'requeue') {
      const atMs = timesIn(held.queue).get(copy.sequence);
      if (atMs !== undefined) copy.dues.push({ atMs, commit: this.#gathering });
      copy.returns.push({ count: (copy.returns.at(-1)?.count ?? 0) + 1, commit: this.#gathering });
      return;
    }
    copy.settled = this.#gathering;
    copy.settledIn = this.#watch.transaction;
    this.#watch.transaction?.settles.push({ queue, copy });
  }

  /** What ends in the middle of a transaction's writes, or of a segment begun right after it, is rare otherwise. */
  lastWords(): void {
    this.#transact();
    for (let count = wholeNumber(this.#random, 0, 4); count > 0; count--) this.#publish(LARGE_BYTES_MAX - 50_000);
  }

  #transact(): void {
    const transaction: AccountTransaction = { commit: this.#gathering, publishes: [], settles: [] };
    this.#watch.transaction = transaction;
    this.#large = this.#random() < 0.3;
    this.#host.client.atomically(() => {
      for (let count = wholeNumber(this.#random, 1, this.#large ? 40 : 6); count > 0; count--) this.#publish();
      if (this.#random() < 0.6) this.#settle('ack');
    });
    this.#watch.transaction = undefined;
    this.#large = false;
    this.#account.transactions.push(transaction);
    this.#await();
  }

  /** Some of what waits is cancelled, or waits for another time. */
  #rearrange(): void {
    const { queues, delayQueues } = this.#host.vhost;
    const queue = this.#pick([queues.get('q2'), queues.get('q3'), delayQueues.get(DELAYED)]);
    for (const { sequence } of queue?.waiting.first(0, wholeNumber(this.#random, 1, 4)) ?? []) {
      const known = queue === undefined ? undefined : this.#known(queue);
      const copy = known === undefined ? undefined : bySequence(known, sequence);
      if (queue === undefined || copy === undefined) return;
      if (this.#random() < 0.3) {
        queue.contents.cancelWaiting(new Set([sequence]));
        copy.settled = this.#gathering;
      } else {
        const atMs = this.#clock.nowMs() + wholeNumber(this.#random, 1, DELAY_MS_MAX);
        queue.reschedule(sequence, atMs);
        copy.dues.push({ atMs, commit: this.#gathering });
      }
    }
    this.#await();
  }

  #purge(): void {
    const queue = this.#anyQueue();
    if (queue === undefined) return;
    const leaving = queue.purge();
    this.#leaving.set(leaving, queue);
    this.#host.vhost.departing.add(leaving);
  }

  /** A part of what was purged: what comes to the queue, or goes, meanwhile has nothing to do with it. */
  #dropLeaving(): void {
    for (const [leaving, queue] of this.#leaving) {
      if (!leaving.drop(wholeNumber(this.#random, 1, 5))) {
        this.#leaving.delete(leaving);
        this.#host.vhost.departing.delete(leaving);
      }
      const { log, deleted } = queue;
      if (log === undefined || deleted) continue;
      for (const copy of this.#known(queue)?.copies.values() ?? []) {
        if (copy.settled === undefined && (log as JournalQueue).settledSet.has(copy.sequence)) {
          copy.settled = this.#gathering;
        }
      }
    }
  }

  /** Out of the middle, as an operator does. */
  #dropSome(): void {
    const queue = this.#anyQueue();
    if (queue === undefined) return;
    const skip = wholeNumber(this.#random, 0, 5);
    const sequences = new Set(queue.contents.ready(skip, 3).map(({ sequence }) => sequence));
    for (const entry of queue.contents.take(sequences)) {
      queue.contents.drop(entry);
      const known = this.#known(queue);
      const copy = known === undefined ? undefined : bySequence(known, entry.sequence);
      if (copy !== undefined) copy.settled = this.#gathering;
    }
    this.#await();
  }

  #changeTopology(): void {
    const { client, vhost } = this.#host;
    const queue = this.#pick(DURABLE_QUEUES);
    const exchange = this.#pick(EXCHANGES);
    const choice = this.#random();
    if (choice < 0.4) this.#declareQueue(queue);
    else if (choice < 0.45) this.#deleteQueue(queue);
    else if (choice < 0.6) this.#declareExchange(exchange);
    else if (choice < 0.63) this.#deleteExchange(exchange);
    else if (choice < 0.65) client.declareQueue(TRANSIENT_QUEUE, false);
    else if (vhost.exchanges.has(exchange) && vhost.queues.has(queue)) this.#rebind(exchange, queue, choice < 0.9);
    this.#await();
  }

  #declareQueue(name: string): void {
    if (this.#host.vhost.queues.has(name)) return;
    const queue = this.#host.client.declareQueue(name, true, fromPlain(TABLES[name] ?? {}));
    this.#account.queueDeclared(name, (queue.log as JournalQueue).id, this.#gathering);
    this.#watch.add(queue);
  }

  #deleteQueue(name: string): void {
    const queue = this.#host.vhost.queues.get(name);
    if (queue === undefined) return;
    const known = this.#known(queue) as AccountQueue;
    this.#host.client.deleteQueue(name);
    known.deleted = this.#gathering;
    for (const exchange of EXCHANGES) this.#bound(exchange, name, false);
  }

  #declareExchange(name: string): void {
    if (this.#host.vhost.exchanges.has(name)) return;
    const isDelayed = name === DELAYED;
    const table = fromPlain(isDelayed ? { 'x-delayed-type': 'fanout' } : {});
    this.#host.client.declareExchange(name, isDelayed ? 'x-delayed-message' : 'fanout', true, table);
    this.#account.fact(this.#account.exchanges, name).becomes(true, this.#gathering);
  }

  #deleteExchange(name: string): void {
    if (!this.#host.vhost.exchanges.has(name)) return;
    const delayQueue = this.#host.vhost.delayQueues.get(name);
    const delayed = delayQueue === undefined ? undefined : this.#known(delayQueue);
    this.#host.client.deleteExchange(name);
    if (delayed !== undefined) delayed.deleted = this.#gathering;
    this.#account.fact(this.#account.exchanges, name).becomes(false, this.#gathering);
    for (const queue of DURABLE_QUEUES) this.#bound(name, queue, false);
  }

  #rebind(exchange: string, queue: string, there: boolean): void {
    if (there) this.#host.client.bindQueue(exchange, queue);
    else this.#host.client.unbindQueue(exchange, queue);
    this.#bound(exchange, queue, there);
  }

  #bound(exchange: string, queue: string, there: boolean): void {
    const fact = this.#account.fact(this.#account.bindings, `${exchange} ${queue}`);
    if (fact.there !== there) fact.becomes(there, this.#gathering);
  }

  #anyQueue(): Queue | undefined {
    return this.#host.vhost.queues.get(this.#pick([...DURABLE_QUEUES, TRANSIENT_QUEUE]));
  }

  #known(queue: Queue): AccountQueue | undefined {
    return queue.log === undefined ? undefined : this.#account.queues.get((queue.log as JournalQueue).id);
  }
}

function bySequence(queue: AccountQueue, sequence: number): Copy | undefined {
  for (const copy of queue.copies.values()) if (copy.sequence === sequence) return copy;
  return undefined;
}
