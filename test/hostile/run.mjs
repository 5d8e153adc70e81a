// `npm run hostile -- --effort 5`: the attacks of the tests, longer, on a daemon, an attacker and a bystander of a process
// each. Prints how long the bystander's round trips take meanwhile, and when nobody attacks, and what the daemon has of
// memory; fails where an attack succeeds, the bystander waits too long, or memory is not let go. `--full` does each as much
// as it is meant (10,000 connections, a million channels); `--only WORD,WORD` does those with such a word in their name.

import { fork, spawnSync } from 'node:child_process';
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

/** The bystander's p99 under attack, in those of an idle broker. */
const TIMES_IDLE_MAX = 10;
/** An idle p99 below this counts as this: a time slice of the scheduler that an attacker's process gets is no less. */
const IDLE_P99_MS_MIN = 1;
/** What it may have more than before when all is over and its garbage is collected. */
const GROWTH_MIB_MAX = 20;
/** The broker at rest, before each attack. */
const IDLE_MS = 2_000;
/** What an attacker has sent before he left may still have to be read. */
const SETTLE_MS = 1_000;
/** Short attacks are repeated for so long, or a p99 would be that of a few messages. */
const ATTACK_MS_MIN = 3_000;
const PAUSE_MS = 200;
/**
 * An attacker has a computer of his own: here, he gives way to the broker and the bystander. With chrt, at once, wherever one of
 * them has something to do; without, as far as priorities go.
 */
const NICER = 15;
/** Whatever else this computer does is no attack: it gives way to those two as well, where we may say so (as root). */
const KINDER = 15;
const SESSION = '/proc/self/autogroup';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    effort: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    full: { type: 'boolean', default: false },
  },
});

/**
 * What the daemon may have resident at any time: giant tables are 320 MiB of messages, or 2.2 GiB, that nobody takes, again and
 * again.
 */
const PEAK_MIB_MAX = values.full ? 3_500 : 1_000;

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
  const words = only.split(',');
  const own = getPriority();
  const setBack = prefer(own);
  const daemon = await startDaemon(root, { gauge });
  const bystander = fork(self, [daemon.url], { execArgv: [] });
  const problems = [];
  try {
    await once(bystander, 'message');
    setPriority(Math.min(19, own + NICER));
    spawnSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(process.pid)]);
    await beside(bystander, () => sleep(IDLE_MS));
    const before = await measure(daemon);
    let now = before;
    line('attack', 'seconds', 'idle p99', 'p50 ms', 'p99 ms', 'max ms', 'p99/idle', 'busy ms', 'peak MiB', 'kept MiB');
    for (const [name, attack, most] of ATTACKS.filter(([title]) => words.some((word) => title.includes(word)))) {
      await sleep(SETTLE_MS);
      const idle = await beside(bystander, () => sleep(IDLE_MS));
      await measure(daemon);
      const startedMs = performance.now();
      const latency = await beside(bystander, () => lead(attack, daemon, full ? most : effort)).catch(
        (error) => problems.push(`${name}: ${error.message}`) && undefined,
      );
      const tookMs = performance.now() - startedMs;
      await sleep(SETTLE_MS);
      now = await measure(daemon);
      if (latency === undefined) continue;
      const times = latency.p99 / Math.max(IDLE_P99_MS_MIN, idle.p99);
      const { p50, p99, max } = latency;
      const figures = [tookMs / 1_000, idle.p99, p50, p99, max, times, now.busyMs, now.peakMib, now.keptMib];
      line(name, ...figures.map((figure) => figure.toFixed(1)));
      if (times > TIMES_IDLE_MAX) problems.push(`${name}: the p99 is ${times.toFixed(1)} times that of an idle broker`);
      if (now.peakMib > PEAK_MIB_MAX) problems.push(`${name}: takes ${now.peakMib.toFixed(0)} MiB`);
    }
    const growth = now.keptMib - before.keptMib;
    process.stdout.write(`what is kept grew by ${growth.toFixed(1)} MiB\n`);
    if (growth > GROWTH_MIB_MAX) problems.push(`${growth.toFixed(0)} MiB are kept`);
  } catch (error) {
    problems.push(error.message);
  } finally {
    if (bystander.connected) bystander.disconnect();
    await daemon.stop();
    setBack();
  }
  for (const problem of problems) process.stdout.write(`hostile: ${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}

/**
 * For those that are started from now on, who inherit it, each with all its threads; and for the session, since Linux first
 * shares the processor between sessions, and only then looks at the priorities within. Returns what sets the session back.
 */
function prefer(own) {
  try {
    setPriority(Math.max(-20, own - KINDER));
    const kept = /-?\d+$/m.exec(readFileSync(SESSION, 'utf8'))[0];
    writeFileSync(SESSION, `${-KINDER}`);
    return () => writeFileSync(SESSION, kept);
  } catch {
    process.stdout.write('Not root on Linux: what else this computer does counts as the attack.\n');
    return () => {};
  }
}

/** The attack, again and again for as long as it takes to tell how the bystander fares. */
async function lead(attack, { port }, effort) {
  const startedMs = performance.now();
  do {
    await attack({ host: '127.0.0.1', port }, effort);
    await sleep(PAUSE_MS);
  } while (performance.now() - startedMs < ATTACK_MS_MIN);
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

/** What the daemon needed at most since this was asked before, and what it has without its garbage. */
async function measure({ child, pid }) {
  const peakMib = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  child.send('measure');
  const [{ keptBytes, busyMs }] = await once(child, 'message');
  // Has the kernel forget the peak.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return { peakMib, keptMib: keptBytes / 2 ** 20, busyMs };
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
