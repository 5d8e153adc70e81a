import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromPlain } from '../../../src/codec/table.ts';
import type { PrometheusRequest } from '../../../src/metrics/prometheus/prometheus.ts';
import { CONTENT_TYPES, formatFor } from '../../../src/metrics/prometheus/writer.ts';
import { CountingBench } from '../../support/counting_bench.ts';

async function linesOf(bench: CountingBench, request: Partial<PrometheusRequest> = {}): Promise<string[]> {
  let text = '';
  for await (const chunk of bench.metrics.prometheus({ kind: 'aggregated', format: 'text', ...request })) text += chunk;
  bench.metrics.stop();
  expect(text.endsWith('\n')).toBe(true);
  return text.trimEnd().split('\n');
}

async function used(): Promise<CountingBench> {
  const bench = new CountingBench();
  bench.declare('a', 'b"\\');
  bench.client.send(1, 'queue.declare', {
    queue: 'c',
    durable: true,
    arguments: fromPlain({ 'x-queue-type': 'quorum' }),
  });
  bench.client.send(1, 'confirm.select');
  bench.publish('a', { count: 3, bodyBytes: 100 });
  bench.publish('c', { bodyBytes: 20_000 });
  bench.publish('nobody', { mandatory: true });
  bench.client.send(1, 'basic.get', { queue: 'a' });
  bench.client.send(1, 'basic.consume', { queue: 'c', noAck: true });
  await bench.endOfTurn();
  return bench;
}

const SAMPLE = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (-?[\d.e+-]+|\+Inf)$/;

describe('the text', () => {
  const recorded = readFileSync(new URL('rabbitmq_families.txt', import.meta.url), 'utf8').split('\n');

  test("has RabbitMQ's types and helps for what has RabbitMQ's names", async () => {
    const bench = await used();
    const lines = [...(await linesOf(bench)), ...(await linesOf(bench, { kind: 'per-object' }))];
    const families = ['vhost_status', 'exchange_names', 'exchange_bindings'];
    lines.push(...(await linesOf(bench, { kind: 'detailed', families })));
    const heads = lines.filter((line) => /^# (TYPE|HELP) rabbitmq_/.test(line));
    expect(heads.length).toBeGreaterThan(300);
    // RabbitMQ 3's, which its dashboards asked for.
    const earlier = /^# \w+ rabbitmq_process_(open|max)_tcp_sockets /;
    expect(heads.filter((head) => !recorded.includes(head) && !earlier.test(head))).toEqual([]);
  });

  test('of every kind is well formed: each family once, its type and help ahead of its samples', async () => {
    const bench = await used();
    const families = [
      'queue_metrics',
      'channel_metrics',
      'exchange_names',
      'connection_churn_metrics',
      'leveret_queue_metrics',
    ];
    for (const kind of ['aggregated', 'per-object', 'detailed'] as const) {
      const seen = new Set<string>();
      let family = '';
      for (const line of await linesOf(bench, { kind, families })) {
        if (line.startsWith('# TYPE ')) {
          family = line.split(' ')[2] as string;
          expect(seen.has(family), family).toBe(false);
          seen.add(family);
        } else if (line.startsWith('# HELP ')) {
          expect(line.split(' ')[2]).toBe(family);
        } else {
          const [, name = line] = SAMPLE.exec(line) ?? [];
          expect(name.replace(/_(bucket|sum|count)$/, '')).toBe(family.replace(/_(bucket|sum|count)$/, ''));
        }
      }
    }
  });

  test('adds up what single objects tell', async () => {
    const bench = await used();
    const all = await linesOf(bench);
    expect(all).toEqual(
      expect.arrayContaining([
        'rabbitmq_queues 3',
        'rabbitmq_queue_messages_ready 2',
        'rabbitmq_queue_messages_unacked 1',
        'rabbitmq_queue_messages_bytes 300',
        'rabbitmq_channel_messages_published_total 5',
        'rabbitmq_global_messages_received_confirm_total{protocol="amqp091"} 5',
        'rabbitmq_global_messages_delivered_consume_auto_ack_total{protocol="amqp091",queue_type="rabbit_quorum_queue"} 1',
        'rabbitmq_message_size_bytes_bucket{protocol="amqp091",le="100"} 4',
        'rabbitmq_message_size_bytes_bucket{protocol="amqp091",le="10000"} 4',
        'rabbitmq_message_size_bytes_bucket{protocol="amqp091",le="100000"} 5',
        'rabbitmq_message_size_bytes_sum{protocol="amqp091"} 20303',
      ]),
    );
    const each = await linesOf(bench, { kind: 'per-object' });
    const channel = '127.0.0.1:1 -> 127.0.0.1:5672';
    expect(each).toEqual(
      expect.arrayContaining([
        'rabbitmq_queue_messages_ready{vhost="/",queue="b\\"\\\\"} 0',
        'rabbitmq_queue_info{vhost="/",queue="c",queue_type="rabbit_quorum_queue",membership="leader"} 1',
        `rabbitmq_channel_messages_unroutable_returned_total{channel="${channel} (1)",vhost="/",exchange=""} 1`,
        `rabbitmq_channel_get_ack_total{channel="${channel} (1)",vhost="/",queue="a"} 1`,
        `rabbitmq_connection_channels{channel="${channel}"} 1`,
      ]),
    );
  });

  test('in detail is what was asked for, of the virtual hosts that were', async () => {
    const bench = await used();
    const names = async (request: Partial<PrometheusRequest>): Promise<string[]> => {
      const lines = await linesOf(bench, { kind: 'detailed', ...request });
      return [...new Set(lines.filter((line) => !line.startsWith('#')).map((line) => line.replace(/[{ ].*/, '')))];
    };
    const identity = ['rabbitmq_build_info', 'rabbitmq_identity_info'];
    expect(await names({})).toEqual(identity);
    const families = ['queue_coarse_metrics', 'vhost_status'];
    expect(await names({ families })).toEqual([
      'rabbitmq_detailed_queue_messages_ready',
      'rabbitmq_detailed_queue_messages_unacked',
      'rabbitmq_detailed_queue_messages',
      'rabbitmq_cluster_vhost_status',
      'rabbitmq_detailed_queue_info',
      ...identity,
    ]);
    expect(await names({ families, vhosts: ['other'] })).toEqual(identity);
  });

  test('in OpenMetrics names families of counters without their ending, and ends', async () => {
    const lines = await linesOf(await used(), { format: 'openmetrics' });
    expect(lines).toContain('# TYPE rabbitmq_queues_created counter');
    expect(lines).toContain('rabbitmq_queues_created_total 3');
    expect(lines).toContain('# TYPE rabbitmq_build_info unknown');
    expect(lines.at(-1)).toBe('# EOF');
  });
});

test.each([
  [undefined, 'text'],
  ['*/*', 'text'],
  ['text/html', 'text'],
  ['application/openmetrics-text', 'openmetrics'],
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  ['text/plain;q=0.9, application/openmetrics-text;q=0.3', 'text'],
  ['application/openmetrics-text;q=0, text/plain;q=0.1', 'text'],
])('who accepts %s gets %s', (accept, format) => {
  expect(formatFor(accept)).toBe(format);
  expect(CONTENT_TYPES[formatFor(accept)]).toMatch(
    format === 'text' ? /^text\/plain;/ : /^application\/openmetrics-text;/,
  );
});
