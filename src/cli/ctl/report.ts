import type { Verb } from './verb.ts';
import { LIST_VERBS } from './verbs/lists.ts';
import { NODE_VERBS } from './verbs/node.ts';
import { PARAMETER_VERBS } from './verbs/parameters.ts';
import { PERMISSION_VERBS } from './verbs/permissions.ts';
import { POLICY_VERBS } from './verbs/policies.ts';
import { USER_VERBS } from './verbs/users.ts';
import { VHOST_VERBS } from './verbs/vhosts.ts';

const ALL_VERBS = {
  ...NODE_VERBS,
  ...LIST_VERBS,
  ...USER_VERBS,
  ...VHOST_VERBS,
  ...PERMISSION_VERBS,
  ...POLICY_VERBS,
  ...PARAMETER_VERBS,
};

const QUEUE_COLUMNS = [
  'name',
  'type',
  'durable',
  'messages',
  'messages_unacknowledged',
  'consumers',
  'policy',
  'arguments',
];

/** What a report is made of, with headings: verbs, and the columns that are asked for. */
export const REPORT_VERBS: readonly (readonly [title: string, verb: Verb, words: readonly string[]])[] = (
  [
    ['Status', 'status', []],
    ['Settings', 'environment', []],
    ['Virtual hosts', 'list_vhosts', ['name', 'default_queue_type', 'tracing', 'tags', 'description']],
    ['Users', 'list_users', []],
    ['Permissions', 'list_permissions', []],
    ['Connections', 'list_connections', ['name', 'user', 'vhost', 'state', 'channels', 'ssl', 'timeout']],
    ['Channels', 'list_channels', ['name', 'consumer_count', 'messages_unacknowledged', 'prefetch_count', 'confirm']],
    ['Queues', 'list_queues', QUEUE_COLUMNS],
    ['Exchanges', 'list_exchanges', ['name', 'type', 'durable', 'internal', 'arguments']],
    ['Policies', 'list_policies', []],
    ['Operator policies', 'list_operator_policies', []],
    ['Global parameters', 'list_global_parameters', []],
  ] as const
).flatMap(([title, name, words]) => {
  const verb: Verb | undefined = ALL_VERBS[name];
  return verb === undefined ? [] : [[title, verb, words] as const];
});
