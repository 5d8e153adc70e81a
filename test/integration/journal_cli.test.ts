// `leveret journal`, as `npm test` has just built it, on folders that a broker in this process has written.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createBroker } from '../../src/index.ts';
import { channelOn, confirmChannelOn, connectTo, settled } from './amqplib/support.ts';

const bin = fileURLToPath(new URL('../../bin/leveret.js', import.meta.url));

function leveret(...words: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'journal', ...words], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-journal-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Five messages to two queues; of `work`, two are settled and one was delivered. */
async function writtenFolder(): Promise<string> {
  const dataDir = emptyFolder();
  const broker = await createBroker({ dataDir });
  const { connection } = await connectTo(broker);
  const channel = await confirmChannelOn(connection);
  await channel.assertExchange('letters', 'fanout');
  for (const queue of ['work', 'mail']) {
    await channel.assertQueue(queue, { durable: true });
    await channel.bindQueue(queue, 'letters', '');
  }
  for (let i = 1; i <= 5; i++) {
    const options = { persistent: true, messageId: `id-${i}`, headers: { number: i } };
    channel.publish('letters', 'key', Buffer.alloc(100, 'x'), options);
  }
  await channel.waitForConfirms();
  const consuming = await channelOn(connection);
  for (let i = 1; i <= 3; i++) {
    const message = await consuming.get('work');
    if (typeof message === 'object' && i < 3) consuming.ack(message);
  }
  await settled(consuming);
  await broker.close();
  return dataDir;
}

function segmentOf(dataDir: string): string {
  const folder = join(dataDir, 'vhosts', '%2F');
  const name = readdirSync(folder).find((file) => file.endsWith('.segment'));
  return join(folder, name as string);
}

function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

test('verify finds a journal sound that a broker has left, and changes nothing', async () => {
  const dataDir = await writtenFolder();
  const before = [snapshot(dataDir), readFileSync(segmentOf(dataDir))];
  const { code, stdout } = leveret('verify', dataDir);
  expect(stdout).toMatch(/^Virtual host \/: sound \(1 segment, \d+ batches, 5 messages\)\n$/);
  expect(code).toBe(0);
  expect(JSON.parse(leveret('verify', dataDir, '--json').stdout)).toMatchObject({
    sound: true,
    journals: [{ vhost: '/', segments: [{ segment: 1, messages: 5, faults: [], notes: [] }] }],
  });
  expect([snapshot(dataDir), readFileSync(segmentOf(dataDir))]).toEqual(before);
});

test('verify finds a flipped bit wherever it is', async () => {
  const dataDir = await writtenFolder();
  const path = segmentOf(dataDir);
  const sound = readFileSync(path);
  // In the header, in the first batch, in a message.
  for (const at of [9, 40, sound.indexOf('id-1'), sound.indexOf('xxxx')]) {
    const damaged = Buffer.from(sound);
    damaged[at] = (damaged[at] as number) ^ 4;
    writeFileSync(path, damaged);
    const { code, stdout } = leveret('verify', dataDir);
    expect([at, code, stdout]).toEqual([
      at,
      1,
      expect.stringMatching(/NOT SOUND.*\n +fault +segment 1: .* damaged.*\.\n/),
    ]);
  }
});

test('a write that was cut short is noted, and no fault', async () => {
  const dataDir = await writtenFolder();
  const path = segmentOf(dataDir);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length - 3));
  const { code, stdout } = leveret('verify', dataDir);
  expect(stdout).toMatch(/: sound .*\n +note +segment 1: The last write, at byte \d+, was cut short\.\n/);
  expect(code).toBe(0);
});

