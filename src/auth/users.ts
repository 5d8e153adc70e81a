import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Credentials } from './mechanisms.ts';

export interface User {
  readonly name: string;
}

export interface UsersOptions {
  readonly defaultUser: string;
  readonly defaultPassword: string;
  /** Users that may only come from this machine. */
  readonly loopbackUsers: readonly string[];
}

/** Why a login was refused; for the log, never for the peer. */
export type Refusal = 'unknown user or wrong password' | 'user can only connect via localhost';

/** Who may log in: one user, as configured. */
export class Users {
  /** Users that may only come from this machine. */
  loopbackUsers: readonly string[];
  readonly #options: UsersOptions;
  readonly #passwordHash: Buffer;

  constructor(options: UsersOptions) {
    this.#options = options;
    this.loopbackUsers = options.loopbackUsers;
    this.#passwordHash = hash(options.defaultPassword);
  }

  /** An anonymous login is the default user's, as in RabbitMQ. */
  authenticate(credentials: Credentials, remoteAddress: string): User | Refusal {
    const { defaultUser } = this.#options;
    const name = credentials.kind === 'anonymous' ? defaultUser : credentials.userName;
    if (credentials.kind === 'certificate' && name !== defaultUser) return 'unknown user or wrong password';
    if (credentials.kind === 'password') {
      // Compared always, and as hashes, so that the time taken tells nothing about either.
      const passwordMatches = timingSafeEqual(hash(credentials.password), this.#passwordHash);
      if (name !== defaultUser || !passwordMatches) return 'unknown user or wrong password';
    }
    if (this.loopbackUsers.includes(name) && !isLoopback(remoteAddress)) return 'user can only connect via localhost';
    return { name };
  }
}

function hash(password: string): Buffer {
  return createHash('sha256').update(password).digest();
}

/** 127.0.0.0/8 and ::1, also as an IPv4 address mapped into IPv6. */
export function isLoopback(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  if (isIP(plain) === 4) return plain.startsWith('127.');
  return plain === '::1';
}
