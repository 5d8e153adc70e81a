import type { BrokerOptions } from './broker.ts';
import { defaultDiskFreeLimitBytes } from './config/memory.ts';
import type { EventExchange } from './core/event_exchange.ts';
import { MemoryStore, type Spill } from './core/store/memory_store.ts';
import { PageCache } from './core/store/page_cache.ts';
import type { PageTable, Position } from './core/store/page_table.ts';
import { VirtualHost } from './core/vhost.ts';
import { openDataFolder, vhostFolder } from './journal/data_folder.ts';
import type { Disk } from './journal/disk.ts';
import type { Journal } from './journal/journal.ts';
import { lockDataDir } from './journal/lock.ts';
import { type OpenEvents, openJournal } from './journal/open.ts';
import { SEGMENT_BYTES } from './journal/segment.ts';
import { SegmentLog } from './journal/segment_log.ts';
import { SpillFile } from './journal/spill.ts';
import type { Clock } from './lib/clock.ts';
import type { DiskWatch } from './server/alarms.ts';
import type { Connection } from './server/connection/connection.ts';
import type { Logger } from './server/logger.ts';
import type { LoopTurn } from './server/turn.ts';

const MIB = 1024 * 1024;
const VHOST_NAME = '/';
const MEMORY_CACHE_BYTES = 256 * MIB;

export interface StorageContext {
  readonly disk: Disk;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly turn: LoopTurn;
  readonly pages: PageTable;
  readonly connections: ReadonlySet<Connection>;
  readonly uniqueName: () => string;
  /** Undefined where events are off. */
  readonly events: EventExchange | undefined;
}

/** The virtual host, and what it is kept in. */
export interface OpenStorage {
  readonly vhost: VirtualHost;
  readonly disk: DiskWatch | undefined;
  /** Calls back when nothing can be stored any more. */
  onFailure(callback: () => void): void;
  close(): Promise<void>;
}

/** Opens the data folder, or begins with nothing where there is none. Rejects with a StartError. */
export async function openStorage(options: BrokerOptions, context: StorageContext): Promise<OpenStorage> {
  const { turn, uniqueName, pages, events } = context;
  const vhostWith = (durable: Journal | undefined, spill: Spill | undefined): VirtualHost => {
    const vhost = new VirtualHost({
      name: VHOST_NAME,
      store: new MemoryStore(pages, spill),
      uncommitted: new MemoryStore(pages),
      durable,
      turn,
      clock: context.clock,
      uniqueName,
      events,
    });
    events?.openIn(vhost);
    return vhost;
  };
  const { dataDir } = options;
  if (dataDir === undefined) {
    return { vhost: vhostWith(undefined, undefined), disk: undefined, onFailure: () => {}, close: async () => {} };
  }
  const lock = await lockDataDir(dataDir);
  try {
    return await openDurable(dataDir, options, context, vhostWith, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openDurable(
  dataDir: string,
  options: BrokerOptions,
  context: StorageContext,
  vhostWith: (durable: Journal, spill: Spill) => VirtualHost,
  unlock: () => Promise<void>,
): Promise<OpenStorage> {
  const { disk, logger, clock, turn, pages, connections } = context;
  await openDataFolder(disk, dataDir);
  const log = new SegmentLog({ disk, dir: vhostFolder(dataDir, VHOST_NAME), clock, segmentBytes: SEGMENT_BYTES });
  const cache = new PageCache(pages, options.memoryCacheBytes ?? MEMORY_CACHE_BYTES);
  const spill = new SpillFile(disk, dataDir, pages);
  pages.onLoaded = (page) => cache.loaded(page);
  const failures: (() => void)[] = [];
  let journal: Journal | undefined;
  let filled: VirtualHost | undefined;
  const vhost = await openJournal({
    log,
    pages,
    turn,
    clock,
    cache,
    events: logEvents(logger, () => {
      for (const callback of failures) callback();
    }),
    onDamage: options.onDamage ?? 'serve',
    createVhost: (created) => {
      journal = created;
      filled = vhostWith(created, { home: spill, cache });
      return filled;
    },
    relocate: (moved) => relocate(filled, connections, moved),
  });
  return {
    vhost,
    disk: {
      freeLimitBytes:
        options.diskFreeLimitBytes ?? defaultDiskFreeLimitBytes(options.memoryCacheBytes ?? MEMORY_CACHE_BYTES),
      freeBytes: () => disk.freeBytes(dataDir),
      failure: () => journal?.failure,
    },
    onFailure: (callback) => failures.push(callback),
    close: async () => {
      await journal?.close();
      await spill.close();
      await unlock();
    },
  };
}

/** Everybody who refers to messages by position: queues, and channels with deliveries out. */
function relocate(
  vhost: VirtualHost | undefined,
  connections: ReadonlySet<Connection>,
  moved: (position: Position) => Position | undefined,
): void {
  for (const queue of vhost?.allQueues() ?? []) queue.relocate(moved);
  for (const connection of connections) {
    for (const channel of connection.channels.values()) channel.relocate(moved);
  }
}

function logEvents(logger: Logger, onFailure: () => void): OpenEvents {
  return {
    failed: (error) => {
      logger.error(
        { err: error },
        'the journal failed: nothing persistent is taken any more, restart when it is mended',
      );
      onFailure();
    },
    pageLost: (segment, messages) => {
      const lost = Object.fromEntries(messages);
      logger.error({ segment, lost }, 'damage in the journal: messages are lost');
    },
    setAside: (segment, name) => logger.warn({ segment, name }, 'a damaged segment was set aside'),
    housekeepingFailed: (error) => logger.warn({ err: error }, 'winning back disk space failed, nothing is lost'),
    found: (finding, missing) => {
      if (finding.kind === 'damage') {
        const fields = { ...finding, missing: Object.fromEntries(missing) };
        logger.error(fields, 'damage in the journal: the rest is served');
      } else {
        logger.info(finding, 'the journal ends in a write that was cut short: it was cut off');
      }
    },
  };
}
