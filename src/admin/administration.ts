import { createHash } from 'node:crypto';
import type { PasswordProblem } from '../auth/credential_validator.ts';
import type { Events } from '../core/events.ts';
import { StartError } from '../lib/start_error.ts';
import type { Connection } from '../server/connection/connection.ts';
import { BrokerDefinitions, type Definitions } from './definitions.ts';
import { type GlobalParameters, MetadataGlobalParameters } from './global_parameters.ts';
import type { Metadata } from './metadata.ts';
import { MetadataPermissions, type Permissions } from './permissions.ts';
import { MetadataUsers, type Users } from './users.ts';
import type { VhostRegistry } from './vhost_registry.ts';
import { MetadataVirtualHosts, type VirtualHosts } from './virtual_hosts.ts';

/** What an operator changes by it. */
export interface Administration {
  readonly users: Users;
  readonly permissions: Permissions;
  readonly vhosts: VirtualHosts;
  readonly globalParameters: GlobalParameters;
  readonly definitions: BrokerDefinitions;
}

/** What it is made of. */
export interface AdministrationContext {
  readonly metadata: Metadata;
  readonly registry: VhostRegistry;
  readonly connections: ReadonlySet<Connection>;
  readonly events: Events;
  readonly passwordProblem: PasswordProblem;
}

export function administrationOf(context: AdministrationContext): Administration {
  const { metadata, registry, events } = context;
  const users = new MetadataUsers(context);
  const permissions = new MetadataPermissions(metadata, events);
  const vhosts = new MetadataVirtualHosts(metadata, registry, events);
  const globalParameters = new MetadataGlobalParameters(metadata, events);
  const definitions = new BrokerDefinitions({
    metadata,
    registry,
    users,
    permissions,
    vhosts,
    globalParameters,
    events,
  });
  return { users, permissions, vhosts, definitions, globalParameters };
}

/** RabbitMQ's name for the global parameter by which definitions are known again. */
const LOADED = 'imported_definition_hash_value';

/** At the start. Rejects with a StartError that says what is wrong with them. */
export async function loadDefinitions(
  { definitions: transfer, globalParameters }: Administration,
  definitions: Definitions,
  skipUnchanged: boolean,
): Promise<void> {
  const hash = skipUnchanged ? createHash('sha256').update(JSON.stringify(definitions)).digest('base64') : undefined;
  if (hash !== undefined && globalParameters.get(LOADED) === hash) return;
  await transfer.import(definitions).catch((error: Error) => {
    throw new StartError('option', `The definitions cannot be loaded: ${error.message}.`);
  });
  if (hash !== undefined) await globalParameters.set(LOADED, hash);
}
