import { expect } from 'vitest';
import { type Entry, REDELIVERED } from '../../../../../src/core/queue/entry.ts';
import { dropAll } from '../../../../support/empty_queue.ts';
import { FakeConsumer } from '../fake_consumer.ts';
import { RuleBench, reject, requeue, settle } from '../rule_bench.ts';

interface Message {
  readonly id: number;
  /** Undefined for a message without one. */
  readonly group: number | undefined;
  readonly expiresAtMs: number;
  state: 'ready' | 'out' | 'gone';
  holder: Worker | undefined;
  entry: Entry | undefined;
  deliveries: number;
}

/** A consumer, as the model sees it. Cancelled, it may hold messages still. */
interface Worker {
  readonly consumer: FakeConsumer;
  present: boolean;
}

const DELIVERY_LIMIT = 4;

/** A queue with groups, and what has to hold of it whatever it decides. */
export class GroupModel {
  readonly bench = new RuleBench();
  readonly dead = this.bench.declare('dead');
  readonly queue;
  readonly messages: Message[] = [];
  workers: Worker[] = [];
  /** Who has a group, as its last delivery shows. */
  readonly owners = new Map<number, Worker>();
  readonly #lengthMax: number | undefined;
  #page: number | undefined;

  constructor(lengthMax: number | undefined) {
    this.#lengthMax = lengthMax;
    this.queue = this.bench.declare('q', {
      'x-group-by': 'header:group',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
      'x-delivery-limit': DELIVERY_LIMIT,
      ...(lengthMax === undefined ? {} : { 'x-max-length': lengthMax }),
    });
  }

  publish(group: number | undefined, ttlMs: number | undefined, count = 1): void {
    for (let i = 0; i < count; i++) this.#publish(group, ttlMs);
    this.look();
  }

  #publish(group: number | undefined, ttlMs: number | undefined): void {
    const id = this.messages.length;
    const expiresAtMs = ttlMs === undefined ? Number.POSITIVE_INFINITY : this.bench.clock.nowMs() + ttlMs;
    const state = { state: 'ready', holder: undefined, entry: undefined, deliveries: 0 } as const;
    this.messages.push({ id, group, expiresAtMs, ...state });
    const expiration = ttlMs === undefined ? undefined : `${ttlMs}`;
    this.bench.publish(this.queue, `${id}`, { expiration, ...(group === undefined ? {} : { headers: { group } }) });
  }

  join(room: number, priority: number): void {
    const consumer = new FakeConsumer(`${this.workers.length}`, room, priority);
    this.workers.push({ consumer, present: true });
    this.queue.addConsumer(consumer);
  }

  cancel(worker: Worker): void {
    worker.present = false;
    this.queue.removeConsumer(worker.consumer);
  }

  close(worker: Worker): void {
    this.cancel(worker);
    for (const message of this.heldBy(worker)) this.giveBack(message, 'lost');
  }

  settle(message: Message): void {
    this.#letGo(message, 'gone', (entry) => settle(this.queue, entry));
  }

  reject(message: Message): void {
    this.#letGo(message, 'gone', (entry) => reject(this.queue, entry));
    expect(this.bench.deaths(this.dead)).toEqual([`${message.id} rejected`]);
  }

  giveBack(message: Message, cause: 'nack' | 'lost'): void {
    const dies = message.deliveries > DELIVERY_LIMIT;
    this.#letGo(message, dies ? 'gone' : 'ready', (entry) => requeue(this.queue, entry, cause));
    if (dies) expect(this.bench.deaths(this.dead)).toEqual([`${message.id} delivery_limit`]);
    this.look();
  }

  purge(): void {
    expect(dropAll(this.queue.purge())).toBe(this.ready().length);
    for (const message of this.ready()) message.state = 'gone';
  }

  ready(): Message[] {
    return this.messages.filter(({ state }) => state === 'ready');
  }

  out(): Message[] {
    return this.messages.filter(({ state }) => state === 'out');
  }

  heldBy(worker: Worker): Message[] {
    return this.out().filter(({ holder }) => holder === worker);
  }

  /** What was delivered and what died since the last look is as it has to be. */
  look(): void {
    const gaveWay = this.#lookAtDeaths();
    // The order between consumers is not to be seen, but nothing depends on it: a group's messages went to one.
    for (const worker of this.workers) {
      for (const entry of worker.consumer.held.splice(0)) this.#delivered(worker, entry);
    }
    const ready = this.ready();
    if (gaveWay.length > 0) expect(ready).toHaveLength(this.#lengthMax as number);
    for (const id of gaveWay) expect(ready[0]?.id, 'the oldest gives way').toBeGreaterThan(id);
    expect([this.queue.readyCount, this.queue.counts.unacked]).toEqual([ready.length, this.out().length]);
    expect(this.queue.readyBytes).toBe(ready.reduce((sum, { id }) => sum + `${id}`.length, 0));
    if (this.#page === undefined) return;
    expect(this.bench.pages.of(this.#page).references).toBe(ready.length + this.out().length);
  }

  /** After a turn nobody has room who could have a message. */
  lookAtRest(): void {
    this.look();
    const ready = this.ready();
    const [oldest] = ready;
    if (oldest !== undefined) expect(oldest.expiresAtMs).toBeGreaterThan(this.bench.clock.nowMs());
    for (const worker of this.workers) {
      if (!worker.present || worker.consumer.room <= 0) continue;
      const may = ready.filter((message) => this.#mayHave(worker, message));
      expect(
        may.map(({ id }) => id),
        'nothing waits for a consumer that has room',
      ).toEqual([]);
    }
  }

  #mayHave(worker: Worker, { group }: Message): boolean {
    if (group === undefined) return true;
    const owner = this.owners.get(group);
    if (owner?.present) return owner === worker;
    return !this.out().some((other) => other.group === group);
  }

  #delivered(worker: Worker, entry: Entry): void {
    const id = Number(this.bench.see(entry).body);
    const message = this.messages[id] as Message;
    expect(message.state).toBe('ready');
    expect(worker.present).toBe(true);
    expect(entry.flags & REDELIVERED).toBe(message.deliveries > 0 ? REDELIVERED : 0);
    this.#page = entry.position;
    const { group } = message;
    if (group !== undefined) {
      const before = this.messages.find((other) => other.group === group && other.state === 'ready');
      expect(before?.id, 'the oldest of its group').toBe(id);
      for (const other of this.out()) if (other.group === group) expect(other.holder).toBe(worker);
      const owner = this.owners.get(group);
      if (owner?.present) expect(owner).toBe(worker);
      this.owners.set(group, worker);
    }
    Object.assign(message, { state: 'out', holder: worker, entry, deliveries: message.deliveries + 1 });
  }

  /** Those that gave way, after which only younger ones may be there. */
  #lookAtDeaths(): number[] {
    const gaveWay: number[] = [];
    for (const death of this.bench.deaths(this.dead)) {
      const [id, reason] = death.split(' ');
      const message = this.messages[Number(id)] as Message;
      expect(message.state).toBe('ready');
      if (reason === 'expired') expect(message.expiresAtMs).toBeLessThanOrEqual(this.bench.clock.nowMs());
      else gaveWay.push(message.id);
      message.state = 'gone';
    }
    return gaveWay;
  }

  #letGo(message: Message, state: 'ready' | 'gone', tell: (entry: Entry) => void): void {
    const { entry, holder } = message;
    Object.assign(message, { state, holder: undefined, entry: undefined });
    const { consumer } = holder as Worker;
    consumer.room++;
    tell(entry as Entry);
    if (!consumer.waiting) this.queue.wake(consumer);
  }
}
