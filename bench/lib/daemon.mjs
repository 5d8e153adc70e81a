// Starts a built Leveret as a process of its own, and stops it.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 20_000;
const POLL_MS = 2;
/** As `npm start` and the image have it. */
const COLLECTORS = '--v8-pool-size=1';

/**
 * A daemon that takes connections: `url`, `pid`, `startMs` (from spawning it to the first connection), `stop()`; with `tls`,
 * if it is a Leveret that has it, also `tlsUrl`; with `management`, also `managementUrl`. `gauge` is a module to load into it,
 * which `child` has a channel to.
 */
export async function startDaemon(folder, { host = HOST, tls = false, management = false, gauge } = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'leveret-bench-'));
  const port = await freePort();
  const main = join(folder, 'dist', 'cli', 'main.js');
  const flags = [COLLECTORS, ...(gauge === undefined ? [] : ['--expose-gc', '--import', gauge])];
  const words = [...flags, main, 'start', '--host', host, '--port', String(port), '--data-dir', dataDir];
  const managementPort = management ? await freePort() : undefined;
  const secured = tls ? await tlsOf(main, dataDir) : undefined;
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [...words, ...(secured?.words ?? []), '--log-format', 'json', '--log-level', 'error'],
    {
      stdio: ['ignore', 'inherit', 'inherit', ...(gauge === undefined ? [] : ['ipc'])],
      env: { ...process.env, LEVERET_MANAGEMENT_PORT: `${managementPort ?? 'off'}`, LEVERET_PROMETHEUS_PORT: 'off' },
    },
  );
  const stop = async () => {
    if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await accepting(port, child);
  } catch (error) {
    await stop();
    throw error;
  }
  const startMs = performance.now() - startedAt;
  return {
    url: `amqp://guest:guest@${HOST}:${port}`,
    tlsUrl: secured?.url,
    managementUrl: management ? `http://${HOST}:${managementPort}` : undefined,
    port,
    child,
    pid: child.pid,
    startMs,
    stop,
  };
}

/** Certificates, what makes the daemon use them, and where it is reached then. Undefined for one that has no TLS. */
async function tlsOf(main, dataDir) {
  const certificates = join(dataDir, 'bench-certificates');
  if (spawnSync(process.execPath, [main, 'cert', 'dev', '--out', certificates]).status !== 0) return undefined;
  const port = await freePort();
  const [cert, key, ca] = ['server.pem', 'server.key', 'ca.pem'].map((name) => join(certificates, name));
  return {
    words: ['--tls-port', String(port), '--tls-certfile', cert, '--tls-keyfile', key],
    url: `amqps://guest:guest@${HOST}:${port}?cacertfile=${encodeURIComponent(ca)}`,
  };
}

async function accepting(port, child) {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`the broker ended with exit code ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error('the broker does not take connections');
    await sleep(POLL_MS);
  }
}

function accepts(port) {
  return new Promise((done) => {
    const socket = createConnection({ host: HOST, port });
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

async function freePort() {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
