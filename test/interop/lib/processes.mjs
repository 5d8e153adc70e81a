// Child processes that cannot outlive us: each is the leader of its own process group, so whatever a check starts in turn
// (a worker, a receiver) is swept away with it when the check ends, runs out of time, or we are interrupted.
import { spawn } from 'node:child_process';

const running = new Set();

export function start(command, args, { env = {}, cwd, input } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, LC_ALL: 'C.UTF-8', PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', ...env },
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const handle = { child, output: '', ended: undefined };
  running.add(handle);
  const keep = (chunk) => {
    handle.output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  handle.ended = new Promise((resolve) => {
    child.once('error', (error) => {
      keep(`${error.message}\n`);
      resolve({ code: 127, signal: undefined });
    });
    // 'exit', not 'close': a grandchild holding the pipes open must not keep us waiting.
    child.once('exit', (code, signal) => {
      killGroup(handle);
      setImmediate(() => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
    });
  }).finally(() => running.delete(handle));
  if (input !== undefined) {
    // A program that ends without reading its input is judged by its output, not by the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  }
  return handle;
}

export function killGroup({ child }) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Asks a process to end with SIGTERM, and makes it after `timeoutMs`. */
export async function stop(handle, timeoutMs) {
  const timer = setTimeout(() => killGroup(handle), timeoutMs);
  handle.child.kill('SIGTERM');
  const { code, signal } = await handle.ended;
  clearTimeout(timer);
  return { code, signal, output: handle.output };
}

export function killEverything() {
  for (const handle of running) killGroup(handle);
}

/** Runs a command to its end; one that is not done after `timeoutMs` is killed and reported as `timedOut`. */
export async function run(command, args, { timeoutMs, ...options }) {
  const handle = start(command, args, options);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(handle);
  }, timeoutMs);
  const { code, signal } = await handle.ended;
  clearTimeout(timer);
  return { code, signal, timedOut, output: handle.output };
}

/** Waits until a running process has printed something that matches, or has ended, or `timeoutMs` is over. */
export async function waitForOutput(handle, pattern, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  let alive = true;
  handle.ended.then(() => {
    alive = false;
  });
  for (;;) {
    const found = pattern.exec(handle.output);
    if (found) return found;
    if (!alive || Date.now() > deadline) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
