import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load.ts';
import { resolveSettings } from '../../../src/config/resolve.ts';

const folder = mkdtempSync(join(tmpdir(), 'leveret-config-'));
const path = join(folder, 'leveret.conf');
afterAll(() => rmSync(folder, { recursive: true }));

function withFile(content: string): string {
  writeFileSync(path, content);
  return path;
}

test('without anything given, every setting has its default', () => {
  expect(resolveSettings({ flags: {}, environment: {} }).settings).toMatchObject({
    config: undefined,
    host: '0.0.0.0',
    port: 5672,
    dataDir: './data',
    memoryLimit: { share: 0.6 },
    maxMessageSizeBytes: 128 * 1024 * 1024,
    frameMaxBytes: 131072,
    heartbeatSeconds: 60,
    handshakeTimeoutMs: 10_000,
    loopbackUsers: ['guest'],
    anonymous: false,
  });
});

test('a flag wins over the environment, the environment over the file, the file over the default', () => {
  const config = withFile('port = 1\nheartbeat = 2\nchannel_max = 3\n');
  const environment = { LEVERET_PORT: '10', LEVERET_HEARTBEAT: '20', LEVERET_CONFIG: config };
  expect(loadSettings({ port: '100' }, environment)).toMatchObject({
    port: 100,
    heartbeatSeconds: 20,
    channelMax: 3,
    frameMaxBytes: 131072,
  });
});

test('an empty environment variable counts as not given', () => {
  expect(loadSettings({}, { LEVERET_PORT: '', LEVERET_CONFIG: '' }).port).toBe(5672);
});

test('the LEVERET_PORT that Kubernetes makes for a service of that name is not taken for an option', () => {
  expect(loadSettings({}, { LEVERET_PORT: 'tcp://10.0.0.1:5672' }).port).toBe(5672);
});

test.each([
  ['flag --port', { port: 'x' }, {}],
  ['environment variable LEVERET_PORT', {}, { LEVERET_PORT: 'x' }],
  [`${path}:2: port`, { config: path }, {}],
])('a bad value is refused with its origin: %s', (origin, flags, environment) => {
  withFile('\nport = x');
  const message = `${origin}: "x" is not accepted. Give a whole number from 0 to 65535, or none.`;
  expect(() => loadSettings(flags, environment)).toThrow(expect.objectContaining({ code: 'option', message }));
});

test('a password is never repeated', () => {
  const config = withFile("default_pass = ''");
  expect(() => loadSettings({ config }, {})).toThrow(/default_pass: this value is not accepted/);
});

test('a configuration file that cannot be read is named', () => {
  const missing = join(folder, 'missing.conf');
  const message = `Cannot read the configuration file ${missing}: there is no such file.`;
  expect(() => loadSettings({ config: missing }, {})).toThrow(message);
});
