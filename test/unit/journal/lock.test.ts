import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataDir } from '../../../src/journal/lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leveret-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that listens where the lock is, and says so. */
async function foreignOwner(path: string): Promise<ReturnType<typeof spawn>> {
  const program = `require('net').createServer((s) => s.end('4242\\n')).listen(${JSON.stringify(path)}, () => console.log('on'))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  return child;
}

test('makes the folder and leaves nothing in it after release', async () => {
  const nested = join(folder, 'a', 'b');
  const lock = await lockDataDir(nested);
  expect(readdirSync(nested)).toEqual(['leveret.lock']);
  await lock.release();
  await lock.release();
  expect(readdirSync(nested)).toEqual([]);
});

test('is refused while another holds it, and free after release', async () => {
  const first = await lockDataDir(folder);
  await expect(lockDataDir(folder)).rejects.toMatchObject({
    code: 'locked',
    message: `The data folder ${folder} is in use by another Leveret (process ${process.pid}). Stop that one, or choose another folder.`,
  });
  expect(readdirSync(folder)).toEqual(['leveret.lock']);
  await first.release();
  await (await lockDataDir(folder)).release();
});

test('survives neither kill -9 of its owner nor a second start over what that left', async () => {
  const owner = await foreignOwner(join(folder, 'leveret.lock'));
  await expect(lockDataDir(folder)).rejects.toMatchObject({ code: 'locked', message: /process 4242/ });
  const dead = once(owner, 'exit');
  owner.kill('SIGKILL');
  await dead;
  expect(existsSync(join(folder, 'leveret.lock'))).toBe(true);

  const lock = await lockDataDir(folder);
  await expect(lockDataDir(folder)).rejects.toMatchObject({ code: 'locked' });
  await lock.release();
});

test('a stopped owner still owns the folder', async () => {
  const owner = await foreignOwner(join(folder, 'leveret.lock'));
  owner.kill('SIGSTOP');
  await expect(lockDataDir(folder)).rejects.toMatchObject({ code: 'locked', message: /by another Leveret\. Stop/ });
  owner.kill('SIGKILL');
});

test('of many that find it left behind at once, one takes it', async () => {
  for (let round = 0; round < 5; round++) {
    const owner = await foreignOwner(join(folder, 'leveret.lock'));
    const dead = once(owner, 'exit');
    owner.kill('SIGKILL');
    await dead;
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(folder)));
    const taken = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(taken).toHaveLength(1);
    await taken[0]!.value.release();
    expect(readdirSync(folder)).toEqual([]);
  }
});

test('works in a folder whose path is too long for a socket', async () => {
  const long = join(folder, 'x'.repeat(120));
  const lock = await lockDataDir(long);
  await expect(lockDataDir(long)).rejects.toMatchObject({ code: 'locked' });
  expect(readdirSync(long)).toEqual(['leveret.lock']);
  await lock.release();
  expect(readdirSync(long)).toEqual([]);
});

test('says what is wrong with a folder that cannot be used', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expect(lockDataDir(file)).rejects.toMatchObject({ code: 'data-dir', message: /there is a file in the way/ });
  await expect(lockDataDir(join(file, 'below'))).rejects.toMatchObject({ code: 'data-dir' });
});

test('takes over a plain file of that name', async () => {
  writeFileSync(join(folder, 'leveret.lock'), '');
  const lock = await lockDataDir(folder);
  await expect(lockDataDir(folder)).rejects.toMatchObject({ code: 'locked' });
  await lock.release();
});

test.runIf(process.getuid?.() !== 0)('says so when it may not write there (root may write anywhere)', async () => {
  chmodSync(folder, 0o500);
  await expect(lockDataDir(folder)).rejects.toMatchObject({ code: 'data-dir', message: /not permitted/ });
  chmodSync(folder, 0o700);
});
