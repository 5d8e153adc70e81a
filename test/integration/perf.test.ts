// `leveret perf` against a broker in this process.

import { expect, onTestFinished, test } from 'vitest';
import { readAmqpUrl } from '../../src/cli/perf/amqp_url.ts';
import { CHURNS, type ChurnName, runChurn } from '../../src/cli/perf/churn.ts';
import { runConnectionCount } from '../../src/cli/perf/connection_count.ts';
import { runLoad } from '../../src/cli/perf/load.ts';
import type { LoadOptions } from '../../src/cli/perf/load_options.ts';
import { EMPTY_TABLE, fromPlain } from '../../src/codec/table.ts';
import { createBroker } from '../../src/index.ts';

async function options(changes: Partial<LoadOptions> = {}): Promise<LoadOptions> {
  const broker = await createBroker();
  onTestFinished(() => broker.close());
  return {
    url: readAmqpUrl(broker.url),
    publishers: 1,
    consumers: 1,
    bodyBytes: 20,
    ackEvery: undefined,
    unconfirmedMax: undefined,
    prefetch: undefined,
    persistent: false,
    queue: undefined,
    exchange: '',
    routingKey: undefined,
    queueArguments: EMPTY_TABLE,
    publishRate: undefined,
    seconds: 15,
    publishMax: 1000,
    consumeMax: undefined,
    ...changes,
  };
}

test('as many messages as were asked for are published and consumed, by all together', async () => {
  const figures = await runLoad(await options({ publishers: 3, consumers: 2 }));
  expect(figures).toMatchObject({ published: 1000, consumed: 1000, confirmed: 0, latencyMicroseconds: undefined });
});

test('with confirms, acknowledgements and a prefetch limit nothing is left unsettled', async () => {
  const settled = { unconfirmedMax: 100, ackEvery: 10, prefetch: 50, persistent: true };
  const figures = await runLoad(await options(settled));
  expect(figures).toMatchObject({ published: 1000, consumed: 1000, confirmed: 1000, refused: 0 });
});

test('what a full queue refuses is counted, and not waited for', async () => {
  const full = fromPlain({ 'x-max-length': 10, 'x-overflow': 'reject-publish' });
  const figures = await runLoad(await options({ consumers: 0, unconfirmedMax: 100, queueArguments: full }));
  expect(figures.confirmed + figures.refused).toBe(1000);
  expect(figures.confirmed).toBe(10);
});

test('at a rate, latency is measured', async () => {
  const figures = await runLoad(await options({ publishRate: 2000, publishMax: 200 }));
  expect(figures.consumed).toBe(200);
  const { median = 0, p99 = 0, max = 0 } = figures.latencyMicroseconds ?? {};
  expect(median).toBeGreaterThan(0);
  expect(p99).toBeGreaterThanOrEqual(median);
  expect(max).toBeGreaterThanOrEqual(p99);
});

test('a body may be larger than a frame, or empty', async () => {
  expect(await runLoad(await options({ bodyBytes: 300_000, publishMax: 5 }))).toMatchObject({ consumed: 5 });
  expect(await runLoad(await options({ bodyBytes: 0, publishMax: 5 }))).toMatchObject({ consumed: 5 });
});

test('a run ends with its time, even if nothing comes', async () => {
  const figures = await runLoad(await options({ publishers: 0, seconds: 0.2, publishMax: undefined }));
  expect(figures).toMatchObject({ published: 0, consumed: 0 });
  expect(figures.seconds).toBeLessThan(5);
});

test('the queue that was made is gone afterwards; one that was named has to be there', async () => {
  const wanted = await options({ publishMax: 10 });
  await runLoad(wanted);
  await expect(runLoad({ ...wanted, queue: 'nope' })).rejects.toThrow(
    "The broker said 404 NOT_FOUND - no queue 'nope'",
  );
});

test('where no broker listens, it is told', async () => {
  const wanted = await options();
  await expect(runLoad({ ...wanted, url: { ...wanted.url, port: 1 } })).rejects.toThrow('ECONNREFUSED');
});

test.each(Object.keys(CHURNS) as ChurnName[])('%s does it as often as it was asked for', async (name) => {
  const { url } = await options();
  const figures = await runChurn(CHURNS[name], { url, seconds: 15, concurrency: 2, max: 6 });
  expect(figures.count).toBe(6);
});

test('connections are opened, with channels, and closed', async () => {
  const { url } = await options();
  const opened = await runConnectionCount({ url, connections: 20, channels: 2, seconds: 0.01 });
  expect(opened.connections).toBe(20);
});
