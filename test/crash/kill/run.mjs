// `node test/crash/kill/run.mjs --rounds 200 --seed N`: a daemon under the load of several clients is killed at any moment
// and started again on the same folder, round after round; what its clients were promised has to hold (ledger.mjs says
// what). The seed decides what the clients do and when the kill comes, as far as a seed can: time is the machine's.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import amqplib from 'amqplib';
import { audit } from './audit.mjs';
import { consumer } from './consumers.mjs';
import { complaints, killDaemon, startDaemon, stopDaemon } from './daemon.mjs';
import { journalIsSound } from './journal.mjs';
import { Ledger } from './ledger.mjs';
import { hasPika, largePublisher, pikaPublisher, smallPublisher } from './publishers.mjs';
import { Round } from './round.mjs';
import { Topology } from './topology.mjs';
import { Pipeline } from './transactions.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string' } },
});
const rounds = Number(values.rounds);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);

const LOAD_MS_MIN = 30;
const LOAD_MS_MAX = 700;
const AUDIT_EVERY = 4;
/** How often the kill comes while the daemon starts. */
const EARLY_SHARE = 0.2;
const EARLY_MS_MAX = 300;

const FANOUT = 'crash.fan';
const QUEUES = ['work', 'fan.1', 'fan.2', 'large', 'pika', 'in', 'out.1', 'out.2', 'barrier'].map(
  (name) => `crash.${name}`,
);
const [WORK, FAN_1, FAN_2, LARGE, PIKA, IN, OUT_1, OUT_2, BARRIER] = QUEUES;
const VICTIM = 'crash.victim';

const dataDir = mkdtempSync(join(tmpdir(), 'leveret-kill-'));
const ledger = new Ledger();
const topology = new Topology(VICTIM);
const pipeline = new Pipeline({ from: IN, to: [OUT_1, OUT_2] });
const withPika = hasPika();
const random = randomFrom(seed);
let audited = 0;
/** The daemon started last. */
let last;

say(`kill -9: ${rounds} rounds, seed ${seed}${withPika ? '' : ', without pika, which is not installed'}`);
const startedMs = performance.now();
let round = 0;
try {
  await declareAll();
  for (round = 1; round <= rounds; round++) {
    await life(round % AUDIT_EVERY === 0);
    if (round % 20 === 0) say(`round ${round}: ${audited} messages accounted for`);
  }
  await lastLife();
} catch (error) {
  say(`kill -9 failed in round ${round} with seed ${seed}: ${error.stack}`);
  say(
    `The data folder is kept: ${dataDir}. The last daemon warned of ${JSON.stringify(last?.lines.filter(isWarning))}`,
  );
  process.exit(1);
}
rmSync(dataDir, { recursive: true, force: true });
const seconds = (performance.now() - startedMs) / 1000;
say(`kill -9 passed: ${rounds} rounds, ${audited} messages accounted for, ${seconds.toFixed(0)} s, seed ${seed}`);
process.exit(0);

async function declareAll() {
  const daemon = startDaemon(dataDir);
  const connection = await connect(await daemon.ready);
  const channel = await connection.createChannel();
  for (const queue of QUEUES) await channel.assertQueue(queue, { durable: true });
  await channel.assertExchange(FANOUT, 'fanout');
  await channel.bindQueue(FAN_1, FANOUT, '');
  await channel.bindQueue(FAN_2, FANOUT, '');
  await killDaemon(daemon);
}

/** Starts the daemon, checks what is there, and kills it under load. */
async function life(audits) {
  const { daemon, url } = await start();
  if (audits) audited += await audit(url, { ledger, pipeline, victim: VICTIM, barrier: BARRIER });
  const load = new Round({ url, ledger, random: randomFrom(random() * 2 ** 32) });
  await load.run(workers(), LOAD_MS_MIN + random() * (LOAD_MS_MAX - LOAD_MS_MIN), () => killDaemon(daemon));
  quiet(daemon);
  if (audits) await journalIsSound(dataDir);
}

async function lastLife() {
  const { daemon, url } = await start();
  audited += await audit(url, { ledger, pipeline, victim: VICTIM, barrier: BARRIER });
  await stopDaemon(daemon);
  quiet(daemon);
  await journalIsSound(dataDir);
}

/** A daemon that has just recovered, perhaps after another kill while it did. */
async function start() {
  if (random() < EARLY_SHARE) {
    const early = startDaemon(dataDir);
    await sleep(random() * EARLY_MS_MAX);
    await killDaemon(early);
    quiet(early);
  }
  const daemon = startDaemon(dataDir);
  last = daemon;
  const url = await daemon.ready;
  const connection = await connect(url);
  await topology.verify(connection, ledger);
  await connection.close();
  return { daemon, url };
}

/** Not everyone is there every time, so that queues grow, and messages lie for a while. */
function workers() {
  const all = [
    smallPublisher('work', { exchange: '', key: WORK, queues: [WORK] }),
    smallPublisher('fan', { exchange: FANOUT, key: '', queues: [FAN_1, FAN_2] }, { countMax: 1000 }),
    smallPublisher('in', { exchange: '', key: IN, queues: [IN] }, { sizeMax: 300, countMax: 300 }),
    largePublisher('large', LARGE),
    ...[WORK, WORK, FAN_1, FAN_2, LARGE, PIKA].map((queue) => consumer(queue, BARRIER)),
    pipeline.worker(),
    topology.worker(),
    ...(withPika ? [pikaPublisher('pika', PIKA)] : []),
  ];
  return all.filter(() => random() < 0.8);
}

async function connect(url) {
  const connection = await amqplib.connect(url, { noDelay: true });
  connection.on('error', () => {});
  return connection;
}

function isWarning({ level, msg }) {
  return level !== 'info' || msg.startsWith('the journal');
}

function quiet(daemon) {
  const wrong = complaints(daemon);
  if (wrong.length > 0 || daemon.stderr !== '') {
    throw new Error(`the daemon complained: ${JSON.stringify(wrong)} ${daemon.stderr}`);
  }
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomFrom(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
