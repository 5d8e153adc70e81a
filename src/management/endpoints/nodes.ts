import { availableParallelism, totalmem } from 'node:os';
import { z } from 'zod';
import { RABBITMQ_VERSION } from '../../config/version.ts';
import { BROKER_NODE } from '../../core/names.ts';
import type { Figures } from '../../metrics/figures.ts';
import { list, ok } from '../answer.ts';
import type { ManagementContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { authMechanisms, exchangeTypes, runtimeFacts, webContexts } from '../node_facts.ts';
import { memoryOf, relativeMemory } from '../node_memory.ts';
import { RANGE_QUERY, rangesOf } from '../ranges.ts';
import { checkNode } from '../this_node.ts';

const NODE = z.looseObject({ name: z.string(), running: z.boolean(), mem_used: z.number(), uptime: z.number() });
const MEMORY = z.object({ memory: z.record(z.string(), z.unknown()) });

export const NODES: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/nodes',
    may: 'monitoring',
    summary: 'The node, as a list of one.',
    isList: true,
    query: RANGE_QUERY,
    answers: NODE,
    handle: async ({ context, query }) => list([await nodeView(context, query)]),
  }),
  endpoint({
    method: 'GET',
    path: '/api/nodes/:node',
    may: 'monitoring',
    summary: 'The node.',
    query: RANGE_QUERY,
    answers: NODE,
    handle: async ({ context, params, query }) => {
      checkNode(params.node);
      return ok(await nodeView(context, query));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/nodes/:node/memory',
    may: 'monitoring',
    summary: 'What the memory is used for, in bytes.',
    answers: MEMORY,
    handle: ({ context, params }) => {
      checkNode(params.node);
      return ok({ memory: memoryOf(context.server) });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/nodes/:node/memory/relative',
    may: 'monitoring',
    summary: 'What the memory is used for, in hundredths.',
    answers: MEMORY,
    handle: ({ context, params }) => {
      checkNode(params.node);
      return ok({ memory: relativeMemory(memoryOf(context.server)) });
    },
  }),
  ...erlangTables(['/api/nodes/:node/memory/ets', '/api/nodes/:node/memory/ets/relative'], { total: 0 }),
  ...erlangTables(['/api/nodes/:node/memory/ets/:filter', '/api/nodes/:node/memory/ets/:filter/relative'], 'no_tables'),
];

/** There are none: what RabbitMQ answers, all of them or those of a process, where it has none. */
function erlangTables(paths: readonly `/api/nodes/:node/${string}`[], memory: object | string): Endpoint[] {
  return paths.map((path) =>
    endpoint<string, undefined>({
      method: 'GET',
      path,
      may: 'monitoring',
      summary: "What Erlang's tables take of the memory: nothing, as there are none.",
      answers: z.object({ ets_tables_memory: z.union([z.string(), z.record(z.string(), z.number())]) }),
      handle: ({ params }) => {
        checkNode((params as { readonly node: string }).node);
        return ok({ ets_tables_memory: memory });
      },
    }),
  );
}

/** Of Erlang, unless its configuration says otherwise. */
const PROCESSES_MAX = 1_048_576;

/** What only an Erlang node has, or RabbitMQ's way of storing: nothing of it, under its names, for programs that want a number. */
const NOTHING: readonly string[] = [
  ...['gc_num', 'gc_bytes_reclaimed', 'context_switches', 'io_read_count', 'io_read_bytes'],
  ...['io_read_avg_time', 'io_write_count', 'io_write_bytes', 'io_write_avg_time', 'io_seek_count', 'io_seek_avg_time'],
  ...[
    'io_reopen_count',
    'mnesia_ram_tx_count',
    'mnesia_disk_tx_count',
    'msg_store_read_count',
    'msg_store_write_count',
  ],
  ...['queue_index_write_count', 'queue_index_read_count'],
];

async function nodeView(context: ManagementContext, query: URLSearchParams): Promise<object> {
  const { metrics } = context;
  const { node } = metrics.node((await metrics.totalsLater()).node, rangesOf(query));
  const { io_sync_time: seconds = 0, io_sync_time_details: _, ...figures } = node;
  return { ...fixedFacts(context), ...presentFacts(context), ...nothing(), ...figures, ...syncTime(figures, seconds) };
}

function nothing(): object {
  return Object.fromEntries(
    NOTHING.flatMap((name) => [
      [name, 0],
      [`${name}_details`, { rate: 0 }],
    ]),
  );
}

/** In milliseconds, of all since the start. */
function syncTime(figures: Figures, seconds: Figures[string]): object {
  const count = figures['io_sync_count'];
  const average = typeof count === 'number' && count > 0 && typeof seconds === 'number' ? (1000 * seconds) / count : 0;
  return { io_sync_avg_time: average, io_sync_avg_time_details: { rate: 0 } };
}

function fixedFacts(context: ManagementContext): object {
  const { dataDir, metrics, server } = context;
  const { memoryLimitBytes, diskFreeLimitBytes } = server.alarms;
  return {
    name: BROKER_NODE,
    type: 'disc',
    running: true,
    being_drained: false,
    partitions: [],
    cluster_links: [],
    os_pid: String(process.pid),
    fd_total: metrics.fileDescriptorsMax,
    sockets_total: metrics.fileDescriptorsMax,
    // Erlang has hundreds of processes; agents divide the one by the other, and take 0 for a figure that failed.
    proc_used: 1,
    proc_used_details: { rate: 0 },
    proc_total: PROCESSES_MAX,
    mem_limit: Number.isFinite(memoryLimitBytes) ? memoryLimitBytes : totalmem(),
    disk_free_limit: diskFreeLimitBytes ?? 0,
    mem_calculation_strategy: 'rss',
    rates_mode: 'basic',
    processors: availableParallelism(),
    run_queue: 0,
    net_ticktime: 60,
    exchange_types: exchangeTypes(),
    auth_mechanisms: authMechanisms(context),
    applications: [{ name: 'leveret', description: 'Leveret', version: server.version }],
    contexts: webContexts(context).map(({ node: _, ssl_opts: __, ...web }) => web),
    log_files: ['<stdout>'],
    db_dir: dataDir ?? '',
    config_files: [],
    enabled_plugins: [],
    ra_open_file_metrics: {},
    metrics_gc_queue_length: {},
    rabbitmq_version: RABBITMQ_VERSION,
    ...runtimeFacts(),
  };
}

function presentFacts({ server, startedAtMs }: ManagementContext): object {
  const { on } = server.alarms;
  return {
    uptime: Math.round(server.clock.monotonicMs() - startedAtMs),
    mem_alarm: on.includes('memory'),
    disk_free_alarm: on.includes('disk'),
    sockets_used: server.connections.size,
    sockets_used_details: { rate: 0 },
  };
}
