// `node test/crash/restart_clients.mjs`: pika publishes with confirms, the daemon is killed, and Bunny gets all of it, in order,
// from the next one. Both are Debian packages; where they are not installed, it says so.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import amqplib from 'amqplib';
import { install, missing } from '../interop/lib/packages.mjs';
import { run } from '../interop/lib/processes.mjs';
import { killDaemon, startDaemon, stopDaemon } from './kill/daemon.mjs';
import { startPika } from './kill/publishers.mjs';

const PACKAGES = ['python3-pika', 'ruby', 'ruby-bunny'];
const QUEUE = 'crash.restart';
const CONFIRMED_MIN = 300;
const PUBLISH_TIMEOUT_MS = 20_000;
const BUNNY_TIMEOUT_MS = 60_000;
const bunny = fileURLToPath(new URL('restart_clients.rb', import.meta.url));

const whyNot = await install(PACKAGES);
const absent = await missing(PACKAGES);
if (absent.length > 0) {
  say(`restart clients skipped: needs ${absent.join(' ')}: ${whyNot ?? 'they did not install'}`);
  process.exit(77);
}
const dataDir = mkdtempSync(join(tmpdir(), 'leveret-restart-'));
let failure;
try {
  const confirmed = await publish();
  const received = await consume();
  compare(confirmed, received);
  say(`restart clients passed: pika had ${confirmed.length} messages confirmed, Bunny got ${received.length}`);
} catch (error) {
  failure = error;
  say(`restart clients failed: ${error.stack}`);
}
rmSync(dataDir, { recursive: true, force: true });
process.exit(failure === undefined ? 0 : 1);

/** The numbers of the messages that were confirmed before the kill. */
async function publish() {
  const daemon = startDaemon(dataDir);
  const url = await daemon.ready;
  const connection = await amqplib.connect(url);
  connection.on('error', () => {});
  await (await connection.createChannel()).assertQueue(QUEUE, { durable: true });
  const confirmed = [];
  const child = startPika(url, QUEUE, 1, 1_000_000, (number) => confirmed.push(number));
  const ended = once(child, 'close');
  const deadline = performance.now() + PUBLISH_TIMEOUT_MS;
  while (confirmed.length < CONFIRMED_MIN && performance.now() < deadline) await sleep(1);
  await killDaemon(daemon);
  await ended;
  if (confirmed.length < CONFIRMED_MIN) throw new Error(`pika had only ${confirmed.length} messages confirmed`);
  return confirmed;
}

async function consume() {
  const daemon = startDaemon(dataDir);
  const url = (await daemon.ready).replace(/\?.*/, '');
  const { code, output } = await run('ruby', [bunny, QUEUE], { timeoutMs: BUNNY_TIMEOUT_MS, env: { AMQP_URL: url } });
  await stopDaemon(daemon);
  if (code !== 0) throw new Error(`Bunny ended with exit code ${code}:\n${output}`);
  return output.trim().split('\n').map(Number);
}

/** In order, none missing, none twice; one more than was confirmed may be there, whose confirm was under way. */
function compare(confirmed, received) {
  const expected = Array.from({ length: received.length }, (_, i) => i + 1);
  if (received.some((number, i) => number !== expected[i])) throw new Error(`received in this order: ${received}`);
  const more = received.length - confirmed.length;
  if (more < 0 || more > 1) throw new Error(`${confirmed.length} were confirmed, ${received.length} received`);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
