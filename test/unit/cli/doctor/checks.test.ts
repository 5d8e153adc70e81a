import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../../../src/cli/ctl/json.ts';
import { makeDevCertificates } from '../../../../src/cli/dev_certificates.ts';
import { type BrokerFacts, checkBroker } from '../../../../src/cli/doctor/broker_checks.ts';
import { checkCertificate } from '../../../../src/cli/doctor/certificate_checks.ts';
import { exitCodeOf, type Finding, namesOf } from '../../../../src/cli/doctor/finding.ts';
import type { DataFolder, MachineFacts } from '../../../../src/cli/doctor/machine.ts';
import { checkMachine, type MemoryPlan } from '../../../../src/cli/doctor/machine_checks.ts';
import { checkSettings } from '../../../../src/cli/doctor/settings_checks.ts';
import { loadSettings } from '../../../../src/config/load.ts';
import type { Flags } from '../../../../src/config/resolve.ts';

const DAY_MS = 86_400_000;

/** Each as its severity and the words that it begins with. */
function brief(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ severity, text }) => `${severity}: ${text.split(' ').slice(0, 5).join(' ')}`);
}

const HERE: Flags = { host: '127.0.0.1' };
/** The rest is about clients alone. */
const NO_HTTP: Flags = { managementPort: 'off', prometheusPort: 'off' };

test('a broker for this machine only, with settings as they are, is fine', () => {
  expect(checkSettings(loadSettings(HERE, {}))).toEqual([]);
});

test.each<[Flags, readonly string[]]>([
  [{ managementPort: 'off' }, ['warning: Other machines can connect without', 'note: Whoever reaches port 15692 can']],
  [{ ...HERE, managementHost: '::', prometheusPort: 'off' }, ['warning: Other machines can use the']],
  [{ ...HERE, prometheusHost: '10.0.0.1' }, ['note: Whoever reaches port 15692 can']],
  [NO_HTTP, ['warning: Other machines can connect without']],
  [{ ...HERE, prometheusTlsHost: '10.0.0.1', prometheusTlsPort: '15691' }, ['note: Whoever reaches port 15691 can']],
  [
    {
      ...HERE,
      prometheusTlsHost: '10.0.0.1',
      prometheusTlsPort: '15691',
      prometheusTlsVerify: 'verify_peer',
      prometheusTlsFailIfNoPeerCert: 'on',
    },
    [],
  ],
  [{ ...NO_HTTP, port: 'none' }, []],
  [
    { ...NO_HTTP, loopbackUsers: 'none' },
    ['error: Whoever reaches this machine can', 'warning: Other machines can connect without'],
  ],
  [{ ...HERE, loopbackUsers: 'none' }, []],
  [{ ...HERE, moreListeners: '10.0.0.1:5673' }, ['warning: Other machines can connect without']],
  [{ ...NO_HTTP, loopbackUsers: 'none', defaultPass: 'secret' }, ['warning: Other machines can connect without']],
  [{ ...HERE, anonymous: 'on' }, []],
  [
    { ...NO_HTTP, anonymous: 'on' },
    ['error: Clients from other machines can', 'warning: Other machines can connect without'],
  ],
  [{ ...HERE, heartbeatSeconds: '0' }, ['warning: Heartbeats are off: a client']],
  [{ ...HERE, logLevel: 'silent' }, ['warning: The log is at the']],
  [{ ...HERE, logLevel: 'debug' }, ['note: The log is at the']],
  [{ ...HERE, proxyProtocol: 'on' }, ['warning: Every client is believed about']],
])('settings %j', (flags, expected) => {
  expect(brief(checkSettings(loadSettings(flags, {})))).toEqual(expected);
});

const DATA: DataFolder = { freeBytes: 100e9, fileSystem: 0xef53, mode: 0o750 };
const MACHINE: MachineFacts = { openFilesMax: 65_536, userId: 1000, nodeVersion: '24.1.0', data: DATA };
const PLAN: MemoryPlan = { availableBytes: 8e9, limitBytes: 4e9, cacheBytes: 2e9, diskFreeLimitBytes: 4e9 };

test('a machine with enough of everything is fine', () => {
  expect(checkMachine(MACHINE, PLAN)).toEqual([]);
});

test.each<[Partial<MachineFacts>, Partial<MemoryPlan>, string]>([
  [{ userId: 0 }, {}, 'warning: A broker that is started'],
  [{ openFilesMax: 1024 }, {}, 'warning: A process may have 1024'],
  [{ nodeVersion: '23.1.0' }, {}, 'note: Node.js 23.1.0 is of a'],
  [{ data: undefined }, {}, 'note: There is no data folder'],
  [{ data: { ...DATA, fileSystem: 0x01021994 } }, {}, 'error: The data folder is on'],
  [{ data: { ...DATA, fileSystem: 0x6969 } }, {}, 'warning: The data folder is on'],
  [{ data: { ...DATA, freeBytes: 3e9 } }, {}, 'error: The disk has 3,000 MB'],
  [{ data: { ...DATA, freeBytes: 5e9 } }, {}, 'warning: The disk has 5,000 MB'],
  [{ data: { ...DATA, mode: 0o755 } }, {}, 'warning: Others on this machine may'],
  [{}, { limitBytes: 8e9 }, 'error: Publishers are held back only'],
  [{}, { cacheBytes: 4e9 }, 'warning: The memory for messages (4,000'],
])('a machine with %j, %j', (facts, plan, expected) => {
  expect(brief(checkMachine({ ...MACHINE, ...facts }, { ...PLAN, ...plan }))).toEqual([expected]);
});

