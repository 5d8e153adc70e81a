import { checkPolicy } from '../core/policy/check.ts';
import type { ApplyTo, Policy, PolicyDefinition, PolicyKind } from '../core/policy/policy.ts';
import { deletePolicy, setPolicy } from '../core/topology/policies.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { assert } from '../lib/assert.ts';
import { compilePattern, type Pattern, PatternError } from '../lib/pattern.ts';
import { topologyCommitted } from './committed.ts';

/** What a policy may say, under RabbitMQ's names. An operator policy has no dead-lettering and no alternate exchange. */
export interface PolicySettings {
  /** Milliseconds after which a message expires. */
  readonly 'message-ttl'?: number;
  /** Milliseconds after which a queue that nobody uses is deleted. */
  readonly expires?: number;
  /** Ready messages that a queue may hold. */
  readonly 'max-length'?: number;
  /** Bytes of their bodies. */
  readonly 'max-length-bytes'?: number;
  /** What becomes of what is too many. */
  readonly overflow?: 'drop-head' | 'reject-publish' | 'reject-publish-dlx';
  readonly 'dead-letter-exchange'?: string;
  readonly 'dead-letter-routing-key'?: string;
  /** How often a message may come back to a queue; negative for as often as it does. */
  readonly 'delivery-limit'?: number;
  /** How messages that come back wait before they are delivered again (docs/retry.md); times in milliseconds. */
  readonly 'delayed-retry-type'?: 'all' | 'failed' | 'returned' | 'disabled';
  readonly 'delayed-retry-min'?: number;
  readonly 'delayed-retry-max'?: number;
  readonly 'delayed-retry-backoff'?: 'linear' | 'exponential';
  readonly 'delayed-retry-factor'?: number;
  readonly 'delayed-retry-jitter'?: number;
  readonly 'delayed-retry-delays'?: string;
  /** Whether messages may ask to be delivered later (docs/scheduling.md). */
  readonly 'scheduled-delivery'?: boolean;
  /** Milliseconds in which a delivery has to be settled by whoever consumes from now on; 0 is for ever. */
  readonly 'consumer-timeout'?: number;
  /** The exchange that gets what no binding of an exchange matches. */
  readonly 'alternate-exchange'?: string;
  /** From here on, what RabbitMQ knows and what changes nothing here (docs/policies.md). */
  readonly 'consumer-disconnected-timeout'?: number;
  readonly 'dead-letter-strategy'?: 'at-most-once' | 'at-least-once';
  readonly 'initial-cluster-size'?: number;
  readonly 'max-age'?: string;
  readonly 'max-in-memory-bytes'?: number;
  readonly 'max-in-memory-length'?: number;
  readonly 'queue-leader-locator'?: 'client-local' | 'balanced' | 'random' | 'least-leaders';
  readonly 'queue-mode'?: 'default' | 'lazy';
  readonly 'queue-version'?: 1 | 2;
  readonly 'stream-filter-size-bytes'?: number;
  readonly 'stream-max-segment-size-bytes'?: number;
  readonly 'target-group-size'?: number;
}

export interface PolicyInput {
  /** A regular expression, found anywhere in the name of a queue or exchange unless it is anchored. */
  readonly pattern: string;
  readonly definition: PolicySettings;
  /** `all`, queues and exchanges, if left out. */
  readonly applyTo?: ApplyTo;
  /** Of several policies that match, the one of the highest priority applies; 0 if left out. */
  readonly priority?: number;
}

/** The policies, or the operator policies, of one virtual host. */
export interface Policies {
  /**
   * Adds a policy, or replaces the one of that name. It applies at once to what it matches, and to what is declared later.
   * Resolves when it will survive a restart; rejects with a PolicyError, and changes nothing, if something is wrong with it.
   */
  set(name: string, policy: PolicyInput): Promise<void>;
  /** Takes a policy back from all that it applies to. Resolves to false if there is none of that name. */
  delete(name: string): Promise<boolean>;
  get(name: string): Policy | undefined;
  /** In the order in which they take precedence. */
  list(): readonly Policy[];
}

export type { ApplyTo, Policy, PolicyDefinition };

export class VirtualHostPolicies implements Policies {
  readonly #vhost: VirtualHost;
  readonly #kind: PolicyKind;

  constructor(vhost: VirtualHost, kind: PolicyKind) {
    this.#vhost = vhost;
    this.#kind = kind;
  }

  async set(name: string, input: PolicyInput): Promise<void> {
    const { definition } = input;
    const request = { ...input, definition: withoutUndefined(definition) };
    const pattern = await compile(input.pattern);
    const problem = pattern instanceof PatternError ? `pattern ${pattern.message}` : undefined;
    const policy = checkPolicy(this.#kind, name, request, problem);
    assert(!(pattern instanceof PatternError), 'a pattern that cannot be used is refused');
    setPolicy(this.#vhost, this.#kind, policy, pattern);
    await topologyCommitted(this.#vhost);
  }

  async delete(name: string): Promise<boolean> {
    const deleted = deletePolicy(this.#vhost, this.#kind, name);
    await topologyCommitted(this.#vhost);
    return deleted;
  }

  get(name: string): Policy | undefined {
    return this.#vhost.policies.get(this.#kind, name);
  }

  list(): readonly Policy[] {
    return this.#vhost.policies.list(this.#kind);
  }
}

async function compile(source: unknown): Promise<Pattern | PatternError> {
  try {
    // What is not a string is refused by its own name later.
    return await compilePattern(typeof source === 'string' ? source : '');
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
}

function withoutUndefined(definition: unknown): unknown {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) return definition;
  return Object.fromEntries(Object.entries(definition).filter(([, value]) => value !== undefined));
}
