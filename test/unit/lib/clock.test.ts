import { expect, test } from 'vitest';
import { ManualClock, SystemClock } from '../../../src/lib/clock.ts';

test('a manual clock fires what falls due in order of time, and of setting where that is the same', () => {
  const clock = new ManualClock(1_000);
  const fired: string[] = [];
  clock.after(20, () => fired.push(`b at ${clock.nowMs()}`));
  clock.after(20, () => fired.push(`c at ${clock.nowMs()}`));
  clock.after(10, () => {
    fired.push(`a at ${clock.nowMs()}`);
    clock.after(5, () => fired.push(`new at ${clock.nowMs()}`));
  });
  clock.after(21, () => fired.push('too late'));
  clock.advance(20);
  expect(fired).toEqual(['a at 1010', 'new at 1015', 'b at 1020', 'c at 1020']);
  expect(clock.monotonicMs()).toBe(20);
});

test('a cancelled timer does not fire', () => {
  const clock = new ManualClock();
  let fired = 0;
  clock.after(1, () => fired++).cancel();
  clock.advance(10);
  expect(fired).toBe(0);
});

test("the system's clock goes on, and its timers fire unless cancelled", async () => {
  const clock = new SystemClock();
  const before = clock.monotonicMs();
  const fired: string[] = [];
  clock.after(1, () => fired.push('cancelled')).cancel();
  const handle = setInterval(() => {}, 1_000);
  await new Promise<void>((resolve) => clock.after(5, resolve));
  clearInterval(handle);
  expect(fired).toEqual([]);
  expect(clock.monotonicMs()).toBeGreaterThan(before);
  expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(1_000);
});
