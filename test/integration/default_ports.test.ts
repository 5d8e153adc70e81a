import { type AddressInfo, createServer } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { brokerOptions } from '../../src/cli/broker_options.ts';
import { serveHttp } from '../../src/cli/serve_http.ts';
import type { Configuration } from '../../src/config/load.ts';
import type { SettingName } from '../../src/config/options.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { type Broker, createBroker } from '../../src/index.ts';
import { tlsFiles } from '../support/certificates.ts';

/** A port that another program has. */
async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

interface Served {
  readonly broker: Broker;
  readonly lines: readonly Record<string, unknown>[];
}

/** A broker with these settings, of which some count as nobody's. */
async function served(
  flags: Readonly<Partial<Record<SettingName, string>>>,
  defaults: readonly SettingName[],
): Promise<Served> {
  const { settings, origins } = resolveSettings({ flags, environment: {} });
  const untold = Object.fromEntries(defaults.map((name) => [name, 'default']));
  const configuration: Configuration = { settings, origins: { ...origins, ...untold }, notes: [], files: [] };
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    { base: null, timestamp: false, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => lines.push(JSON.parse(line)) },
  );
  const broker = await createBroker();
  onTestFinished(() => broker.close());
  await serveHttp(broker, brokerOptions(settings), configuration, { logger, format: 'json' });
  return { broker, lines };
}

const NOT_SERVED = {
  management: (port: number) =>
    `Another program uses port ${port}, so the management API is not served. Choose another with --management-port, or none with off.`,
  prometheus: (port: number) =>
    `Another program uses port ${port}, so Prometheus is not served. Choose another with --prometheus-port, or none with off.`,
};

test('a broker whose HTTP ports are taken serves AMQP without them, and says so, if nobody asked for these ports', async () => {
  const [management, prometheus] = [await takenPort(), await takenPort()];
  const flags = { managementPort: String(management), prometheusPort: String(prometheus) };
  const { broker, lines } = await served(flags, ['managementPort', 'prometheusPort']);
  expect([broker.managementUrl, broker.prometheusPort]).toEqual([undefined, undefined]);
  expect(lines).toEqual([
    { level: 'warn', msg: NOT_SERVED.management(management) },
    { level: 'warn', msg: NOT_SERVED.prometheus(prometheus) },
  ]);
});

test('one port that is taken leaves the other', async () => {
  const management = await takenPort();
  const { broker, lines } = await served({ managementPort: String(management), prometheusPort: '0' }, [
    'managementPort',
    'prometheusPort',
  ]);
  expect(lines[0]).toEqual({ level: 'warn', msg: NOT_SERVED.management(management) });
  expect(lines[1]).toMatchObject({ prometheusPort: broker.prometheusPort, msg: 'HTTP is ready' });
  expect((await fetch(`http://127.0.0.1:${broker.prometheusPort}/metrics`)).status).toBe(200);
});

test('HTTPS, which was asked for, is served where the default port of plain HTTP is taken', async () => {
  const management = await takenPort();
  const { certfile, keyfile } = tlsFiles();
  const { broker, lines } = await served(
    {
      managementPort: String(management),
      managementTlsPort: '0',
      managementTlsCertfile: certfile,
      managementTlsKeyfile: keyfile,
      prometheusPort: 'off',
    },
    ['managementPort'],
  );
  expect(broker.managementUrl).toBe(`https://127.0.0.1:${broker.managementTlsPort}`);
  expect(lines[0]).toMatchObject({ level: 'warn', msg: expect.stringContaining('its plain HTTP is not served') });
});

test('Prometheus reads over TLS, which was asked for, where the default port of plain HTTP is taken', async () => {
  const prometheus = await takenPort();
  const { certfile, keyfile } = tlsFiles();
  const flags = { managementPort: 'off', prometheusPort: String(prometheus), prometheusTlsPort: '0' };
  const shared = { tlsCertfile: certfile, tlsKeyfile: keyfile };
  const { broker, lines } = await served({ ...flags, ...shared }, ['prometheusPort']);
  expect(broker.prometheusTlsPort).toBeGreaterThan(0);
  expect(lines[0]).toMatchObject({ level: 'warn', msg: expect.stringContaining('plain HTTP for Prometheus is not') });
  expect(lines[1]).toMatchObject({ prometheusTlsPort: broker.prometheusTlsPort, msg: 'HTTP is ready' });
});

test('a port for TLS needs a certificate', async () => {
  await expect(served({ managementPort: 'off', prometheusTlsPort: '0' }, [])).rejects.toThrow(
    'The port for Prometheus over TLS needs a certificate and a key: --prometheus-tls-certfile is missing.',
  );
});

test.each<[Readonly<Partial<Record<SettingName, string>>>, readonly SettingName[]]>([
  [{ managementPort: 'taken', prometheusPort: 'off' }, []],
  [{ managementPort: 'off', prometheusPort: 'taken' }, []],
  [{ managementPort: '0', managementTlsPort: 'taken', prometheusPort: 'off' }, ['managementPort']],
])('a port that was asked for, and is taken, is an error: %j', async (flags, defaults) => {
  const { certfile, keyfile } = tlsFiles();
  const port = await takenPort();
  const given = Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [name, value.replace('taken', `${port}`)]),
  );
  const files = { managementTlsCertfile: certfile, managementTlsKeyfile: keyfile };
  await expect(served({ ...files, ...given }, defaults)).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${port}: another program is using this port.`,
  );
});
