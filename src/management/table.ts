import type { Endpoint } from './endpoint.ts';
import { CLUSTER } from './endpoints/cluster.ts';
import { CONFIG } from './endpoints/config.ts';
import { DEFINITIONS_ENDPOINTS } from './endpoints/definitions.ts';
import { FEATURES } from './endpoints/features.ts';
import { GLOBAL_PARAMETERS } from './endpoints/global_parameters.ts';
import { HEALTH } from './endpoints/health.ts';
import { USER_LIMITS, VHOST_LIMITS } from './endpoints/limits.ts';
import { LIVENESS } from './endpoints/liveness.ts';
import { MESSAGING } from './endpoints/messaging.ts';
import { NODES } from './endpoints/nodes.ts';
import { OVERVIEW_ENDPOINTS } from './endpoints/overview.ts';
import { PARAMETERS } from './endpoints/parameters.ts';
import { PERMISSIONS, TOPIC_PERMISSIONS } from './endpoints/permissions.ts';
import { POLICIES } from './endpoints/policies.ts';
import { LIVE_SETTINGS } from './endpoints/settings.ts';
import { TRACE_FILES } from './endpoints/trace_files.ts';
import { TRACES } from './endpoints/traces.ts';
import { USERS } from './endpoints/users.ts';
import { VHOSTS } from './endpoints/vhosts.ts';
import { WHOAMI } from './endpoints/whoami.ts';

/** Every endpoint there is, but the document that describes them. Their order does not matter. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...CLUSTER,
  ...CONFIG,
  ...DEFINITIONS_ENDPOINTS,
  ...FEATURES,
  ...GLOBAL_PARAMETERS,
  ...HEALTH,
  ...LIVENESS,
  ...LIVE_SETTINGS,
  ...NODES,
  ...MESSAGING,
  ...OVERVIEW_ENDPOINTS,
  ...PARAMETERS,
  ...PERMISSIONS,
  ...POLICIES,
  ...TOPIC_PERMISSIONS,
  ...TRACES,
  ...TRACE_FILES,
  ...USERS,
  ...USER_LIMITS,
  ...VHOSTS,
  ...VHOST_LIMITS,
  ...WHOAMI,
];
