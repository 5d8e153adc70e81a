import type { Json, JsonObject } from './json.ts';
import { isObject, numberOf, textOf } from './json.ts';
import { alarmsOf, gigabytes, listenerLine, listenersOf, type NodeFacts } from './node.ts';

/** RabbitMQ's status, as far as there is such a thing here: a heading, an empty line, what is below it, an empty line. */
export function statusLines(facts: NodeFacts): readonly string[] {
  const { node, name, overview } = facts;
  const totals = countsOf(overview);
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      'Runtime',
      [
        `OS PID: ${textOf(node['os_pid'])}`,
        `Uptime (seconds): ${Math.floor(numberOf(node['uptime']) / 1000)}`,
        `Leveret version: ${versionOf(overview)}`,
        `RabbitMQ version: ${textOf(overview['rabbitmq_version'])}`,
        `Node name: ${name}`,
      ],
    ],
    ['Data directory', [`Node data directory: ${textOf(node['db_dir'])}`]],
    ['Config files', bulleted(node['config_files'])],
    ['Log file(s)', bulleted(node['log_files'])],
    ['Alarms', orNone(alarmsOf(facts))],
    [
      'Memory',
      [
        `Total memory used: ${gigabytes(numberOf(node['mem_used']))}`,
        `Memory high watermark: ${gigabytes(numberOf(node['mem_limit']))}`,
      ],
    ],
    ['File Descriptors', [`Total: ${numberOf(node['fd_used'])}, limit: ${numberOf(node['fd_total'])}`]],
    [
      'Free Disk Space',
      [
        `Low free disk space watermark: ${gigabytes(numberOf(node['disk_free_limit']))}`,
        `Free disk space: ${gigabytes(numberOf(node['disk_free']))}`,
      ],
    ],
    ['Totals', Object.entries(totals).map(([what, count]) => `${what}: ${count}`)],
    ['Listeners', listenersOf(facts).map(listenerLine)],
  ];
  return sections.flatMap(([heading, lines]) => [heading, '', ...lines, '']).slice(0, -1);
}

/** The same with the names of RabbitMQ's JSON. */
export function statusDocument(facts: NodeFacts): JsonObject {
  const { node, overview } = facts;
  const totals = countsOf(overview);
  return {
    pid: Number(textOf(node['os_pid'])),
    uptime: Math.floor(numberOf(node['uptime']) / 1000),
    product_name: 'Leveret',
    product_version: versionOf(overview),
    rabbitmq_version: textOf(overview['rabbitmq_version']),
    data_directory: textOf(node['db_dir']),
    config_files: node['config_files'] ?? [],
    log_files: node['log_files'] ?? [],
    alarms: [...alarmsOf(facts)],
    memory: { total: numberOf(node['mem_used']) },
    vm_memory_high_watermark_limit: numberOf(node['mem_limit']),
    file_descriptors: { total_used: numberOf(node['fd_used']), total_limit: numberOf(node['fd_total']) },
    disk_free: numberOf(node['disk_free']),
    disk_free_limit: numberOf(node['disk_free_limit']),
    totals: { connection_count: totals['Connection count'] ?? 0, queue_count: totals['Queue count'] ?? 0 },
    listeners: listenersOf(facts).map(({ address, port, protocol }) => ({ interface: address, port, protocol })),
  };
}

function countsOf(overview: JsonObject): Readonly<Record<string, number>> {
  const totals = overview['object_totals'];
  const count = (name: string): number => numberOf(isObject(totals) ? totals[name] : undefined);
  return {
    'Connection count': count('connections'),
    'Channel count': count('channels'),
    'Queue count': count('queues'),
    'Exchange count': count('exchanges'),
    'Consumer count': count('consumers'),
  };
}

function versionOf(overview: JsonObject): string {
  return textOf(overview['product_version']) || textOf(overview['rabbitmq_version']);
}

function bulleted(list: Json | undefined): readonly string[] {
  return orNone(Array.isArray(list) ? list.map((item) => ` * ${item}`) : []);
}

function orNone(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['(none)'] : lines;
}
