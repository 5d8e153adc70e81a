// These tests run the built command, dist/cli/main.js, as `npm test` has just made it.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { methodFrame, PROTOCOL_HEADER } from '../../src/codec/frames.ts';
import type { Method } from '../../src/codec/methods.gen.ts';
import { EMPTY_TABLE } from '../../src/codec/table.ts';
import { bin, placeForEachTest } from '../support/daemon.ts';

type Child = ChildProcessByStdio<null, Readable, Readable>;
interface Ready {
  readonly msg: string;
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly version: string;
  readonly startupMs: number;
}
interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const CONNECTION_OPEN_OK = '000a0029';
const place = placeForEachTest('leveret-cli-');

function leveret(words: readonly string[], environment: Record<string, string> = {}): Child {
  const env = {
    ...process.env,
    LEVERET_HOST: '127.0.0.1',
    LEVERET_PORT: '0',
    LEVERET_DATA_DIR: join(place.folder, 'data'),
    ...environment,
  };
  const child = place.ending(
    spawn(process.execPath, [bin, ...words], { env, cwd: place.folder, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  return child;
}

async function ended(child: Child): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    stdout += data;
  });
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    stderr += data;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

async function firstLine(child: Child): Promise<string> {
  let output = '';
  for await (const data of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    output += data;
    if (output.includes('\n')) break;
  }
  return output.slice(0, output.indexOf('\n'));
}

async function lineWith(child: Child, text: string): Promise<string> {
  let output = '';
  for await (const data of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    output += data;
    const line = output
      .split('\n')
      .slice(0, -1)
      .find((one) => one.includes(text));
    if (line !== undefined) return line;
  }
  throw new Error(`it ended before it said "${text}": ${output}`);
}

async function ready(child: Child): Promise<Ready> {
  return JSON.parse(await firstLine(child)) as Ready;
}

/** Opens a connection, and leaves the broker's connection.close without an answer. */
async function clientThatNeverCloses(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(PROTOCOL_HEADER);
  const response = Buffer.from('\0guest\0guest');
  const opening: Method[] = [
    { name: 'connection.start-ok', clientProperties: EMPTY_TABLE, mechanism: 'PLAIN', response, locale: 'en_US' },
    { name: 'connection.tune-ok', channelMax: 10, frameMax: 4096, heartbeat: 0 },
    { name: 'connection.open', virtualHost: '/' },
  ];
  for (const method of opening) socket.write(methodFrame(0, method));
  let received = '';
  while (!received.includes(CONNECTION_OPEN_OK)) {
    const [data] = (await once(socket, 'data')) as [Buffer];
    received += data.toString('hex');
  }
  return socket;
}

test('start says that it is ready, where, and with which data folder', async () => {
  const dataDir = join(place.folder, 'data');
  const line = await ready(leveret(['start']));
  expect(line).toMatchObject({ msg: 'Leveret is ready', host: '127.0.0.1', dataDir });
  expect(line.version).toMatch(/^\d+\.\d+\.\d+/);
  const socket = connect(line.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
});

test('start in the pretty format says it in one sentence', async () => {
  const line = await firstLine(leveret(['start', '--data-dir', './messages', '--log-format', 'pretty']));
  expect(line).toMatch(
    /INFO: Leveret \d+\.\d+\.\d+ is ready: amqp:\/\/127\.0\.0\.1:\d+, data in \.\/messages \(\d+ ms\)$/,
  );
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops it with exit code 0', async (signal) => {
  const child = leveret(['start']);
  await ready(child);
  child.kill(signal);
  expect(await ended(child)).toMatchObject({ code: 0, stderr: '' });
});

test('a second signal ends it at once, a repetition of the first does not', async () => {
  const child = leveret(['start']);
  const { port } = await ready(child);
  const socket = await clientThatNeverCloses(port);
  child.kill('SIGINT');
  child.kill('SIGINT');
  await sleep(300);
  expect(child.exitCode).toBeNull();
  child.kill('SIGTERM');
  expect((await ended(child)).code).toBe(128 + 15);
  socket.destroy();
});

test.each(['throw new Error("oops")', 'Promise.reject(new Error("oops"))'])(
  'a defect ends it loudly: %s',
  async (defect) => {
    const preload = `data:text/javascript,process.on("SIGUSR2",()=>{${defect}})`;
    const child = leveret(['start'], { NODE_OPTIONS: `--import=${encodeURI(preload)}` });
    await ready(child);
    child.kill('SIGUSR2');
    const { code, stdout } = await ended(child);
    expect(code).toBe(1);
    const last = stdout.trimEnd().split('\n').at(-1) as string;
    expect(JSON.parse(last)).toMatchObject({ level: 'fatal', err: { message: 'oops', stack: expect.any(String) } });
  },
);

test('after kill -9 it starts again on the same folder', async () => {
  const first = leveret(['start']);
  await ready(first);
  first.kill('SIGKILL');
  await once(first, 'exit');
  expect(await ready(leveret(['start']))).toMatchObject({ msg: 'Leveret is ready' });
});

test('a second one on the same data folder is refused with a sentence', async () => {
  const first = leveret(['start']);
  await ready(first);
  const second = await ended(leveret(['start']));
  expect(second.code).toBe(1);
  expect(second.stderr).toBe(
    `leveret: The data folder ${join(place.folder, 'data')} is in use by another Leveret (process ${first.pid}). Stop that one, or choose another folder.\n`,
  );
});

test('a port in use is refused with a sentence', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await ended(leveret(['start', '--port', String(port)]));
  expect(code).toBe(1);
  expect(stderr).toBe(`leveret: Cannot listen on 127.0.0.1:${port}: another program is using this port.\n`);
  server.close();
});

test('the management API and Prometheus have the ports that they are told to have', async () => {
  const child = leveret(['start', '--management-port', '0', '--prometheus-port', '0', '--heartbeat', '7']);
  const line = await lineWith(child, 'HTTP is ready');
  const { managementPort, prometheusPort } = JSON.parse(line) as Record<string, number>;
  const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` };
  const settings = await fetch(`http://127.0.0.1:${managementPort}/api/config/effective`, { headers });
  expect(await settings.json()).toMatchObject({ heartbeat: '7', 'management.port': '0' });
  expect(await (await fetch(`http://127.0.0.1:${prometheusPort}/metrics`)).text()).toContain('rabbitmq_build_info');
});

test('a port for HTTP that is in use is refused with a sentence', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await ended(leveret(['start', '--management-port', String(port)]));
  expect([code, stderr]).toEqual([
    1,
    `leveret: Cannot listen on 127.0.0.1:${port}: another program is using this port.\n`,
  ]);
  server.close();
});

