import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Entry, REDELIVERED } from '../../../../../src/core/queue/entry.ts';
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
class GroupModel {
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

  publish(group: number | undefined, ttlMs: number | undefined): void {
    const id = this.messages.length;
    const expiresAtMs = ttlMs === undefined ? Number.POSITIVE_INFINITY : this.bench.clock.nowMs() + ttlMs;
    const state = { state: 'ready', holder: undefined, entry: undefined, deliveries: 0 } as const;
    this.messages.push({ id, group, expiresAtMs, ...state });
    const expiration = ttlMs === undefined ? undefined : `${ttlMs}`;
    this.bench.publish(this.queue, `${id}`, { expiration, ...(group === undefined ? {} : { headers: { group } }) });
    this.look();
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
    expect(this.queue.purge()).toBe(this.ready().length);
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
    expect([this.queue.readyCount, this.queue.unackedCount]).toEqual([ready.length, this.out().length]);
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

type Step =
  | { kind: 'publish'; group: number | undefined; ttlMs: number | undefined }
  | { kind: 'join'; room: number; priority: number }
  | { kind: 'cancel' | 'close' | 'settle' | 'reject' | 'nack' | 'settleAll' | 'nackAll'; which: number }
  | { kind: 'advance'; byMs: number }
  | { kind: 'purge' | 'endTurn' };

const which = fc.nat(50);
const publishing = fc.record({
  kind: fc.constant('publish' as const),
  group: fc.option(fc.nat(6), { nil: undefined, freq: 6 }),
  ttlMs: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined, freq: 1 }),
});
const joining = fc.record({
  kind: fc.constant('join' as const),
  room: fc.constantFrom(1, 1, 2, 3, 5, 100),
  priority: fc.constantFrom(0, 0, 0, 1),
});
const settling = fc.record({ kind: fc.constantFrom('settle' as const, 'reject' as const, 'nack' as const), which });
const settlingAll = fc.record({ kind: fc.constantFrom('settleAll' as const, 'nackAll' as const), which });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: publishing },
    { weight: 4, arbitrary: joining },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'close' as const), which }) },
    { weight: 10, arbitrary: settling },
    { weight: 3, arbitrary: settlingAll },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), byMs: fc.nat(20) }) },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('endTurn' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const) }) },
  ),
  { maxLength: 120, size: 'max' },
);

function apply(model: GroupModel, step: Step): void {
  switch (step.kind) {
    case 'publish':
      model.publish(step.group, step.ttlMs);
      break;
    case 'join':
      model.join(step.room, step.priority);
      break;
    case 'cancel':
    case 'close': {
      const present = model.workers.filter((worker) => worker.present);
      const worker = present[step.which % Math.max(1, present.length)];
      if (worker !== undefined) model[step.kind](worker);
      break;
    }
    case 'settle':
    case 'reject':
    case 'nack': {
      const out = model.out();
      const message = out[step.which % Math.max(1, out.length)];
      if (message === undefined) break;
      if (step.kind === 'nack') model.giveBack(message, 'nack');
      else model[step.kind](message);
      break;
    }
    case 'settleAll':
    case 'nackAll': {
      const worker = model.workers[step.which % Math.max(1, model.workers.length)];
      if (worker === undefined) break;
      for (const message of model.heldBy(worker)) {
        if (step.kind === 'settleAll') model.settle(message);
        else model.giveBack(message, 'nack');
      }
      break;
    }
    case 'advance':
      model.bench.clock.advance(step.byMs);
      break;
    case 'purge':
      model.purge();
      break;
    case 'endTurn':
      model.bench.endTurn();
      model.lookAtRest();
  }
  model.look();
}

/** Everything that waits is delivered in the end, to consumers that settle what they get. */
function finish(model: GroupModel): void {
  for (const worker of model.workers) for (const message of model.heldBy(worker)) model.settle(message);
  model.join(1, 0);
  for (let rounds = model.messages.length; rounds >= 0; rounds--) {
    model.bench.endTurn();
    model.lookAtRest();
    for (const message of model.out()) model.settle(message);
  }
  expect(model.ready()).toEqual([]);
}

test('groups stay in order and with one consumer at a time, nothing is lost, and nobody with room waits, whatever happens', () => {
  fc.assert(
    fc.property(fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }), steps, (lengthMax, plan) => {
      const model = new GroupModel(lengthMax);
      for (const step of plan) apply(model, step);
      finish(model);
    }),
    { numRuns: 250 },
  );
});