test('stats counts what waits in each queue, and what is needed of each segment', async () => {
  const dataDir = await writtenFolder();
  expect(JSON.parse(leveret('stats', dataDir, '--json').stdout)).toMatchObject({
    journals: [
      {
        vhost: '/',
        exchanges: 1,
        bindings: 2,
        queues: [
          { queue: 'mail', messages: 5, bodyBytes: 500, delivered: 0, settled: 0 },
          { queue: 'work', messages: 3, bodyBytes: 300, delivered: 1, settled: 2 },
        ],
        segments: [{ segment: 1, messages: 10, live: 8 }],
      },
    ],
  });
  const lines = leveret('stats', dataDir).stdout.split('\n');
  expect(
    lines
      .find((line) => line.includes('work'))
      ?.trim()
      .split(/ +/),
  ).toEqual(['work', '3', '300', '1', '2']);
  expect(lines.find((line) => line.endsWith('80%'))).toBeDefined();
});

test('dump prints every record in a line', async () => {
  const dataDir = await writtenFolder();
  const { code, stdout } = leveret('dump', dataDir);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /message to work 1, mail 1: exchange "letters" key "key" 100 bytes \{"deliveryMode":2,"messageId":"id-1","headers":\{"number":1\}\} \d{4}-/,
  );
  expect(stdout).toMatch(/settled \{"queue":"work","ranges":\[\{"first":1,/);
  const items = leveret('dump', dataDir, '--json')
    .stdout.trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(items.filter(({ type }) => type === 'message').map(({ properties }) => properties.messageId)).toEqual([
    'id-1',
    'id-2',
    'id-3',
    'id-4',
    'id-5',
  ]);
});

test('what waits for its time is shown with it, and what an exchange keeps as the exchange’s', async () => {
  const dataDir = emptyFolder();
  const broker = await createBroker({ dataDir });
  const channel = await confirmChannelOn((await connectTo(broker)).connection);
  const table = { 'x-scheduled-delivery': true, 'x-message-ttl': 1000 };
  await channel.assertQueue('later', { durable: true, arguments: table });
  await channel.assertExchange('x', 'x-delayed-message', { arguments: { 'x-delayed-type': 'fanout' } });
  for (const exchange of ['', 'x']) {
    const options = { persistent: true, headers: { 'x-delay': 3_600_000 } };
    channel.publish(exchange, 'later', Buffer.from('m'), options);
    await channel.waitForConfirms();
  }
  const readyAtMs = Date.UTC(2100, 0, 1);
  await broker.scheduled({ queue: 'later' }).reschedule(1, readyAtMs);
  await broker.scheduled({ exchange: 'x' }).reschedule(1, readyAtMs);
  await broker.close();
  const { stdout } = leveret('dump', dataDir);
  const at = '"sequence":1,"readyAt":"2100-01-01T00:00:00.000Z"';
  expect(stdout).toContain(`rescheduled {"queue":"later","messages":[{${at},"expiresAt":"2100-01-01T00:00:01.000Z"}]}`);
  expect(stdout).toContain(`rescheduled {"queue":"delayed in exchange x","messages":[{${at}}]}`);
  expect(stdout).toMatch(/queue declared \{[^\n]*"forwards":true,"name":"x"/);
  expect(JSON.parse(leveret('stats', dataDir, '--json').stdout).journals[0].queues).toMatchObject([
    { queue: 'delayed in exchange x', messages: 1 },
    { queue: 'later', messages: 1 },
  ]);
});

test('a folder in use, one that is none and one that is not there are refused with a sentence', async () => {
  const dataDir = emptyFolder();
  expect(leveret('verify', dataDir)).toEqual({
    code: 1,
    stdout: '',
    stderr: `leveret: The folder ${dataDir} is not a Leveret's data folder: there is no leveret.json in it.\n`,
  });
  expect(leveret('stats', join(dataDir, 'none')).stderr).toMatch(
    /^leveret: The folder .* cannot be read: ENOENT.*\.\n$/,
  );
  const broker = await createBroker({ dataDir });
  onTestFinished(() => broker.close());
  expect(await inAnotherProcess('dump', dataDir)).toMatch(
    /^leveret: The data folder .* is in use by another Leveret \(process \d+\)\./,
  );
});

/** The broker in this process has to answer it meanwhile. */
async function inAnotherProcess(...words: string[]): Promise<string> {
  const child = spawn(process.execPath, [bin, 'journal', ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  for await (const data of child.stderr.setEncoding('utf8')) stderr += data;
  return stderr;
}
