import type { Turn } from '../../src/core/ports.ts';
import { MemoryStore } from '../../src/core/store/memory_store.ts';
import { PageCache } from '../../src/core/store/page_cache.ts';
import { PageTable, type Position } from '../../src/core/store/page_table.ts';
import { VirtualHost } from '../../src/core/vhost.ts';
import type { Journal } from '../../src/journal/journal.ts';
import type { Log } from '../../src/journal/log.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { Finding } from '../../src/journal/recovery.ts';
import { Arena } from '../../src/lib/arena.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { HostClient } from './host_client.ts';
import { MicrotaskTurn } from './microtask_turn.ts';

export interface JournalHostOptions {
  readonly log: Log;
  readonly clock?: ManualClock;
  readonly segmentBytes?: number;
  readonly onDamage?: 'serve' | 'stop';
  /** Beyond this, pages are dropped from memory. */
  readonly memoryBytes?: number;
}

/** What the operator was told. */
export class Told {
  readonly findings: { readonly finding: Finding; readonly missing: ReadonlyMap<string, number> }[] = [];
  readonly pagesLost: { readonly segment: number; readonly messages: ReadonlyMap<string, number> }[] = [];
  readonly setAside: number[] = [];
  readonly housekeepingFailures: Error[] = [];
  failure: Error | undefined;

  get damage(): readonly Finding[] {
    return this.findings.map(({ finding }) => finding).filter(({ kind }) => kind === 'damage');
  }
}

/** A virtual host with a journal, without a broker around it. */
export class JournalHost {
  readonly vhost: VirtualHost;
  readonly journal: Journal;
  readonly told: Told;
  readonly client: HostClient;
  readonly #turn: MicrotaskTurn;

  private constructor(vhost: VirtualHost, journal: Journal, told: Told, client: HostClient, turn: MicrotaskTurn) {
    this.vhost = vhost;
    this.journal = journal;
    this.told = told;
    this.client = client;
    this.#turn = turn;
  }

  /** Hands the turn out at once, for a process that may end while it opens. */
  static async open(options: JournalHostOptions, turn: MicrotaskTurn = new MicrotaskTurn()): Promise<JournalHost> {
    const pages = new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 0 }));
    const cache = new PageCache(pages, options.memoryBytes ?? Number.POSITIVE_INFINITY);
    pages.onLoaded = (page) => cache.loaded(page);
    const told = new Told();
    const clock = options.clock ?? new ManualClock();
    let journal: Journal | undefined;
    let client: HostClient | undefined;
    const relocate = (moved: (position: Position) => Position | undefined): void => client?.relocate(moved);
    const { segmentBytes } = options;
    const vhost = await openJournal({
      log: options.log,
      pages,
      turn,
      cache,
      clock,
      onDamage: options.onDamage ?? 'serve',
      ...(segmentBytes === undefined ? {} : { segmentBytes }),
      createVhost: (created) => {
        journal = created;
        const vhost = memoryHost(pages, turn, created, clock);
        client = new HostClient(vhost);
        return vhost;
      },
      relocate,
      events: {
        failed: (error) => {
          told.failure = error;
        },
        pageLost: (segment, messages) => told.pagesLost.push({ segment, messages }),
        setAside: (segment) => told.setAside.push(segment),
        housekeepingFailed: (error) => told.housekeepingFailures.push(error),
        found: (finding, missing) => told.findings.push({ finding, missing }),
      },
    });
    return new JournalHost(vhost, journal as Journal, told, client as HostClient, turn);
  }

  /** What has happened so far is on disk, and segments are as they should be. */
  async settle(): Promise<void> {
    await this.journal.writer.flush();
  }

  close(): Promise<void> {
    return this.journal.close();
  }

  /** The process ends without a word. */
  kill(): void {
    this.#turn.stop();
  }
}

/** A virtual host whose messages are in memory, apart from what `durable` keeps. */
export function memoryHost(pages: PageTable, turn: Turn, durable?: Journal, clock = new ManualClock()): VirtualHost {
  const store = new MemoryStore(pages);
  return new VirtualHost({
    name: '/',
    store,
    uncommitted: store,
    durable,
    turn,
    clock,
    uniqueName: () => 'unique',
  });
}
