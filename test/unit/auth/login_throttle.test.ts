import { beforeEach, describe, expect, test } from 'vitest';
import { LoginThrottle } from '../../../src/auth/login_throttle.ts';
import { ManualClock } from '../../../src/lib/clock.ts';

let clock: ManualClock;
let throttle: LoginThrottle;

beforeEach(() => {
  clock = new ManualClock();
  throttle = new LoginThrottle(clock);
});

function fail(address: string, times: number): void {
  for (let i = 0; i < times; i++) throttle.failed(address);
}

test('a few failures cost nothing, and no failures of others do', () => {
  fail('10.0.0.1', 20);
  expect(throttle.delayMs('10.0.0.1')).toBe(0);
  fail('10.0.0.1', 500);
  expect(throttle.delayMs('10.0.0.2')).toBe(0);
});

test('whoever goes on failing waits, the longer the more he fails, and on all his connections together', () => {
  fail('10.0.0.1', 21);
  expect([1, 2, 3].map(() => throttle.delayMs('10.0.0.1'))).toEqual([0, 50, 100]);
  fail('10.0.0.1', 1_000);
  clock.advance(150);
  expect([1, 2, 3].map(() => throttle.delayMs('10.0.0.1'))).toEqual([0, 1_000, 2_000]);
});

test('all is forgiven after two minutes, however often he failed', () => {
  fail('10.0.0.1', 100_000);
  clock.advance(119_000);
  expect(throttle.delayMs('10.0.0.1')).toBe(0);
  expect(throttle.delayMs('10.0.0.1')).toBe(0);
});

describe('addresses', () => {
  test.each([
    ['2001:db8::1', '2001:db8::ffff:2'],
    ['2001:db8:0:0:1:2:3:4', '2001:db8::1'],
    ['fe80::1', 'fe80::2'],
    ['::1', '::2'],
  ])('of one network, %s and %s, are one', (one, other) => {
    fail(one, 50);
    throttle.delayMs(one);
    expect(throttle.delayMs(other)).toBeGreaterThan(0);
  });

  test.each([
    ['2001:db8:0:1::1', '2001:db8:0:2::1'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2'],
    ['10.0.0.1', '10.0.0.2'],
  ])('of two, %s and %s, are two', (one, other) => {
    fail(one, 50);
    throttle.delayMs(one);
    expect(throttle.delayMs(other)).toBe(0);
  });

  test('are remembered up to a number, and then the first that failed is forgotten', () => {
    for (const address of ['10.0.0.1', '10.0.0.2']) fail(address, 50);
    for (let i = 0; i < 9_999; i++) throttle.failed(`11.0.${i >> 8}.${i & 255}`);
    for (const address of ['10.0.0.1', '10.0.0.2']) throttle.delayMs(address);
    expect(throttle.delayMs('10.0.0.1')).toBe(0);
    expect(throttle.delayMs('10.0.0.2')).toBeGreaterThan(0);
  });
});
