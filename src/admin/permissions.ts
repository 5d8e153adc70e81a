import { compileAccess, compileTopicAccess } from '../auth/access_pattern.ts';
import type { PermissionRow, TopicPermissionRow } from '../auth/permissions.ts';
import type { Events } from '../core/events.ts';
import { type Pattern, PatternError } from '../lib/pattern.ts';
import { ManagementError } from './management_error.ts';
import type { Metadata } from './metadata.ts';
import { permissionCleared, permissionSet, topicPermissionSet, topicPermissionsCleared } from './node_events.ts';

/**
 * Regular expressions of the queues and exchanges that a user may configure, write to and read from; found anywhere in a name
 * unless they are anchored. The empty one matches no name. The default exchange is `amq.default`.
 */
export interface PermissionInput {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** Of the routing keys that he may publish with, and bind with. `{username}` and `{vhost}` stand for what they say. */
export interface TopicPermissionInput {
  readonly write: string;
  readonly read: string;
}

export type PermissionInfo = PermissionRow;
export type TopicPermissionInfo = TopicPermissionRow;

/**
 * Who may do what. A change applies at once, to open connections too, and resolves when it will survive a restart. It rejects with
 * a ManagementError, and changes nothing, if there is no such user or virtual host, or a pattern cannot be used.
 */
export interface Permissions {
  set(vhost: string, user: string, permission: PermissionInput): Promise<void>;
  /** Takes all of it away: he cannot open the virtual host any more. Resolves to false if he had none. */
  clear(vhost: string, user: string): Promise<boolean>;
  get(vhost: string, user: string): PermissionInfo | undefined;
  list(): readonly PermissionInfo[];
  /** For one topic exchange. Without, all routing keys are permitted to whom the exchange is. */
  setTopic(vhost: string, user: string, exchange: string, permission: TopicPermissionInput): Promise<void>;
  /** For all exchanges, unless one is named. Resolves to false if there were none. */
  clearTopic(vhost: string, user: string, exchange?: string): Promise<boolean>;
  listTopic(): readonly TopicPermissionInfo[];
}

export class MetadataPermissions implements Permissions {
  readonly #metadata: Metadata;
  readonly #events: Events;

  constructor(metadata: Metadata, events: Events) {
    this.#metadata = metadata;
    this.#events = events;
  }

  async set(vhost: string, user: string, input: PermissionInput): Promise<void> {
    const configure = await compile(input.configure, compileAccess);
    const write = await compile(input.write, compileAccess);
    const read = await compile(input.read, compileAccess);
    this.#check(vhost, user);
    this.#metadata.permissions.set(vhost, user, { configure, write, read });
    permissionSet(this.#events, vhost, user, input);
    await this.#metadata.save();
  }

  async clear(vhost: string, user: string): Promise<boolean> {
    const cleared = this.#metadata.permissions.clear(vhost, user);
    if (cleared) permissionCleared(this.#events, vhost, user);
    await this.#metadata.save();
    return cleared;
  }

  get(vhost: string, user: string): PermissionInfo | undefined {
    const grants = this.#metadata.permissions.get(vhost, user);
    if (grants === undefined) return undefined;
    const { configure, write, read } = grants;
    return { user, vhost, configure: configure.source, write: write.source, read: read.source };
  }

  list(): readonly PermissionInfo[] {
    return this.#metadata.permissions.list();
  }

  async setTopic(vhost: string, user: string, exchange: string, input: TopicPermissionInput): Promise<void> {
    const compileTopic = (source: string): Promise<Pattern> => compileTopicAccess(source, user, vhost);
    const write = await compile(input.write, compileTopic);
    const read = await compile(input.read, compileTopic);
    this.#check(vhost, user);
    this.#metadata.permissions.setTopic(vhost, user, exchange, { write, read });
    topicPermissionSet(this.#events, vhost, user, exchange, input);
    await this.#metadata.save();
  }

  async clearTopic(vhost: string, user: string, exchange?: string): Promise<boolean> {
    const cleared = this.#metadata.permissions.clearTopic(vhost, user, exchange);
    if (cleared) topicPermissionsCleared(this.#events, vhost, user);
    await this.#metadata.save();
    return cleared;
  }

  listTopic(): readonly TopicPermissionInfo[] {
    return this.#metadata.permissions.listTopic();
  }

  #check(vhost: string, user: string): void {
    const { users, vhosts } = this.#metadata;
    if (users.get(user) === undefined) throw new ManagementError('not-found', `no user '${user}'`);
    if (!vhosts.has(vhost)) throw new ManagementError('not-found', `no virtual host '${vhost}'`);
  }
}

async function compile(source: unknown, compiled: (source: string) => Promise<Pattern>): Promise<Pattern> {
  if (typeof source !== 'string') throw new ManagementError('invalid', 'a permission should be a string');
  try {
    return await compiled(source);
  } catch (error) {
    if (error instanceof PatternError) throw new ManagementError('invalid', `permission "${source}" ${error.message}`);
    throw error;
  }
}
