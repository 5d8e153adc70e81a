import type { Events } from '../core/events.ts';
import type { GlobalParameters } from './global_parameters.ts';
import type { Metadata } from './metadata.ts';
import type { Permissions } from './permissions.ts';
import type { Users } from './users.ts';
import type { VhostRegistry } from './vhost_registry.ts';
import type { VirtualHosts } from './virtual_hosts.ts';

/** What definitions are of. */
export interface DefinitionsContext {
  readonly metadata: Metadata;
  readonly registry: VhostRegistry;
  readonly users: Users;
  readonly permissions: Permissions;
  readonly vhosts: VirtualHosts;
  readonly globalParameters: GlobalParameters;
  readonly events: Events;
}
