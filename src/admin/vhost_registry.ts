import type { QueueType } from '../core/queue/arguments.ts';
import type { TopologyLimits } from '../core/topology/limits.ts';
import type { VirtualHost } from '../core/vhost.ts';
import type { Connection } from '../server/connection/connection.ts';
import { limitOf, type NodeLimits } from '../server/limits.ts';
import type { Logger } from '../server/logger.ts';
import { topologyCommitted } from './committed.ts';
import { ManagementError } from './management_error.ts';
import type { Metadata, VhostRecord } from './metadata.ts';
import { vhostDeleted, vhostSet } from './node_events.ts';
import type { VhostDefaults } from './vhost_defaults.ts';
import type { OpenVhost, VhostStorage } from './vhost_storage.ts';

/** Connections closed in one turn of the event loop. */
const CLOSED_AT_ONCE = 100;

export interface VhostRegistryOptions {
  readonly storage: VhostStorage;
  readonly metadata: Metadata;
  readonly connections: ReadonlySet<Connection>;
  readonly logger: Logger;
  readonly limits: NodeLimits;
  readonly defaults: VhostDefaults;
  /** A virtual host is there no more. */
  readonly removed: (vhost: VirtualHost) => void;
}

/** The virtual hosts that are open. What is durable about them, metadata and folder, changes with them. */
export class VhostRegistry {
  /** For connections to find them by. */
  readonly open: Map<string, VirtualHost> = new Map();
  readonly #options: VhostRegistryOptions;
  readonly #stores = new Map<string, OpenVhost>();
  /** What is under way with each name; the next begins when it is done. */
  readonly #pending = new Map<string, Promise<unknown>>();
  #closed = false;
  readonly #topologyLimits: TopologyLimits;

  constructor(options: VhostRegistryOptions) {
    this.#options = options;
    const { metadata, limits } = options;
    this.#topologyLimits = {
      queuesOfVhost: (name) => limitOf(metadata.vhostLimits.get(name)?.['max-queues']),
      queues: () => limits.queueMax,
      exchanges: () => limits.exchangeMax,
      queueCount: () => this.#count('queues'),
      exchangeCount: () => this.#count('exchanges'),
    };
  }

  /**
   * Opens all that there are, one after the other: each reads its whole journal. Those of `made` are new, and are to be saved.
   * Rejects with a StartError.
   */
  async openAll(made: readonly string[]): Promise<void> {
    const { storage, metadata, defaults } = this.#options;
    for (const name of metadata.vhosts.keys()) this.#opened(name, await storage.openVhost(name));
    for (const name of made) {
      const vhost = this.open.get(name);
      if (vhost === undefined) continue;
      defaults.apply(vhost, metadata);
      await topologyCommitted(vhost);
    }
    for (const name of metadata.deleting)
      if (!this.open.has(name)) void this.#inTurn(name, () => this.#removeRest(name));
  }

  get defaultQueueType(): QueueType {
    return this.#options.defaults.queueType;
  }

  /** Resolves when it will survive a restart. */
  async create(record: VhostRecord): Promise<void> {
    const { name } = record;
    const { storage, metadata, defaults } = this.#options;
    await this.#inTurn(name, async () => {
      if (!this.open.has(name)) {
        this.#checkRoom(name);
        // Whose folder could not be removed: nothing of it must come back.
        if (metadata.deleting.has(name)) await this.#removeRest(name);
        const opened = await storage.openVhost(name);
        metadata.vhosts.set(name, record);
        this.#opened(name, opened);
        defaults.apply(opened.vhost, metadata);
        vhostSet(opened.vhost.events, 'vhost.created', record, false);
        await topologyCommitted(opened.vhost);
      } else {
        this.update(record);
      }
    });
    await metadata.save();
  }

  update(record: VhostRecord): void {
    this.#options.metadata.vhosts.set(record.name, record);
    const vhost = this.open.get(record.name);
    if (vhost === undefined) return;
    vhost.defaultQueueType = record.defaultQueueType;
    vhostSet(vhost.events, 'vhost.updated', record, vhost.tracing);
  }

  /**
   * Closes its connections, and resolves when it will not come back after a restart. What was in it is dropped a part at a time,
   * after that. False if there is none of that name.
   */
  async delete(name: string): Promise<boolean> {
    const { metadata, removed } = this.#options;
    const vhost = this.open.get(name);
    const store = this.#stores.get(name);
    if (vhost === undefined || store === undefined) return false;
    vhostDeleted(vhost.events, vhost, metadata);
    this.open.delete(name);
    this.#stores.delete(name);
    metadata.vhosts.delete(name);
    metadata.vhostLimits.delete(name);
    for (const [key, { vhost: of }] of metadata.parameters) if (of === name) metadata.parameters.delete(key);
    metadata.permissions.vhostDeleted(name);
    metadata.deleting.add(name);
    removed(vhost);
    const saved = metadata.save();
    void this.#inTurn(name, async () => {
      await this.#closeConnections(vhost);
      await saved;
      await store.remove();
      await this.#forget(name);
    });
    await saved;
    return true;
  }

  /** No more are opened. Resolves when all are closed, and what was being deleted is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#pending.values());
    await Promise.all([...this.#stores.values()].map((store) => store.close()));
    this.#stores.clear();
  }

  /** Resolves when nothing is under way with any of them. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#pending.values());
  }

  #opened(name: string, opened: OpenVhost): void {
    const { metadata } = this.#options;
    this.#stores.set(name, opened);
    this.open.set(name, opened.vhost);
    opened.vhost.limits = this.#topologyLimits;
    opened.vhost.defaultQueueType = metadata.vhosts.get(name)?.defaultQueueType ?? 'classic';
  }

  #checkRoom(name: string): void {
    const { vhostMax } = this.#options.limits;
    if (this.open.size < vhostMax) return;
    throw new ManagementError('invalid', `cannot create vhost '${name}': vhost limit of ${vhostMax} is reached`);
  }

  #count(what: 'queues' | 'exchanges'): number {
    let count = 0;
    for (const vhost of this.open.values()) count += vhost[what].size;
    return count;
  }

  async #closeConnections(vhost: VirtualHost): Promise<void> {
    const text = `vhost '${vhost.name}' is deleted`;
    let closed = 0;
    for (const connection of [...this.#options.connections]) {
      const { phase } = connection;
      if (phase.name !== 'running' || phase.vhost !== vhost) continue;
      connection.forceClose(text, text);
      if (++closed % CLOSED_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    while (vhost.departing.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  async #removeRest(name: string): Promise<void> {
    await this.#options.storage.removeRest(name);
    await this.#forget(name);
  }

  async #forget(name: string): Promise<void> {
    const { metadata } = this.#options;
    metadata.deleting.delete(name);
    await metadata.save();
  }

  /** A failure is logged, and does not keep what comes after it from being tried. */
  #inTurn(name: string, act: () => Promise<void>): Promise<void> {
    const before = this.#pending.get(name) ?? Promise.resolve();
    const done = before.then(
      () => this.#act(act),
      () => this.#act(act),
    );
    this.#pending.set(name, done);
    done
      .catch((error: Error) =>
        this.#options.logger.error({ vhost: name, err: error }, 'a virtual host is not as asked'),
      )
      .finally(() => {
        if (this.#pending.get(name) === done) this.#pending.delete(name);
      });
    return done;
  }

  async #act(act: () => Promise<void>): Promise<void> {
    // What is left undone is done after the next start.
    if (!this.#closed) await act();
  }
}
