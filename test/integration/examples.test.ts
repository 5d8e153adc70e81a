// The examples run as they stand, against what `npm test` has just built.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createBroker } from '../../src/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function node(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root, timeout: 15_000 });
  return stdout;
}

test('hello.mjs gets its message back', async () => {
  const broker = await createBroker();
  try {
    expect(await node('examples/hello.mjs', broker.url)).toBe('Hello, Leveret!\n');
  } finally {
    await broker.close();
  }
});

test('embed.mjs receives its job and ends by itself', async () => {
  expect(await node('examples/embed.mjs')).toMatch(/^A broker listens on port \d+\.\nReceived a job\.\n$/);
});

test('deduplication.mjs has each order once', async () => {
  expect(await node('examples/deduplication.mjs')).toBe(
    'Order 17 sent: 1 waiting.\nOrder 17 sent again after a restart: 1 waiting.\nOrder 18 sent: 2 waiting.\n',
  );
});

test('groups.mjs has each order done by one worker', async () => {
  expect(await node('examples/groups.mjs')).toBe(
    'The first worker: apples picked, apples packed, apples sent.\n' +
      'The second worker: bread baked, bread sliced, bread sent.\n' +
      'The first is gone, and the second goes on: apples paid.\n',
  );
});

test('scheduling.mjs reminds of what is due after a restart, and not of what was called off', async () => {
  expect(await node('examples/scheduling.mjs')).toBe(
    '3 wait, the bill 1 day longer.\nAfter a restart: take the tea out.\nAfter a restart: send the bill.\n',
  );
});

test('retry.mjs tries again behind what can be done, and gives up', async () => {
  expect(await node('examples/retry.mjs')).toBe(
    'bad: try 1 fails\ngood: done\nbad: try 2 fails\nbad: try 3 fails\nbad: given up, reason delivery_limit\n',
  );
});

test('in-a-test.test.mjs passes', async () => {
  const output = await node('node_modules/vitest/vitest.mjs', 'run', '--root', 'examples', '--reporter=json');
  expect(JSON.parse(output)).toMatchObject({ success: true, numPassedTests: 1, numTotalTests: 1 });
});
