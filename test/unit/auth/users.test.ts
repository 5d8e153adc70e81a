import { describe, expect, test } from 'vitest';
import { type HashingAlgorithm, hashPassword } from '../../../src/auth/passwords.ts';
import { isLoopback, Users } from '../../../src/auth/users.ts';

function usersWith(loopbackUsers: readonly string[], hashingAlgorithm: HashingAlgorithm, passwordHash: string): Users {
  const users = new Users({ anonymousUser: 'hare', loopbackUsers });
  users.set({ name: 'hare', passwordHash, hashingAlgorithm, tags: ['management'] });
  return users;
}

const SHA_256 = 'rabbit_password_hashing_sha256';
const SHA_512 = 'rabbit_password_hashing_sha512';
const users = usersWith(['hare'], SHA_256, hashPassword('förm'));
const open = usersWith([], SHA_512, hashPassword('förm', SHA_512));
const HARE = { name: 'hare', tags: ['management'] };

function login(userName: string, password: string) {
  return { kind: 'password', userName, password } as const;
}

test('a user comes in with his password', () => {
  expect(users.authenticate(login('hare', 'förm'), '127.0.0.1')).toEqual(HARE);
});

test.each([
  ['hare', 'wrong'],
  ['hare', ''],
  ['fox', 'förm'],
  ['fox', ''],
  ['', ''],
  ['__proto__', 'förm'],
])('%s with "%s" does not', (name, password) => {
  expect(users.authenticate(login(name, password), '127.0.0.1')).toBe('unknown user or wrong password');
});

test('a loopback user may not come from elsewhere, unless the operator says so', () => {
  expect(users.authenticate(login('hare', 'förm'), '10.0.0.1')).toBe('user can only connect via localhost');
  expect(open.authenticate(login('hare', 'förm'), '10.0.0.1')).toEqual(HARE);
});

test('a wrong password is not told apart by where it comes from', () => {
  expect(users.authenticate(login('hare', 'wrong'), '10.0.0.1')).toBe('unknown user or wrong password');
});

test('an anonymous login is the user that was named for it, with the same limits', () => {
  expect(users.authenticate({ kind: 'anonymous' }, '::1')).toEqual(HARE);
  expect(users.authenticate({ kind: 'anonymous' }, '10.0.0.1')).toBe('user can only connect via localhost');
  const none = new Users({ anonymousUser: 'fox', loopbackUsers: [] });
  expect(none.authenticate({ kind: 'anonymous' }, '::1')).toBe('unknown user or wrong password');
});

describe('a hash that RabbitMQ made', () => {
  // Of RabbitMQ 4.3's management API, for the password `p`.
  test.each([
    [SHA_256, 'y1+0KeBSZSIUiAi6/5qEWBIFyzULBeJRX2yz0b7e/h3LH9Xe'],
    [SHA_512, 'jiHeoFhBVvMsrDdfsCElqCSJCqWhmW4wsHmw3+i1wzJTYZ5dDGOol9RFKJXqNJjvetiohhMbSZt4+Dp2ua5d/hyadyA='],
  ] as const)('of %s lets its password in and no other', (algorithm, passwordHash) => {
    const theirs = usersWith([], algorithm, passwordHash);
    expect(theirs.authenticate(login('hare', 'p'), '::1')).toEqual(HARE);
    expect(theirs.authenticate(login('hare', 'q'), '::1')).toBe('unknown user or wrong password');
  });

  test.each(['', 'AAAA', 'y1+0KeBSZSIUiAi6'])('that is not one, "%s", lets nobody in', (passwordHash) => {
    const broken = usersWith([], SHA_256, passwordHash);
    for (const password of ['', 'p']) {
      expect(broken.authenticate(login('hare', password), '::1')).toBe('unknown user or wrong password');
    }
  });
});

test('the same password is hashed differently each time', () => {
  expect(hashPassword('förm')).not.toBe(hashPassword('förm'));
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:10.0.0.1', false],
  ['128.0.0.1', false],
  ['127.example.com', false],
  ['', false],
])('%s is this machine: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

test.each([
  ['förm', HARE],
  ['wrong', 'unknown user or wrong password'],
  ['', 'unknown user or wrong password'],
  [undefined, HARE],
])('an anonymous login counts with the right password, where one is given: %s', (anonymousPassword, outcome) => {
  const anonymous = new Users({ anonymousUser: 'hare', anonymousPassword, loopbackUsers: [] });
  anonymous.set({ name: 'hare', passwordHash: hashPassword('förm'), hashingAlgorithm: SHA_256, tags: HARE.tags });
  expect(anonymous.authenticate({ kind: 'anonymous' }, '10.0.0.1')).toEqual(outcome);
});