test('a data folder that cannot be used is refused with a sentence', async () => {
  const file = join(place.folder, 'file');
  writeFileSync(file, '');
  const { code, stderr } = await ended(leveret(['start', '--data-dir', file]));
  expect(code).toBe(1);
  expect(stderr).toBe(`leveret: Cannot use ${file} as the data folder: there is a file in the way.\n`);
});

test('a data folder where none can be made is refused, and does not hang', async () => {
  const { code, stderr } = await ended(leveret(['start', '--data-dir', '/proc/leveret/data']));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^leveret: Cannot use \/proc\/leveret\/data as the data folder: .*\.\n$/);
});

test.each([
  [
    ['start', '--port', 'x'],
    {},
    'leveret: flag --port: "x" is not accepted. Give a whole number from 0 to 65535, or none.\n',
  ],
  [
    ['start'],
    { LEVERET_FRAME_MAX: '1' },
    /^leveret: environment variable LEVERET_FRAME_MAX: "1" is not accepted\. Give .*\n$/,
  ],
  [['start', '--prot', '1'], {}, /unknown option '--prot'\n\(Did you mean --port\?\)/],
  [['strat'], {}, /unknown command 'strat'\n\(Did you mean start\?\)/],
])('%j is refused without a stack trace', async (words, environment, expected) => {
  const { code, stderr, stdout } = await ended(leveret(words, environment));
  expect(code).toBe(1);
  expect(stdout).toBe('');
  if (typeof expected === 'string') expect(stderr).toBe(expected);
  else expect(stderr).toMatch(expected);
  expect(stderr).not.toMatch(/^ +at /m);
});

test('the help names every flag and its environment variable', async () => {
  const { code, stdout } = await ended(leveret(['start', '--help']));
  expect(code).toBe(0);
  for (const word of ['--data-dir <folder>', 'LEVERET_DATA_DIR', '--loopback-users', 'Default: 5672.', 'Examples:']) {
    expect(stdout).toContain(word);
  }
});

test('--version prints the version alone', async () => {
  const { code, stdout } = await ended(leveret(['--version']));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
});

