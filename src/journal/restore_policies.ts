import type { PolicyKind } from '../core/policy/policy.ts';
import { applyPolicies } from '../core/topology/policies.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { compilePattern, type Pattern, PatternError } from '../lib/pattern.ts';
import { StartError } from '../lib/start_error.ts';
import type { PoliciesByName } from './recovered.ts';

/** Puts policies back, ahead of the queues and exchanges that they are for. Rejects with a StartError. */
export async function restorePolicies(
  vhost: VirtualHost,
  journal: { readonly policies: PoliciesByName },
  recovered: PoliciesByName,
): Promise<void> {
  for (const kind of ['policy', 'operator policy'] as const) {
    for (const policy of recovered[kind].values()) {
      journal.policies[kind].set(policy.name, policy);
      vhost.policies.set(kind, policy, await compile(kind, policy.name, policy.pattern));
    }
  }
  // Those that every virtual host begins with.
  for (const exchange of vhost.exchanges.values()) applyPolicies(vhost, exchange);
}

async function compile(kind: PolicyKind, name: string, source: string): Promise<Pattern> {
  try {
    return await compilePattern(source);
  } catch (error) {
    // To serve without it could lose what it was there to keep.
    if (!(error instanceof PatternError)) throw error;
    throw new StartError('data-dir', `The pattern of the ${kind} '${name}' in the journal ${error.message}.`);
  }
}
