import type { Attributes } from '@opentelemetry/api';
import type { Source } from '../prometheus/source.ts';
import type { Totals } from '../totals.ts';

/**
 * What is sent, and by which name: that of OpenTelemetry's semantic conventions for what they know (process, nodejs), and
 * ours for the rest. Their conventions of messaging are about clients; a broker's side has none.
 */
export interface Instrument {
  readonly name: string;
  readonly kind: 'counter' | 'upDownCounter' | 'gauge';
  /** In UCUM: By, s, and in braces what is counted. */
  readonly unit: string;
  readonly description: string;
  readonly read: (source: Source) => Iterable<Point>;
}

/** Undefined is not sent. */
type Point = readonly [value: number | undefined, attributes?: Attributes];

export const SYNC_DURATION = {
  name: 'leveret.journal.sync.duration',
  unit: 's',
  description: 'How long commits took to be written and synced',
} as const;

export const VHOST = 'leveret.vhost';

export const INSTRUMENTS: readonly Instrument[] = [
  ...messages(),
  ...objects(),
  ...network(),
  ...storage(),
  ...processes(),
];

function messages(): Instrument[] {
  return [
    counter('messages.published', '{message}', 'Messages that clients published', (source) =>
      byVhost(source, ({ counts }) => [[counts.publishes.publish]]),
    ),
    counter('messages.published.size', 'By', 'Bodies of the messages that clients published', (source) =>
      byVhost(source, ({ counts }) => [[counts.publishes.bytes]]),
    ),
    counter('messages.confirmed', '{message}', 'Messages that were confirmed to their publishers', (source) =>
      byVhost(source, ({ counts }) => [[counts.publishes.confirm]]),
    ),
    counter('messages.routed', '{message}', 'Copies that were put into queues', (source) =>
      byVhost(source, ({ counts }) => [[counts.publishes.publishOut]]),
    ),
    counter('messages.unroutable', '{message}', 'Messages that no queue got', (source) =>
      byVhost(source, ({ counts: { publishes } }) => [
        [publishes.returnUnroutable, { 'leveret.outcome': 'returned' }],
        [publishes.dropUnroutable, { 'leveret.outcome': 'dropped' }],
      ]),
    ),
    counter('messages.delivered', '{message}', 'Messages that were handed to clients', (source) =>
      byVhost(source, ({ deliveries: { deliver, deliverNoAck, get, getNoAck } }) => [
        [deliver, delivery('basic.deliver', false)],
        [deliverNoAck, delivery('basic.deliver', true)],
        [get, delivery('basic.get', false)],
        [getNoAck, delivery('basic.get', true)],
      ]),
    ),
    counter('messages.redelivered', '{message}', 'Those of them that were not delivered for the first time', (source) =>
      byVhost(source, ({ deliveries }) => [[deliveries.redeliver]]),
    ),
    counter('messages.acknowledged', '{message}', 'Messages that clients acknowledged', (source) =>
      byVhost(source, ({ deliveries }) => [[deliveries.ack]]),
    ),
    counter('gets.empty', '{request}', 'basic.get that found nothing', (source) =>
      byVhost(source, ({ deliveries }) => [[deliveries.getEmpty]]),
    ),
    upDownCounter('messages', '{message}', 'Messages that there are', (source) =>
      byVhost(source, ({ messagesReady, messagesUnacknowledged, messagesScheduled }) => [
        [messagesReady, { 'leveret.message.state': 'ready' }],
        [messagesUnacknowledged, { 'leveret.message.state': 'unacknowledged' }],
        [messagesScheduled, { 'leveret.message.state': 'scheduled' }],
      ]),
    ),
  ];
}

function objects(): Instrument[] {
  return [
    upDownCounter('connections', '{connection}', 'Open connections', (source) =>
      byVhost(source, ({ connections }) => [[connections]]),
    ),
    upDownCounter('channels', '{channel}', 'Open channels', (source) =>
      byVhost(source, ({ channels }) => [[channels]]),
    ),
    upDownCounter('consumers', '{consumer}', 'Consumers', (source) =>
      byVhost(source, ({ consumers }) => [[consumers]]),
    ),
    upDownCounter('queues', '{queue}', 'Queues', (source) => byVhost(source, ({ queues }) => [[queues]])),
    upDownCounter('exchanges', '{exchange}', 'Exchanges', (source) =>
      byVhost(source, ({ exchanges }) => [[exchanges]]),
    ),
    counter('connections.opened', '{connection}', 'Connections that were opened', ({ server }) => [
      [server.counters.connectionsOpened],
    ]),
    counter('channels.opened', '{channel}', 'Channels that were opened', ({ server }) => [
      [server.counters.channelsOpened],
    ]),
    counter('logins', '{login}', 'Attempts to log in', ({ server: { counters } }) => [
      [counters.loginsAccepted, { 'leveret.outcome': 'accepted' }],
      [counters.loginsRefused, { 'leveret.outcome': 'refused' }],
    ]),
  ];
}

