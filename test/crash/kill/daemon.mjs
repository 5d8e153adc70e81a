// The built daemon as a process of its own, on any free port, to be killed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const READY_TIMEOUT_MS = 20_000;

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts the daemon on a data folder. `lines` are the objects that it logs; `ready` resolves with its address, and rejects
 * when it ends or says nothing.
 */
export function startDaemon(dataDir, flags = []) {
  const words = [main, 'start', '--host', '127.0.0.1', '--port', '0', '--data-dir', dataDir, '--log-format', 'json'];
  const env = { ...process.env, LEVERET_MANAGEMENT_PORT: 'off', LEVERET_PROMETHEUS_PORT: 'off' };
  const child = spawn(process.execPath, [...words, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const daemon = { child, lines: [], stderr: '', ended: undefined, ready: undefined };
  daemon.ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  child.stderr.setEncoding('utf8').on('data', (data) => {
    daemon.stderr += data;
  });
  daemon.ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('is not ready'), READY_TIMEOUT_MS);
    const fail = (why) => {
      clearTimeout(timer);
      reject(new Error(`the daemon ${why}: ${daemon.stderr || JSON.stringify(daemon.lines)}`));
    };
    eachLine(child.stdout, (line) => {
      daemon.lines.push(line);
      if (line.msg !== 'Leveret is ready') return;
      clearTimeout(timer);
      // Without heartbeats: a killed daemon's would be missed by its clients long after.
      resolve(`amqp://guest:guest@127.0.0.1:${line.port}?heartbeat=0`);
    });
    daemon.ended.then(({ code, signal }) => fail(`ended with ${signal ?? `exit code ${code}`}`));
  });
  // Whoever kills it before it is ready does not wait for it.
  daemon.ready.catch(() => {});
  return daemon;
}

export async function killDaemon(daemon) {
  daemon.child.kill('SIGKILL');
  await daemon.ended;
}

/** Asks it to end, as an operator would. Throws when it does not end well. */
export async function stopDaemon(daemon) {
  daemon.child.kill('SIGTERM');
  const { code, signal } = await daemon.ended;
  if (code !== 0) throw new Error(`the daemon ended with ${signal ?? `exit code ${code}`} instead of 0`);
}

/** What a daemon that only ever was killed must not have logged. */
export function complaints(daemon) {
  return daemon.lines.filter(({ level }) => level === 'error' || level === 'fatal');
}

function eachLine(stream, onLine) {
  let text = '';
  stream.setEncoding('utf8').on('data', (data) => {
    const lines = (text + data).split('\n');
    text = lines.pop();
    for (const line of lines) onLine(JSON.parse(line));
  });
}
