import { describe, expect, test } from 'vitest';
import type { Details } from '../../../src/metrics/figures.ts';
import { CountingBench } from '../../support/counting_bench.ts';

const STEP_MS = 5_000;
const MINUTE = { ageSeconds: 60, incrementSeconds: 5 };

function sampling(options: ConstructorParameters<typeof CountingBench>[0] = {}): CountingBench {
  const bench = new CountingBench(options);
  bench.declare('q');
  bench.metrics.start();
  return bench;
}

/** So many messages in every step. */
function publishSteps(bench: CountingBench, counts: readonly number[]): void {
  for (const count of counts) {
    bench.publish('q', { count });
    bench.clock.advance(STEP_MS);
  }
}

test('a rate is that between the two latest moments, and nothing before there are two', () => {
  const bench = sampling();
  publishSteps(bench, [7]);
  expect(bench.metrics.queue(bench.queue()).msg_rates['publish_details']).toEqual({ rate: 0 });
  publishSteps(bench, [20]);
  const { metrics } = bench;
  const rate = { publish: 27, publish_details: { rate: 4 } };
  expect(metrics.queue(bench.queue()).msg_rates).toMatchObject(rate);
  expect(metrics.channel(bench.channel()).msg_rates).toMatchObject(rate);
  const incoming = { publish_in: 27, publish_in_details: { rate: 4 } };
  expect(metrics.exchange(bench.vhost.exchange('')).msg_rates).toMatchObject(incoming);
  const { node } = metrics.totals();
  expect(metrics.overview(node).msg_rates).toMatchObject(rate);
  expect(metrics.vhost(bench.vhost, node).lengths).toMatchObject({ messages: 27, messages_details: { rate: 4 } });
  bench.clock.advance(STEP_MS);
  expect(metrics.queue(bench.queue()).msg_rates).toMatchObject({ publish: 27, publish_details: { rate: 0 } });
  expect(metrics.connection(bench.client.connection).data_rates['recv_oct_details']).toEqual({ rate: 0 });
  metrics.stop();
});

test("samples are RabbitMQ's: the latest first, at whole increments, with their average", () => {
  const bench = sampling();
  publishSteps(bench, [1, 2, 3]);
  const nowMs = bench.clock.nowMs();
  const { publish_details } = bench.metrics.queue(bench.queue(), { msg_rates: MINUTE }).msg_rates;
  const details = publish_details as Required<Details>;
  expect(details.samples).toHaveLength(13);
  expect(details.samples.slice(0, 4)).toEqual([
    { sample: 6, timestamp: nowMs },
    { sample: 3, timestamp: nowMs - STEP_MS },
    { sample: 1, timestamp: nowMs - 2 * STEP_MS },
    { sample: 0, timestamp: nowMs - 3 * STEP_MS },
  ]);
  expect([details.avg, details.avg_rate]).toEqual([10 / 13, 0.1]);
  bench.metrics.stop();
});

test('of the node and of virtual hosts a day is kept', () => {
  const bench = sampling();
  publishSteps(bench, [5]);
  bench.clock.advance(24 * 3_600_000);
  const { node } = bench.metrics.totals();
  for (const ageSeconds of [600, 3_600, 28_800, 86_400]) {
    const incrementSeconds = ageSeconds / 12;
    const range = { lengths: { ageSeconds, incrementSeconds } };
    for (const figures of [bench.metrics.overview(node, range), bench.metrics.vhost(bench.vhost, node, range)]) {
      const { samples } = figures.lengths['messages_details'] as Required<Details>;
      expect(samples).toHaveLength(13);
      expect(samples.slice(0, 12).map(({ sample }) => sample)).toEqual(new Array(12).fill(5));
    }
  }
  bench.metrics.stop();
});

test('message_stats tell of what has happened at all, and of what belongs to it', () => {
  const bench = sampling();
  expect(bench.metrics.channel(bench.channel()).msg_rates).toEqual({});
  bench.publish('q');
  const names = Object.keys(bench.metrics.channel(bench.channel()).msg_rates).filter((name) => !/_details$/.test(name));
  expect(names).toEqual(['publish', 'confirm', 'return_unroutable', 'drop_unroutable']);
  bench.metrics.stop();
});

test('an object that is gone leaves nothing behind', () => {
  const bench = sampling();
  publishSteps(bench, [1, 1]);
  const queue = bench.queue();
  bench.client.send(1, 'queue.delete', { queue: 'q' });
  bench.clock.advance(STEP_MS);
  expect(bench.metrics.changedAtMs(queue)).toBeUndefined();
  bench.metrics.stop();
});

