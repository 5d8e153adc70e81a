// `node test/crash/scheduled.mjs --messages 1000000`: persistent messages that wait for random times, in a queue with scheduled
// delivery, and a daemon that is killed while they do. Afterwards all of them fire in the order of their times, each once. Prints
// what a pending message costs in memory, and how late they were.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import amqplib from 'amqplib';
import { complaints, killDaemon, startDaemon, stopDaemon } from './kill/daemon.mjs';
import { journalIsSound } from './kill/journal.mjs';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    /** So many are due in a second. */
    rate: { type: 'string', default: '10000' },
  },
});
const MESSAGES = Number(values.messages);
const SPREAD_MS = Math.ceil((MESSAGES / Number(values.rate)) * 1000);
/** Slower publishing than this, and the first is due before the last is there. */
const PUBLISHED_PER_SECOND_MIN = 8_000;
const RESTART_MS = 10_000;
/** On a machine that does other things too. */
const LATE_MS_MAX = 5_000;
const WINDOW = 2_000;
const QUEUE = 'crash.scheduled';

const folder = mkdtempSync(join(tmpdir(), 'leveret-scheduled-'));
let daemon;
try {
  await run();
} catch (error) {
  say(`scheduled failed: ${error.stack}`);
  process.exitCode = 1;
}
if (daemon?.child.exitCode === null) await killDaemon(daemon);
rmSync(folder, { recursive: true });

async function run() {
  const due = await publishAll();
  await killDaemon(daemon);
  const restarted = performance.now();
  daemon = startDaemon(folder);
  const url = await daemon.ready;
  say(`killed and started again in ${Math.round(performance.now() - restarted)} ms, ${mebibytes()} MiB resident`);
  check(Date.now() < due[0].at, 'the first was due before the daemon was back: publishing is too slow here');
  const late = await consumeAll(url, due);
  const share = (part) => late[Math.min(late.length - 1, Math.floor(part * late.length))];
  say(
    `${MESSAGES} fired in order, each once; late by ${share(0.5)} ms (half), ${share(0.99)} ms (99 %), ${late.at(-1)} ms`,
  );
  check(late.at(-1) <= LATE_MS_MAX, `a message was late by ${late.at(-1)} ms`);
  check(complaints(daemon).length === 0, `the daemon complained: ${JSON.stringify(complaints(daemon))}`);
  await stopDaemon(daemon);
  await journalIsSound(folder);
}

/** All are confirmed when it resolves, to ids and times in the order in which they have to fire. */
async function publishAll() {
  daemon = startDaemon(folder);
  const connection = await amqplib.connect(await daemon.ready);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(QUEUE, { arguments: { 'x-scheduled-delivery': true } });
  const before = mebibytes();
  const firstAt = Date.now() + (MESSAGES / PUBLISHED_PER_SECOND_MIN) * 1000 + RESTART_MS;
  const due = [];
  const began = performance.now();
  for (let id = 1; id <= MESSAGES; id++) {
    const at = Math.floor(firstAt + Math.random() * SPREAD_MS);
    due.push({ id, at });
    channel.sendToQueue(QUEUE, Buffer.from(`${id}`), { persistent: true, headers: { 'x-deliver-at': at } });
    if (id % WINDOW === 0) await channel.waitForConfirms();
  }
  await channel.waitForConfirms();
  const seconds = (performance.now() - began) / 1000;
  const bytes = ((mebibytes() - before) * 1024 * 1024) / MESSAGES;
  say(
    `${MESSAGES} scheduled in ${seconds.toFixed(1)} s; the daemon has ${mebibytes()} MiB resident, ${Math.round(bytes)} bytes a message with its content`,
  );
  connection.on('error', () => {});
  return due.sort((a, b) => a.at - b.at || a.id - b.id);
}

/** How late each was, sorted. Throws where one is lost, comes twice, out of its order or too soon. */
async function consumeAll(url, due) {
  const connection = await amqplib.connect(url);
  const channel = await connection.createChannel();
  await channel.prefetch(WINDOW);
  const late = [];
  let problem;
  let heardAt = performance.now();
  await channel.consume(QUEUE, (message) => {
    const id = Number(message.content.toString());
    const expected = due[late.length];
    const lateMs = Date.now() - (expected?.at ?? 0);
    if (id !== expected?.id) problem ??= `message ${id} came in place of ${expected?.id}, as number ${late.length + 1}`;
    else if (lateMs < 0) problem ??= `message ${id} came ${-lateMs} ms too soon`;
    if (message.fields.redelivered) problem ??= `message ${id} is marked as redelivered`;
    late.push(lateMs);
    heardAt = performance.now();
    if (late.length % (WINDOW / 4) === 0 || late.length === due.length) channel.ack(message, true);
  });
  while (late.length < due.length && problem === undefined) {
    await sleep(50);
    const nextAt = due[late.length]?.at ?? 0;
    if (Date.now() > nextAt + LATE_MS_MAX && performance.now() - heardAt > LATE_MS_MAX)
      problem = `${late.length} of ${due.length} came`;
  }
  // Whatever comes twice has come by now.
  await sleep(500);
  check(problem === undefined, problem);
  const { messageCount } = await channel.checkQueue(QUEUE);
  check(messageCount === 0 && late.length === due.length, `${late.length} came and ${messageCount} are left`);
  await connection.close();
  return late.sort((a, b) => a - b);
}

function mebibytes() {
  const status = readFileSync(`/proc/${daemon.child.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
}

function check(condition, problem) {
  if (!condition) throw new Error(problem);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
