import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Broker, BrokerOptions } from '../../../src/index.ts';
import { Api, basic } from '../../support/api.ts';
import { startBroker, until } from '../../support/broker.ts';
import { keptLog, type LogLine } from '../../support/kept_log.ts';
import { client, withDataDir } from './support.ts';

const NOT_STARTED = {
  error: 'bad_request',
  reason: 'Something went wrong trying to start the trace - check the logs.',
};
const ALL = { format: 'json', pattern: '#' };

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'leveret-traces-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function traced(options: BrokerOptions = {}): Promise<{ broker: Broker; api: Api; dir: string }> {
  const dir = folder();
  const broker = await startBroker({ management: {}, tracingDir: dir, ...options });
  return { broker, api: Api.of(broker), dir };
}

async function fileText(broker: Broker, path: string, method = 'GET'): Promise<Response> {
  const headers = { authorization: basic('guest', 'guest') };
  return await fetch(`${broker.managementUrl}/api/trace-files/${path}`, { headers, method });
}

async function isTracing(api: Api): Promise<boolean> {
  return (await api.get('vhosts/%2F')).json.tracing;
}

test('a trace writes what is published and delivered, and is told of with its queue', async () => {
  const { broker, api } = await traced();
  expect((await api.put('traces/%2F/all', { ...ALL, max_payload_bytes: 3 })).status).toBe(201);
  expect(await isTracing(api)).toBe(true);
  const { channel } = await client(broker);
  await channel.assertQueue('q');
  channel.sendToQueue('q', Buffer.from('hello'));
  await until(async () => (await channel.checkQueue('q')).messageCount === 1);
  await channel.get('q', { noAck: true });
  expect((await api.delete('traces/%2F/all')).status).toBe(204);
  expect(await isTracing(api)).toBe(false);

  const answer = await fileText(broker, 'all.log');
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const lines = (await answer.text()).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { type: 'published', routed_queues: ['q'], payload: 'aGVs', user: 'guest', vhost: '/' },
    { type: 'received', queue: 'q', payload: 'aGVs', routing_keys: ['q'] },
  ]);
  const { size } = (await api.get('trace-files')).json[0];
  expect(answer.headers.get('content-length')).toBe(String(size));
  const head = await fileText(broker, 'all.log', 'HEAD');
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('only what the pattern matches is written', async () => {
  const { broker, api, dir } = await traced();
  await api.put('traces/%2F/t', { format: 'text', pattern: 'publish.amq.direct' });
  const { channel } = await client(broker);
  channel.publish('amq.fanout', 'other', Buffer.from('no'));
  channel.publish('amq.direct', 'wanted', Buffer.from('yes'));
  await channel.assertQueue('');
  await api.delete('traces/%2F/t');
  const text = await readFile(join(dir, 't.log'), 'utf8');
  expect(text.match(/Routing keys: .*/g)).toEqual(['Routing keys: [<<"wanted">>]']);
});

test('its queue is of nobody else, its figures are told, and definitions do not have it', async () => {
  const { broker, api } = await traced();
  const definitions = (await api.get('definitions')).json;
  await api.put('traces/%2F/t', ALL);
  expect((await api.get('definitions')).json).toEqual(definitions);
  const { channel } = await client(broker);
  await channel.assertQueue('x');
  channel.sendToQueue('x', Buffer.from('a'));
  await until(async () => (await channel.checkQueue('x')).messageCount === 1);
  const { queue, ...trace } = (await api.get('traces/%2F/t')).json;
  expect(trace).toEqual({ vhost: '/', name: 't', ...ALL });
  expect(queue).toMatchObject({ exclusive: true, durable: false, messages: 0, consumers: 1, vhost: '/' });
  expect(queue.message_stats).toMatchObject({ deliver_no_ack: 1 });
  const refused = new Promise<Error>((resolve) => channel.on('error', resolve));
  await channel.consume(queue.name, () => {}).catch(() => {});
  expect((await refused).message).toContain('RESOURCE-LOCKED');
  await api.delete('traces/%2F/t');
  expect((await api.get(`queues/%2F/${queue.name}`)).status).toBe(404);
});

