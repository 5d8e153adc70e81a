// Runs one scenario against one broker, and says what came through.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Connection } from './connection.mjs';
import { Histogram } from './histogram.mjs';
import * as methods from './methods.mjs';
import { CONFIRMED, DELIVERED, MEASURING, PUBLISHED, sharedNumbers } from './shared.mjs';

const NAME = `leveret-bench-${process.pid}`;
/** The queue in which messages die, where a scenario is about that. */
const SOURCE = `${NAME}-source`;

/** Messages per second (published, confirmed, delivered), and latencies in microseconds where the scenario is paced. */
export async function runScenario(url, scenario, { seconds, warmUpSeconds }) {
  const control = await Connection.open(url);
  const { exchange, routingKey, queues } = await declare(control, scenario);
  const shared = sharedNumbers();
  const consumers = worker('consumers.mjs', { url, scenario, queues, shared });
  const publishers = worker('publishers.mjs', { url, scenario, exchange, routingKey, shared });
  try {
    await Promise.all([once(consumers, 'message'), once(publishers, 'message')]);
    publishers.postMessage('go');
    const counts = await measure(shared, seconds, warmUpSeconds, failureOf(consumers, publishers));
    consumers.postMessage('report');
    const histogram = new Histogram();
    [histogram.counts] = await once(consumers, 'message');
    return { ...counts, latency: latencyOf(histogram) };
  } finally {
    await Promise.all([publishers.terminate(), consumers.terminate()]);
    for (const queue of [...queues, SOURCE]) await control.call(methods.queueDelete(queue), methods.QUEUE_DELETE_OK);
    if (exchange !== '') await control.call(methods.exchangeDelete(exchange), methods.EXCHANGE_DELETE_OK);
    await control.close();
  }
}

async function declare(control, { fanout = 0, durable, table, deadLettered }) {
  const queues = Array.from({ length: fanout || 1 }, (_, index) => `${NAME}-${index}`);
  const exchange = fanout > 0 ? `${NAME}-fanout` : '';
  if (fanout > 0) {
    await control.call(methods.exchangeDeclare(exchange, 'fanout', durable), methods.EXCHANGE_DECLARE_OK);
  }
  for (const queue of queues) {
    await control.call(methods.queueDeclare(queue, { durable, table }), methods.QUEUE_DECLARE_OK);
    if (fanout > 0) await control.call(methods.queueBind(queue, exchange), methods.QUEUE_BIND_OK);
  }
  if (deadLettered) {
    const toGrave = { 'x-max-length': 0, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queues[0] };
    await control.call(methods.queueDeclare(SOURCE, { durable, table: toGrave }), methods.QUEUE_DECLARE_OK);
    return { exchange, routingKey: SOURCE, queues };
  }
  return { exchange, routingKey: fanout > 0 ? '' : queues[0], queues };
}

async function measure(shared, seconds, warmUpSeconds, failure) {
  await Promise.race([sleep(warmUpSeconds * 1000), failure]);
  const before = Int32Array.from(shared);
  const startedAt = performance.now();
  Atomics.store(shared, MEASURING, 1);
  await Promise.race([sleep(seconds * 1000), failure]);
  Atomics.store(shared, MEASURING, 0);
  const after = Int32Array.from(shared);
  const elapsed = (performance.now() - startedAt) / 1000;
  const perSecond = (index) => Math.round((after[index] - before[index]) / elapsed);
  return { published: perSecond(PUBLISHED), confirmed: perSecond(CONFIRMED), delivered: perSecond(DELIVERED) };
}

function latencyOf(histogram) {
  const p50 = histogram.percentile(0.5);
  if (p50 === undefined) return undefined;
  return { p50, p99: histogram.percentile(0.99), p999: histogram.percentile(0.999) };
}

function worker(file, workerData) {
  return new Worker(new URL(file, import.meta.url), { workerData });
}

/** Rejects when a thread dies. */
function failureOf(...workers) {
  const failure = new Promise((_, fail) => {
    for (const thread of workers) thread.on('error', fail);
  });
  failure.catch(() => {});
  return failure;
}
