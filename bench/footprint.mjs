// `npm run bench:footprint`: what the daemon costs before it does anything, and what it keeps for what it holds.
// Each figure is taken from a daemon of its own. Linux only: it reads /proc. `-- --json FILE` writes the figures too.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/commits.mjs';
import { startDaemon } from './lib/daemon.mjs';
import { coreShare, openFilesMax, residentBytes } from './lib/process_figures.mjs';
import { median, number, printTable } from './lib/table.mjs';
import { fillQueue } from './load/waiting.mjs';

const MB = 1_000_000;
const STARTS = 10;
const IDLE_SECONDS = 10;
const MESSAGES = { count: 1_000_000, bodyBytes: 100 };
const CONNECTIONS = 10_000;
/** What the daemon opens besides its clients' sockets. */
const OTHER_FILES = 100;
const SETTLE_MS = 1500;
/** V8 tidies its heap once, some eight seconds after the start; idle is what comes after. */
const IDLE_AFTER_MS = 12_000;

const IDLE_CLIENT = fileURLToPath(new URL('load/idle.mjs', import.meta.url));

async function measureStart() {
  const times = [];
  for (let i = 0; i < STARTS; i++) times.push(await withDaemon(({ startMs }) => startMs));
  return median(times);
}

function measureIdle() {
  return withDaemon(async ({ pid }) => {
    await sleep(IDLE_AFTER_MS);
    const share = await coreShare(pid, IDLE_SECONDS);
    return { bytes: residentBytes(pid), share };
  });
}

function measureMessages() {
  return withDaemon((daemon) => bytesAdded(daemon, () => fillQueue(daemon.url, MESSAGES)));
}

function measureConnections(count) {
  return withDaemon(async (daemon) => {
    const client = spawn(process.execPath, [IDLE_CLIENT, daemon.url, String(count)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(client, 'exit');
    const opened = once(client.stdout, 'data');
    const added = await bytesAdded(daemon, async () => {
      if ((await Promise.race([opened, ended]))[0] === 1) throw new Error('the connections could not be opened');
    });
    client.stdin.end();
    await ended;
    return added / count;
  });
}

async function bytesAdded({ pid }, hold) {
  const before = residentBytes(pid);
  await hold();
  await sleep(SETTLE_MS);
  return residentBytes(pid) - before;
}

async function withDaemon(measure) {
  const daemon = await startDaemon(ROOT);
  try {
    return await measure(daemon);
  } finally {
    await daemon.stop();
  }
}

const { values: options } = parseArgs({ options: { json: { type: 'string' } } });
const connections = Math.min(CONNECTIONS, openFilesMax() - OTHER_FILES);
if (connections < CONNECTIONS) process.stderr.write(`Only ${connections} connections: the limit of open files.\n`);

const startMs = await measureStart();
const idle = await measureIdle();
const messages = await measureMessages();
const perConnection = await measureConnections(connections);

const figures = [
  { what: 'start to first connection, ms', value: startMs, target: 250 },
  { what: 'idle: resident memory, MB', value: idle.bytes / MB, target: 80 },
  { what: 'idle: share of a core, %', value: idle.share * 100, target: 0.3 },
  { what: `${number(MESSAGES.count)} waiting messages of 100 B add, MB`, value: messages / MB, target: 200 },
  { what: `one of ${number(connections)} idle connections, kB`, value: perConnection / 1000, target: 30 },
];
const rows = figures.map(({ what, value, target }) => [
  what,
  number(value),
  number(target),
  value <= target ? 'yes' : 'NO',
]);
printTable(['', 'measured', 'at most', 'reached'], rows);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`);