test('the firehose goes on until the last trace of a virtual host ends', async () => {
  const { api } = await traced();
  await api.put('traces/%2F/one', ALL);
  await api.put('traces/%2F/two', ALL);
  expect((await api.get('traces/%2F?columns=name')).json).toEqual([{ name: 'one' }, { name: 'two' }]);
  await api.delete('traces/%2F/one');
  expect(await isTracing(api)).toBe(true);
  await api.delete('traces/node/leveret@localhost/%2F/two');
  expect(await isTracing(api)).toBe(false);
  expect((await api.get('trace-files?columns=name')).json).toEqual([{ name: 'one.log' }, { name: 'two.log' }]);
});

test('what cannot be changes nothing', async () => {
  const { lines, logger } = keptLog();
  const { api, dir } = await traced({ logger });
  const refusals = [
    { format: 'text', pattern: 5 },
    { format: 'text', pattern: 'x'.repeat(256) },
    { ...ALL, tracer_connection_username: 'guest', tracer_connection_password: 'wrong' },
    { ...ALL, tracer_connection_username: 'nobody' },
  ];
  for (const body of refusals)
    expect(await api.put('traces/%2F/t', body)).toMatchObject({ status: 400, json: NOT_STARTED });
  const negative = await api.put('traces/%2F/t', { ...ALL, max_payload_bytes: -1 });
  expect(negative.json.reason).toBe('max_payload_bytes is negative');
  expect(await api.put(`traces/%2F/${'x'.repeat(255)}`, ALL)).toMatchObject({ status: 400, json: NOT_STARTED });
  expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'a trace cannot be started' });
  expect(await readdir(dir)).toEqual([]);
  expect((await api.get('traces')).json).toEqual([]);
  expect(await isTracing(api)).toBe(false);
  await api.put('traces/%2F/t', ALL);
  expect(await api.put('traces/%2F/t', ALL)).toMatchObject({ status: 400, json: NOT_STARTED });
  expect((await api.get('traces')).json).toHaveLength(1);
});

test('whoever is named may only trace what he may read', async () => {
  const { broker, api } = await traced();
  await broker.users.set('hare', { password: 'hare' });
  const asHare = { ...ALL, tracer_connection_username: 'hare', tracer_connection_password: 'hare' };
  expect((await api.put('traces/%2F/t', asHare)).json).toEqual(NOT_STARTED);
  await broker.permissions.set('/', 'hare', { configure: '.*', write: '.*', read: '^amq.gen' });
  expect((await api.put('traces/%2F/t', asHare)).json).toEqual(NOT_STARTED);
  expect((await api.get('queues')).json).toEqual([]);
  expect((await api.get('trace-files')).json).toEqual([]);
  await broker.permissions.set('/', 'hare', { configure: '.*', write: '.*', read: '.*' });
  expect((await api.put('traces/%2F/t', asHare)).status).toBe(201);
  const trace = (await api.get('traces/%2F/t')).json;
  expect(trace.tracer_connection_username).toBe('hare');
  expect(trace).not.toHaveProperty('tracer_connection_password');
});

test('a virtual host takes its traces with it', async () => {
  const { lines, logger } = keptLog();
  const { api } = await traced({ logger });
  await api.put('vhosts/gone');
  await api.put('traces/gone/t', ALL);
  await api.delete('vhosts/gone');
  expect((await api.get('traces')).json).toEqual([]);
  await until(() => lines.some(({ message }) => message === 'a trace ended'));
  expect((await api.get('trace-files')).json).toEqual([{ name: 't.log', size: 0 }]);
});

test('a restart ends traces, and leaves their files', async () => {
  await withDataDir(async (start) => {
    const first = await start();
    await Api.of(first).put('traces/%2F/t', ALL);
    await first.close();
    const api = Api.of(await start());
    expect((await api.get('traces')).json).toEqual([]);
    expect(await isTracing(api)).toBe(false);
    expect((await api.get('trace-files')).json).toEqual([{ name: 't.log', size: 0 }]);
  });
});

