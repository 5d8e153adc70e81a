import type { Verbs } from './verb.ts';
import { CONNECTION_VERBS } from './verbs/connections.ts';
import { DEFINITION_VERBS } from './verbs/definitions.ts';
import { HEALTH_VERBS } from './verbs/health.ts';
import { LIMIT_VERBS } from './verbs/limits.ts';
import { LIST_VERBS } from './verbs/lists.ts';
import { NODE_VERBS } from './verbs/node.ts';
import { OWN_VERBS } from './verbs/own.ts';
import { PARAMETER_VERBS } from './verbs/parameters.ts';
import { PERMISSION_VERBS } from './verbs/permissions.ts';
import { POLICY_VERBS } from './verbs/policies.ts';
import { QUEUE_VERBS } from './verbs/queues.ts';
import { SETTING_VERBS } from './verbs/settings.ts';
import { USER_VERBS } from './verbs/users.ts';
import { VHOST_VERBS } from './verbs/vhosts.ts';

/** All verbs, below the headings of --help. */
export const VERB_GROUPS: Readonly<Record<string, Verbs>> = {
  Lists: LIST_VERBS,
  Node: { ...NODE_VERBS, ...SETTING_VERBS },
  'Health checks': HEALTH_VERBS,
  Users: USER_VERBS,
  Permissions: PERMISSION_VERBS,
  'Virtual hosts': VHOST_VERBS,
  Policies: POLICY_VERBS,
  Parameters: PARAMETER_VERBS,
  Limits: LIMIT_VERBS,
  Queues: QUEUE_VERBS,
  Connections: CONNECTION_VERBS,
  Definitions: DEFINITION_VERBS,
  "Leveret's own": OWN_VERBS,
};
