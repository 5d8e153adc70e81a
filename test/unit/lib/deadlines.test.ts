import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Clock, ManualClock, type Timer } from '../../../src/lib/clock.ts';
import { type Deadline, Deadlines } from '../../../src/lib/deadlines.ts';

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('at' as const), inMs: fc.integer({ min: -5, max: 300 }) }),
    fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(400) }),
    fc.record({ kind: fc.constant('advance' as const), byMs: fc.nat(60) }),
  ),
  { maxLength: 400 },
);

test('every deadline comes in its millisecond, in order, and a cancelled one never', () => {
  fc.assert(
    fc.property(steps, (plan) => {
      const clock = new ManualClock(0);
      const deadlines = new Deadlines(clock);
      const model: { dueMs: number; deadline: Deadline; done: boolean }[] = [];
      for (const step of plan) {
        if (step.kind === 'at') {
          const dueMs = clock.nowMs() + step.inMs;
          const entry = { dueMs, done: false, deadline: { dueMs, cancel: (): void => {} } as Deadline };
          entry.deadline = deadlines.at(dueMs, () => {
            expect([entry.done, clock.nowMs() >= dueMs]).toEqual([false, true]);
            if (step.inMs >= 0) expect(clock.nowMs()).toBe(dueMs);
            entry.done = true;
          });
          model.push(entry);
        } else if (step.kind === 'cancel') {
          const entry = model[step.which % Math.max(1, model.length)];
          if (entry === undefined || entry.done) continue;
          entry.deadline.cancel();
          entry.done = true;
        } else {
          clock.advance(step.byMs);
          expect(model.filter(({ done, dueMs }) => !done && dueMs <= clock.nowMs())).toEqual([]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

/** Counts timers. */
class CountingClock extends ManualClock implements Clock {
  timers = 0;

  override after(delayMs: number, callback: () => void): Timer {
    this.timers++;
    return super.after(delayMs, callback);
  }
}

test('a hundred thousand deadlines take one timer, and those that are cancelled take no memory', () => {
  const clock = new CountingClock();
  const deadlines = new Deadlines(clock);
  let came = 0;
  const at = clock.nowMs() + 1000;
  for (let i = 0; i < 100_000; i++) deadlines.at(at + i, () => came++);
  expect(clock.timers).toBe(1);
  for (let i = 0; i < 100_000; i++) deadlines.at(at + 1_000_000 + i, () => came++).cancel();
  expect(clock.timers).toBe(1);
  clock.advance(1000 + 999);
  expect(came).toBe(1000);
});

test('a deadline further off than a timer reaches comes all the same', () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const farMs = 40 * 24 * 3600 * 1000;
  let came = 0;
  deadlines.at(clock.nowMs() + farMs, () => came++);
  clock.advance(farMs - 1);
  expect(came).toBe(0);
  clock.advance(1);
  expect(came).toBe(1);
});

test('stopped, nothing comes any more', () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  deadlines.at(clock.nowMs() + 10, () => expect.unreachable());
  deadlines.stop();
  clock.advance(100);
});

test('what falls due while it is paused is called back when it goes on, in order', () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const told: number[] = [];
  const at = (dueMs: number): void => {
    deadlines.at(clock.nowMs() + dueMs, () => told.push(dueMs));
  };
  at(10);
  deadlines.pause();
  at(5);
  clock.advance(7);
  expect(told).toEqual([]);
  deadlines.resume();
  clock.advance(0);
  expect(told).toEqual([5]);
  clock.advance(3);
  expect(told).toEqual([5, 10]);
});
