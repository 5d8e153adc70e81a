import type { DeliveryCounts } from '../../core/counts.ts';
import type { Queue } from '../../core/queue/queue.ts';
import type { PageTable } from '../../core/store/page_table.ts';
import type { VirtualHost } from '../../core/vhost.ts';
import type { JournalWriter } from '../../journal/journal_writer.ts';
import type { Server } from '../../server/server.ts';
import type { EventLoopDelays } from '../event_loop.ts';
import type { FileDescriptors } from '../file_descriptors.ts';
import type { NodeFigures } from '../node_figures.ts';
import type { Totals } from '../totals.ts';
import type { Track } from '../track.ts';

/** All that metrics are made of, as it is when they are asked for. */
export interface Source {
  readonly server: Server;
  readonly node: Totals;
  readonly vhosts: ReadonlyMap<VirtualHost, Totals>;
  readonly figures: NodeFigures;
  readonly files: FileDescriptors;
  /** By virtual host. */
  readonly journals: ReadonlyMap<string, JournalWriter>;
  /** The one table of all virtual hosts; undefined where there is no virtual host. */
  readonly pages: PageTable | undefined;
  readonly eventLoop: EventLoopDelays | undefined;
  readonly nowMs: number;
  readonly trackOf: (object: object) => Track | undefined;
}

/** A queue, and where it is. */
export interface QueueItem {
  readonly vhost: VirtualHost;
  readonly queue: Queue;
  readonly source: Source;
  /** Added up when it is first asked for. */
  deliveries: DeliveryCounts | undefined;
  /** Put together when they are first asked for. */
  labels: string | undefined;
}
