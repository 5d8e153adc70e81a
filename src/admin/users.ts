import type { PasswordProblem } from '../auth/credential_validator.ts';
import {
  DEFAULT_HASHING,
  type HashingAlgorithm,
  hashPassword,
  isHashingAlgorithm,
  isPasswordHash,
} from '../auth/passwords.ts';
import type { UserRecord } from '../auth/users.ts';
import type { Events } from '../core/events.ts';
import { printJson } from '../core/policy/print_json.ts';
import type { Connection } from '../server/connection/connection.ts';
import type { UserLimits } from '../server/limits.ts';
import type { AdministrationContext } from './administration.ts';
import { checkName, ManagementError } from './management_error.ts';
import type { Metadata } from './metadata.ts';
import { passwordChanged, tagsSet, userCreated, userDeleted, userLimitsChanged } from './node_events.ts';

export type { HashingAlgorithm, UserLimits };

/** A user as the broker keeps him. The password itself is kept nowhere. */
export interface UserInfo extends UserRecord {
  readonly limits: UserLimits;
}

/** A user with neither password nor hash cannot log in with a password. */
export interface UserInput {
  readonly password?: string;
  /** Instead of a password: as RabbitMQ's definitions have it, in base64. */
  readonly passwordHash?: string;
  /** How `passwordHash` was made, or the password is to be hashed; the broker's `passwordHashing` if left out. */
  readonly hashingAlgorithm?: HashingAlgorithm;
  /** `administrator`, `monitoring`, `policymaker`, `management`, `impersonator`; none if left out. */
  readonly tags?: readonly string[];
}

/**
 * The users of a broker. A change resolves when it will survive a restart. Connections that are open stay so when a password or
 * tags change, as in RabbitMQ; they are closed when their user is deleted.
 */
export interface Users {
  /** Adds a user, or replaces the one of that name, all of him but his limits and permissions. */
  set(name: string, user: UserInput): Promise<void>;
  changePassword(name: string, password: string): Promise<void>;
  setTags(name: string, tags: readonly string[]): Promise<void>;
  /** Takes the place of the limits that he has; `{}` takes them away. */
  setLimits(name: string, limits: UserLimits): Promise<void>;
  /** With his permissions. Resolves to false if there is none of that name. */
  delete(name: string): Promise<boolean>;
  get(name: string): UserInfo | undefined;
  list(): readonly UserInfo[];
}

const LIMITS = ['max-connections', 'max-channels'];

export class MetadataUsers implements Users {
  readonly #metadata: Metadata;
  readonly #connections: ReadonlySet<Connection>;
  readonly #events: Events;
  readonly #problem: PasswordProblem;

  constructor({ metadata, connections, events, passwordProblem }: AdministrationContext) {
    this.#metadata = metadata;
    this.#connections = connections;
    this.#events = events;
    this.#problem = passwordProblem;
  }

  async set(name: string, input: UserInput): Promise<void> {
    const record = userRecord(name, { hashingAlgorithm: this.#metadata.users.hashing, ...input }, this.#problem);
    const { passwordHash, tags } = record;
    const before = this.#metadata.users.get(name);
    this.#metadata.users.set(record);
    if (before === undefined) userCreated(this.#events, name);
    else if (passwordHash !== before.passwordHash) passwordChanged(this.#events, name, passwordHash);
    if (tags.length > 0 || (before?.tags.length ?? 0) > 0) tagsSet(this.#events, name, tags);
    await this.#metadata.save();
  }

  async changePassword(name: string, password: string): Promise<void> {
    const user = this.#user(name);
    checkPassword(password, this.#problem);
    const passwordHash = hashPassword(password, user.hashingAlgorithm);
    this.#metadata.users.set({ ...user, passwordHash });
    passwordChanged(this.#events, name, passwordHash);
    await this.#metadata.save();
  }

  async setTags(name: string, tags: readonly string[]): Promise<void> {
    this.#metadata.users.set({ ...this.#user(name), tags: checkTags(tags) });
    tagsSet(this.#events, name, tags);
    await this.#metadata.save();
  }

  async setLimits(name: string, limits: UserLimits): Promise<void> {
    this.#user(name);
    checkLimits(limits, LIMITS, 'user-limits');
    replaceLimits(this.#metadata.userLimits, name, limits);
    userLimitsChanged(this.#events, name, limits);
    await this.#metadata.save();
  }

  async delete(name: string): Promise<boolean> {
    const { users, permissions, userLimits, save } = this.#metadata;
    if (!users.delete(name)) return false;
    permissions.userDeleted(name);
    userLimits.delete(name);
    userDeleted(this.#events, name);
    const text = `user '${name}' is deleted`;
    for (const connection of [...this.#connections]) {
      if (connection.userName === name) connection.forceClose(text, text);
    }
    await save();
    return true;
  }

  get(name: string): UserInfo | undefined {
    const user = this.#metadata.users.get(name);
    return user === undefined ? undefined : this.#info(user);
  }

  list(): readonly UserInfo[] {
    return this.#metadata.users.list().map((user) => this.#info(user));
  }

  #info(user: UserRecord): UserInfo {
    return { ...user, limits: this.#metadata.userLimits.get(user.name) ?? {} };
  }

  #user(name: string): UserRecord {
    const user = this.#metadata.users.get(name);
    if (user === undefined) throw new ManagementError('not-found', `no user '${name}'`);
    return user;
  }
}

/** Throws for what cannot be a user. */
export function userRecord(name: string, input: UserInput, problem: PasswordProblem): UserRecord {
  checkName('user', name);
  const { password, hashingAlgorithm = DEFAULT_HASHING, tags = [] } = input;
  if (!isHashingAlgorithm(hashingAlgorithm)) {
    throw new ManagementError('invalid', `unknown hashing algorithm '${hashingAlgorithm}'`);
  }
  if (password !== undefined) checkPassword(password, problem);
  const passwordHash = password === undefined ? (input.passwordHash ?? '') : hashPassword(password, hashingAlgorithm);
  if (!isPasswordHash(passwordHash)) throw new ManagementError('invalid', 'the password hash is not in base64');
  return { name, passwordHash, hashingAlgorithm, tags: checkTags(tags) };
}

function checkPassword(password: string, problemOf: PasswordProblem): void {
  const problem = problemOf(password);
  if (problem !== undefined) throw new ManagementError('credentials', problem);
}

export function checkTags(tags: readonly string[]): readonly string[] {
  if (tags.every((tag) => typeof tag === 'string')) return [...tags];
  throw new ManagementError('invalid', 'tags should be strings');
}

/** None are no entry. */
export function replaceLimits<Limits extends object>(all: Map<string, Limits>, name: string, limits: Limits): void {
  if (Object.keys(limits).length === 0) all.delete(name);
  else all.set(name, { ...limits });
}

/** Whole numbers, of which a negative one is no limit. */
export function checkLimits(limits: object, known: readonly string[], what: string): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!known.includes(name))
      throw new ManagementError('invalid', `Unrecognised terms [{${printJson(name)},${printJson(value)}}] in ${what}`);
    if (!Number.isInteger(value)) {
      throw new ManagementError('invalid', `${name} should be a number, actually was ${printJson(value)}`);
    }
  }
}
