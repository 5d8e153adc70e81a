import { get } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { type Broker, createBroker } from '../../../src/index.ts';
import { Api } from '../../support/api.ts';
import { startBroker } from '../../support/broker.ts';
import { certificates, certificatesFor, tlsFiles, writePair } from '../../support/certificates.ts';

async function read(broker: Broker, path: string, accept = 'text/plain'): Promise<Response> {
  return fetch(`http://127.0.0.1:${broker.prometheusPort}${path}`, { headers: { accept } });
}

test('Prometheus reads the metrics without a login, added up or of each object', async () => {
  const broker = await startBroker({ prometheus: {} });
  const whole = await read(broker, '/metrics');
  expect(whole.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await whole.text()).toMatch(/^rabbitmq_connections 0$/m);
  expect(await (await read(broker, '/metrics/per-object')).text()).toContain('# TYPE rabbitmq_connections gauge');
  const detailed = await (await read(broker, '/metrics/detailed?family=node_coarse_metrics')).text();
  expect(detailed).toMatch(/^rabbitmq_detailed_process_resident_memory_bytes /m);
  expect(detailed).not.toContain('queue_messages');
});

test('OpenMetrics is answered to whoever asks for it', async () => {
  const broker = await startBroker({ prometheus: {} });
  const answer = await read(broker, '/metrics', 'application/openmetrics-text; version=1.0.0');
  expect(answer.headers.get('content-type')).toContain('application/openmetrics-text');
  expect(await answer.text()).toMatch(/# EOF\n$/);
});

test('another path, and each object there, as the options say', async () => {
  const broker = await startBroker({ prometheus: { path: '/stats', perObject: true } });
  await broker.vhosts.set('hares');
  expect((await read(broker, '/metrics')).status).toBe(404);
  expect((await read(broker, '/stats/nope')).status).toBe(404);
  expect((await read(broker, '/stats')).status).toBe(200);
});

test('a port that is in use is told of, and nothing is left open', async () => {
  const { port } = await startBroker();
  await expect(createBroker({ prometheus: { port } })).rejects.toThrow(`${port}`);
});

test('whoever starts brokers asks how they are without a login', async () => {
  const broker = await startBroker({ prometheus: {}, management: {} });
  const url = `http://127.0.0.1:${broker.prometheusPort}`;
  for (const base of [url, broker.managementUrl]) {
    expect(await (await fetch(`${base}/health/live`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${base}/health/ready`)).json()).toEqual({
      status: 'ok',
      alarms: [],
      ports: [broker.port],
    });
  }
});

test('an alarm is told of, and is no reason not to be ready; the API’s check fails', async () => {
  const broker = await startBroker({ management: {}, memoryLimitBytes: 1 });
  await broker.reconfigure({ memoryLimitBytes: 1 });
  const ready = await fetch(`${broker.managementUrl}/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', alarms: ['memory'], ports: [broker.port] }]);
  const { status, json } = await Api.of(broker).get('health/checks/alarms');
  expect([status, json.alarms]).toEqual([503, [{ node: 'leveret@localhost', resource: 'memory' }]]);
  expect((await Api.of(broker).get('healthchecks/node')).json.reason).toContain('resource_limit,memory');
});

/** Over TLS: the status, and the serial number of the certificate that the broker showed. */
function secured(
  broker: Broker,
  more: { readonly cert?: string; readonly key?: string } = {},
): Promise<{ readonly status: number | undefined; readonly serialNumber: string }> {
  const url = `https://localhost:${broker.prometheusTlsPort}/metrics`;
  return new Promise((resolve, reject) => {
    const request = get(url, { ca: certificates().authority.cert, agent: false, ...more }, (response) => {
      const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
      response.resume().on('end', () => resolve({ status: response.statusCode, serialNumber }));
    });
    request.on('error', reject);
  });
}

test('over TLS it is the same, plain HTTP may be off, and the API tells of the port', async () => {
  const { certfile, keyfile } = tlsFiles();
  const broker = await startBroker({ prometheus: { port: false, tls: { certfile, keyfile } }, management: {} });
  expect(broker.prometheusPort).toBeUndefined();
  expect(await secured(broker)).toMatchObject({ status: 200 });
  const { listeners } = (await Api.of(broker).get('overview')).json;
  expect(listeners).toContainEqual(
    expect.objectContaining({ protocol: 'https/prometheus', port: broker.prometheusTlsPort }),
  );
});

test('a certificate for Prometheus that was changed is shown once it is read again', async () => {
  const { certfile, keyfile } = tlsFiles();
  const broker = await startBroker({ prometheus: { tls: { certfile, keyfile } } });
  expect((await read(broker, '/metrics')).status).toBe(200);
  const before = await secured(broker);
  writePair(certfile, keyfile, certificatesFor({}).server);
  await broker.reloadCertificates();
  expect((await secured(broker)).serialNumber).not.toBe(before.serialNumber);
  writePair(certfile, keyfile, { ...certificatesFor({}).server, key: certificates().client.key });
  await expect(broker.reloadCertificates()).rejects.toThrow(/^The port for Prometheus cannot use .* and its key: /);
  expect(await secured(broker)).toMatchObject({ status: 200 });
});

test('Prometheus needs a certificate where one is asked for', async () => {
  const { certfile, keyfile, cacertfile } = tlsFiles();
  const tls = { certfile, keyfile, cacertfile, verify: 'verify_peer', failIfNoPeerCert: true } as const;
  const broker = await startBroker({ prometheus: { tls } });
  await expect(secured(broker)).rejects.toThrow();
  expect(await secured(broker, certificates().client)).toMatchObject({ status: 200 });
});