test('ping --ready asks the port for Prometheus, then the management API, or AMQP alone where neither is on', async () => {
  const answers = { '/health/ready': 200, '/not/health/ready': 503 };
  const http = createHttpServer(({ url = '' }, response) => {
    response.writeHead(answers[url as keyof typeof answers] ?? 404).end();
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const httpPort = String((http.address() as AddressInfo).port);
  const { port } = await ready(leveret(['start', '--management-port', 'off', '--prometheus-port', 'off']));
  const ping = (...words: readonly string[]): Promise<Ended> =>
    ended(leveret(['ping', '--ready', '--port', String(port), ...words]));
  const amqp = `The broker on 127.0.0.1:${port} answers.\n`;
  expect(await ping('--prometheus-port', httpPort)).toMatchObject({ code: 0, stdout: `${amqp}The broker is ready.\n` });
  const management = ['--prometheus-port', 'off', '--management-port', httpPort];
  expect(await ping(...management)).toMatchObject({ code: 0, stdout: `${amqp}The broker is ready.\n` });
  const not = await ping(...management, '--management-path-prefix', '/not');
  const url = `http://127.0.0.1:${httpPort}/not/health/ready`;
  expect(not).toMatchObject({ code: 1, stderr: `leveret: The broker is not ready: ${url} answers 503.\n` });
  expect(await ping('--prometheus-port', 'off', '--management-port', 'off')).toMatchObject({ code: 0, stdout: amqp });
  const withoutAmqp = await ended(leveret(['ping', '--ready', '--port', 'none', '--prometheus-port', httpPort]));
  expect(withoutAmqp).toMatchObject({ code: 0, stdout: 'The broker is ready.\n' });
  http.close();
  await once(http, 'close');
  const gone = await ping('--prometheus-port', httpPort);
  expect(gone).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/The broker does not answer at .* \(ECONNREFUSED\)/),
  });
});

interface Ports {
  readonly port: number;
  readonly managementPort: number;
  readonly prometheusPort: number;
}

/** What a broker logs until it serves HTTP. */
async function allPorts(child: Child): Promise<Ports> {
  let output = '';
  for await (const data of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    output += data;
    if (/HTTP is ready.*\n/.test(output)) break;
  }
  const lines = output.trimEnd().split('\n');
  return Object.assign({}, ...lines.map((line) => JSON.parse(line) as Ports));
}

test('ping --ready is not taken in by another broker that has the ports of this one', async () => {
  const first = await allPorts(leveret(['start', '--management-port', '0', '--prometheus-port', '0']));
  const elsewhere = ['--data-dir', join(place.folder, 'second')];
  const second = await allPorts(leveret(['start', '--management-port', '0', '--prometheus-port', 'off', ...elsewhere]));
  const ping = (port: number | undefined, managementPort: number | undefined): Promise<Ended> => {
    const http = ['--prometheus-port', `${first.prometheusPort}`, '--management-port', `${managementPort ?? 'off'}`];
    return ended(leveret(['ping', '--ready', '--port', `${port}`, ...http]));
  };
  expect(await ping(first.port, undefined)).toMatchObject({ code: 0 });
  expect(await ping(second.port, second.managementPort)).toMatchObject({ code: 0 });
  const url = `http://127.0.0.1:${first.prometheusPort}/health/ready`;
  expect(await ping(second.port, undefined)).toMatchObject({
    code: 1,
    stderr: `leveret: Whether the broker on port ${second.port} is ready cannot be told: what answers at ${url} is another broker.\n`,
  });
});

test('ping tells whether a broker answers', async () => {
  const { port } = await ready(leveret(['start']));
  expect(await ended(leveret(['ping', '--port', String(port)]))).toMatchObject({
    code: 0,
    stdout: `The broker on 127.0.0.1:${port} answers.\n`,
  });
  const silent = createServer((socket) => socket.resume().end('SSH-2.0-x\r\nSSH-2.0-x\r\n')).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const other = (silent.address() as AddressInfo).port;
  expect(await ended(leveret(['ping', '--port', String(other)]))).toMatchObject({
    code: 1,
    stderr: `leveret: What listens on 127.0.0.1:${other} is not an AMQP 0-9-1 broker.\n`,
  });
  silent.close();
  await once(silent, 'close');
  const refused = await ended(leveret(['ping', '--port', String(other)]));
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^leveret: No broker answers on .*\n$/) });
});
