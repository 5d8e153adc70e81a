import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PolicyValue } from '../../../../src/core/policy/policy.ts';
import type { Entry } from '../../../../src/core/queue/entry.ts';
import { REDELIVERED } from '../../../../src/core/queue/entry.ts';
import type { Queue } from '../../../../src/core/queue/queue.ts';
import { setPolicy } from '../../../../src/core/topology/policies.ts';
import { MemoryLog } from '../../../../src/journal/memory_log.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { compilePattern } from '../../../../src/lib/pattern.ts';
import { dropAll } from '../../../support/empty_queue.ts';
import type { JournalHost } from '../../../support/journal_host.ts';
import { microtasks } from '../../../support/microtask_turn.ts';
import { FakeConsumer } from './fake_consumer.ts';
import { RuleBench, reject, requeue, settle } from './rule_bench.ts';
import { bytesOf, type Limits, type Message, Model, type Waits } from './rule_model.ts';

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });

const limits: fc.Arbitrary<Limits> = fc.record({
  messageTtlMs: optional(fc.nat(30)),
  maxLength: optional(fc.nat(8)),
  maxLengthBytes: optional(fc.nat(40)),
  overflow: fc.constantFrom('drop-head', 'drop-head', 'reject-publish', 'reject-publish-dlx'),
  deliveryLimit: optional(fc.nat(3)),
});

const RETRY = { minMs: 4, maxMs: 10 };
const waits: fc.Arbitrary<Waits> = fc.constantFrom(
  { scheduled: false, retry: undefined },
  { scheduled: false, retry: undefined },
  { scheduled: true, retry: undefined },
  { scheduled: false, retry: RETRY },
  { scheduled: true, retry: RETRY },
);

type Step =
  | { kind: 'publish'; padding: number; priority: number | undefined; ttlMs: number | undefined; delayMs: number }
  | { kind: 'cancel'; which: number }
  | { kind: 'reschedule'; which: number; inMs: number }
  | { kind: 'take' | 'purge' | 'endTurn' }
  | { kind: 'settle' | 'reject' | 'requeue'; which: number }
  | { kind: 'advance'; byMs: number }
  | { kind: 'room'; count: number }
  | { kind: 'change'; limits: Limits }
  | { kind: 'restart'; how: 'close' | 'kill' };

const which = fc.nat(50);
const oneStep: readonly fc.WeightedArbitrary<Step>[] = [
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      padding: fc.nat(12),
      priority: optional(fc.nat(5)),
      ttlMs: optional(fc.nat(40)),
      delayMs: fc.oneof(fc.constant(0), fc.nat(20)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('reschedule' as const), which, inMs: fc.integer({ min: 1, max: 20 }) }),
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
];
const restart: fc.WeightedArbitrary<Step> = {
  weight: 3,
  arbitrary: fc.record({
    kind: fc.constant('restart' as const),
    how: fc.constantFrom('close' as const, 'kill' as const),
  }),
};

const ALL = await compilePattern('^q$');

/** A queue and its model, which do the same things. */
class Pair {
  bench: RuleBench;
  readonly model: Model;
  readonly #clock: ManualClock;
  readonly #held = new Map<number, Entry>();
  #consumer = new FakeConsumer('c', 0);
  #policies = 0;
  #page: number | undefined;

  constructor(maxPriority: number, given: Limits, waits: Waits, bench = new RuleBench()) {
    this.bench = bench;
    this.#clock = bench.clock;
    const toGrave = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
    bench.declare('dead');
    const priorities = maxPriority > 0 ? { 'x-max-priority': maxPriority } : {};
    bench.declare('q', { ...toGrave, ...priorities, ...waitingArguments(waits) });
    this.model = new Model(maxPriority, given, waits);
    this.#apply(given);
    this.#subscribe();
  }

  get queue(): Queue {
    return this.bench.vhost.queue('q');
  }