test('a broker in memory writes to a folder that goes with it', async () => {
  const before = await temporaryTraces();
  const broker = await startBroker({ management: {} });
  await Api.of(broker).put('traces/%2F/t', ALL);
  expect((await temporaryTraces()).length).toBe(before.length + 1);
  expect((await fileText(broker, 't.log')).status).toBe(200);
  await broker.close();
  expect(await temporaryTraces()).toEqual(before);
});

async function temporaryTraces(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => /^leveret-traces-[^-]+$/.test(name));
}

test('a full disk ends the trace, and nothing else', async () => {
  const { lines, logger } = keptLog();
  const { broker, api, dir } = await traced({ logger });
  symlinkSync('/dev/full', join(dir, 'full.log'));
  await api.put('traces/%2F/full', ALL);
  await api.put('traces/%2F/other', ALL);
  const { channel } = await client(broker);
  await channel.assertQueue('q');
  channel.sendToQueue('q', Buffer.from('first'));
  await until(async () => (await api.get('traces')).json.length === 1);
  const failed = lines.filter(({ level }) => level === 'error');
  expect(failed).toMatchObject([
    {
      message: 'a trace ends: its file cannot be written',
      fields: { vhost: '/', trace: 'full', err: { code: 'ENOSPC' } },
    },
  ]);
  channel.sendToQueue('q', Buffer.from('second'));
  await until(async () => (await channel.checkQueue('q')).messageCount === 2);
  await api.delete('traces/%2F/other');
  expect((await readFile(join(dir, 'other.log'), 'utf8')).trimEnd().split('\n')).toHaveLength(2);
});

/** A trace to a file that nobody reads from: a pipe, which is full soon. */
async function stuck(): Promise<{ traced: Awaited<ReturnType<typeof traced>>; lines: LogLine[]; reader: FileHandle }> {
  const { lines, logger } = keptLog();
  const started = await traced({ logger });
  const path = join(started.dir, 'stuck.log');
  execFileSync('mkfifo', [path]);
  const reading = open(path, 'r');
  await started.api.put('traces/%2F/stuck', { format: 'text', pattern: 'publish.#' });
  const reader = await reading;
  return { traced: started, lines, reader };
}

async function publishMany(broker: Broker, count: number): Promise<void> {
  const { channel } = await client(broker);
  for (let i = 0; i < count; i++) channel.publish('amq.direct', 'nowhere', Buffer.from(`${i}`));
  await channel.checkExchange('amq.direct');
}

test('a file that is not written as fast as messages come loses messages, not memory', async () => {
  const {
    traced: { broker, api },
    lines,
    reader,
  } = await stuck();
  await publishMany(broker, 22_000);
  expect((await api.get('traces/%2F/stuck')).json.queue.messages).toBe(20_000);
  let text = '';
  const read = (async () => {
    for await (const chunk of reader.createReadStream({ encoding: 'utf8' })) text += chunk;
  })();
  await until(async () => (await api.get('traces/%2F/stuck')).json.queue.messages === 0, 10_000);
  await api.delete('traces/%2F/stuck');
  await read;
  const written = text.match(/Message published/g)?.length ?? 0;
  expect(written).toBeLessThan(22_000);
  expect(written).toBeGreaterThanOrEqual(20_000);
  expect(lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    'a trace loses messages: they come faster than its file is written',
  ]);
  expect(lines.find(({ message }) => message === 'a trace ended')?.fields['lost']).toBe(22_000 - written);
});

test('a file that is not written at all keeps neither a trace from ending nor the broker', async () => {
  const {
    traced: { broker, api },
    lines,
    reader,
  } = await stuck();
  await publishMany(broker, 1_000);
  expect((await api.delete('traces/%2F/stuck')).status).toBe(204);
  expect((await api.get('traces')).json).toEqual([]);
  expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'a trace ended without its last messages' });
  await broker.close();
  await reader.close();
});
