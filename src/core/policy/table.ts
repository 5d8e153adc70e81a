import type { Pattern } from '../../lib/pattern.ts';
import { policyKey } from './keys.ts';
import { type Policy, type PolicyKind, type PolicyTarget, samePolicy } from './policy.ts';

/** The policies that apply to one queue or exchange. */
export interface Applied {
  readonly policy: Policy | undefined;
  readonly operatorPolicy: Policy | undefined;
}

export const NONE_APPLIED: Applied = { policy: undefined, operatorPolicy: undefined };

interface Entry {
  readonly policy: Policy;
  readonly pattern: Pattern;
}

/** The policies and operator policies of one virtual host. */
export class PolicyTable {
  readonly #entries: Readonly<Record<PolicyKind, Entry[]>> = { policy: [], 'operator policy': [] };

  get isEmpty(): boolean {
    return this.#entries.policy.length === 0 && this.#entries['operator policy'].length === 0;
  }

  /** Adds the policy, or replaces that of its name. False if it was there already, and just so. */
  set(kind: PolicyKind, policy: Policy, pattern: Pattern): boolean {
    const entries = this.#entries[kind];
    const index = entries.findIndex((entry) => entry.policy.name === policy.name);
    const replaced = entries[index]?.policy;
    if (replaced !== undefined && samePolicy(replaced, policy)) return false;
    if (index >= 0) entries.splice(index, 1);
    entries.push({ policy, pattern });
    entries.sort((a, b) => precedence(a.policy, b.policy));
    return true;
  }

  /** False if there is none of that name. */
  delete(kind: PolicyKind, name: string): boolean {
    const entries = this.#entries[kind];
    const index = entries.findIndex((entry) => entry.policy.name === name);
    if (index >= 0) entries.splice(index, 1);
    return index >= 0;
  }

  get(kind: PolicyKind, name: string): Policy | undefined {
    return this.#entries[kind].find((entry) => entry.policy.name === name)?.policy;
  }

  /** In the order in which they take precedence. */
  list(kind: PolicyKind): readonly Policy[] {
    return this.#entries[kind].map(({ policy }) => policy);
  }

  match(target: PolicyTarget): Applied {
    return { policy: this.#first('policy', target), operatorPolicy: this.#first('operator policy', target) };
  }

  #first(kind: PolicyKind, target: PolicyTarget): Policy | undefined {
    return this.#entries[kind].find(({ policy, pattern }) => isFor(policy, target) && pattern.matches(target.name))
      ?.policy;
  }
}

function precedence(a: Policy, b: Policy): number {
  return b.priority - a.priority || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}

function isFor({ applyTo, definition }: Policy, target: PolicyTarget): boolean {
  if (target.kind === 'exchange') return applyTo === 'exchanges' || applyTo === 'all';
  const { queueType } = target;
  if (applyTo !== 'all' && applyTo !== 'queues' && applyTo !== `${queueType}_queues`) return false;
  for (const name of definition.keys()) if (policyKey(name)?.notFor.includes(queueType)) return false;
  return true;
}
