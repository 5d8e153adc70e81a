import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../src/core/policy/policy.ts';
import { PageTable } from '../../../src/core/store/page_table.ts';
import type { PoliciesByName } from '../../../src/journal/recovered.ts';
import { restorePolicies } from '../../../src/journal/restore_policies.ts';
import { Arena } from '../../../src/lib/arena.ts';
import { StartError } from '../../../src/lib/start_error.ts';
import { memoryHost } from '../../support/journal_host.ts';
import { MicrotaskTurn } from '../../support/microtask_turn.ts';

function policies(...given: readonly Policy[]): PoliciesByName {
  return { policy: new Map(given.map((policy) => [policy.name, policy])), 'operator policy': new Map() };
}

function policy(pattern: string): Policy {
  return {
    name: 'p',
    pattern,
    applyTo: 'all',
    priority: 0,
    definition: new Map([['alternate-exchange', 'amq.fanout']]),
  };
}

function host() {
  return memoryHost(new PageTable(new Arena({ readBytes: 0, slots: 0, pages: 0 })), new MicrotaskTurn());
}

describe('policies from the journal', () => {
  test('are there again, for the next checkpoint too, and apply to what is always there', async () => {
    const vhost = host();
    const journal = { policies: policies() };
    await restorePolicies(vhost, journal, policies(policy('^amq\\.direct$')));
    expect(vhost.policies.list('policy')).toEqual([policy('^amq\\.direct$')]);
    expect(journal.policies).toEqual(policies(policy('^amq\\.direct$')));
    expect(vhost.exchange('amq.direct').alternateExchange).toBe('amq.fanout');
    expect(vhost.exchange('amq.topic').alternateExchange).toBeUndefined();
  });

  test('whose pattern can no longer be used keep the broker from starting', async () => {
    const restored = restorePolicies(host(), { policies: policies() }, policies(policy('p(')));
    await expect(restored).rejects.toThrow(StartError);
    await expect(restored).rejects.toThrow(
      "The pattern of the policy 'p' in the journal should be regular expression but is invalid: missing closing ): `p(`.",
    );
  });
});
