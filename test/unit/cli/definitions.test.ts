import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readDefinitions } from '../../../src/cli/definitions.ts';

function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-definitions-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

test('the files of a folder are read by their names, but for hidden ones and folders', () => {
  const folder = folderOf({
    '20-queues.json': { queues: [{ name: 'b' }], rabbit_version: '2' },
    '10-queues.json': { queues: [{ name: 'a' }], users: [{ name: 'u' }], rabbit_version: '1' },
    '.hidden.json': 'nothing',
  });
  mkdirSync(join(folder, 'more'));
  expect(readDefinitions(folder)).toEqual({
    queues: [{ name: 'a' }, { name: 'b' }],
    users: [{ name: 'u' }],
    rabbit_version: '2',
  });
});

test('one file is read as it is', () => {
  const folder = folderOf({ 'definitions.json': { queues: 5 } });
  expect(readDefinitions(join(folder, 'definitions.json'))).toEqual({ queues: 5 });
});

test.each([
  ['is not there', {}, 'ENOENT'],
  ['is not JSON', { 'definitions.json': '{"users":[{"name":"u","password":clover}]}' }, 'it is not JSON'],
  ['ends early', { 'definitions.json': '{"users":[{"password":"clover"' }, 'it is not JSON at position 30'],
])('a file that %s is named, and nothing of it is shown', (_what, files, reason) => {
  const path = join(folderOf(files), 'definitions.json');
  expect(() => readDefinitions(path)).toThrow(`The definitions in ${path} cannot be read: ${reason}`);
  expect(() => readDefinitions(path)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('clover') }),
  );
});
