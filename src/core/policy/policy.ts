import type { QueueType } from '../queue/arguments.ts';

/** What a policy may be for; `streams` are known, though there are none. */
export const APPLY_TO = ['queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges', 'all'] as const;

export type ApplyTo = (typeof APPLY_TO)[number];

/** A user's policies and an operator's are matched apart; of each kind one applies to an object, and they are merged. */
export type PolicyKind = 'policy' | 'operator policy';

export type PolicyValue = string | number | boolean;

/** By key, as in `max-length`. */
export type PolicyDefinition = ReadonlyMap<string, PolicyValue>;

/** Settings for all queues and exchanges whose names match. */
export interface Policy {
  readonly name: string;
  /** A regular expression, found anywhere in the name unless it is anchored. */
  readonly pattern: string;
  readonly applyTo: ApplyTo;
  /** The highest that matches applies; of several, the first by name. */
  readonly priority: number;
  readonly definition: PolicyDefinition;
}

/** What a policy may apply to. */
export type PolicyTarget =
  | { readonly kind: 'queue'; readonly name: string; readonly queueType: QueueType }
  | { readonly kind: 'exchange'; readonly name: string };

export function samePolicy(a: Policy, b: Policy): boolean {
  return (
    a.name === b.name &&
    a.pattern === b.pattern &&
    a.applyTo === b.applyTo &&
    a.priority === b.priority &&
    a.definition.size === b.definition.size &&
    [...a.definition].every(([key, value]) => b.definition.get(key) === value)
  );
}
