// These tests run the built command, dist/cli/main.js, as `npm test` has just made it.

import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { Api, basic } from '../support/api.ts';
import { bin, placeForEachTest } from '../support/daemon.ts';

type Child = ChildProcessByStdio<null, Readable, null>;

const place = placeForEachTest('leveret-config-');

function write(name: string, content: string): string {
  const path = join(place.folder, name);
  writeFileSync(path, content);
  return path;
}

function config(
  words: readonly string[],
  environment: Record<string, string> = {},
): { code: number | null; out: string } {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'config', ...words], { env, encoding: 'utf8' });
  return { code: status, out: stdout + stderr };
}

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A broker, and each line of its log as it comes. */
function start(environment: Record<string, string>): { child: Child; next: () => Promise<LogLine> } {
  const env = {
    ...process.env,
    LEVERET_HOST: '127.0.0.1',
    LEVERET_DATA_DIR: join(place.folder, 'data'),
    ...environment,
  };
  const child = place.ending(spawn(process.execPath, [bin, 'start'], { env, stdio: ['ignore', 'pipe', 'inherit'] }));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, next: async () => JSON.parse((await lines.next()).value as string) as LogLine };
}

test('config check tells every mistake and what has no effect, with lines', () => {
  const path = write('a.conf', 'hertbeat = 1\nport = x\ncluster_name = a\nshovel.topology = 1\nheartbeat = 5\n');
  const { code, out } = config(['check', path]);
  expect(out.split('\n')).toEqual([
    `mistake  ${path}:1: "hertbeat" is not a key. Did you mean heartbeat?`,
    `mistake  ${path}:2: port: "x" is not accepted. Give a whole number from 0 to 65535, or none.`,
    `note     ${path}:3: cluster_name has no effect: Leveret is one node.`,
    `warning  ${path}:4: shovel.topology has no effect: Leveret has nothing of that kind.`,
    `${path} can NOT be used: 1 setting, 2 mistakes.`,
    '',
  ]);
  expect(code).toBe(1);
});

test('config check of a file that can be used ends with exit code 0', () => {
  const path = write('a.conf', 'heartbeat = 5\nloopback_users = none\n');
  expect(config(['check', path])).toEqual({ code: 0, out: `${path} can be used: 2 settings, 0 mistakes.\n` });
});

test('config check of a file that is not there says so', () => {
  const missing = join(place.folder, 'none');
  const out = `leveret: Cannot read the configuration file ${missing}: there is no such file.\n`;
  expect(config(['check', missing])).toEqual({ code: 1, out });
});

