// How fast the management API lists very many queues: `npm run build && node bench/queue_pages.mjs [queues] [seconds]`.
//
// A daemon has so many queues, with from none to nine messages each. A page of a hundred of them is asked for as it comes, sorted by
// length, and filtered by a part of the name. Printed is how long that takes, and what processor time it takes the daemon, while
// nothing else goes on and while 300,000 messages a second go from one publisher to one consumer; and how many messages go through
// as fast as it goes, in turn while nobody asks and while a page is asked for each second.

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startDaemon } from './lib/daemon.mjs';
import { runNanoseconds } from './lib/process_figures.mjs';
import { number, printTable } from './lib/table.mjs';
import { Connection } from './load/connection.mjs';
import { runScenario } from './load/load.mjs';
import * as methods from './load/methods.mjs';

const [queueCount = 10_000, seconds = 4] = process.argv.slice(2).map(Number);
const SCENARIO = { publishers: 1, consumers: 1, bodyBytes: 100, window: 1000, ackEvery: 100, prefetch: 1000 };
/** The best of them counts: what else the machine does can only slow a round down. */
const ROUNDS = 3;
const PER_SECOND = 300_000;
const PAGES = {
  'as it comes': '',
  'sorted by messages': '&sort=messages&sort_reverse=true',
  'filtered by name': '&name=99',
};
const IDLE_PAGES = 60;
/** Often enough for a percentile. */
const OFTEN_MS = 50;
const EACH_SECOND_MS = 1_000;
const AUTHORIZATION = `Basic ${Buffer.from('guest:guest').toString('base64')}`;

const folder = fileURLToPath(new URL('..', import.meta.url));
const daemon = await startDaemon(folder, { management: true });
try {
  await fill();
  await pages((taken) => taken < IDLE_PAGES, 0);
  const beganAt = runNanoseconds(daemon.pid);
  const idle = await pages((taken) => taken < IDLE_PAGES, 0);
  const processorMs = (runNanoseconds(daemon.pid) - beganAt) / 1e6 / IDLE_PAGES / Object.keys(PAGES).length;
  const paced = await meanwhile(pacedLoad(2 * seconds), OFTEN_MS);
  printTimes({ idle, [`at ${number(paced.perSecond)} messages/s`]: paced.times });
  const without = [];
  const during = [];
  for (let round = 0; round < ROUNDS; round++) {
    without.push(await load());
    during.push((await meanwhile(load(), EACH_SECOND_MS)).perSecond);
  }
  printTable(
    ['', ''],
    [
      ['processor time of the daemon for a page, milliseconds', number(processorMs)],
      ['delivered per second while nobody asks', number(Math.max(...without))],
      ['delivered per second with a page each second', number(Math.max(...during))],
    ],
  );
} finally {
  await daemon.stop();
}

async function fill() {
  const client = await Connection.open(daemon.url);
  for (let i = 0; i < queueCount; i++) {
    await client.call(methods.queueDeclare(`q${i}`, {}), methods.QUEUE_DECLARE_OK);
    const { bytes } = methods.publish({ exchange: '', routingKey: `q${i}`, bodyBytes: 100, frameMax: 131_072 });
    for (let message = 0; message < i % 10; message++) client.socket.write(bytes);
  }
  await client.call(methods.queueDeclare('q0', {}), methods.QUEUE_DECLARE_OK);
  await client.close();
}

async function load() {
  const { delivered } = await runScenario(daemon.url, SCENARIO, { seconds, warmUpSeconds: 1 });
  return delivered;
}

/** At a rate, by `leveret perf`; resolves to how many were consumed per second. */
async function pacedLoad(runSeconds) {
  const words = [
    'perf',
    'throughput',
    '--uri',
    daemon.url,
    '--rate',
    `${PER_SECOND}`,
    '--time',
    `${runSeconds}`,
    '--json',
  ];
  const child = spawn(process.execPath, [`${folder}/bin/leveret.js`, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Math.round(JSON.parse(await text(child.stdout)).consumedPerSecond);
}

/** Asks for pages as long as a load goes on. */
async function meanwhile(loading, everyMs) {
  let running = true;
  const asking = pages(() => running, everyMs);
  const perSecond = await loading;
  running = false;
  return { perSecond, times: await asking };
}

/** Milliseconds by kind of page, which take turns. */
async function pages(more, everyMs) {
  const times = Object.fromEntries(Object.keys(PAGES).map((kind) => [kind, []]));
  for (let taken = 0; more(taken); taken++) {
    for (const [kind, query] of Object.entries(PAGES)) {
      const beganAt = performance.now();
      const count = await page(query);
      times[kind].push(performance.now() - beganAt);
      if (count !== 100) throw new Error(`a page of ${count} queues`);
      await sleep(everyMs);
    }
  }
  return times;
}

async function page(query) {
  const url = `${daemon.managementUrl}/api/queues?page=1&page_size=100${query}`;
  const response = await fetch(url, { headers: { authorization: AUTHORIZATION } });
  return JSON.parse(await response.text()).item_count;
}

function printTimes(byWhen) {
  const rows = Object.entries(byWhen).flatMap(([when, times]) =>
    Object.entries(times).map(([kind, all]) => [
      `${kind}, ${when}`,
      ...[0.5, 0.99, 1].map((share) => number(percentile(all, share))),
      number(all.length),
    ]),
  );
  printTable(['page of 100, milliseconds', 'p50', 'p99', 'longest', 'pages'], rows);
}

function percentile(values, share) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
