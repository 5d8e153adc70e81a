import type { HashingAlgorithm } from '../auth/passwords.ts';
import type { PermissionRow, Permissions, TopicPermissionRow } from '../auth/permissions.ts';
import type { Users } from '../auth/users.ts';
import type { QueueType } from '../core/queue/arguments.ts';
import type { UserLimits, VhostLimits } from '../server/limits.ts';

/** A virtual host as it is stored; what is in it is in its journal. */
export interface VhostRecord {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Of durable queues whose declaration does not say. */
  readonly defaultQueueType: QueueType;
  readonly protectedFromDeletion: boolean;
  /** What definitions said of it beside, to be said again. */
  readonly otherMetadata?: Readonly<Record<string, unknown>>;
}

/** Of a component that Leveret does not have, as a definition said it, to be said again. */
export interface ParameterRecord {
  readonly vhost: string;
  readonly component: string;
  readonly name: string;
  readonly value: unknown;
}

/** What belongs to the node rather than to one virtual host, and outlives the process. */
export interface Metadata {
  readonly users: Users;
  readonly permissions: Permissions;
  readonly vhosts: Map<string, VhostRecord>;
  readonly vhostLimits: Map<string, VhostLimits>;
  readonly userLimits: Map<string, UserLimits>;
  readonly globalParameters: Map<string, unknown>;
  /** By `parameterKey`. */
  readonly parameters: Map<string, ParameterRecord>;
  /** Virtual hosts that are gone, and whose folders may not be yet. */
  readonly deleting: Set<string>;
  /** Resolves when all of it is on disk, as it was at the call or later; at once where there is no disk. */
  readonly save: () => Promise<void>;
}

/** The document's version. One that is higher was written by a newer Leveret. */
export const METADATA_FORMAT = 1;

/** What is in metadata.json, under the names that RabbitMQ's definitions have. */
export interface MetadataDocument {
  readonly format: number;
  readonly users: readonly {
    readonly name: string;
    readonly password_hash: string;
    readonly hashing_algorithm: HashingAlgorithm;
    readonly tags: readonly string[];
    readonly limits: UserLimits;
  }[];
  readonly vhosts: readonly {
    readonly name: string;
    readonly description: string;
    readonly tags: readonly string[];
    readonly default_queue_type: QueueType;
    readonly protected_from_deletion: boolean;
    readonly limits: VhostLimits;
    readonly other_metadata: Readonly<Record<string, unknown>>;
  }[];
  readonly permissions: readonly PermissionRow[];
  readonly topic_permissions: readonly TopicPermissionRow[];
  readonly parameters: readonly ParameterRecord[];
  readonly global_parameters: readonly { readonly name: string; readonly value: unknown }[];
  /** Virtual hosts whose folders are to be removed. */
  readonly deleted_vhosts: readonly string[];
}

export function parameterKey({ vhost, component, name }: Omit<ParameterRecord, 'value'>): string {
  return JSON.stringify([vhost, component, name]);
}

export function metadataDocument(metadata: Omit<Metadata, 'save'>): MetadataDocument {
  const { users, permissions, vhosts, vhostLimits, userLimits, globalParameters, parameters, deleting } = metadata;
  return {
    format: METADATA_FORMAT,
    users: users.list().map(({ name, passwordHash, hashingAlgorithm, tags }) => ({
      name,
      password_hash: passwordHash,
      hashing_algorithm: hashingAlgorithm,
      tags,
      limits: userLimits.get(name) ?? {},
    })),
    vhosts: [...vhosts.values()].map(({ name, description, tags, ...vhost }) => ({
      name,
      description,
      tags,
      default_queue_type: vhost.defaultQueueType,
      protected_from_deletion: vhost.protectedFromDeletion,
      limits: vhostLimits.get(name) ?? {},
      other_metadata: vhost.otherMetadata ?? {},
    })),
    permissions: permissions.list(),
    topic_permissions: permissions.listTopic(),
    parameters: [...parameters.values()],
    global_parameters: [...globalParameters].map(([name, value]) => ({ name, value })),
    deleted_vhosts: [...deleting],
  };
}
