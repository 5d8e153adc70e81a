// `node test/crash/full_disk.mjs`: the daemon on a real small file system, filled under load. First with the limit on free
// space, which has to hold publishers before the disk is full; then without it, until the disk really is. Needs to be root,
// to mount a tmpfs, and says so where it is not.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import amqplib from 'amqplib';
import { idOf, makeBody } from './kill/body.mjs';
import { complaints, killDaemon, startDaemon, stopDaemon } from './kill/daemon.mjs';
import { journalIsSound } from './kill/journal.mjs';

const MIB = 1024 * 1024;
const DISK_BYTES = 160 * MIB;
const LIMIT_BYTES = 60 * MIB;
const BALLAST_BYTES = 90 * MIB;
const BODY_BYTES = 20_000;
const WINDOW = 100;
const QUEUE = 'crash.disk';
const STEP_TIMEOUT_MS = 20_000;

const folder = mkdtempSync(join(tmpdir(), 'leveret-disk-'));
const mounted = process.getuid?.() === 0 && run('mount', '-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder);
if (!mounted) {
  rmdirSync(folder);
  say('full disk skipped: it takes root, and the right to mount a tmpfs');
  process.exit(77);
}
let daemon;
let failure;
try {
  await limited();
  await full();
} catch (error) {
  failure = error;
}
if (daemon?.child.exitCode === null) await killDaemon(daemon);
run('umount', '-l', folder);
rmdirSync(folder);
if (failure !== undefined) say(`full disk failed: ${failure.stack}`);
process.exit(failure === undefined ? 0 : 1);

/** With the limit: publishers are held in time and released, consumers go on, and nothing is refused or lost. */
async function limited() {
  const url = await start('limited', LIMIT_BYTES);
  const publisher = await publishOn(url);
  const reason = await within(publisher.blocked, 'publishers are held');
  check(reason === 'low on disk', `held because of: ${reason}`);
  await sleep(700);
  const leftBytes = freeBytes();
  check(leftBytes > LIMIT_BYTES / 4, `only ${leftBytes} bytes were left when publishers were held`);
  const filled = publisher.confirmed.length;
  const consumer = await consumeOn(url);
  await within(publisher.unblocked, 'publishers are released once messages are consumed');
  await until(() => publisher.confirmed.length > filled + WINDOW, 'publishers go on');
  publisher.stop();
  await until(() => consumer.ids.length >= publisher.sent, 'everything is consumed');
  check(publisher.refused === 0, `${publisher.refused} publishes were refused`);
  check(ordered(consumer.ids, publisher.sent), 'the messages came in another order, or some twice');
  check(complaints(daemon).length === 0, `the daemon complained: ${JSON.stringify(complaints(daemon))}`);
  await stopDaemon(daemon);
  await journalIsSound(join(folder, 'limited'));
  rmSync(join(folder, 'limited'), { recursive: true });
  say(
    `full disk, limit ${LIMIT_BYTES / MIB} MiB: held with ${Math.round(leftBytes / MIB)} MiB left, ${publisher.sent} messages`,
  );
}

/** Without: what does not fit is refused, what was there can be read, and after a restart with room all of it is there. */
async function full() {
  writeFileSync(join(folder, 'ballast'), Buffer.alloc(BALLAST_BYTES, 1));
  const url = await start('full', 0);
  const publisher = await publishOn(url);
  await until(() => publisher.refused > 0, 'a publish is refused');
  const reason = await within(publisher.blocked, 'publishers are held');
  check(reason === 'journal failed', `held because of: ${reason}`);
  const why = JSON.stringify(complaints(daemon));
  check(why.includes('ENOSPC') && why.includes('the journal failed'), `the log does not say why: ${why}`);
  const confirmed = publisher.confirmed.length;
  const consumer = await consumeOn(url, { keeps: true });
  await until(() => consumer.ids.length >= confirmed, 'what is there can be read');
  await killDaemon(daemon);
  check(publisher.confirmed.length === confirmed, 'something was confirmed after the failure');
  rmSync(join(folder, 'ballast'));
  const again = await consumeOn(await start('full', 0));
  await until(
    () => again.ids.length >= confirmed,
    () =>
      `all ${confirmed} that were confirmed come after a restart, not ${again.ids.length}: ${JSON.stringify(daemon.lines)}`,
  );
  await sleep(100);
  const lost = publisher.confirmed.filter((id) => !again.ids.includes(id));
  check(lost.length === 0, `${lost.length} confirmed messages were lost`);
  check(ordered(again.ids, again.ids.length), 'the messages came in another order');
  await stopDaemon(daemon);
  await journalIsSound(join(folder, 'full'));
  say(`full disk, ENOSPC: ${confirmed} messages confirmed, ${publisher.refused} refused, none lost`);
}

async function start(name, limitBytes) {
  daemon = startDaemon(join(folder, name), ['--disk-free-limit', String(limitBytes)]);
  return daemon.ready;
}

async function connect(url) {
  const connection = await amqplib.connect(url, { noDelay: true });
  connection.on('error', () => {});
  return connection;
}

/** Publishes ids from 1 on as fast as it may, until it is stopped. */
async function publishOn(url) {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(QUEUE, { durable: true });
  const publisher = {
    sent: 0,
    refused: 0,
    confirmed: [],
    blocked: new Promise((resolve) => connection.once('blocked', resolve)),
    unblocked: new Promise((resolve) => connection.once('unblocked', resolve)),
    stop: () => {
      stopped = true;
    },
  };
  let stopped = false;
  const fill = () => {
    while (!stopped && publisher.refused === 0 && publisher.sent - publisher.confirmed.length < WINDOW) {
      const id = ++publisher.sent;
      channel.sendToQueue(QUEUE, makeBody(id, BODY_BYTES), { persistent: true }, (error) => {
        if (error === null) publisher.confirmed.push(id);
        else publisher.refused++;
        fill();
      });
    }
  };
  fill();
  // One more when it failed, as a program would: that is when it learns that it is held.
  const once = setInterval(() => {
    if (publisher.refused === 0) return;
    clearInterval(once);
    channel.sendToQueue(QUEUE, makeBody(1, BODY_BYTES), { persistent: true }, () => {});
  }, 10);
  once.unref();
  return publisher;
}

/** Takes everything, and acknowledges it unless it keeps it. */
async function consumeOn(url, { keeps = false } = {}) {
  const channel = await (await connect(url)).createChannel();
  const ids = [];
  await channel.prefetch(keeps ? 0 : 200);
  await channel.consume(QUEUE, (message) => {
    ids.push(idOf(message.content));
    if (!keeps) channel.ack(message);
  });
  return { ids };
}

/** Whether these are 1, 2, 3, ... up to `count`, or a part of that in order. */
function ordered(ids, count) {
  return ids.length <= count && ids.every((id, i) => i === 0 || id > ids[i - 1]);
}

function freeBytes() {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

async function until(condition, what) {
  const deadline = performance.now() + STEP_TIMEOUT_MS;
  while (!condition()) {
    check(
      performance.now() < deadline,
      `not so after ${STEP_TIMEOUT_MS} ms: ${typeof what === 'string' ? what : what()}`,
    );
    await sleep(5);
  }
}

async function within(promise, what) {
  const late = sleep(STEP_TIMEOUT_MS, undefined, { ref: false }).then(() => {
    throw new Error(`not so after ${STEP_TIMEOUT_MS} ms: ${what}`);
  });
  return Promise.race([promise, late]);
}

function check(holds, what) {
  if (!holds) throw new Error(what);
}

function run(command, ...words) {
  return spawnSync(command, words, { stdio: 'ignore' }).status === 0;
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
