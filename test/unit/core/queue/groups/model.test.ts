import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GroupModel } from './group_model.ts';

/** So many that what waits for a consumer that leaves is not put back one by one. */
const BURST_MESSAGES = 70;

type Step =
  | { kind: 'publish'; group: number | undefined; ttlMs: number | undefined }
  | { kind: 'burst'; group: number }
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
const plans = (burstWeight: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 20, arbitrary: publishing },
      { weight: burstWeight, arbitrary: fc.record({ kind: fc.constant('burst' as const), group: fc.nat(2) }) },
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
    case 'burst':
      model.publish(step.group, undefined, BURST_MESSAGES);
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

function check(lengthMax: number | undefined, plan: readonly Step[]): void {
  const model = new GroupModel(lengthMax);
  for (const step of plan) apply(model, step);
  finish(model);
}

test('groups stay in order and with one consumer at a time, nothing is lost, and nobody with room waits, whatever happens', () => {
  const lengths = fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined });
  fc.assert(fc.property(lengths, plans(0), check), { numRuns: 250 });
});

test('so they do where very much waits for some consumers', () => {
  const lengths = fc.option(fc.integer({ min: 100, max: 200 }), { nil: undefined, freq: 2 });
  fc.assert(fc.property(lengths, plans(2), check), { numRuns: 40 });
});
