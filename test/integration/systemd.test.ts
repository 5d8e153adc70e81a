// The daemon as systemd would start it, with a systemd-notify that writes down what it is told.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bin, placeForEachTest } from '../support/daemon.ts';

const place = placeForEachTest('leveret-systemd-');

interface Started {
  readonly states: () => readonly string[];
  readonly logged: () => string;
  readonly pid: number | undefined;
  stop(): Promise<number | null>;
}

function start(environment: Readonly<Record<string, string>>): Started {
  const told = join(place.folder, 'told');
  writeFileSync(told, '');
  writeFileSync(join(place.folder, 'systemd-notify'), `#!/bin/sh\necho "$@" >> '${told}'\n`, { mode: 0o755 });
  const env = {
    ...process.env,
    PATH: `${place.folder}:${process.env['PATH']}`,
    LEVERET_HOST: '127.0.0.1',
    LEVERET_PORT: '0',
    LEVERET_DATA_DIR: join(place.folder, 'data'),
    ...environment,
  };
  const child = place.ending(spawn(process.execPath, [bin, 'start'], { env, stdio: ['ignore', 'pipe', 'ignore'] }));
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  return {
    states: () =>
      readFileSync(told, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    logged: () => log,
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

test('systemd is told that the broker is ready, that it lives, and that it stops', async () => {
  const { states, pid, stop } = start({ NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '100000' });
  await until(() => states().length >= 3);
  expect(await stop()).toBe(0);
  await until(() => states().some((state) => state.endsWith('STOPPING=1')));
  const [first, second, third] = states();
  expect(first).toBe(`--pid=${pid} READY=1`);
  expect([second, third]).toEqual([`--pid=${pid} WATCHDOG=1`, `--pid=${pid} WATCHDOG=1`]);
});

test('without a watchdog, or with that of another process, only the beginning and the end are told', async () => {
  const { states, pid, stop } = start({ NOTIFY_SOCKET: '@notify', WATCHDOG_USEC: '10000', WATCHDOG_PID: '1' });
  await until(() => states().length >= 1);
  expect(await stop()).toBe(0);
  await until(() => states().length >= 2);
  expect(states()).toEqual([`--pid=${pid} READY=1`, `--pid=${pid} STOPPING=1`]);
});

test('a broker that cannot tell systemd says so, and runs all the same', async () => {
  const { logged, stop } = start({ NOTIFY_SOCKET: '/run/systemd/notify', PATH: '/nonexistent' });
  await until(() => logged().includes('systemd-notify does not run'));
  expect(await stop()).toBe(0);
});

test('a broker that systemd did not start tells nobody', async () => {
  const { states, logged, stop } = start({ NOTIFY_SOCKET: '' });
  await until(() => logged().includes('Leveret is ready'));
  expect(await stop()).toBe(0);
  expect(states()).toEqual([]);
});
