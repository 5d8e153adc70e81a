import type { OpenVhost, VhostStorage } from './admin/vhost_storage.ts';
import type { BrokerOptions } from './broker.ts';
import { defaultDiskFreeLimitBytes } from './config/memory.ts';
import { MemoryStore, type Spill } from './core/store/memory_store.ts';
import { PageCache } from './core/store/page_cache.ts';
import type { PageTable } from './core/store/page_table.ts';
import type { VirtualHost } from './core/vhost.ts';
import { listVhostFolders, openDataFolder, removeVhostFolder, vhostFolder } from './journal/data_folder.ts';
import type { Disk } from './journal/disk.ts';
import { DocumentFile, readDocument } from './journal/document_file.ts';
import type { Journal } from './journal/journal.ts';
import { lockDataDir } from './journal/lock.ts';
import { openJournal } from './journal/open.ts';
import { SEGMENT_BYTES } from './journal/segment.ts';
import { SegmentLog } from './journal/segment_log.ts';
import { SpillFile } from './journal/spill.ts';
import { journalEvents } from './journal_events.ts';
import type { Clock } from './lib/clock.ts';
import { StartError } from './lib/start_error.ts';
import { relocate } from './relocate.ts';
import type { DiskWatch } from './server/alarms.ts';
import type { Connection } from './server/connection/connection.ts';
import type { Logger } from './server/logger.ts';
import type { LoopTurn } from './server/turn.ts';

const MIB = 1024 * 1024;
const MEMORY_CACHE_BYTES = 256 * MIB;
const METADATA = 'metadata.json';

export interface StorageContext {
  readonly disk: Disk;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly turn: LoopTurn;
  readonly pages: PageTable;
  readonly connections: ReadonlySet<Connection>;
  /** Makes a virtual host with nothing in it. */
  readonly createVhost: (name: string, stores: VhostStores) => VirtualHost;
}

export interface VhostStores {
  readonly store: MemoryStore;
  readonly uncommitted: MemoryStore;
  readonly durable: Journal | undefined;
}

/** Where a broker keeps what it has. */
export interface Storage extends VhostStorage {
  readonly disk: DiskWatch | undefined;
  /** The virtual hosts that there is something of. */
  readonly found: readonly string[];
  /** The metadata as it was saved; undefined where it never was. */
  readonly metadata: unknown;
  /** `content` is what is saved as metadata from now on. */
  metadataSaver(content: () => unknown): () => Promise<void>;
  /** Calls back when nothing can be stored any more. */
  onFailure(callback: () => void): void;
  /** After its virtual hosts. */
  close(): Promise<void>;
}

