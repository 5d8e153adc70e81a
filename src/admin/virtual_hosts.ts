import type { Events } from '../core/events.ts';
import { type QueueType, queueTypeNamed } from '../core/queue/arguments.ts';
import type { VhostLimits } from '../server/limits.ts';
import { checkName, ManagementError } from './management_error.ts';
import type { Metadata, VhostRecord } from './metadata.ts';
import { vhostLimitsChanged } from './node_events.ts';
import { checkLimits, checkTags, replaceLimits } from './users.ts';
import type { VhostRegistry } from './vhost_registry.ts';

export type { QueueType, VhostLimits };

export interface VirtualHostInput {
  readonly description?: string;
  readonly tags?: readonly string[];
  /** The type of durable queues whose declaration does not say; the broker's, if it is left out of a new one. */
  readonly defaultQueueType?: QueueType;
  /** While it is set, the virtual host cannot be deleted. */
  readonly protectedFromDeletion?: boolean;
}

export interface VirtualHostInfo extends VhostRecord {
  readonly limits: VhostLimits;
  /** Whether the firehose is on. */
  readonly tracing: boolean;
}

/** The virtual hosts of a broker. A change resolves when it will survive a restart. */
export interface VirtualHosts {
  /** Of those that are made without one of their own. */
  readonly defaultQueueType: QueueType;
  /** Adds a virtual host, or changes of the one of that name what is given. Nobody has permissions in a new one. */
  set(name: string, input?: VirtualHostInput): Promise<void>;
  /** Takes the place of the limits that it has; `{}` takes them away. */
  setLimits(name: string, limits: VhostLimits): Promise<void>;
  /**
   * With all that is in it, and all permissions; its connections are closed. Resolves to false if there is none of that name,
   * rejects with a ManagementError if it is protected.
   */
  delete(name: string): Promise<boolean>;
  get(name: string): VirtualHostInfo | undefined;
  list(): readonly VirtualHostInfo[];
}

const LIMITS = ['max-connections', 'max-queues'];

const DEFAULTS = { description: '', tags: [], protectedFromDeletion: false } as const;

export class MetadataVirtualHosts implements VirtualHosts {
  readonly #metadata: Metadata;
  readonly #registry: VhostRegistry;
  readonly #events: Events;

  constructor(metadata: Metadata, registry: VhostRegistry, events: Events) {
    this.#metadata = metadata;
    this.#registry = registry;
    this.#events = events;
  }

  get defaultQueueType(): QueueType {
    return this.#registry.defaultQueueType;
  }

  async set(name: string, input: VirtualHostInput = {}): Promise<void> {
    checkName('vhost', name);
    const current = this.#metadata.vhosts.get(name) ?? { ...DEFAULTS, defaultQueueType: this.defaultQueueType };
    const { description, tags, defaultQueueType, protectedFromDeletion } = { ...current, ...input };
    const type = queueTypeNamed(defaultQueueType);
    if (type === undefined) throw new ManagementError('invalid', `${defaultQueueType} is not a valid queue type`);
    const record = { name, description, tags: checkTags(tags), defaultQueueType: type, protectedFromDeletion };
    await this.#registry.create(record);
  }

  async setLimits(name: string, limits: VhostLimits): Promise<void> {
    if (!this.#metadata.vhosts.has(name)) throw new ManagementError('not-found', `no virtual host '${name}'`);
    checkLimits(limits, LIMITS, 'limits');
    replaceLimits(this.#metadata.vhostLimits, name, limits);
    vhostLimitsChanged(this.#events, name, limits);
    await this.#metadata.save();
  }

  async delete(name: string): Promise<boolean> {
    if (this.#metadata.vhosts.get(name)?.protectedFromDeletion === true) {
      const reason = `Refusing to delete virtual host '${name}' because it is protected from deletion`;
      throw new ManagementError('protected', reason);
    }
    return await this.#registry.delete(name);
  }

  get(name: string): VirtualHostInfo | undefined {
    const record = this.#metadata.vhosts.get(name);
    return record === undefined ? undefined : this.#info(record);
  }

  list(): readonly VirtualHostInfo[] {
    return [...this.#metadata.vhosts.values()].map((record) => this.#info(record));
  }

  #info(record: VhostRecord): VirtualHostInfo {
    const { name } = record;
    const tracing = this.#registry.open.get(name)?.tracing ?? false;
    return { ...record, limits: this.#metadata.vhostLimits.get(name) ?? {}, tracing };
  }
}
