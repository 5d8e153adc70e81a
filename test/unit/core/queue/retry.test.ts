import { describe, expect, test } from 'vitest';
import {
  parseDelays,
  type RetryRequest,
  retryDelayMs,
  retrySettings,
  waitsAfter,
} from '../../../../src/core/queue/retry.ts';

function settings(request: Partial<RetryRequest>) {
  const nothing = { min: undefined, max: undefined, backoff: undefined, factor: undefined, jitter: undefined };
  return retrySettings({ type: 'all', delays: undefined, ...nothing, ...request });
}

function delays(request: Partial<RetryRequest>, random = 0): number[] {
  const known = settings(request);
  return known === undefined ? [] : [1, 2, 3, 4, 50].map((returns) => retryDelayMs(known, returns, random));
}

describe('how long a message waits that comes back for the 1st, 2nd, 3rd, 4th and 50th time', () => {
  test.each<[string, Partial<RetryRequest>, number[]]>([
    ['linear', { min: 100, max: 350 }, [100, 200, 300, 350, 350]],
    ['linear without a maximum, as in RabbitMQ', { min: 100 }, [100, 100, 100, 100, 100]],
    ['exponential', { min: 100, max: 1000, backoff: 'exponential' }, [100, 200, 400, 800, 1000]],
    ['by another factor', { min: 100, max: 1000, backoff: 'exponential', factor: 1.5 }, [100, 150, 225, 338, 1000]],
    ['without a maximum', { min: 1, backoff: 'exponential' }, [1, 2, 4, 8, 315_360_000_000]],
    ['a list', { delays: '10s, 1m ,15m' }, [10_000, 60_000, 900_000, 900_000, 900_000]],
  ])('%s', (_name, request, expected) => {
    expect(delays(request)).toEqual(expected);
  });

  test('with jitter, less by up to its share', () => {
    expect(delays({ delays: '1s', jitter: 0.5 }, 0)[0]).toBe(1000);
    expect(delays({ delays: '1s', jitter: 0.5 }, 1)[0]).toBe(500);
    expect(delays({ min: 100, max: 300, jitter: 1 }, 0.5)).toEqual([50, 100, 150, 150, 150]);
  });

  test('that did not count yet: as after the first', () => {
    expect(retryDelayMs(settings({ min: 100, max: 900 }) as NonNullable<ReturnType<typeof settings>>, 0, 0)).toBe(100);
  });
});

describe('nothing waits', () => {
  test.each<[string, Partial<RetryRequest>]>([
    ['without a type', { type: undefined, min: 1 }],
    ['when it is disabled', { type: 'disabled', min: 1 }],
    ['with a type that RabbitMQ does not know', { type: 'some', min: 1 }],
    ['without a minimum', {}],
    ['with a minimum that is none', { min: 0 }],
    ['with a minimum that is no number', { min: '5' }],
  ])('%s', (_name, request) => {
    expect(settings(request)).toBeUndefined();
  });
});

test('which returns wait', () => {
  const causes = ['nack', 'reject', 'lost'] as const;
  const waiting = (type: string) =>
    causes.filter((cause) => waitsAfter(settings({ type, min: 1 }) as NonNullable<ReturnType<typeof settings>>, cause));
  expect(waiting('all')).toEqual(['nack', 'reject', 'lost']);
  expect(waiting('failed')).toEqual(['reject', 'lost']);
  expect(waiting('returned')).toEqual(['nack']);
});

describe('a list of delays', () => {
  test.each<[string, readonly number[] | undefined]>([
    ['5ms', [5]],
    ['10s, 1m, 15m,2h ,1d', [10_000, 60_000, 900_000, 7_200_000, 86_400_000]],
    ['', undefined],
    ['10', undefined],
    ['10s,', undefined],
    ['-1s', undefined],
    ['1.5s', undefined],
    ['4000d', undefined],
    [Array.from({ length: 1000 }, () => '1s').join(), Array.from({ length: 1000 }, () => 1000)],
    [Array.from({ length: 1001 }, () => '1s').join(), undefined],
  ])('%j', (text, expected) => {
    expect(parseDelays(text)).toEqual(expected);
  });
});
