import { expect, test } from 'vitest';
import { vhostDefaults } from '../../../src/cli/vhost_defaults.ts';
import { loadSettings } from '../../../src/config/load.ts';

test('what the settings say of virtual hosts is what the library takes', () => {
  const settings = loadSettings(
    {
      defaultLimits: '{"a":{"pattern":"^dev","max_queues":1,"max_connections":2},"b":{"max_queues":3}}',
      defaultOperatorPolicies:
        '{"p":{"queue_pattern":"^t","apply_to":"queues","message_ttl":"10s","classic_queues.queue_version":2}}',
      defaultUsers: '{"u":{"vhost_pattern":"^dev","password":"secret","tags":"monitoring","read":"^x"},"v":{}}',
    },
    {},
  );
  expect(vhostDefaults(settings)).toEqual({
    limits: [
      { vhostPattern: '^dev', limits: { 'max-connections': 2, 'max-queues': 1 } },
      { vhostPattern: undefined, limits: { 'max-queues': 3 } },
    ],
    operatorPolicies: [
      {
        name: 'p',
        vhostPattern: undefined,
        pattern: '^t',
        applyTo: 'queues',
        definition: { 'message-ttl': 10_000, 'queue-version': 2 },
      },
    ],
    users: [
      {
        name: 'u',
        vhostPattern: '^dev',
        password: 'secret',
        tags: ['monitoring'],
        permissions: { configure: '.*', write: '.*', read: '^x' },
      },
      { name: 'v', vhostPattern: undefined, tags: [], permissions: { configure: '.*', write: '.*', read: '.*' } },
    ],
  });
});
