import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NodeDisk } from '../../../src/journal/node_disk.ts';
import { byteLength, skipBytes } from '../../../src/journal/pieces.ts';
import { text } from '../../support/log_bytes.ts';

const disk = new NodeDisk();
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'leveret-disk-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('makes folders, also those above, and does not mind that they are there', async () => {
  const below = join(dir, 'a', 'b', 'c');
  await disk.makeDir(below);
  await disk.makeDir(below);
  expect(await disk.list(below)).toEqual([]);
  await expect(disk.list(join(dir, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test("folders and files are its user's alone, whatever the mask", async () => {
  const mask = process.umask(0);
  try {
    const below = join(dir, 'a');
    await disk.makeDir(below);
    await (await disk.open(join(below, 'file'), 'create')).close();
    expect([below, join(below, 'file')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  } finally {
    process.umask(mask);
  }
});

test('writes in both ways and reads what is there', async () => {
  const path = join(dir, 'file');
  const file = await disk.open(path, 'create');
  file.writeNow([text('one '), text(''), text('two ')], 0);
  await file.write([text('three'), text('!')], 8);
  file.writeNow([], 0);
  await file.write([text('')], 0);
  await file.datasync();
  expect(readFileSync(path, 'utf8')).toBe('one two three!');
  expect(Buffer.from(await file.read(4, 5)).toString()).toBe('two t');
  expect(Buffer.from(await file.read(8, 100)).toString()).toBe('three!');
  expect((await file.read(100, 10)).length).toBe(0);
  expect(await disk.size(path)).toBe(14);
  await file.close();
});

test('takes more pieces than the system takes at once', async () => {
  const path = join(dir, 'file');
  const pieces = Array.from({ length: 3000 }, (_, at) => text(`${at},`));
  const file = await disk.open(path, 'create');
  await file.write(pieces, 0);
  file.writeNow(pieces, byteLength(pieces));
  await file.close();
  const whole = pieces.map((piece) => Buffer.from(piece).toString()).join('');
  expect(readFileSync(path, 'utf8')).toBe(whole + whole);
});

test('opens a file that is there, or is not, as asked', async () => {
  const path = join(dir, 'file');
  await expect(disk.open(path, 'existing')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(disk.open(path, 'read')).rejects.toMatchObject({ code: 'ENOENT' });
  await (await disk.open(path, 'create')).close();
  await expect(disk.open(path, 'create')).rejects.toMatchObject({ code: 'EEXIST' });
  const readOnly = await disk.open(path, 'read');
  expect(() => readOnly.writeNow([text('x')], 0)).toThrow(/EBADF/);
  await expect(readOnly.write([text('x')], 0)).rejects.toMatchObject({ code: 'EBADF' });
  await readOnly.close();
});

test('closing waits for what is under way, and may be done twice', async () => {
  const file = await disk.open(join(dir, 'file'), 'create');
  const written = file.write([new Uint8Array(1_000_000).fill(7)], 0);
  const read = file.read(0, 1);
  await file.close();
  await file.close();
  await Promise.all([written, read]);
  expect(await disk.size(join(dir, 'file'))).toBe(1_000_000);
  await expect(file.datasync()).rejects.toMatchObject({ code: 'EBADF' });
});

test('renames over what is there, removes, and syncs the folder', async () => {
  for (const name of ['from', 'to']) {
    const file = await disk.open(join(dir, name), 'create');
    file.writeNow([text(name)], 0);
    await file.close();
  }
  await disk.rename(join(dir, 'from'), join(dir, 'to'));
  expect(readFileSync(join(dir, 'to'), 'utf8')).toBe('from');
  await disk.remove(join(dir, 'to'));
  expect(existsSync(join(dir, 'to'))).toBe(false);
  await disk.syncDir(dir);
  await expect(disk.remove(join(dir, 'to'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(disk.syncDir(join(dir, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('knows what is free', async () => {
  expect(await disk.freeBytes(dir)).toBeGreaterThan(0);
});

describe('what is left of pieces after a short write', () => {
  const pieces = [text('ab'), text(''), text('cde'), text('f')];

  test.each([
    [0, 'abcdef'],
    [1, 'bcdef'],
    [2, 'cdef'],
    [4, 'ef'],
    [5, 'f'],
    [6, ''],
  ])('after %i bytes', (count, left) => {
    expect(Buffer.concat([...skipBytes(pieces, count)]).toString()).toBe(left);
  });
});
