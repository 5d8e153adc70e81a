import {
  METADATA_FORMAT,
  type Metadata,
  type MetadataDocument,
  metadataDocument,
  parameterKey,
} from './admin/metadata.ts';
import { compileAccess, compileTopicAccess } from './auth/access_pattern.ts';
import type { PasswordProblem } from './auth/credential_validator.ts';
import { hashPassword } from './auth/passwords.ts';
import { Permissions } from './auth/permissions.ts';
import { Users } from './auth/users.ts';
import type { BrokerOptions } from './broker.ts';
import type { Storage } from './broker_storage.ts';
import type { QueueType } from './core/queue/arguments.ts';
import { StartError } from './lib/start_error.ts';

const ALL = '.*';

/** What the first start makes: a virtual host, and a user who may do everything in it. */
export interface Defaults {
  readonly user: string;
  readonly password: string;
  readonly vhost: string;
  readonly tags: readonly string[];
  readonly queueType: QueueType;
  readonly permissions: { readonly configure: string; readonly write: string; readonly read: string };
}

export function defaultsOf(options: BrokerOptions): Defaults {
  return {
    user: options.defaultUser ?? 'guest',
    password: options.defaultPassword ?? 'guest',
    vhost: options.defaultVhost ?? '/',
    tags: options.defaultUserTags ?? ['administrator'],
    queueType: options.defaultQueueType ?? 'classic',
    permissions: { configure: ALL, write: ALL, read: ALL, ...options.defaultPermissions },
  };
}

export interface OpenMetadata {
  readonly metadata: Metadata;
  /** Virtual hosts that are new. */
  readonly made: readonly string[];
  /** What is not as it was saved is to be, when what belongs to it is on disk. Rejects with a StartError. */
  readonly save: () => Promise<void>;
}

/**
 * What was saved, or, at the first start, the defaults, which do not matter any more once they are saved. `permissionsChanged`
 * is called with the virtual host. Rejects with a StartError.
 */
export async function openMetadata(
  options: BrokerOptions,
  storage: Storage,
  passwordProblem: PasswordProblem,
  permissionsChanged: (vhost: string) => void,
): Promise<OpenMetadata> {
  const defaults = defaultsOf(options);
  const tables = {
    users: new Users({
      anonymousUser: options.anonymousUser || defaults.user,
      anonymousPassword: options.anonymousPassword,
      loopbackUsers: options.loopbackUsers ?? ['guest'],
      hashing: options.passwordHashing,
    }),
    permissions: new Permissions(permissionsChanged),
    vhosts: new Map(),
    vhostLimits: new Map(),
    userLimits: new Map(),
    globalParameters: new Map(),
    parameters: new Map(),
    deleting: new Set<string>(),
  };
  const metadata: Metadata = { ...tables, save: storage.metadataSaver(() => metadataDocument(tables)) };
  const { metadata: saved } = storage;
  // Definitions to be loaded bring their own, as in RabbitMQ.
  const isFirst = saved === undefined && options.definitions === undefined;
  if (isFirst) {
    const problem = passwordProblem(defaults.password);
    if (problem !== undefined) throw new StartError('option', `The default user cannot be made: ${problem}.`);
    await fillWithDefaults(metadata, defaults);
  }
  if (saved !== undefined) await fill(metadata, documentOf(saved));
  // A journal that was brought here from elsewhere is served.
  const brought = storage.found.filter((name) => !metadata.vhosts.has(name) && !metadata.deleting.has(name));
  for (const name of brought) addVhost(metadata, name, defaults.queueType);
  const isChanged = saved === undefined || brought.length > 0;
  return {
    metadata,
    made: isFirst ? [defaults.vhost] : [],
    save: async () => {
      if (isChanged) await saveAtStart(metadata);
    },
  };
}

async function fillWithDefaults(metadata: Metadata, defaults: Defaults): Promise<void> {
  const { user, password, vhost, tags, permissions, queueType } = defaults;
  addVhost(metadata, vhost, queueType);
  const hashingAlgorithm = metadata.users.hashing;
  metadata.users.set({ name: user, passwordHash: hashPassword(password, hashingAlgorithm), hashingAlgorithm, tags });
  const [configure, write, read] = await Promise.all(
    [permissions.configure, permissions.write, permissions.read].map(compileAtStart),
  );
  if (configure && write && read) metadata.permissions.set(vhost, user, { configure, write, read });
}

function addVhost(metadata: Metadata, name: string, defaultQueueType: QueueType): void {
  metadata.vhosts.set(name, {
    name,
    description: '',
    tags: [],
    defaultQueueType,
    protectedFromDeletion: false,
  });
}

async function compileAtStart(pattern: string): ReturnType<typeof compileAccess> {
  return compileAccess(pattern).catch((error: Error) => {
    throw new StartError('option', `A permission of the default user, "${pattern}", ${error.message}.`);
  });
}

async function saveAtStart({ save }: Metadata): Promise<void> {
  await save().catch((error: Error) => {
    throw new StartError('data-dir', `The data folder cannot be written: ${error.message}.`);
  });
}

/** A document that this program wrote, or one that says so. */
function documentOf(saved: unknown): MetadataDocument {
  const { format, users, vhosts, permissions } = (saved ?? {}) as Partial<MetadataDocument>;
  if (typeof format !== 'number' || !Array.isArray(users) || !Array.isArray(vhosts) || !Array.isArray(permissions)) {
    throw new StartError('data-dir', 'The data folder has a metadata.json that is not Leveret’s.');
  }
  if (format > METADATA_FORMAT) {
    const known = `this Leveret knows formats up to ${METADATA_FORMAT}: a newer Leveret wrote it`;
    throw new StartError('data-dir', `The data folder’s metadata.json has format ${format}, and ${known}.`);
  }
  return saved as MetadataDocument;
}

async function fill(metadata: Metadata, document: MetadataDocument): Promise<void> {
  const { users, permissions, vhosts, vhostLimits, userLimits, globalParameters, parameters, deleting } = metadata;
  for (const { name, password_hash, hashing_algorithm, tags, limits } of document.users) {
    users.set({ name, passwordHash: password_hash, hashingAlgorithm: hashing_algorithm, tags });
    if (Object.keys(limits).length > 0) userLimits.set(name, limits);
  }
  for (const vhost of document.vhosts) {
    const { name, description, tags, limits } = vhost;
    const { default_queue_type: defaultQueueType, protected_from_deletion: protectedFromDeletion } = vhost;
    const { other_metadata: otherMetadata } = vhost;
    vhosts.set(name, { name, description, tags, defaultQueueType, protectedFromDeletion, otherMetadata });
    if (Object.keys(limits).length > 0) vhostLimits.set(name, limits);
  }
  for (const { vhost, user, ...sources } of document.permissions) {
    const configure = await compileAccess(sources.configure);
    const write = await compileAccess(sources.write);
    const read = await compileAccess(sources.read);
    permissions.set(vhost, user, { configure, write, read });
  }
  for (const { vhost, user, exchange, ...sources } of document.topic_permissions) {
    const write = await compileTopicAccess(sources.write, user, vhost);
    const read = await compileTopicAccess(sources.read, user, vhost);
    permissions.setTopic(vhost, user, exchange, { write, read });
  }
  for (const parameter of document.parameters) parameters.set(parameterKey(parameter), parameter);
  for (const { name, value } of document.global_parameters) globalParameters.set(name, value);
  for (const name of document.deleted_vhosts) deleting.add(name);
}
