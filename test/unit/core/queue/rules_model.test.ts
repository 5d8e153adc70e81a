import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../../../src/core/queue/entry.ts';
import { REDELIVERED } from '../../../../src/core/queue/entry.ts';
import type { QueueSettings } from '../../../../src/core/queue/settings.ts';
import { FakeConsumer } from './fake_consumer.ts';
import { RuleBench, reject, requeue, settle } from './rule_bench.ts';

interface Message {
  readonly id: number;
  readonly body: string;
  readonly priority: number;
  readonly expiresAtMs: number;
  returns: number;
}

type Limits = Pick<QueueSettings, 'messageTtlMs' | 'maxLength' | 'maxLengthBytes' | 'overflow' | 'deliveryLimit'>;

/** What a queue with rules is, said the simple way: a sorted list, and a clock that goes millisecond by millisecond. */
class Model {
  readonly maxPriority: number;
  limits: Limits;
  nowMs = 0;
  ready: Message[] = [];
  out: Message[] = [];
  /** Dead letters since the last look. */
  dead: string[] = [];
  room = 0;
  delivered: number[] = [];
  #ids = 0;

  constructor(maxPriority: number, limits: Limits) {
    this.maxPriority = maxPriority;
    this.limits = limits;
  }

  get bytes(): number {
    return this.ready.reduce((sum, { body }) => sum + body.length, 0);
  }

  message(padding: number, priority: number | undefined, ttlMs: number | undefined): Message {
    const id = ++this.#ids;
    const ttls = [ttlMs, this.limits.messageTtlMs].filter((ttl) => ttl !== undefined);
    const expiresAtMs = ttls.length === 0 ? Number.POSITIVE_INFINITY : this.nowMs + Math.min(...ttls);
    return {
      id,
      body: `${id}`.padEnd(padding, '.'),
      priority: Math.min(priority ?? 0, this.maxPriority),
      expiresAtMs,
      returns: 0,
    };
  }

  push(message: Message): void {
    if (this.limits.overflow !== 'drop-head' && this.#isOver([...this.ready, message])) {
      this.dropExpired();
      this.deliver();
      if (this.#isOver([...this.ready, message])) {
        if (this.limits.overflow === 'reject-publish-dlx') this.#die(message, 'maxlen');
        return;
      }
    }
    this.dropExpired();
    this.#insert(message);
    if (message.expiresAtMs > this.nowMs && !this.#isOver(this.ready)) return;
    this.deliver();
    this.dropExpired();
    this.#enforce();
  }

  take(): Message | undefined {
    this.dropExpired();
    const message = this.ready.shift();
    if (message !== undefined) this.out.push(message);
    this.dropExpired();
    return message;
  }

  deliver(): void {
    while (this.room > 0 && this.ready.length > 0) {
      const message = this.ready.shift() as Message;
      this.out.push(message);
      this.delivered.push(message.id);
      this.room--;
    }
    this.dropExpired();
  }

  settle(message: Message): void {
    this.out = this.out.filter((other) => other !== message);
  }

  reject(message: Message): void {
    this.settle(message);
    this.#die(message, 'rejected');
  }

  requeue(message: Message): void {
    this.settle(message);
    message.returns++;
    const { deliveryLimit } = this.limits;
    if (deliveryLimit !== undefined && message.returns > deliveryLimit) {
      this.#die(message, 'delivery_limit');
      return;
    }
    this.#insert(message);
    this.dropExpired();
    this.#enforce();
  }

  advance(byMs: number): void {
    for (let left = byMs; left > 0; left--) {
      this.nowMs++;
      this.dropExpired();
    }
  }

  change(limits: Limits): void {
    this.limits = limits;
    this.#enforce();
  }

  /** Each priority has a first message. */
  dropExpired(): void {
    for (let priority = this.maxPriority; priority >= 0; priority--) {
      for (;;) {
        const first = this.ready.find((message) => message.priority === priority);
        if (first === undefined || first.expiresAtMs > this.nowMs) break;
        this.ready = this.ready.filter((message) => message !== first);
        this.#die(first, 'expired');
      }
    }
  }

  #enforce(): void {
    while (this.limits.overflow === 'drop-head' && this.ready.length > 0 && this.#isOver(this.ready)) {
      this.#die(this.ready.shift() as Message, 'maxlen');
    }
    this.dropExpired();
  }

  #isOver(messages: readonly Message[]): boolean {
    const { maxLength = Number.POSITIVE_INFINITY, maxLengthBytes = Number.POSITIVE_INFINITY } = this.limits;
    const bytes = messages.reduce((sum, { body }) => sum + body.length, 0);
    return messages.length > maxLength || bytes > maxLengthBytes;
  }

  #insert(message: Message): void {
    this.ready.push(message);
    this.ready.sort((left, right) => right.priority - left.priority || left.id - right.id);
  }

  #die(message: Message, reason: string): void {
    this.dead.push(`${message.body} ${reason}`);
  }
}

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });

const limits: fc.Arbitrary<Limits> = fc.record({
  messageTtlMs: optional(fc.nat(30)),
  maxLength: optional(fc.nat(8)),
  maxLengthBytes: optional(fc.nat(40)),
  overflow: fc.constantFrom('drop-head', 'drop-head', 'reject-publish', 'reject-publish-dlx'),
  deliveryLimit: optional(fc.nat(3)),
});

type Step =
  | { kind: 'publish'; padding: number; priority: number | undefined; ttlMs: number | undefined }
  | { kind: 'take' | 'purge' | 'endTurn' }
  | { kind: 'settle' | 'reject' | 'requeue'; which: number }
  | { kind: 'advance'; byMs: number }
  | { kind: 'room'; count: number }
  | { kind: 'change'; limits: Limits };

const which = fc.nat(50);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant('publish' as const),
        padding: fc.nat(12),
        priority: optional(fc.nat(5)),
        ttlMs: optional(fc.nat(40)),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('take' as const, 'endTurn' as const) }) },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constantFrom('settle' as const, 'reject' as const, 'requeue' as const), which }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('advance' as const), byMs: fc.nat(15) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('room' as const), count: fc.nat(4) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('change' as const), limits }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const) }) },
  ),
  { maxLength: 80 },
);

/** A queue and its model, which do the same things. */
class Pair {
  readonly bench = new RuleBench();
  readonly dead = this.bench.declare('dead');
  readonly model: Model;
  readonly queue;
  readonly consumer = new FakeConsumer('c', 0);
  readonly #held = new Map<number, Entry>();
  #page: number | undefined;

  constructor(maxPriority: number, given: Limits) {
    const toGrave = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
    this.queue = this.bench.declare('q', { ...toGrave, ...(maxPriority > 0 ? { 'x-max-priority': maxPriority } : {}) });
    this.model = new Model(maxPriority, given);
    this.#apply(given);
    this.queue.addConsumer(this.consumer);
    this.bench.endTurn();
  }

  do(step: Step): void {
    const { bench, queue, model } = this;
    switch (step.kind) {
      case 'publish': {
        const { padding, priority, ttlMs } = step;
        const message = model.message(padding, priority, ttlMs);
        model.push(message);
        bench.publish(queue, message.body, { priority, expiration: ttlMs === undefined ? undefined : `${ttlMs}` });
        break;
      }
      case 'take':
        this.#note(bench.take(queue), model.take());
        break;
      case 'endTurn':
        model.dropExpired();
        model.deliver();
        queue.wake(this.consumer);
        bench.endTurn();
        break;
      case 'settle':
      case 'reject':
      case 'requeue': {
        const message = model.out[step.which % Math.max(1, model.out.length)];
        if (message === undefined) return;
        const entry = this.#held.get(message.id) as Entry;
        this.#held.delete(message.id);
        model[step.kind](message);
        ({ settle, reject, requeue })[step.kind](queue, entry);
        break;
      }
      case 'advance':
        model.advance(step.byMs);
        bench.clock.advance(step.byMs);
        break;
      case 'room':
        model.room = step.count;
        this.consumer.room = step.count;
        queue.wake(this.consumer);
        break;
      case 'change':
        model.change(step.limits);
        this.#apply(step.limits);
        break;
      case 'purge':
        expect(queue.purge()).toBe(model.ready.length);
        model.ready = [];
    }
  }

  compare(): void {
    const { bench, queue, model, dead } = this;
    for (const entry of this.consumer.held.splice(0)) this.#note(entry, this.#delivered(entry));
    expect(model.delivered, 'nothing more was delivered').toEqual([]);
    expect(bench.deaths(dead)).toEqual(model.dead);
    model.dead = [];
    expect([queue.readyCount, queue.unackedCount, queue.readyBytes]).toEqual([
      model.ready.length,
      model.out.length,
      model.bytes,
    ]);
    expect(this.#references()).toBe(model.ready.length + model.out.length);
  }

  #delivered(entry: Entry): Message | undefined {
    const id = this.model.delivered.shift();
    expect(Number.parseInt(this.bench.see(entry).body, 10)).toBe(id);
    return this.model.out.find((message) => message.id === id);
  }

  #note(entry: Entry | undefined, message: Message | undefined): void {
    expect(entry === undefined ? undefined : this.bench.see(entry).body).toBe(message?.body);
    if (entry === undefined || message === undefined) return;
    expect(entry.flags & REDELIVERED).toBe(message.returns > 0 ? REDELIVERED : 0);
    this.#held.set(message.id, entry);
    this.#page = entry.position;
  }

  #references(): number {
    if (this.#page === undefined) return this.model.ready.length + this.model.out.length;
    return this.bench.pages.of(this.#page).references;
  }

  #apply(given: Limits): void {
    const settings = this.queue.rules?.settings as QueueSettings;
    this.queue.applySettings({ ...settings, ...given });
  }
}

test('order, counts, deaths and their reasons are those of a sorted list and a clock, whatever happens in any order', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 0, 3), limits, steps, (maxPriority, given, plan) => {
      const pair = new Pair(maxPriority, given);
      for (const step of plan) {
        pair.do(step);
        pair.compare();
      }
    }),
    { numRuns: 300 },
  );
});
