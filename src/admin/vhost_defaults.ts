import { compileAccess } from '../auth/access_pattern.ts';
import type { PasswordProblem } from '../auth/credential_validator.ts';
import type { HashingAlgorithm } from '../auth/passwords.ts';
import type { Grants } from '../auth/permissions.ts';
import type { UserRecord } from '../auth/users.ts';
import { checkPolicy, PolicyError } from '../core/policy/check.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { QueueType } from '../core/queue/arguments.ts';
import { setPolicy } from '../core/topology/policies.ts';
import type { VirtualHost } from '../core/vhost.ts';
import { compilePattern, type Pattern } from '../lib/pattern.ts';
import { StartError } from '../lib/start_error.ts';
import type { VhostLimits } from '../server/limits.ts';
import type { Logger } from '../server/logger.ts';
import type { Metadata } from './metadata.ts';
import { permissionSet, tagsSet, userCreated, vhostLimitsChanged } from './node_events.ts';
import type { PermissionInput } from './permissions.ts';
import type { PolicyInput } from './policies.ts';
import { type UserInput, userRecord } from './users.ts';

/**
 * What a virtual host has from when it is made, if its name matches: a regular expression, found anywhere in the name unless
 * it is anchored; left out, every name matches. What is set later takes the place of it.
 */
export interface VhostDefaultsInput {
  /** Of several that match, the first counts. */
  readonly limits?: readonly (ForVhosts & { readonly limits: VhostLimits })[];
  readonly operatorPolicies?: readonly (ForVhosts & PolicyInput & { readonly name: string })[];
  readonly users?: readonly DefaultUserInput[];
}

interface ForVhosts {
  readonly vhostPattern?: string | undefined;
}

/** He is made if there is none of that name, and permitted everything there unless told otherwise. */
export interface DefaultUserInput extends ForVhosts, UserInput {
  readonly name: string;
  readonly permissions?: Partial<PermissionInput>;
}

interface DefaultPolicy {
  readonly policy: Policy;
  readonly pattern: Pattern;
}

interface DefaultUser {
  readonly record: UserRecord;
  readonly grants: Grants;
}

interface Default<Given> {
  readonly vhosts: Pattern;
  readonly given: Given;
}

const ALL = '.*';

/** Tried and compiled at the start, so that a virtual host has all of it in the moment it is there. */
export class VhostDefaults {
  /** Of those whose making does not say. */
  readonly queueType: QueueType;
  readonly #limits: readonly Default<VhostLimits>[];
  readonly #policies: readonly Default<DefaultPolicy>[];
  readonly #users: readonly Default<DefaultUser>[];
  readonly #logger: Logger;

  private constructor(
    queueType: QueueType,
    limits: readonly Default<VhostLimits>[],
    policies: readonly Default<DefaultPolicy>[],
    users: readonly Default<DefaultUser>[],
    logger: Logger,
  ) {
    this.queueType = queueType;
    this.#limits = limits;
    this.#policies = policies;
    this.#users = users;
    this.#logger = logger;
  }

  /** Rejects with a StartError that says what cannot be used. */
  static async of(
    input: VhostDefaultsInput,
    context: {
      readonly queueType: QueueType;
      readonly passwordProblem: PasswordProblem;
      readonly hashing: HashingAlgorithm;
      readonly logger: Logger;
    },
  ): Promise<VhostDefaults> {
    const { queueType, passwordProblem, hashing, logger } = context;
    return new VhostDefaults(
      queueType,
      await compiled('limits of virtual hosts', input.limits, async ({ limits }) => limits),
      await compiled('operator policies', input.operatorPolicies, compilePolicy),
      await compiled('users', input.users, (user) => compileUser(user, passwordProblem, hashing)),
      logger,
    );
  }

  /** All of it, as RabbitMQ does it. To be saved by the caller. */
  apply(vhost: VirtualHost, metadata: Metadata): void {
    const [limits] = matching(this.#limits, vhost);
    if (limits !== undefined && Object.keys(limits).length > 0) this.#limit(vhost, metadata, limits);
    for (const { policy, pattern } of matching(this.#policies, vhost)) {
      setPolicy(vhost, 'operator policy', policy, pattern);
      this.#logger.info({ vhost: vhost.name, policy: policy.name }, 'a default operator policy was set');
    }
    for (const user of matching(this.#users, vhost)) this.#permit(vhost, metadata, user);
  }

  #limit({ name, events }: VirtualHost, metadata: Metadata, limits: VhostLimits): void {
    metadata.vhostLimits.set(name, limits);
    vhostLimitsChanged(events, name, limits);
    this.#logger.info({ vhost: name, limits }, 'default limits were set');
  }

  /** A user that there is keeps his password and tags. */
  #permit({ name: vhost, events }: VirtualHost, metadata: Metadata, { record, grants }: DefaultUser): void {
    const { name, tags } = record;
    if (metadata.users.get(name) === undefined) {
      metadata.users.set(record);
      userCreated(events, name);
      if (tags.length > 0) tagsSet(events, name, tags);
    }
    metadata.permissions.set(vhost, name, grants);
    const { configure, write, read } = grants;
    permissionSet(events, vhost, name, { configure: configure.source, write: write.source, read: read.source });
    this.#logger.info({ vhost, user: name }, 'a default user was permitted');
  }
}

function matching<Given>(defaults: readonly Default<Given>[], { name }: VirtualHost): readonly Given[] {
  return defaults.filter(({ vhosts }) => vhosts.matches(name)).map(({ given }) => given);
}

async function compiled<Input extends ForVhosts, Given>(
  what: string,
  inputs: readonly Input[] = [],
  compile: (input: Input) => Promise<Given>,
): Promise<Default<Given>[]> {
  const defaults: Default<Given>[] = [];
  for (const input of inputs) {
    try {
      defaults.push({ vhosts: await compileAccess(input.vhostPattern ?? ALL), given: await compile(input) });
    } catch (error) {
      const reason = error instanceof PolicyError ? error.problems.join('; ') : (error as Error).message;
      throw new StartError('option', `The default ${what} cannot be used: ${reason}.`);
    }
  }
  return defaults;
}

async function compilePolicy(input: PolicyInput & { readonly name: string }): Promise<DefaultPolicy> {
  const pattern = await compilePattern(input.pattern);
  return { policy: checkPolicy('operator policy', input.name, input, undefined), pattern };
}

async function compileUser(
  input: DefaultUserInput,
  problem: PasswordProblem,
  hashing: HashingAlgorithm,
): Promise<DefaultUser> {
  const { configure = ALL, write = ALL, read = ALL } = input.permissions ?? {};
  const grants = {
    configure: await compileAccess(configure),
    write: await compileAccess(write),
    read: await compileAccess(read),
  };
  return { record: userRecord(input.name, { hashingAlgorithm: hashing, ...input }, problem), grants };
}
