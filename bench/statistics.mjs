// What statistics cost with very many queues: `npm run build && node bench/statistics.mjs [queues] [seconds]`.
//
// A broker in this process has so many queues, each with messages, and carries a load from one publisher to one consumer; a page
// of a hundred queues, sorted by length, with rates and a minute of samples, is put together twice a second, everything is told
// to Prometheus every five seconds, and sampled all the while. Printed is how long that took, and what the load came to with and without it.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerMetrics } from '../dist/broker_metrics.js';
import { createBroker } from '../dist/index.js';
import { median, number, printTable } from './lib/table.mjs';
import { Connection } from './load/connection.mjs';
import { runScenario } from './load/load.mjs';
import * as methods from './load/methods.mjs';

const [queueCount = 10_000, seconds = 8] = process.argv.slice(2).map(Number);
const SCENARIO = { publishers: 1, consumers: 1, bodyBytes: 100, window: 1000, ackEvery: 100, prefetch: 1000 };
const PAGE = 100;
const PAGES_EVERY_MS = 500;
/** Every five seconds. */
const PAGES_PER_SCRAPE = 10;
const RANGES = { lengths: { ageSeconds: 60, incrementSeconds: 5 }, msg_rates: { ageSeconds: 60, incrementSeconds: 5 } };
/** Two moments of sampling, and a little. */
const IDLE_MS = 11_000;

const broker = await createBroker({ port: 0 });
await fill(broker.url);
const before = await load();
const metrics = await metricsOf(broker);
metrics.start();
const idle = await longestDelay(() => sleep(IDLE_MS));
const pages = [];
const scrapes = [];
let looking = true;
const looker = look();
const during = await load();
looking = false;
await looker;
printTable(
  ['statistics', ''],
  [
    [`queues`, number(queueCount)],
    ['delivered per second, without', number(before)],
    ['delivered per second, with', number(during)],
    ['page of 100, median ms', median(pages).toFixed(1)],
    ['page of 100, longest ms', Math.max(...pages).toFixed(1)],
    ['everything for Prometheus, median ms', median(scrapes).toFixed(0)],
    ['longest delay of the event loop when only sampling, ms', idle.toFixed(1)],
    ['histories may take, MB', (metrics.historyBytes / 1e6).toFixed(1)],
    ['resident, MB', (process.memoryUsage.rss() / 1e6).toFixed(0)],
  ],
);
await broker.close();

async function fill(url) {
  const client = await Connection.open(url);
  for (let i = 0; i < queueCount; i++) {
    await client.call(methods.queueDeclare(`q${i}`, {}), methods.QUEUE_DECLARE_OK);
    const { bytes } = methods.publish({ exchange: '', routingKey: `q${i}`, bodyBytes: 100, frameMax: 131_072 });
    client.socket.write(bytes);
  }
  await client.call(methods.queueDeclare('q0', {}), methods.QUEUE_DECLARE_OK);
  await client.close();
}

async function load() {
  const { delivered } = await runScenario(broker.url, SCENARIO, { seconds, warmUpSeconds: 2 });
  return delivered;
}

async function look() {
  while (looking) {
    const beganAt = performance.now();
    page();
    pages.push(performance.now() - beganAt);
    if (pages.length % PAGES_PER_SCRAPE === 1) scrapes.push(await scrape());
    await sleep(PAGES_EVERY_MS);
  }
}

async function scrape() {
  const beganAt = performance.now();
  for await (const _ of broker.prometheus({ kind: 'per-object' }));
  return performance.now() - beganAt;
}

function page() {
  const queues = [...metrics.totals().vhosts.keys()].flatMap((vhost) => [...vhost.queues.values()]);
  queues.sort((left, right) => right.readyCount - left.readyCount);
  return JSON.stringify(queues.slice(0, PAGE).map((queue) => metrics.queue(queue, RANGES)));
}

async function longestDelay(act) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await act();
  histogram.disable();
  return histogram.max / 1e6 - 1;
}

/** The management interface has them from the broker; here they are caught when the broker loads them. */
async function metricsOf(from) {
  let found;
  const { load: original } = BrokerMetrics.prototype;
  BrokerMetrics.prototype.load = function loadAndTell() {
    found = original.call(this);
    return found;
  };
  await from.prometheus()[Symbol.asyncIterator]().next();
  BrokerMetrics.prototype.load = original;
  return await found;
}
