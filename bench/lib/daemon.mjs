// Starts a built Leveret as a process of its own, and stops it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 20_000;
const POLL_MS = 2;

/** A daemon that takes connections: `url`, `pid`, `startMs` (from spawning it to the first connection), `stop()`. */
export async function startDaemon(folder, { host = HOST } = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'leveret-bench-'));
  const port = await freePort();
  const main = join(folder, 'dist', 'cli', 'main.js');
  const words = [main, 'start', '--host', host, '--port', String(port), '--data-dir', dataDir];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...words, '--log-format', 'json', '--log-level', 'error'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
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
  return { url: `amqp://guest:guest@${HOST}:${port}`, port, pid: child.pid, startMs, stop };
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