function network(): Instrument[] {
  return [
    counter('network.io', 'By', 'What came from clients and went to them', (source) =>
      byVhost(source, ({ counts }) => [
        [counts.recvOct, { 'network.io.direction': 'receive' }],
        [counts.sendOct, { 'network.io.direction': 'transmit' }],
      ]),
    ),
  ];
}

function storage(): Instrument[] {
  return [
    counter('journal.written', 'By', 'What was written to journals', ({ journals }) =>
      [...journals].map(([vhost, { bytesWritten }]) => [bytesWritten, { [VHOST]: vhost }]),
    ),
    upDownCounter('pages', '{page}', 'Pages that messages are kept in', ({ pages }) => [
      [pages && pages.pageCount - pages.absentCount, { 'leveret.page.state': 'resident' }],
      [pages?.absentCount, { 'leveret.page.state': 'on_disk' }],
    ]),
    upDownCounter('pages.resident.size', 'By', 'Memory that pages hold', ({ pages }) => [[pages?.residentBytes]]),
    counter('pages.read', '{page}', 'Pages that were read back', ({ pages }) => [[pages?.reads]]),
    counter('pages.evicted', '{page}', 'Pages whose memory was given up', ({ pages }) => [[pages?.evictions]]),
    gauge('memory.limit', 'By', 'Memory above which publishers are held', ({ server }) => [
      [finite(server.alarms.memoryLimitBytes)],
    ]),
    gauge('disk.free', 'By', "Free room on the data folder's disk", ({ server }) => [[server.alarms.diskFreeBytes]]),
    gauge('disk.free.limit', 'By', 'Free room below which publishers are held', ({ server }) => [
      [server.alarms.diskFreeLimitBytes],
    ]),
    gauge('alarm', '1', 'Whether publishers are held, and why: 1 for yes', ({ server: { alarms } }) =>
      (['memory', 'disk', 'journal'] as const).map((name) => [
        alarms.on.includes(name) ? 1 : 0,
        { 'leveret.alarm': name },
      ]),
    ),
  ];
}

function processes(): Instrument[] {
  const late = 'How late the event loop was, since the metrics began to be sent';
  return [
    { name: 'process.cpu.time', kind: 'counter', unit: 's', description: 'Processor time used', read: cpuTime },
    {
      name: 'process.memory.usage',
      kind: 'upDownCounter',
      unit: 'By',
      description: 'Resident memory',
      read: ({ figures }) => [[figures.residentBytes]],
    },
    {
      name: 'process.unix.file_descriptor.count',
      kind: 'upDownCounter',
      unit: '{file_descriptor}',
      description: 'Open files and sockets',
      read: ({ files }) => [[files.used]],
    },
    {
      name: 'process.uptime',
      kind: 'gauge',
      unit: 's',
      description: 'Time since the start',
      read: () => [[process.uptime()]],
    },
    ...(['mean', 'p50', 'p99', 'max'] as const).map(
      (which): Instrument => ({
        name: `nodejs.eventloop.delay.${which}`,
        kind: 'gauge',
        unit: 's',
        description: `${late}: ${which}`,
        read: ({ eventLoop }) => [[eventLoop?.[`${which}Seconds`]]],
      }),
    ),
  ];
}

function cpuTime(): Iterable<Point> {
  const { user, system } = process.cpuUsage();
  return [
    [user / 1e6, { 'cpu.mode': 'user' }],
    [system / 1e6, { 'cpu.mode': 'system' }],
  ];
}

function* byVhost(source: Source, read: (totals: Totals) => Iterable<Point>): Iterable<Point> {
  for (const [{ name }, totals] of source.vhosts) {
    for (const [value, attributes] of read(totals)) yield [value, { [VHOST]: name, ...attributes }];
  }
}

function delivery(name: string, automatic: boolean): Attributes {
  return { 'messaging.operation.name': name, 'leveret.auto_ack': automatic };
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function counter(name: string, unit: string, description: string, read: Instrument['read']): Instrument {
  return { name: `leveret.${name}`, kind: 'counter', unit, description, read };
}

function upDownCounter(name: string, unit: string, description: string, read: Instrument['read']): Instrument {
  return { name: `leveret.${name}`, kind: 'upDownCounter', unit, description, read };
}

function gauge(name: string, unit: string, description: string, read: Instrument['read']): Instrument {
  return { name: `leveret.${name}`, kind: 'gauge', unit, description, read };
}
