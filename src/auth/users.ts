import { isIP } from 'node:net';
import type { Credentials } from './mechanisms.ts';
import type { Token } from './oauth2/token_access.ts';
import { DEFAULT_HASHING, type HashingAlgorithm, hashPassword, passwordMatches } from './passwords.ts';

/** A user as he is stored. */
export interface UserRecord {
  readonly name: string;
  /** As auth/passwords.ts draws it; empty for a user who has no password. */
  readonly passwordHash: string;
  readonly hashingAlgorithm: HashingAlgorithm;
  /** `administrator`, `monitoring`, `policymaker`, `management`, `impersonator`, or any other word. */
  readonly tags: readonly string[];
}

/** Somebody who has logged in: his tags as they were then, as in RabbitMQ. */
export interface User {
  readonly name: string;
  readonly tags: readonly string[];
  /** Of one who came with a token: what he may do is in it. */
  readonly token?: Token | undefined;
}

export interface UsersOptions {
  /** Whom anonymous logins are taken for. */
  readonly anonymousUser: string;
  /** If given, it must be his password. */
  readonly anonymousPassword?: string | undefined;
  /** Users that may only come from this machine. */
  readonly loopbackUsers: readonly string[];
  /** How passwords of new users are hashed. */
  readonly hashing?: HashingAlgorithm | undefined;
}

/** Why a login was refused; for the log, never for the peer. */
export type Refusal = 'unknown user or wrong password' | 'user can only connect via localhost';

/** Who may log in. */
export class Users {
  /** Users that may only come from this machine. */
  loopbackUsers: readonly string[];
  /** How passwords of new users are hashed. */
  readonly hashing: HashingAlgorithm;
  readonly #options: UsersOptions;
  /** What a password is compared with where there is no such user: the same work, and nothing matches. */
  readonly #nobody: Pick<UserRecord, 'passwordHash' | 'hashingAlgorithm'>;
  readonly #byName = new Map<string, UserRecord>();

  constructor(options: UsersOptions) {
    this.#options = options;
    this.loopbackUsers = options.loopbackUsers;
    this.hashing = options.hashing ?? DEFAULT_HASHING;
    this.#nobody = { passwordHash: hashPassword('', this.hashing), hashingAlgorithm: this.hashing };
  }

  /** Adds the user, or replaces the one of that name. */
  set(user: UserRecord): void {
    this.#byName.set(user.name, user);
  }

  delete(name: string): boolean {
    return this.#byName.delete(name);
  }

  get(name: string): UserRecord | undefined {
    return this.#byName.get(name);
  }

  list(): readonly UserRecord[] {
    return [...this.#byName.values()];
  }

  authenticate(credentials: Credentials, remoteAddress: string): User | Refusal {
    const { anonymousUser, anonymousPassword } = this.#options;
    const isAnonymous = credentials.kind === 'anonymous';
    const name = isAnonymous ? anonymousUser : credentials.userName;
    const user = this.#byName.get(name);
    const password = isAnonymous
      ? anonymousPassword
      : credentials.kind === 'password'
        ? credentials.password
        : undefined;
    if (password !== undefined) {
      const { passwordHash, hashingAlgorithm } = user ?? this.#nobody;
      const matches = passwordMatches(password, passwordHash, hashingAlgorithm);
      // RabbitMQ lets nobody in with an empty password, whatever the hash says.
      if (!matches || password === '') return 'unknown user or wrong password';
    }
    if (user === undefined) return 'unknown user or wrong password';
    if (!this.mayComeFrom(name, remoteAddress)) return 'user can only connect via localhost';
    return { name, tags: user.tags };
  }

  mayComeFrom(name: string, remoteAddress: string): boolean {
    return !this.loopbackUsers.includes(name) || isLoopback(remoteAddress);
  }
}

/** 127.0.0.0/8 and ::1, also as an IPv4 address mapped into IPv6. */
export function isLoopback(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  if (isIP(plain) === 4) return plain.startsWith('127.');
  return plain === '::1';
}
