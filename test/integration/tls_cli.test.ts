// As cli.test.ts, these run the built command, dist/cli/main.js.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { bin, placeForEachTest } from '../support/daemon.ts';

const environment = { ...process.env, LEVERET_HOST: '127.0.0.1', LEVERET_PORT: '0', LEVERET_DATA_DIR: 'data' };
const place = placeForEachTest('leveret-tls-cli-');

function cert(...words: readonly string[]) {
  return spawnSync(process.execPath, [bin, 'cert', 'dev', ...words], { cwd: place.folder, encoding: 'utf8' });
}

function certificatePath(name: string): string {
  return join(place.folder, 'certs', name);
}

/** Starts the broker as the walk-through says, and resolves with its log lines and what it said when it was ready. */
async function start(...words: readonly string[]) {
  const files = ['--tls-certfile', certificatePath('server.pem'), '--tls-keyfile', certificatePath('server.key')];
  const child = spawn(process.execPath, [bin, 'start', '--tls-port', '0', ...files, ...words], {
    env: environment,
    cwd: place.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  place.ending(child);
  const lines = child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false });
  let rest = '';
  const nextLine = async (): Promise<Record<string, unknown>> => {
    while (!rest.includes('\n')) rest += (await lines.next()).value;
    const line = rest.slice(0, rest.indexOf('\n'));
    rest = rest.slice(line.length + 1);
    return JSON.parse(line);
  };
  const { tlsPort } = await nextLine();
  expect((await nextLine())['msg']).toBe('Server startup complete');
  return { child, tlsPort: Number(tlsPort), nextLine };
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
  const { child, tlsPort, nextLine } = await start();
  const first = await dial(tlsPort);
  expect(first.getPeerCertificate().subjectaltname).toContain(
    'DNS:broker.example, DNS:localhost, IP Address:127.0.0.1',
  );
  expect(cert().stdout).toContain('Used the authority of');
  child.kill('SIGHUP');
  expect((await nextLine())['msg']).toBe('the configuration was read again');
  const second = await dial(tlsPort);
  expect(second.getPeerCertificate().serialNumber).not.toBe(first.getPeerCertificate().serialNumber);
  expect(first.destroyed).toBe(false);
  writeFileSync(certificatePath('server.pem'), 'no certificate');
  child.kill('SIGHUP');
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
  cpSync(certificatePath('ca.pem'), join(place.folder, 'kept.pem'));
  rmSync(certificatePath('ca.key'));
  const { status, stderr } = cert();
  expect([status, stderr]).toEqual([
    1,
    'leveret: Cannot make certificates in ./certs: of ca.pem and ca.key one is missing.\n',
  ]);
  expect(readFileSync(certificatePath('ca.pem'))).toEqual(readFileSync(join(place.folder, 'kept.pem')));
});

test('a port for TLS without a certificate is refused', () => {
  const { status, stderr } = spawnSync(process.execPath, [bin, 'start', '--tls-port', '0'], {
    cwd: place.folder,
    env: environment,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([1, 'leveret: TLS needs a certificate and a key: --tls-certfile is missing.\n']);
});
