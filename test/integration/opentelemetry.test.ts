import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { createBroker, type Logger, type OpenTelemetryOptions } from '../../src/index.ts';
import { SYNC_BOUNDS } from '../../src/journal/sync_times.ts';
import { startBroker } from '../support/broker.ts';
import { placeForEachTest, startDaemon } from '../support/daemon.ts';
import { metricsOf, numbersOf, OtlpReceiver, type OtlpRequest, resourceOf } from '../support/otlp_receiver.ts';

const HOUR_MS = 3_600_000;
const place = placeForEachTest('leveret-otel-');

function folder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-otel-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** What a broker has sent by the time it is closed, after some messages went through it. */
async function sentBy(options: Omit<OpenTelemetryOptions, 'url'>): Promise<OtlpRequest> {
  const receiver = await OtlpReceiver.start();
  const openTelemetry = { url: receiver.url, intervalMs: HOUR_MS, ...options };
  const broker = await createBroker({ dataDir: folder(), openTelemetry });
  const connection = await connect(broker.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('q', { durable: true });
  for (let i = 0; i < 5; i++) channel.sendToQueue('q', Buffer.alloc(100), { persistent: true });
  channel.publish('', 'nowhere', Buffer.alloc(1));
  await channel.waitForConfirms();
  const taken = await channel.get('q');
  if (taken !== false) channel.ack(taken);
  await channel.get('q', { noAck: true });
  await connection.close();
  await broker.close();
  expect(receiver.requests).toHaveLength(1);
  return receiver.requests[0] as OtlpRequest;
}

test('what goes on is sent, and the last of it when the broker is closed', async () => {
  const request = await sentBy({ protocol: 'http/json', serviceName: 'orders' });
  expect([request.path, request.headers['content-type']]).toEqual(['/v1/metrics', 'application/json']);
  const numbers = numbersOf(request);
  const given = (name: string): number | undefined => numbers.get(name);
  expect(given('leveret.messages.published{leveret.vhost=/}')).toBe(6);
  expect(given('leveret.messages.published.size{leveret.vhost=/}')).toBe(501);
  expect(given('leveret.messages.confirmed{leveret.vhost=/}')).toBe(6);
  expect(given('leveret.messages.routed{leveret.vhost=/}')).toBe(5);
  expect(given('leveret.messages.unroutable{leveret.outcome=dropped,leveret.vhost=/}')).toBe(1);
  const get = 'messaging.operation.name=basic.get';
  expect(given(`leveret.messages.delivered{leveret.auto_ack=false,leveret.vhost=/,${get}}`)).toBe(1);
  expect(given(`leveret.messages.delivered{leveret.auto_ack=true,leveret.vhost=/,${get}}`)).toBe(1);
  expect(given('leveret.messages.acknowledged{leveret.vhost=/}')).toBe(1);
  expect(given('leveret.messages{leveret.message.state=ready,leveret.vhost=/}')).toBe(3);
  expect(given('leveret.queues{leveret.vhost=/}')).toBe(1);
  expect(given('leveret.logins{leveret.outcome=accepted}')).toBe(1);
  expect(given('leveret.alarm{leveret.alarm=disk}')).toBe(0);
  expect(given('leveret.journal.written{leveret.vhost=/}')).toBeGreaterThan(500);
  expect(given('leveret.disk.free')).toBeGreaterThan(0);
  expect(given('process.memory.usage')).toBeGreaterThan(10_000_000);
  expect(given('leveret.journal.sync.duration{leveret.vhost=/}')).toBeGreaterThan(0);
  const metrics = metricsOf(request.body);
  const syncs = metrics.find(({ name }) => name === 'leveret.journal.sync.duration');
  expect([syncs?.unit, syncs?.histogram?.dataPoints[0]?.explicitBounds]).toEqual(['s', SYNC_BOUNDS]);
  const published = metrics.find(({ name }) => name === 'leveret.messages.published');
  expect([published?.unit, published?.sum?.isMonotonic]).toEqual(['{message}', true]);
  expect(resourceOf(request)).toMatchObject({ 'service.name': 'orders', 'process.runtime.name': 'nodejs' });
});

test('it is sent as protobuf unless told otherwise', async () => {
  const { headers, body } = await sentBy({});
  expect(headers['content-type']).toBe('application/x-protobuf');
  // ResourceMetrics, the first field of the message.
  expect(body[0]).toBe(0x0a);
  for (const name of ['service.name', 'leveret', 'leveret.messages.published', 'leveret.journal.sync.duration']) {
    expect(body.includes(name), name).toBe(true);
  }
});

test('it is sent again and again; the log tells when that begins to fail, and when it works again', async () => {
  const receiver = await OtlpReceiver.start();
  receiver.status = 400;
  const log: [string, object][] = [];
  const note = (fields: object, message: string): void => {
    if (message.startsWith('metrics')) log.push([message, fields]);
  };
  const logger: Logger = { debug() {}, info: note, warn: note, error: note };
  const url = `${receiver.endpoint.replace('//', '//user:secret@')}/in?token=secret`;
  await startBroker({ logger, openTelemetry: { url, intervalMs: 50 } });
  await receiver.next();
  await receiver.next();
  receiver.status = 200;
  await receiver.next();
  await receiver.next();
  expect(log).toEqual([
    ['metrics cannot be sent', { url: `${receiver.endpoint}/in`, reason: expect.stringContaining('Bad Request') }],
    ['metrics are sent again', { url: `${receiver.endpoint}/in` }],
  ]);
});

test("OpenTelemetry's variables are taken, and those that only its SDK knows", async () => {
  const receiver = await OtlpReceiver.start();
  const { child } = await startDaemon(place.folder, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.endpoint}/`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=abc',
    OTEL_METRIC_EXPORT_INTERVAL: '3600000',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=from-attributes,deployment.environment.name=test',
  });
  child.kill('SIGTERM');
  await once(child, 'exit');
  const [request] = receiver.requests as [OtlpRequest];
  expect([request.path, request.headers['api-key']]).toEqual(['/v1/metrics', 'abc']);
  expect(resourceOf(request)).toMatchObject({
    'service.name': 'from-attributes',
    'deployment.environment.name': 'test',
  });
});

test('nothing is sent where the SDK is disabled', async () => {
  const receiver = await OtlpReceiver.start();
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_SDK_DISABLED: 'true' };
  const { child } = await startDaemon(place.folder, variables);
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(receiver.requests).toEqual([]);
});
