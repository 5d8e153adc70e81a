import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TraceFolder } from '../../../../src/admin/tracing/trace_folder.ts';

function folder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'leveret-folder-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  writeFileSync(join(parent, 'outside.log'), 'outside');
  return join(parent, 'traces');
}

async function text(files: TraceFolder, name: string): Promise<string> {
  const file = await files.find(name);
  if (file === undefined) return 'there is none';
  const chunks: Uint8Array[] = [];
  for await (const chunk of files.read(file)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('the folder is made for the first trace, and files are written at their end', async () => {
  const files = new TraceFolder(folder());
  expect(await files.list()).toEqual([]);
  for (const words of ['one', 'two']) {
    const file = await files.openLog('hare é');
    await file.appendFile(words);
    await file.close();
  }
  expect(await files.list()).toEqual([{ name: 'hare é.log', size: 6 }]);
  expect(await text(files, 'hare é.log')).toBe('onetwo');
});

test('a file is read as far as it went when it was found, piece by piece', async () => {
  const dir = folder();
  mkdirSync(dir);
  const content = 'hare '.repeat(50_000);
  writeFileSync(join(dir, 'long.log'), content);
  const files = new TraceFolder(dir);
  const found = await files.find('long.log');
  writeFileSync(join(dir, 'long.log'), `${content}more`);
  const chunks: string[] = [];
  for await (const chunk of files.read(found ?? { name: '', size: 0 })) chunks.push(Buffer.from(chunk).toString());
  expect(chunks.join('')).toBe(content);
  expect(chunks.length).toBeGreaterThan(1);
});

test.each(['../outside', '/outside', 'a/b', 'a\\b', 'a\0b', '..\\outside'])(
  '%j is no name of a trace',
  async (name) => {
    await expect(new TraceFolder(folder()).openLog(name)).rejects.toThrow('invalid trace name');
  },
);

test.each(['../outside.log', '..', '.', '', '../../etc/passwd', 'sub', 'sub/inner.log', 'notes.txt'])(
  '%j is no file of a trace',
  async (name) => {
    const dir = folder();
    mkdirSync(join(dir, 'sub'), { recursive: true });
    writeFileSync(join(dir, 'sub/inner.log'), 'inner');
    writeFileSync(join(dir, 'notes.txt'), 'notes');
    const files = new TraceFolder(dir);
    expect(await text(files, name)).toBe('there is none');
    expect(await files.remove(name)).toBe(false);
    expect(await files.list()).toEqual([]);
    expect((await stat(join(dirname(dir), 'outside.log'))).size).toBe(7);
  },
);

test('a file is removed once', async () => {
  const files = new TraceFolder(folder());
  await (await files.openLog('t')).close();
  expect([await files.remove('t.log'), await files.remove('t.log')]).toEqual([true, false]);
});

test('without a folder, there is one of its own until it is closed', async () => {
  const files = new TraceFolder(undefined);
  expect(await files.list()).toEqual([]);
  const file = await files.openLog('t');
  await file.close();
  expect(await files.list()).toEqual([{ name: 't.log', size: 0 }]);
  await files.close();
  expect(await files.list()).toEqual([]);
});
