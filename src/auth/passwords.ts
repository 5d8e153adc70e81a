// A password hash, as RabbitMQ stores it and has it in its definitions, in base64:
//
//   salt       4 bytes
//   digest     of the salt and the password in UTF-8: 32 bytes of SHA-256, 64 of SHA-512, 16 of MD5
//
// An empty hash is that of a user who has no password, and cannot log in with one.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SALT_BYTES = 4;

/** RabbitMQ's names. New passwords are never hashed with MD5: it is here for definitions that are very old. */
const DIGESTS = {
  rabbit_password_hashing_sha256: { name: 'sha256', bytes: 32 },
  rabbit_password_hashing_sha512: { name: 'sha512', bytes: 64 },
  rabbit_password_hashing_md5: { name: 'md5', bytes: 16 },
} as const;

export type HashingAlgorithm = keyof typeof DIGESTS;

export const DEFAULT_HASHING: HashingAlgorithm = 'rabbit_password_hashing_sha256';

export function isHashingAlgorithm(name: unknown): name is HashingAlgorithm {
  return typeof name === 'string' && Object.hasOwn(DIGESTS, name);
}

export function hashPassword(password: string, algorithm: HashingAlgorithm = DEFAULT_HASHING): string {
  const salt = randomBytes(SALT_BYTES);
  return Buffer.concat([salt, digest(salt, password, algorithm)]).toString('base64');
}

/** Whether it is in base64, and nothing else: RabbitMQ looks no closer, and such a user just cannot log in. */
export function isPasswordHash(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

/** In the same time whatever is different. */
export function passwordMatches(password: string, passwordHash: string, algorithm: HashingAlgorithm): boolean {
  const bytes = Buffer.from(passwordHash, 'base64');
  const { bytes: digestBytes } = DIGESTS[algorithm];
  const isWhole = bytes.length === SALT_BYTES + digestBytes;
  const expected = isWhole ? bytes.subarray(SALT_BYTES) : Buffer.alloc(digestBytes);
  const matches = timingSafeEqual(digest(bytes.subarray(0, SALT_BYTES), password, algorithm), expected);
  return isWhole && matches;
}

function digest(salt: Uint8Array, password: string, algorithm: HashingAlgorithm): Buffer {
  return createHash(DIGESTS[algorithm].name).update(salt).update(password, 'utf8').digest();
}
