// A real Prometheus, which asks for OpenMetrics, reads everything and answers what RabbitMQ's dashboards ask it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withMetrics } from './support.mjs';

const JOIN =
  '* on(instance, job) group_left(rabbitmq_cluster) rabbitmq_identity_info{rabbitmq_cluster="leveret@localhost"}';
const QUESTIONS = [
  [`sum(rabbitmq_queue_messages_ready{job="all"} ${JOIN})`, 2],
  [`sum(rabbitmq_queue_messages_unacked{job="each"} ${JOIN})`, 1],
  [`sum(rabbitmq_global_messages_received_total{job="all"} ${JOIN})`, 5],
  [`sum(rabbitmq_channel_messages_published_total{job="each"} ${JOIN})`, 5],
  [`sum(rabbitmq_queues{job="all"} ${JOIN})`, 3],
  ['sum(rabbitmq_message_size_bytes_bucket{job="all", le="1000"})', 4],
];
const WITHIN_MS = 30_000;

const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
try {
  await withMetrics((url) => scrape(new URL(url)));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function scrape({ host }) {
  const port = await freePort();
  const job = (name, path) => ({ job_name: name, metrics_path: path, static_configs: [{ targets: [host] }] });
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [job('all', '/metrics'), job('each', '/metrics/per-object')],
  };
  // JSON is YAML.
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const flags = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`];
  const prometheus = spawn('prometheus', flags, { cwd: folder, stdio: 'ignore' });
  try {
    const api = `http://127.0.0.1:${port}/api/v1`;
    for (const [question, expected] of QUESTIONS) assert.equal(await answer(api, question), expected, question);
    const { data } = await (await fetch(`${api}/targets`)).json();
    for (const { health, lastError } of data.activeTargets) assert.deepEqual([health, lastError], ['up', '']);
  } finally {
    if (prometheus.kill()) await once(prometheus, 'exit');
  }
}

/** Asks until there is an answer. */
async function answer(api, query) {
  const giveUpAt = Date.now() + WITHIN_MS;
  for (;;) {
    const response = await fetch(`${api}/query?${new URLSearchParams({ query })}`).catch(() => undefined);
    const { data } = response?.ok ? await response.json() : {};
    if (data?.result.length > 0) return Number(data.result[0].value[1]);
    if (Date.now() > giveUpAt) return undefined;
    await sleep(200);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
