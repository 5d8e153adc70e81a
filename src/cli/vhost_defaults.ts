import type { Settings } from '../config/options.ts';
import type { PolicySettings, VhostDefaultsInput } from '../index.ts';

/** What the settings say of virtual hosts to be made. */
export function vhostDefaults(settings: Settings): VhostDefaultsInput {
  const { defaultLimits = [], defaultOperatorPolicies = [], defaultUsers = [] } = settings;
  return {
    limits: defaultLimits.map(({ fields: { pattern, max_connections: connections, max_queues: queues } }) => ({
      vhostPattern: pattern,
      limits: {
        ...(connections === undefined ? {} : { 'max-connections': connections }),
        ...(queues === undefined ? {} : { 'max-queues': queues }),
      },
    })),
    operatorPolicies: defaultOperatorPolicies.map(({ name, fields }) => {
      const { vhost_pattern: vhostPattern, queue_pattern: pattern = '.*', apply_to: applyTo = 'all', ...rest } = fields;
      return { name, vhostPattern, pattern, applyTo, definition: policySettings(rest) };
    }),
    users: defaultUsers.map(({ name, fields }) => {
      const { vhost_pattern: vhostPattern, password, tags = [], configure = '.*', write = '.*', read = '.*' } = fields;
      const secret = password === undefined ? {} : { password };
      return { name, vhostPattern, ...secret, tags, permissions: { configure, write, read } };
    }),
  };
}

/** Keys of a policy, as the file spells them: `classic_queues.queue_version` is `queue-version`. */
function policySettings(fields: Readonly<Record<string, unknown>>): PolicySettings {
  const entries = Object.entries(fields).map(([field, value]) => {
    const key = field.replace('classic_queues.', '').replaceAll('_', '-');
    return [key, value];
  });
  return Object.fromEntries(entries) as PolicySettings;
}
