import { reservedArenaBytes } from '../lib/arena.ts';
import type { Server } from '../server/server.ts';

/** What RabbitMQ tells of its memory, in bytes, as far as a process of Node.js knows it. */
export interface NodeMemory {
  readonly total: { readonly erlang: number; readonly rss: number; readonly allocated: number };
  readonly strategy: 'rss';
  readonly [category: string]: number | string | object;
}

/** RabbitMQ's categories of which nothing is told here. */
const NOTHING: readonly string[] = [
  ...['connection_readers', 'connection_writers', 'connection_channels', 'connection_other', 'stream_queue_procs'],
  ...['stream_queue_replica_reader_procs', 'stream_queue_coordinator_procs', 'quorum_queue_procs'],
  ...['quorum_queue_dlx_procs', 'plugins', 'metadata_store', 'metrics', 'mgmt_db', 'quorum_ets', 'mnesia'],
  ...['metadata_store_ets', 'other_ets', 'msg_index', 'code', 'atom'],
];

export function memoryOf(server: Server): NodeMemory {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const [vhost] = server.vhosts.values();
  const pages = vhost?.store.pages.residentBytes ?? 0;
  const buffers = Math.max(0, arrayBuffers - reservedArenaBytes());
  const known = heapTotal + pages + buffers;
  return {
    ...Object.fromEntries(NOTHING.map((category) => [category, 0])),
    queue_procs: pages,
    other_proc: heapUsed,
    binary: buffers,
    other_system: Math.max(0, external - arrayBuffers),
    allocated_unused: heapTotal - heapUsed,
    reserved_unallocated: Math.max(0, rss - known),
    strategy: 'rss',
    total: { erlang: known, rss, allocated: known },
  };
}

/** In hundredths of the whole, none of which is less than one where there is anything. */
export function relativeMemory({ total, strategy: _, ...categories }: NodeMemory): object {
  const share = (bytes: unknown): number =>
    typeof bytes === 'number' && bytes > 0 ? Math.max(1, Math.round((100 * bytes) / total.rss)) : 0;
  return { total: 100, ...Object.fromEntries(Object.entries(categories).map(([name, bytes]) => [name, share(bytes)])) };
}
