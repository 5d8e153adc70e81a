import { SYNC_BOUNDS } from '../../journal/sync_times.ts';
import { counter, type Family, gauge, labels } from './family.ts';
import type { Source } from './source.ts';
import { type Format, header, histogram, line } from './writer.ts';

/** What RabbitMQ has nothing like. */

const FAMILIES: readonly Family<Source>[] = [
  gauge(
    'messages_scheduled',
    'Messages that wait for their time, in queues and exchanges',
    ({ node }) => node.messagesScheduled,
  ),
  gauge('pages', 'Pages that messages are kept in', ({ pages }) => pages?.pageCount),
  gauge('pages_on_disk', 'Pages that are only on disk', ({ pages }) => pages?.absentCount),
  gauge('pages_resident_bytes', 'Memory that pages hold', ({ pages }) => pages?.residentBytes),
  counter('page_reads_total', 'Total number of pages that were read back', ({ pages }) => pages?.reads),
  counter('page_evictions_total', 'Total number of pages whose memory was given up', ({ pages }) => pages?.evictions),
  gauge('alarm_journal_failed', 'Whether the journal failed, so that nothing persistent is taken', ({ server }) =>
    server.alarms.on.includes('journal') ? 1 : 0,
  ),
];

export function* ownMetrics(format: Format, source: Source): Generator<string, void, undefined> {
  for (const { name, type, help, value } of FAMILIES) {
    const found = value(source);
    if (found === undefined) continue;
    yield header(format, `leveret_${name}`, type, help);
    yield line(`leveret_${name}`, '', found);
  }
  yield* eventLoop(format, source);
  yield* journals(format, source);
  yield header(format, 'process_cpu_seconds_total', 'counter', 'Processor time used by the process.');
  yield line('process_cpu_seconds_total', '', cpuSeconds());
  const help = 'Start time of the process since unix epoch in seconds.';
  yield header(format, 'process_start_time_seconds', 'gauge', help);
  yield line('process_start_time_seconds', '', Math.round(source.nowMs / 1000 - process.uptime()));
}

function* eventLoop(format: Format, { eventLoop: delays }: Source): Generator<string, void, undefined> {
  if (delays === undefined) return;
  const name = 'leveret_event_loop_delay_seconds';
  yield header(format, name, 'summary', 'How late the event loop was, since somebody began to look');
  yield line(name, 'quantile="0.5"', delays.p50Seconds);
  yield line(name, 'quantile="0.99"', delays.p99Seconds);
  yield line(name, 'quantile="1"', delays.maxSeconds);
  yield line(`${name}_sum`, '', delays.meanSeconds * delays.count);
  yield line(`${name}_count`, '', delays.count);
}

function* journals(format: Format, { journals: writers }: Source): Generator<string, void, undefined> {
  if (writers.size === 0) return;
  const time = 'leveret_journal_sync_duration_seconds';
  yield header(format, time, 'histogram', 'How long commits took to be written and synced');
  for (const [vhost, { syncs }] of writers) {
    const { count, sumSeconds: sum } = syncs;
    yield histogram(time, labels({ vhost }), { bounds: SYNC_BOUNDS, upTo: syncs.upTo(), count, sum });
  }
  const bytes = 'leveret_journal_written_bytes_total';
  yield header(format, bytes, 'counter', 'Total number of bytes written to journals');
  for (const [vhost, { bytesWritten }] of writers) yield line(bytes, labels({ vhost }), bytesWritten);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
