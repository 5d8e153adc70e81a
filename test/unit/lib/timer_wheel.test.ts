import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.ts';
import { TimerWheel } from '../../../src/lib/timer_wheel.ts';

const TICK_MS = 250;

function wheelOnClock(): { clock: ManualClock; wheel: TimerWheel } {
  const clock = new ManualClock();
  return { clock, wheel: new TimerWheel(clock, TICK_MS) };
}

test('a timer fires once, between its delay and one tick later, however timers come, go and overlap', () => {
  const plan = fc.array(
    fc.record({
      waitMs: fc.nat(2_000),
      delayMs: fc.oneof(fc.nat(3_000), fc.nat(300_000)),
      cancelOthers: fc.boolean(),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(plan, (steps) => {
      const { clock, wheel } = wheelOnClock();
      let live: { cancel: () => void; late: () => number | undefined }[] = [];
      for (const { waitMs, delayMs, cancelOthers } of steps) {
        clock.advance(waitMs);
        if (cancelOthers) {
          for (const timer of live) timer.cancel();
          live = [];
        }
        const setAtMs = clock.monotonicMs();
        const firedAtMs: number[] = [];
        const timer = wheel.after(delayMs, () => firedAtMs.push(clock.monotonicMs()));
        live.push({
          cancel: () => timer.cancel(),
          late: () => (firedAtMs.length === 1 ? (firedAtMs[0] as number) - setAtMs - delayMs : undefined),
        });
      }
      clock.advance(400_000);
      for (const { late } of live) {
        expect(late()).toBeGreaterThanOrEqual(0);
        expect(late()).toBeLessThanOrEqual(TICK_MS);
      }
    }),
    { numRuns: 200 },
  );
});

test('a timer set just after the last one was cancelled does not fire early', () => {
  const { clock, wheel } = wheelOnClock();
  wheel.after(10_000, () => {}).cancel();
  clock.advance(TICK_MS - 1);
  let fired = 0;
  wheel.after(TICK_MS, () => fired++);
  clock.advance(TICK_MS - 1);
  expect(fired).toBe(0);
  clock.advance(TICK_MS);
  expect(fired).toBe(1);
});

test('a timer that sets itself again keeps its interval', () => {
  const { clock, wheel } = wheelOnClock();
  const firedAtMs: number[] = [];
  const again = (): void => {
    firedAtMs.push(clock.monotonicMs());
    wheel.after(500, again);
  };
  wheel.after(500, again);
  clock.advance(2_000);
  expect(firedAtMs).toEqual([500, 1000, 1500, 2000]);
});

test('a cancelled timer does not fire, not even when cancelled by one that fires in the same tick', () => {
  const { clock, wheel } = wheelOnClock();
  const fired: string[] = [];
  wheel.after(100, () => {
    fired.push('first');
    second.cancel();
  });
  const second = wheel.after(100, () => fired.push('second'));
  clock.advance(1_000);
  expect(fired).toEqual(['first']);
});

test('an idle wheel leaves its clock alone', () => {
  let pending = 0;
  const clock = new ManualClock();
  const counting = {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs: number, callback: () => void) => {
      pending++;
      const timer = clock.after(delayMs, () => {
        pending--;
        callback();
      });
      return {
        cancel: () => {
          pending--;
          timer.cancel();
        },
      };
    },
  };
  const wheel = new TimerWheel(counting, TICK_MS);
  wheel.after(600, () => {});
  expect(pending).toBe(1);
  clock.advance(5_000);
  expect(pending).toBe(0);
});

test('a stopped wheel fires nothing any more', () => {
  const { clock, wheel } = wheelOnClock();
  let fired = 0;
  wheel.after(100, () => fired++);
  wheel.stop();
  clock.advance(10_000);
  expect(fired).toBe(0);
});
