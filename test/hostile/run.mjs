// `npm run hostile -- --effort 5`: the attacks of the tests, longer, on a daemon, an attacker and a bystander of a process
// each. Prints how long the bystander's round trips take meanwhile, and fails where an attack succeeds, or memory is not let
// go. `--only WORD` runs the attacks with that word in their name.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createViteServer } from 'vitest/node';
import { startDaemon } from '../../bench/lib/daemon.mjs';
import { prepare } from '../../scripts/prepare.mjs';

const self = fileURLToPath(import.meta.url);
const root = join(dirname(self), '..', '..');

const gauge = join(dirname(self), 'gauge.mjs');

const TIMES_IDLE_MAX = 10;
/** What the daemon may have resident at any time. */
const PEAK_MIB_MAX = 600;
/** What it may have more than before when all is over and its garbage is collected. */
const GROWTH_MIB_MAX = 30;
const IDLE_MS = Number(process.env.IDLE ?? 5_000);
const SETTLE_MS = 1_000;
/** Short attacks are repeated for so long, or a p99 would be that of a few messages. */
const ATTACK_MS_MIN = 3_000;
const ROUND_MS = 100;
const NICER = 15;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    effort: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    full: { type: 'boolean', default: false },
  },
});

if (process.send !== undefined) await standBeside(positionals[0]);
else process.exitCode = await siege(Number(values.effort), values.only, values.full);

/** The bystander's process: starts and stops when it is told to, and tells what it measured. */
async function standBeside(url) {
  const { Bystander } = await load('bystander.ts');
  const bystander = await Bystander.beside(url);
  process.on('message', (word) => {
    if (word === 'start') bystander.start();
    else
      bystander.stop().then(
        (latency) => process.send({ latency }),
        (error) => process.send({ failure: error.message }),
      );
  });
  process.on('disconnect', () => process.exit());
  process.send({ ready: true });
}

async function siege(effort, only, full) {
  prepare();
  const { ATTACKS } = await load('attacks.ts');
  const daemon = await startDaemon(root, { gauge });
  const bystander = fork(self, [daemon.url], { execArgv: [] });
  const problems = [];
  try {
    await once(bystander, 'message');
    setPriority(Math.min(19, getPriority() + NICER));
    await beside(bystander, () => sleep(SETTLE_MS));
    await measure(daemon);
    line('attack', 'seconds', 'p50 ms', 'p99 ms', 'max ms', 'p99/idle', 'peak MiB', 'kept MiB', 'loop99', 'loopmax');
    const idle = await beside(bystander, () => sleep(IDLE_MS));
    const before = await measure(daemon);
    show('(idle)', IDLE_MS, idle, idle, before);
    let last = before;
    for (const [name, attack, most] of ATTACKS.filter(([title]) =>
      only.split(',').some((word) => title.includes(word)),
    )) {
      const startedMs = performance.now();
      const target = { host: '127.0.0.1', port: daemon.port };
      const again = async () => {
        do {
          await attack(target, full ? most : effort);
          // The broker sees the end of a connection, and what was its own goes.
          await sleep(ROUND_MS);
        } while (performance.now() - startedMs < ATTACK_MS_MIN);
      };
      const latency = await beside(bystander, again).catch(
        (error) => problems.push(`${name}: ${error.message}`) && undefined,
      );
      const tookMs = performance.now() - startedMs;
      await sleep(SETTLE_MS);
      last = await measure(daemon);
      if (latency === undefined) continue;
      show(name, tookMs, latency, idle, last);
      const times = latency.p99 / idle.p99;
      if (times > TIMES_IDLE_MAX) problems.push(`${name}: the p99 is ${times.toFixed(1)} times that of an idle broker`);
      if (last.peakMib > PEAK_MIB_MAX) problems.push(`${name}: needs ${last.peakMib.toFixed(0)} MiB`);
    }
    const growth = last.keptMib - before.keptMib;
    process.stdout.write(`what is kept grew by ${growth.toFixed(1)} MiB\n`);
    if (growth > GROWTH_MIB_MAX) problems.push(`${growth.toFixed(0)} MiB are kept for nothing`);
  } catch (error) {
    problems.push(error.message);
  } finally {
    if (bystander.connected) bystander.disconnect();
    await daemon.stop();
  }
  for (const problem of problems) process.stdout.write(`hostile: ${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}

/** The bystander's latency while `work` goes on. */
async function beside(bystander, work) {
  bystander.send('start');
  const failure = await work().catch((error) => error);
  bystander.send('stop');
  const [told] = await once(bystander, 'message');
  if (told.failure !== undefined) throw new Error(`the bystander: ${told.failure}`);
  if (failure !== undefined) throw failure;
  return told.latency;
}

/** What the daemon needed at most since this was asked before, and what it still has without its garbage. */
async function measure({ child, pid }) {
  const peakMib = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  child.send('measure');
  const [{ keptBytes, loopMs, loop99 }] = await once(child, 'message');
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return { peakMib, keptMib: keptBytes / 2 ** 20, loopMs, loop99 };
}

function show(name, tookMs, { p50, p99, max }, idle, { peakMib, keptMib, loopMs, loop99 }) {
  const figures = [tookMs / 1_000, p50, p99, max, p99 / idle.p99, peakMib, keptMib, loop99, loopMs];
  line(name, ...figures.map((figure) => figure.toFixed(1)));
}

function line(name, ...columns) {
  process.stdout.write(`${name.padEnd(44)}${columns.map((column) => column.padStart(9)).join('')}\n`);
}

/** A module of the tests, which are in TypeScript. */
async function load(name) {
  const vite = await createViteServer({
    root,
    configFile: false,
    logLevel: 'error',
    server: { middlewareMode: true, ws: false, watch: null },
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
  });
  return vite.ssrLoadModule(join(root, 'test', 'hostile', name));
}
