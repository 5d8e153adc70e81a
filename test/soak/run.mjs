// `npm run soak -- --minutes 10`: a daemon under the churn of connect, declare, publish, consume and close, in every way of
// leaving. Prints its resident memory and open files now and then, and fails when they grow.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect } from 'amqplib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const endMs = Date.now() + Number(values.minutes) * 60_000;

/** Clients at a time, and messages of each round of each. */
const WIDTH = 8;
const MESSAGES = 50;
const BODIES = [Buffer.alloc(0), Buffer.alloc(100, 'x'), Buffer.alloc(10_000, 'y'), Buffer.alloc(300_000, 'z')];
/** What the daemon may grow by, from the second tenth of the time (when it is warm) to the last. */
const GROWTH_MIB_MAX = 24;

const folder = mkdtempSync(join(tmpdir(), 'leveret-soak-'));
const words = ['start', '--port', '0', '--data-dir', folder, '--log-level', 'info', '--log-format', 'json'];
const daemon = spawn(process.execPath, [join(root, 'bin', 'leveret.js'), ...words], {
  stdio: ['ignore', 'pipe', 'pipe'],
  env: { ...process.env, LEVERET_MANAGEMENT_PORT: 'off', LEVERET_PROMETHEUS_PORT: 'off' },
});
const url = await ready();
const samples = [];
let rounds = 0;
let failure;
try {
  await soak();
  report();
} catch (error) {
  failure = error;
} finally {
  daemon.kill('SIGTERM');
  if (daemon.exitCode === null) await once(daemon, 'exit');
  rmSync(folder, { recursive: true, force: true });
}
if (failure !== undefined) {
  say(`soak failed: ${failure.message}`);
  process.exit(1);
}

/** The address that the daemon logs; what it logs afterwards is read and forgotten. */
function ready() {
  return new Promise((resolve, reject) => {
    let text = '';
    const look = (chunk) => {
      if (text === undefined) return;
      text += chunk;
      const port = /"port":(\d+)/.exec(text)?.[1];
      if (port === undefined) return;
      text = undefined;
      // Without heartbeats: a cut connection's would be missed by the client for ever.
      resolve(`amqp://guest:guest@127.0.0.1:${port}?heartbeat=0`);
    };
    daemon.stdout.on('data', look);
    daemon.stderr.on('data', look);
    daemon.once('exit', (code) => reject(new Error(`the daemon ended with ${code}`)));
  });
}

async function soak() {
  let sampledMs = 0;
  while (Date.now() < endMs) {
    await Promise.all(Array.from({ length: WIDTH }, (_, index) => round(index)));
    rounds += WIDTH;
    if (Date.now() - sampledMs < 1_000) continue;
    sampledMs = Date.now();
    sample();
  }
  // Whatever is still to be let go has its time.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  sample();
}

/** One client's life. Where it leaves messages behind, they are in a queue that leaves with it. */
async function round(index) {
  const connection = await connect(url);
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  const exchange = `soak-${index}`;
  await channel.assertExchange(exchange, 'topic', { autoDelete: true });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, exchange, `*.${rounds}.#`);
  await channel.prefetch(10);
  let received = 0;
  let done;
  const enough = new Promise((resolve) => {
    done = resolve;
  });
  await channel.consume(queue, (message) => {
    if (message === null) return;
    received++;
    if (received % 7 === 0 && !message.fields.redelivered) channel.nack(message);
    else channel.ack(message);
    if (received >= MESSAGES / 2) done();
  });
  for (let i = 0; i < MESSAGES; i++) {
    const body = BODIES[i === 0 ? rounds % BODIES.length : i % 3];
    channel.publish(exchange, `a.${rounds}.b`, body, { headers: { i }, deliveryMode: 1 + (i % 2) });
  }
  await channel.waitForConfirms();
  await enough;
  await leave(connection, channel, rounds + index);
}

async function leave(connection, channel, how) {
  const ended = new Promise((resolve) => connection.once('close', resolve));
  switch (how % 4) {
    case 0:
      await channel.close();
      await connection.close();
      break;
    case 1:
      channel.publish('nosuch', '', Buffer.alloc(10));
      await new Promise((resolve) => channel.once('close', resolve));
      await connection.close();
      break;
    case 2:
      connection.connection.stream.destroy();
      return;
    default:
      await connection.close();
  }
  await ended;
}

function sample() {
  const status = readFileSync(`/proc/${daemon.pid}/status`, 'utf8');
  const residentMib = Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
  const handles = readdirSync(`/proc/${daemon.pid}/fd`).length;
  samples.push({ residentMib, handles });
  if (samples.length % 10 === 1) say(`${rounds} rounds: ${residentMib.toFixed(1)} MiB, ${handles} open files`);
}

function report() {
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  const warm = peak(samples.slice(tenth, 2 * tenth + 1));
  const last = peak(samples.slice(-tenth));
  const growthMib = last - warm;
  const { handles } = samples.at(-1);
  say(`${rounds} rounds; resident ${warm.toFixed(1)} MiB when warm, ${last.toFixed(1)} MiB at the end`);
  say(`growth ${growthMib.toFixed(1)} MiB, open files at the end ${handles}, at the start ${samples[0].handles}`);
  if (growthMib > GROWTH_MIB_MAX) throw new Error(`memory grew by ${growthMib.toFixed(1)} MiB`);
  if (handles > samples[0].handles + WIDTH) throw new Error(`open files grew from ${samples[0].handles} to ${handles}`);
}

function peak(some) {
  return Math.max(...some.map(({ residentMib }) => residentMib));
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
