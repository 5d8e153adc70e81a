// The built command, against a management API that knows a few answers.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { bin, placeForEachTest } from '../support/daemon.ts';
import { fakeApi } from '../support/fake_api.ts';

const place = placeForEachTest('leveret-ctl-');

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

async function leveret(words: readonly string[], url: string, input = ''): Promise<Ended> {
  const env = { ...process.env, LEVERET_URL: url };
  const child = place.ending(spawn(process.execPath, [bin, ...words], { env, stdio: 'pipe' }));
  child.stdin.end(input);
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await closed;
  return { stdout, stderr, code };
}

test('a password that was not given is read from the standard input, without the end of its line', async () => {
  const api = await fakeApi({ 'PUT /api/users/ann': 204 });
  const { stderr, code } = await leveret(['ctl', '-q', 'add_user', 'ann'], api.url, 'secret word\nmore\n');
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(api.asked.at(-1)?.body).toEqual({ password: 'secret word', tags: '' });
});

test('without a password on the standard input nothing is done', async () => {
  const api = await fakeApi({});
  const { stderr, code } = await leveret(['ctl', '-q', 'change_password', 'ann'], api.url);
  expect(stderr).toBe('Error:\nnot_enough_args: there is no password on the standard input\n');
  expect(code).toBe(69);
  expect(api.asked).toEqual([]);
});

test('definitions go to a file that only its owner reads, and come back from one or from the standard input', async () => {
  const definitions = { users: [{ name: 'ann' }] };
  const api = await fakeApi({ 'GET /api/definitions': definitions, 'POST /api/definitions': 204 });
  const file = join(place.folder, 'definitions.json');
  expect(await leveret(['ctl', '-q', 'export_definitions', file], api.url)).toMatchObject({ stderr: '', code: 0 });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(definitions);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await leveret(['ctl', '-q', 'import_definitions', file], api.url)).toMatchObject({ stderr: '', code: 0 });
  expect((await leveret(['ctl', '-q', 'import_definitions'], api.url, '{"vhosts":[]}')).code).toBe(0);
  const posted = api.asked.filter(({ method }) => method === 'POST').map(({ body }) => body);
  expect(posted).toEqual([definitions, { vhosts: [] }]);
});

test('a file of definitions that is missing, or no JSON, is told', async () => {
  const api = await fakeApi({});
  const missing = await leveret(['ctl', 'import_definitions', join(place.folder, 'none.json')], api.url);
  expect(missing).toMatchObject({ stdout: '', code: 65 });
  expect(missing.stderr).toMatch(/Bad argument: File .*none\.json does not exist\n$/);
  const file = join(place.folder, 'wrong.json');
  writeFileSync(file, '[1');
  const wrong = await leveret(['ctl', '-q', 'import_definitions', file], api.url);
  expect(wrong).toMatchObject({ stderr: 'Error:\nCould not parse JSON document: [1\n', code: 69 });
});

test('a command ends in silence when nobody reads on', async () => {
  const child = place.ending(
    spawn(process.execPath, [bin, 'completion', 'zsh'], { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  child.stdout.destroy();
  const closed = once(child, 'exit') as Promise<[number | null]>;
  expect(await text(child.stderr)).toBe('');
  expect(await closed).toEqual([0, null]);
});
