import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, onTestFinished } from 'vitest';

/** The command as it is built: dist/cli/main.js, which `npm test` has just made. */
export const bin: string = fileURLToPath(new URL('../../bin/leveret.js', import.meta.url));

/** What each test of a file has for itself. */
export interface Place {
  readonly folder: string;
  /** Has the process killed when the test is over. */
  ending<Child extends ChildProcess>(child: Child): Child;
}

/** A new folder for each test, gone afterwards with what runs in it. Called once, at the top of a file. */
export function placeForEachTest(prefix: string): Place {
  const children: ChildProcess[] = [];
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), prefix));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    ending: (child) => {
      children.push(child);
      return child;
    },
  };
}

/** A broker in a process of its own, to be killed; resolves when it takes connections. */
export async function startDaemon(
  dataDir: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const place = { LEVERET_HOST: '127.0.0.1', LEVERET_PORT: '0', LEVERET_DATA_DIR: dataDir };
  const env = { ...process.env, ...place, ...variables };
  const child = spawn(process.execPath, [bin, 'start'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { port } = JSON.parse(line) as { port?: number };
    if (port !== undefined) return { child, url: `amqp://guest:guest@127.0.0.1:${port}` };
  }
  throw new Error('the broker ended before it was ready');
}