  do(step: Exclude<Step, { kind: 'restart' }>): void {
    const { bench, queue, model } = this;
    switch (step.kind) {
      case 'publish': {
        const { padding, priority, ttlMs, delayMs } = step;
        const message = model.message(padding, priority, ttlMs, delayMs);
        model.push(message);
        const expiration = ttlMs === undefined ? undefined : `${ttlMs}`;
        bench.publish(queue, message.body, { priority, expiration, headers: { 'x-delay': delayMs } });
        break;
      }
      case 'cancel':
      case 'reschedule': {
        const at = step.which % Math.max(1, model.waiting.length);
        const message = model.waiting[at];
        const [entry] = queue.waiting.first(at, 1);
        if (message === undefined || entry === undefined) return;
        if (step.kind === 'cancel') {
          model.cancel(message);
          expect(queue.contents.cancelWaiting(new Set([entry.sequence]))).toBe(1);
        } else {
          model.reschedule(message, model.nowMs + step.inMs);
          expect(queue.reschedule(entry.sequence, this.#clock.nowMs() + step.inMs)).toBe(true);
        }
        break;
      }
      case 'take':
        this.#note(bench.take(queue), model.take());
        break;
      case 'endTurn':
        model.dropExpired();
        model.deliver();
        queue.wake(this.#consumer);
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
        this.#clock.advance(step.byMs);
        break;
      case 'room':
        model.room = step.count;
        this.#consumer.room = step.count;
        queue.wake(this.#consumer);
        break;
      case 'change':
        model.change(step.limits);
        this.#apply(step.limits);
        break;
      case 'purge':
        expect(dropAll(queue.purge())).toBe(model.ready.length + model.waiting.length);
        model.ready = [];
        model.waiting = [];
    }
  }

  /** The process has ended, and another has begun. */
  restarted(bench: RuleBench): void {
    this.bench = bench;
    this.#held.clear();
    this.#page = undefined;
    this.model.restart();
    this.#clock.advance(0);
    this.#consumer = new FakeConsumer('c', this.model.room);
    this.#subscribe();
    this.do({ kind: 'endTurn' });
  }

  compare(): void {
    const { bench, queue, model } = this;
    for (const entry of this.#consumer.held.splice(0)) this.#note(entry, this.#delivered(entry));
    expect(model.delivered, 'nothing more was delivered').toEqual([]);
    expect(bench.deaths(bench.vhost.queue('dead'))).toEqual(model.dead);
    model.dead = [];
    expect([queue.readyCount, queue.counts.unacked, queue.readyBytes]).toEqual([
      model.ready.length,
      model.out.length,
      bytesOf(model.ready),
    ]);
    const waiting = queue.waiting.first(0, queue.waiting.length);
    expect(waiting.map((entry) => bench.see(entry).body)).toEqual(model.waiting.map(({ body }) => body));
    expect(queue.waiting.bytes).toBe(bytesOf(model.waiting));
  }

  /** Nothing but its messages is held in memory. */
  compareReferences(): void {
    if (this.#page === undefined) return;
    const { ready, waiting, out } = this.model;
    expect(this.bench.pages.of(this.#page).references).toBe(ready.length + waiting.length + out.length);
  }

  #subscribe(): void {
    this.queue.addConsumer(this.#consumer);
    this.bench.endTurn();
  }

  #delivered(entry: Entry): Message | undefined {
    const id = this.model.delivered.shift();
    expect(Number.parseInt(this.bench.see(entry).body, 10)).toBe(id);
    return this.model.out.find((message) => message.id === id);
  }

  #note(entry: Entry | undefined, message: Message | undefined): void {
    expect(entry === undefined ? undefined : this.bench.see(entry).body).toBe(message?.body);
    if (entry === undefined || message === undefined) return;
    expect(entry.flags & REDELIVERED).toBe(message.redelivered ? REDELIVERED : 0);
    expect(this.queue.returnsOf(entry.sequence)).toBe(message.returns);
    this.#held.set(message.id, entry);
    this.#page = entry.position;
  }

  #apply(given: Limits): void {
    const definition = new Map<string, PolicyValue>([['overflow', given.overflow]]);
    const set = (key: string, value: number | undefined): void => {
      if (value !== undefined) definition.set(key, value);
    };
    set('message-ttl', given.messageTtlMs);
    set('max-length', given.maxLength);
    set('max-length-bytes', given.maxLengthBytes);
    set('delivery-limit', given.deliveryLimit);
    // One that is no other than before would change nothing.
    const policy = { name: 'p', pattern: '^q$', applyTo: 'queues', priority: this.#policies++ } as const;
    setPolicy(this.bench.vhost, 'policy', { ...policy, definition }, ALL);
  }
}

function waitingArguments({ scheduled, retry }: Waits) {
  return {
    ...(scheduled ? { 'x-scheduled-delivery': true } : {}),
    ...(retry === undefined
      ? {}
      : { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': retry.minMs, 'x-delayed-retry-max': retry.maxMs }),
  };
}

test('order, counts, deaths and their reasons are those of a sorted list and a clock, whatever happens in any order', () => {
  const steps = fc.array(fc.oneof(...oneStep), { maxLength: 80, size: 'max' });
  fc.assert(
    fc.property(fc.constantFrom(0, 0, 3), limits, waits, steps, (maxPriority, given, waiting, plan) => {
      const pair = new Pair(maxPriority, given, waiting);
      for (const step of plan) {
        if (step.kind === 'restart') continue;
        pair.do(step);
        pair.compare();
        pair.compareReferences();
      }
    }),
    { numRuns: 300 },
  );
});

test('and still are when the broker is restarted in between: nothing is lost, nor comes twice without saying so', async () => {
  const steps = fc.array(fc.oneof(...oneStep, restart), { maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(0, 0, 3), limits, waits, steps, async (maxPriority, given, waiting, plan) => {
      const clock = new ManualClock();
      const log = new MemoryLog();
      let { bench, host } = await RuleBench.open(log, clock);
      const pair = new Pair(maxPriority, given, waiting, bench);
      for (const step of plan) {
        if (step.kind === 'restart') {
          await end(host, step.how);
          ({ bench, host } = await RuleBench.open(log, clock));
          pair.restarted(bench);
          // How long a message lives is told by the policy at the time of the restart: here it stays the same.
        } else if (step.kind === 'change') {
          pair.do({ ...step, limits: { ...step.limits, messageTtlMs: given.messageTtlMs } });
        } else {
          pair.do(step);
        }
        pair.compare();
      }
      await end(host, 'close');
    }),
    { numRuns: 60 },
  );
});

/** Everything that was done is on disk. */
async function end(host: JournalHost, how: 'close' | 'kill'): Promise<void> {
  await host.settle();
  host.vhost.stop();
  if (how === 'close') await host.close();
  host.kill();
  // What the disk was told to do is done.
  await microtasks(50);
}