test('config show tells what counts and where it comes from, and no secret', () => {
  const path = write('a.conf', 'heartbeat = 5\ndefault_user = me\n');
  const environment = { LEVERET_CONFIG: path, RABBITMQ_DEFAULT_PASS: 'geheim' };
  const { code, out } = config(['show', '--port', '7'], environment);
  expect(code).toBe(0);
  expect(out).toContain(`# read ${path}\n`);
  expect(out).toMatch(/^port = 7 +# flag --port$/m);
  expect(out).toContain(`# ${path}:1`);
  expect(out).toMatch(/^default_pass = \*+ +# environment variable RABBITMQ_DEFAULT_PASS$/m);
  expect(out).toMatch(/^channel_max = 2047 +# default$/m);
  expect(out).not.toContain('geheim');
  const { files, settings } = JSON.parse(config(['show', '--json'], environment).out) as Record<string, unknown>;
  expect(files).toEqual([path]);
  expect(settings).toContainEqual({ key: 'heartbeat', value: '5', origin: `${path}:1` });
  expect(settings).toContainEqual({
    key: 'default_pass',
    value: '********',
    origin: 'environment variable RABBITMQ_DEFAULT_PASS',
  });
});

test("a broker starts with RabbitMQ's own file, and says what of it has no effect", async () => {
  mkdirSync(join(place.folder, 'conf.d'));
  write('rabbitmq.conf', 'listeners.tcp.default = 0\nloopback_users.guest = false\nshovel.topology = 1\n');
  const second = write('conf.d/a.conf', 'cluster_formation.peer_discovery_backend = k8s\n');
  const path = join(place.folder, 'rabbitmq.conf');
  const { next } = start({ RABBITMQ_CONFIG_FILE: path, RABBITMQ_CONFIG_FILES: join(place.folder, 'conf.d/*.conf') });
  const warning = `${path}:3: shovel.topology has no effect: Leveret has nothing of that kind.`;
  expect(await next()).toMatchObject({ level: 'warn', msg: warning });
  const note = `${second}:1: cluster_formation.peer_discovery_backend has no effect: Leveret is one node.`;
  expect(await next()).toMatchObject({ level: 'info', msg: note });
  expect(await next()).toMatchObject({ msg: 'Leveret is ready', config: [path, second] });
});

test('SIGHUP changes what can change, and tells what needs a restart', async () => {
  const path = write('a.conf', 'heartbeat = 5\nlog.console.level = info\n');
  const { child, next } = start({ LEVERET_CONFIG: path, LEVERET_PORT: '0' });
  expect(await next()).toMatchObject({ msg: 'Leveret is ready' });
  expect(await next()).toMatchObject({ msg: 'Server startup complete' });

  write('a.conf', 'heartbeat = 6\nchannel_max = 7\ndefault_pass = geheim\nmax_message_size = 1000\n');
  child.kill('SIGHUP');
  expect(await next()).toMatchObject({
    msg: 'a setting changed',
    setting: 'max_message_size',
    from: '134217728',
    to: '1000',
  });
  expect(await next()).toMatchObject({ msg: 'a setting needs a restart to change', setting: 'channel_max', to: '7' });
  expect(await next()).toMatchObject({ msg: 'a setting changed', setting: 'heartbeat', from: '5', to: '6' });
  expect(await next()).toMatchObject({ setting: 'default_pass', from: '********', to: '********' });
  expect(await next()).toMatchObject({
    level: 'info',
    msg: 'the configuration was read again',
    config: [path],
    changed: 2,
  });

  write('a.conf', 'hertbeat = 7\nport = x\n');
  child.kill('SIGHUP');
  expect(await next()).toMatchObject({
    level: 'error',
    msg: 'the configuration stays as it was',
    mistakes: [expect.stringContaining('a.conf:1: "hertbeat"'), expect.stringContaining('a.conf:2: port')],
  });

  write('a.conf', 'heartbeat = 6\nmax_message_size = 1000\nlog.level = error\n');
  child.kill('SIGHUP');
  expect(await next()).toMatchObject({ msg: 'a setting changed', setting: 'log.level', from: 'info', to: 'error' });
  expect(await next()).toMatchObject({ msg: 'the configuration was read again', changed: 1 });

  write('a.conf', 'heartbeat = 6\nmax_message_size = 1000\n');
  child.kill('SIGHUP');
  expect(await next()).toMatchObject({ msg: 'a setting changed', setting: 'log.level', from: 'error', to: 'info' });
});

test('a rabbitmq.conf says what new virtual hosts have, and what passwords have to be like', async () => {
  const path = write(
    'rabbitmq.conf',
    `listeners.tcp.default = 0
     management.tcp.port = 0
     default_pass = clover
     default_queue_type = quorum
     default_limits.vhosts.all.max_queues = 3
     default_policies.operator.ttl.vhost_pattern = ^dev
     default_policies.operator.ttl.message_ttl = 1h
     default_users.hare.vhost_pattern = ^dev
     default_users.hare.password = clover
     credential_validator.validation_backend = rabbit_credential_validator_min_password_length
     credential_validator.min_length = 6`,
  );
  const { next } = start({ LEVERET_CONFIG: path, LEVERET_MANAGEMENT_PORT: '' });
  let ready = await next();
  while (ready['managementPort'] === undefined) ready = await next();
  const api = new Api(`http://127.0.0.1:${ready['managementPort']}`, basic('guest', 'clover'));
  expect((await api.put('vhosts/dev')).status).toBe(201);
  expect((await api.get('vhosts/dev')).json).toMatchObject({ default_queue_type: 'quorum' });
  expect((await api.get('vhost-limits/dev')).json).toMatchObject([{ value: { 'max-queues': 3 } }]);
  expect((await api.get('operator-policies/dev')).json).toMatchObject([
    { name: 'ttl', pattern: '.*', definition: { 'message-ttl': 3_600_000 } },
  ]);
  expect((await api.get('permissions/dev/hare')).json).toMatchObject({ configure: '.*' });
  expect((await api.put('users/fox', { password: 'clove', tags: '' })).status).toBe(400);
});