const NODE = { mem_used: 1e9, mem_limit: 4e9, disk_free: 9e9, disk_free_limit: 1e9, fd_used: 10, fd_total: 1000 };
const QUEUE = { name: 'q', vhost: '/', messages: 5, consumers: 1, messages_unacknowledged: 0, arguments: {} };
const BROKER: BrokerFacts = {
  node: NODE,
  queues: [QUEUE],
  exchanges: [{ name: 'there', vhost: '/', arguments: {} }],
  connections: [{ name: 'c', timeout: 60, channels: 1 }],
  channels: [{ name: 'c (1)', prefetch_count: 0, messages_unacknowledged: 10 }],
  policies: [],
  usersWithoutPermissions: [],
  isGuestKnown: false,
};

test('a broker that is well has nothing to be said about', () => {
  expect(checkBroker(BROKER)).toEqual([]);
});

function queue(changes: JsonObject): Partial<BrokerFacts> {
  return { queues: [{ ...QUEUE, ...changes }] };
}

test.each<[Partial<BrokerFacts>, string]>([
  [{ node: { ...NODE, mem_alarm: true } }, 'error: Publishers are held back: the'],
  [{ node: { ...NODE, mem_used: 3.9e9 } }, 'warning: The broker uses 3,900 MB;'],
  [{ node: { ...NODE, disk_free_alarm: true } }, 'error: Publishers are held back: the'],
  [{ node: { ...NODE, fd_used: 900 } }, 'warning: 900 of 1000 file descriptors'],
  [{ isGuestKnown: true }, 'warning: The user guest has the'],
  [{ usersWithoutPermissions: [{ name: 'ann' }] }, 'note: Users who may do nothing'],
  [queue({ consumers: 0, messages: 1000 }), 'warning: Nobody consumes from queues with'],
  [queue({ messages_unacknowledged: 10_000 }), 'warning: 10000 messages or more are'],
  [queue({ arguments: { 'x-dead-letter-exchange': 'gone' } }), 'warning: Dead letters of these queues'],
  [
    { exchanges: [{ name: 'e', vhost: '/', arguments: { 'alternate-exchange': 'gone' } }] },
    'warning: The alternate exchange of these',
  ],
  [{ connections: [{ name: 'c', timeout: 0, channels: 1 }] }, 'note: Connections without heartbeats, whose end'],
  [{ connections: [{ name: 'c', timeout: 60, channels: 101 }] }, 'warning: Connections with more than 100'],
  [
    { channels: [{ name: 'c (1)', prefetch_count: 0, messages_unacknowledged: 1000 }] },
    'warning: Channels that take all there',
  ],
  [{ policies: [{ name: 'p', vhost: '/' }] }, 'note: Policies that apply to nothing:'],
])('a broker with %j', (facts, expected) => {
  expect(brief(checkBroker({ ...BROKER, ...facts }))).toEqual([expected]);
});

test('dead letters may go to the default exchange, and to one in the same virtual host', () => {
  const to = (name: string, vhost: string): Partial<BrokerFacts> =>
    queue({ vhost, arguments: { 'x-dead-letter-exchange': name } });
  expect(checkBroker({ ...BROKER, ...to('', '/') })).toEqual([]);
  expect(checkBroker({ ...BROKER, ...to('there', '/') })).toEqual([]);
  expect(checkBroker({ ...BROKER, ...to('there', 'other') })).toHaveLength(1);
});

test('a certificate is told of before it expires, and a key that others may read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const now = new Date('2030-01-01T00:00:00Z');
  const { server } = makeDevCertificates({ hosts: ['localhost'], clientName: 'x', now });
  const files = { certfile: join(folder, 'server.pem'), keyfile: join(folder, 'server.key') };
  writeFileSync(files.certfile, server.cert);
  writeFileSync(files.keyfile, server.key, { mode: 0o600 });
  const after = (days: number): readonly string[] => brief(checkCertificate(files, now.getTime() + days * DAY_MS));
  expect(after(0)).toEqual([]);
  expect(after(800)).toEqual([expect.stringMatching(/^warning: The certificate .* expires in$/)]);
  expect(after(900)).toEqual([expect.stringMatching(/^error: The certificate .* has expired:$/)]);
  expect(after(-10)).toEqual([expect.stringMatching(/^error: The certificate .* is valid$/)]);
  writeFileSync(join(folder, 'open.key'), server.key, { mode: 0o644 });
  const open = checkCertificate({ ...files, keyfile: join(folder, 'open.key') }, now.getTime());
  expect(brief(open)).toEqual(['warning: Others on this machine may']);
  const gone = checkCertificate({ ...files, certfile: join(folder, 'gone.pem') }, now.getTime());
  expect(brief(gone)).toEqual(['error: The certificate or its key']);
});

test('the exit code is that of the worst', () => {
  const finding = (severity: Finding['severity']): Finding => ({ severity, text: '' });
  expect(exitCodeOf([finding('note')])).toBe(0);
  expect(exitCodeOf([finding('note'), finding('warning')])).toBe(1);
  expect(exitCodeOf([finding('warning'), finding('error')])).toBe(2);
});

test('of many names the first are told', () => {
  expect(namesOf(['a', 'b'])).toBe("'a', 'b'");
  expect(namesOf(['a', 'b', 'c'], 2)).toBe("'a', 'b' and 1 more");
});
