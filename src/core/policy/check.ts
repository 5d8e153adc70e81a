import { POLICY_KEYS, policyKey } from './keys.ts';
import { APPLY_TO, type ApplyTo, type Policy, type PolicyKind, type PolicyValue } from './policy.ts';
import { printJson, sortedEntries } from './print_json.ts';

/** A policy as somebody wrote it, to be checked: from JSON, or from a program. */
export interface PolicyRequest {
  readonly pattern: unknown;
  readonly definition: unknown;
  /** `all` if left out. */
  readonly applyTo?: unknown;
  /** 0 if left out. */
  readonly priority?: unknown;
}

/** A policy that is not taken, and all that is wrong with it, in RabbitMQ's words. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Validation failed\n\n${problems.join('\n')}\n`);
    this.problems = problems;
  }
}

/**
 * The policy, if it is sound; throws a PolicyError otherwise. Whoever asks has tried the pattern: `patternProblem` is what was
 * wrong with it.
 */
export function checkPolicy(
  kind: PolicyKind,
  name: string,
  request: PolicyRequest,
  patternProblem: string | undefined,
): Policy {
  const { pattern, definition, applyTo = 'all', priority = 0 } = request;
  const problems = [
    definitionProblem(kind, name, definition),
    applyToProblem(applyTo),
    typeof pattern === 'string' ? patternProblem : `pattern should be a binary but was ${printJson(pattern)}`,
    Number.isFinite(priority) ? undefined : `priority should be a number, actually was ${printJson(priority)}`,
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new PolicyError(problems);
  return {
    name,
    pattern: pattern as string,
    applyTo: applyTo as ApplyTo,
    priority: priority as number,
    definition: new Map(sortedEntries(definition as object) as [string, PolicyValue][]),
  };
}

function applyToProblem(applyTo: unknown): string | undefined {
  if (APPLY_TO.includes(applyTo as ApplyTo)) return undefined;
  // The second blank is RabbitMQ's.
  const known = "'queues', 'classic_queues',  'quorum_queues', 'streams', 'exchanges', or 'all'";
  return `apply-to '${typeof applyTo === 'string' ? applyTo : printJson(applyTo)}' unrecognised; should be one of: ${known}`;
}

function definitionProblem(kind: PolicyKind, policyName: string, definition: unknown): string | undefined {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) {
    return `parse error while reading policy ${policyName}: ${printJson(definition)}`;
  }
  const entries = sortedEntries(definition);
  if (entries.length === 0) return 'no policy provided';
  const given = new Map(entries);
  return deprecatedKey(given) ?? valueProblem(kind, given) ?? unknownKeys(kind, entries) ?? undefined;
}

/** Keys of RabbitMQ 3 that RabbitMQ 4 refuses by their name. */
function deprecatedKey(given: ReadonlyMap<string, unknown>): string | undefined {
  const name = 'queue-master-locator';
  return given.has(name) ? `use of deprecated ${name} argument is not permitted` : undefined;
}

function valueProblem(kind: PolicyKind, given: ReadonlyMap<string, unknown>): string | undefined {
  for (const key of POLICY_KEYS) {
    const value = given.get(key.name);
    if (!given.has(key.name) || !isKnown(kind, key.name)) continue;
    if (!key.accepts(value)) return `${printJson(value)} ${key.problem}`;
  }
  return delayedRetryProblem(given);
}

function delayedRetryProblem(given: ReadonlyMap<string, unknown>): string | undefined {
  const type = given.get('delayed-retry-type');
  const min = given.get('delayed-retry-min');
  const max = given.get('delayed-retry-max');
  if (type !== undefined && type !== 'disabled' && min === undefined && !given.has('delayed-retry-delays')) {
    return `delayed-retry-min is required when delayed-retry-type is ${type}`;
  }
  if (min === undefined || max === undefined || Number(max) >= Number(min)) return undefined;
  return `delayed-retry-max (${max}) must not be smaller than delayed-retry-min (${min})`;
}

function unknownKeys(kind: PolicyKind, entries: readonly [string, unknown][]): string | undefined {
  const unknown = entries.filter(([name]) => !isKnown(kind, name));
  if (unknown.length === 0) return undefined;
  const printed = unknown.map(([name, value]) => `{${printJson(name)},${printJson(value)}}`);
  return `[${printed.join(',')}] are not recognised policy settings`;
}

function isKnown(kind: PolicyKind, name: string): boolean {
  const key = policyKey(name);
  return key !== undefined && (kind === 'policy' || key.merge !== undefined);
}
