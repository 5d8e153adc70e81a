import { expect, onTestFinished, test, vi } from 'vitest';
import { doctor } from '../../../../src/cli/doctor/doctor.ts';
import type { Flags } from '../../../../src/config/resolve.ts';
import { failing, fakeApi } from '../../../support/fake_api.ts';

/** What it prints as JSON, and its exit code. */
async function examined(
  flags: Flags,
  url?: string,
): Promise<{ readonly texts: readonly string[]; readonly code: number }> {
  let out = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  const { exitCode } = process;
  onTestFinished(() => {
    process.exitCode = exitCode;
  });
  try {
    await doctor(flags, { ...(url === undefined ? {} : { url }), json: true });
  } finally {
    spy.mockRestore();
  }
  const { findings } = JSON.parse(out) as { findings: { severity: string; text: string }[] };
  return { texts: findings.map(({ severity, text }) => `${severity}: ${text}`), code: Number(process.exitCode) };
}

test('a broker that runs is looked at by the management API, and what the user may not see is left out', async () => {
  const { url } = await fakeApi({
    'GET /api/nodes': [{ mem_alarm: true, mem_used: 2e9, mem_limit: 1e9 }],
    'GET /api/queues': [{ name: 'q', vhost: '/', messages: 5000, consumers: 0 }],
    'GET /api/users/without-permissions': failing(401, 'Not administrator user'),
    'GET /api/whoami': failing(401, 'Not_Authorized'),
  });
  const { texts, code } = await examined({ host: '127.0.0.1' }, url);
  expect(texts[0]).toBe('error: Publishers are held back: the broker uses 2,000 MB, its limit is 1,000 MB.');
  expect(texts).toContain("warning: Nobody consumes from queues with 1000 messages or more: 'q'.");
  expect(code).toBe(2);
});

test('where no broker runs, that is said, and the settings are looked at all the same', async () => {
  const { texts } = await examined({ host: '127.0.0.1', heartbeatSeconds: '0' }, 'http://127.0.0.1:9');
  expect(texts).toContainEqual(expect.stringMatching(/^warning: Heartbeats are off/));
  expect(texts).toContainEqual(expect.stringMatching(/^note: Only settings and machine were looked at/));
});

test('each mistake in the settings is an error', async () => {
  const { texts, code } = await examined({ port: 'banana', heartbeatSeconds: 'x' }, 'http://127.0.0.1:9');
  expect(texts.filter((text) => text.startsWith('error: flag --'))).toHaveLength(2);
  expect(code).toBe(2);
});

test('the broker that is looked at is the one that the settings are of', async () => {
  const api = await fakeApi({ 'GET /api/nodes': [{ mem_alarm: true, mem_used: 2e9, mem_limit: 1e9 }] });
  const flags = { host: '0.0.0.0', managementPort: new URL(api.url).port, defaultUser: 'ann', defaultPass: 'a@b' };
  const { texts } = await examined(flags);
  expect(texts).toContainEqual(expect.stringMatching(/^error: Publishers are held back/));
  expect(api.asked[0]?.headers.authorization).toBe(`Basic ${btoa('ann:a@b')}`);
});

test('a broker that has the port of the management API, but not that for clients, is another one', async () => {
  const api = await fakeApi({
    'GET /api/nodes': [{ mem_alarm: true, mem_used: 2e9, mem_limit: 1e9 }],
    'GET /api/overview': { listeners: [{ protocol: 'amqp', port: 5672 }] },
  });
  const flags = { host: '127.0.0.1', managementPort: new URL(api.url).port };
  const isStranger = /^warning: The broker whose management API answers does not listen on port 5673, so it is another/;
  const { texts } = await examined({ ...flags, port: '5673' });
  expect(texts).toContainEqual(expect.stringMatching(isStranger));
  expect(texts).not.toContainEqual(expect.stringMatching(/Publishers are held back/));
  expect((await examined({ ...flags, port: '5672' })).texts).not.toContainEqual(expect.stringMatching(isStranger));
});
