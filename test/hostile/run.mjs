// `npm run hostile -- --effort 5`: the attacks of the tests, longer, on a daemon, an attacker and a bystander of a process
// each. Prints how long the bystander's round trips take meanwhile, and fails where an attack succeeds, or memory is not let
// go. `--only WORD` runs the attacks with that word in their name.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createViteServer } from 'vitest/node';
import { startDaemon } from '../../bench/lib/daemon.mjs';
import { prepare } from '../../scripts/prepare.mjs';

const self = fileURLToPath(import.meta.url);
const root = join(dirname(self), '..', '..');

/** Well above what the costliest single message takes; less on a machine that has a core for each of the three processes. */
const P99_MS_MAX = 100;
/** What the daemon may have grown by when all is over. Memory that was needed and is free again is not all given back. */
const GROWTH_MIB_MAX = 300;
const IDLE_MS = 2_000;
const SETTLE_MS = 1_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { effort: { type: 'string', default: '5' }, only: { type: 'string', default: '' } },
});

if (process.send !== undefined) await standBeside(positionals[0]);
else process.exitCode = await siege(Number(values.effort), values.only);

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

async function siege(effort, only) {
  prepare();
  const { ATTACKS } = await load('attacks.ts');
  const daemon = await startDaemon(root);
  const bystander = fork(self, [daemon.url], { execArgv: [] });
  const problems = [];
  try {
    await once(bystander, 'message');
    await beside(bystander, () => sleep(IDLE_MS));
    const idle = await beside(bystander, () => sleep(IDLE_MS));
    const before = residentMib(daemon.pid);
    line('attack', 'seconds', 'p50 ms', 'p99 ms', 'max ms', 'p99/idle', 'MiB');
    show('(idle)', IDLE_MS, idle, idle, before);
    for (const [name, attack] of ATTACKS.filter(([title]) => title.includes(only))) {
      const startedMs = performance.now();
      const latency = await beside(bystander, () => attack({ host: '127.0.0.1', port: daemon.port }, effort)).catch(
        (error) => problems.push(`${name}: ${error.message}`) && undefined,
      );
      const tookMs = performance.now() - startedMs;
      await sleep(SETTLE_MS);
      if (latency === undefined) continue;
      show(name, tookMs, latency, idle, residentMib(daemon.pid));
      if (latency.p99 > P99_MS_MAX) problems.push(`${name}: p99 is ${latency.p99.toFixed(1)} ms`);
    }
    const growth = residentMib(daemon.pid) - before;
    process.stdout.write(`resident memory grew by ${growth.toFixed(0)} MiB\n`);
    if (growth > GROWTH_MIB_MAX) problems.push(`memory grew by ${growth.toFixed(0)} MiB`);
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

function residentMib(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

function show(name, tookMs, { p50, p99, max }, idle, mib) {
  const figures = [tookMs / 1_000, p50, p99, max, p99 / idle.p99, mib];
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
