// As cli.test.ts, these run the built command, dist/cli/main.js.

import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

type Child = ChildProcessByStdio<null, Readable, Readable>;

const bin = fileURLToPath(new URL('../../bin/leveret.js', import.meta.url));
const environment = { ...process.env, LEVERET_HOST: '127.0.0.1', LEVERET_PORT: '0', LEVERET_DATA_DIR: 'data' };
let folder: string;
let child: Child | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leveret-tls-cli-'));
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  child = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function cert(...words: readonly string[]) {
  return spawnSync(process.execPath, [bin, 'cert', 'dev', ...words], { cwd: folder, encoding: 'utf8' });
}

function certificatePath(name: string): string {
  return join(folder, 'certs', name);
}

/** Starts the broker as the walk-through says, and resolves with its log lines and what it said when it was ready. */
async function start(...words: readonly string[]) {
  const files = ['--tls-certfile', certificatePath('server.pem'), '--tls-keyfile', certificatePath('server.key')];
  const started = spawn(process.execPath, [bin, 'start', '--tls-port', '0', ...files, ...words], {
    env: environment,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  const lines = started.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false });
  let rest = '';
  const nextLine = async (): Promise<Record<string, unknown>> => {
    while (!rest.includes('\n')) rest += (await lines.next()).value;
    const line = rest.slice(0, rest.indexOf('\n'));
    rest = rest.slice(line.length + 1);
    return JSON.parse(line);
  };
  const { tlsPort } = await nextLine();
  return { tlsPort: Number(tlsPort), nextLine };
}

async function dial(port: number): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: readFileSync(certificatePath('ca.pem')),
  });
  await once(socket, 'secureConnect');
  return socket;
}

test('cert dev makes what start takes, and SIGHUP has new ones read', async () => {
  expect(cert('--host', 'broker.example').status).toBe(0);
  const { tlsPort, nextLine } = await start();
  const first = await dial(tlsPort);
  expect(first.getPeerCertificate().subjectaltname).toContain(
    'DNS:broker.example, DNS:localhost, IP Address:127.0.0.1',
  );
  expect(cert().stdout).toContain('Used the authority of');
  child?.kill('SIGHUP');
  expect((await nextLine())['msg']).toBe('the configuration was read again');
  const second = await dial(tlsPort);
  expect(second.getPeerCertificate().serialNumber).not.toBe(first.getPeerCertificate().serialNumber);
  expect(first.destroyed).toBe(false);
  writeFileSync(certificatePath('server.pem'), 'no certificate');
  child?.kill('SIGHUP');
  expect((await nextLine())['msg']).toBe('the configuration stays as it was');
  for (const socket of [first, second]) socket.destroy();
});

test('keys are for their owner only', () => {
  cert();
  const modes = ['ca.key', 'server.key', 'client.key'].map((name) => statSync(certificatePath(name)).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600, 0o600]);
});

test('half an authority is not replaced', () => {
  cert();
  cpSync(certificatePath('ca.pem'), join(folder, 'kept.pem'));
  rmSync(certificatePath('ca.key'));
  const { status, stderr } = cert();
  expect([status, stderr]).toEqual([
    1,
    'leveret: Cannot make certificates in ./certs: of ca.pem and ca.key one is missing.\n',
  ]);
  expect(readFileSync(certificatePath('ca.pem'))).toEqual(readFileSync(join(folder, 'kept.pem')));
});

test('a port for TLS without a certificate is refused', () => {
  const { status, stderr } = spawnSync(process.execPath, [bin, 'start', '--tls-port', '0'], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([1, 'leveret: TLS needs a certificate and a key: --tls-certfile is missing.\n']);
});