/** Opens the data folder, or begins with nothing where there is none. Rejects with a StartError. */
export async function openStorage(options: BrokerOptions, context: StorageContext): Promise<Storage> {
  const { dataDir } = options;
  if (dataDir === undefined) return memoryStorage(context);
  const lock = await lockDataDir(dataDir);
  try {
    await openDataFolder(context.disk, dataDir);
    const found = (await listVhostFolders(context.disk, dataDir)).filter(({ whole }) => whole);
    const names = found.map(({ vhost }) => vhost);
    return new FolderStorage(dataDir, options, context, names, await readMetadata(context.disk, dataDir), lock.release);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function memoryStorage({ pages, createVhost }: StorageContext): Storage {
  return {
    disk: undefined,
    found: [],
    metadata: undefined,
    metadataSaver: () => async () => {},
    openVhost: async (name) => {
      const stores = { store: new MemoryStore(pages), uncommitted: new MemoryStore(pages), durable: undefined };
      const vhost = createVhost(name, stores);
      return { vhost, close: () => stopped(vhost), remove: () => empty(vhost) };
    },
    removeRest: async () => {},
    onFailure: () => {},
    close: async () => {},
  };
}

async function readMetadata(disk: Disk, dataDir: string): Promise<unknown> {
  try {
    return await readDocument(disk, dataDir, METADATA);
  } catch (error) {
    const reason = (error as Error).message;
    throw new StartError('data-dir', `The data folder ${dataDir} has a ${METADATA} that cannot be read: ${reason}.`);
  }
}

/** One memory budget, spill file and disk for all virtual hosts; a folder with a journal for each. */
class FolderStorage implements Storage {
  readonly disk: DiskWatch;
  readonly found: readonly string[];
  readonly metadata: unknown;
  readonly #dir: string;
  readonly #onDamage: 'serve' | 'stop';
  readonly #context: StorageContext;
  readonly #spill: Spill & { readonly home: SpillFile };
  readonly #unlock: () => Promise<void>;
  readonly #journals = new Set<Journal>();
  readonly #failed: (() => void)[] = [];
  #document: DocumentFile | undefined;

  constructor(
    dataDir: string,
    options: BrokerOptions,
    context: StorageContext,
    found: readonly string[],
    metadata: unknown,
    unlock: () => Promise<void>,
  ) {
    const { disk, pages } = context;
    const cacheBytes = options.memoryCacheBytes ?? MEMORY_CACHE_BYTES;
    this.#dir = dataDir;
    this.#onDamage = options.onDamage ?? 'serve';
    this.#context = context;
    this.#unlock = unlock;
    this.found = found;
    this.metadata = metadata;
    this.#spill = { home: new SpillFile(disk, dataDir, pages), cache: new PageCache(pages, cacheBytes) };
    pages.onLoaded = (page) => this.#spill.cache.loaded(page);
    this.disk = {
      freeLimitBytes: options.diskFreeLimitBytes ?? defaultDiskFreeLimitBytes(cacheBytes),
      freeBytes: () => disk.freeBytes(dataDir),
      failure: () => [...this.#journals].find(({ failure }) => failure !== undefined)?.failure,
    };
  }

  metadataSaver(content: () => unknown): () => Promise<void> {
    const document = new DocumentFile(this.#context.disk, this.#dir, METADATA, content);
    this.#document = document;
    return () => document.save();
  }

  async openVhost(name: string): Promise<OpenVhost> {
    const { disk, logger, clock, turn, pages, connections, createVhost } = this.#context;
    const log = new SegmentLog({ disk, dir: vhostFolder(this.#dir, name), clock, segmentBytes: SEGMENT_BYTES });
    const { cache } = this.#spill;
    let journal: Journal | undefined;
    let filled: VirtualHost | undefined;
    const vhost = await openJournal({
      log,
      pages,
      turn,
      clock,
      cache,
      events: journalEvents(logger, name, () => {
        for (const callback of this.#failed) callback();
      }),
      onDamage: this.#onDamage,
      createVhost: (created) => {
        journal = created;
        const store = new MemoryStore(pages, this.#spill);
        filled = createVhost(name, { store, uncommitted: new MemoryStore(pages), durable: created });
        return filled;
      },
      relocate: (moved) => relocate(filled, connections, moved),
    });
    const opened = journal as unknown as Journal;
    this.#journals.add(opened);
    return {
      vhost,
      close: async () => {
        await stopped(vhost);
        await opened.close();
      },
      remove: async () => {
        opened.retire();
        await empty(vhost);
        await opened.discard();
        this.#journals.delete(opened);
        await this.removeRest(name);
      },
    };
  }

  removeRest(name: string): Promise<void> {
    return removeVhostFolder(this.#context.disk, this.#dir, name);
  }

  onFailure(callback: () => void): void {
    this.#failed.push(callback);
  }

  async close(): Promise<void> {
    await this.#document?.idle();
    await this.#spill.home.close();
    await this.#unlock();
  }
}

/** What was begun and takes several turns is done then: the settlement of very many messages, or a purge. */
async function stopped(vhost: VirtualHost): Promise<void> {
  vhost.stop();
  while (vhost.departing.size > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** A step in each turn of the event loop: what others do comes in between. */
async function empty(vhost: VirtualHost): Promise<void> {
  for (const _ of vhost.empty()) await new Promise((resolve) => setImmediate(resolve));
}