test('beyond what histories may take there are rates, and no history', () => {
  const bench = sampling({ historyBytesMax: 0 });
  publishSteps(bench, [10, 20, 30]);
  const { msg_rates } = bench.metrics.queue(bench.queue(), { msg_rates: MINUTE });
  const { rate, samples } = msg_rates['publish_details'] as Required<Details>;
  expect([rate, samples.filter(({ sample }) => sample > 0).length]).toEqual([6, 2]);
  bench.metrics.stop();
});

test('sampling goes on a little at a time', () => {
  const waiting: (() => void)[] = [];
  const bench = new CountingBench({ later: (next) => waiting.push(next) });
  for (let i = 0; i < 1_000; i++) bench.declare(`q${i}`);
  bench.metrics.start();
  bench.clock.advance(STEP_MS);
  let turns = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    next();
    turns++;
  }
  expect(turns).toBeGreaterThan(4);
  expect(bench.metrics.changedAtMs(bench.queue('q999'))).toBe(bench.clock.nowMs());
  bench.metrics.stop();
});

describe('of a queue is told', () => {
  test('how long its first message has been there, at most', () => {
    const bench = sampling();
    const age = (): number | undefined => bench.metrics.queueFacts(bench.vhost, bench.queue()).oldestMessageAgeMs;
    bench.clock.advance(STEP_MS);
    expect(age()).toBe(0);
    bench.clock.advance(STEP_MS);
    bench.publish('q', { count: 2 });
    bench.clock.advance(20_000);
    expect(age()).toBe(20_000);
    bench.client.send(1, 'basic.get', { queue: 'q', noAck: true });
    expect(age()).toBe(20_000);
    bench.client.send(1, 'basic.get', { queue: 'q', noAck: true });
    expect(age()).toBe(0);
    bench.metrics.stop();
  });

  test('how much of the time its consumers could have had a message at once', () => {
    const bench = sampling();
    const capacity = (): number => bench.metrics.consumerCapacity(bench.queue());
    expect(capacity()).toBe(0);
    bench.client.send(1, 'basic.qos', { prefetchCount: 1 });
    bench.client.send(1, 'basic.consume', { queue: 'q', consumerTag: 'one' });
    bench.clock.advance(STEP_MS);
    expect(capacity()).toBe(1);
    bench.publish('q', { count: 2 });
    bench.clock.advance(STEP_MS);
    expect(capacity()).toBe(0.5);
    bench.metrics.stop();
  });

  test('when anything last happened there', () => {
    const bench = sampling();
    bench.clock.advance(STEP_MS);
    const sinceMs = bench.clock.nowMs();
    bench.clock.advance(3 * STEP_MS);
    expect(bench.metrics.changedAtMs(bench.queue())).toBe(sinceMs);
    publishSteps(bench, [1]);
    expect(bench.metrics.changedAtMs(bench.queue())).toBe(bench.clock.nowMs());
    bench.metrics.stop();
  });
});

test('samples that are cleared are gone, with their rates, and are taken again; counters and ages stay', () => {
  const bench = sampling();
  publishSteps(bench, [10, 20, 30]);
  const { metrics } = bench;
  const kept = metrics.historyBytes;
  const ageMs = metrics.queueFacts(bench.vhost, bench.queue()).oldestMessageAgeMs;
  const looks = (): readonly unknown[] => {
    const { node } = metrics.totals();
    const range = { msg_rates: MINUTE };
    const seen = [
      metrics.queue(bench.queue(), range),
      metrics.overview(node, range),
      metrics.vhost(bench.vhost, node, range),
    ];
    return seen.map(({ msg_rates }) => {
      const { rate, samples } = msg_rates['publish_details'] as Required<Details>;
      return [msg_rates['publish'], rate, samples.map(({ sample }) => sample).filter((sample) => sample > 0)];
    });
  };
  expect(looks()).toEqual(new Array(3).fill([60, 6, [60, 30, 10]]));
  metrics.clearSamples();
  expect([kept > 0, metrics.historyBytes]).toEqual([true, 0]);
  expect(looks()).toEqual(new Array(3).fill([60, 0, []]));
  expect(metrics.queueFacts(bench.vhost, bench.queue()).oldestMessageAgeMs).toBe(ageMs);
  publishSteps(bench, [5, 10]);
  expect(looks()).toEqual(new Array(3).fill([75, 2, [75, 65]]));
  expect(metrics.historyBytes).toBe(kept);
  metrics.stop();
});
