import { expect, test } from 'vitest';
import { isLoopback, Users } from '../../../src/auth/users.ts';

const users = new Users({ defaultUser: 'hare', defaultPassword: 'förm', loopbackUsers: ['hare'] });
const open = new Users({ defaultUser: 'hare', defaultPassword: 'förm', loopbackUsers: [] });

function login(userName: string, password: string) {
  return { kind: 'password', userName, password } as const;
}

test('the default user comes in with its password', () => {
  expect(users.authenticate(login('hare', 'förm'), '127.0.0.1')).toEqual({ name: 'hare' });
});

test.each([
  ['hare', 'wrong'],
  ['hare', ''],
  ['fox', 'förm'],
  ['', ''],
  ['__proto__', 'förm'],
])('%s with "%s" does not', (name, password) => {
  expect(users.authenticate(login(name, password), '127.0.0.1')).toBe('unknown user or wrong password');
});

test('a loopback user may not come from elsewhere, unless the operator says so', () => {
  expect(users.authenticate(login('hare', 'förm'), '10.0.0.1')).toBe('user can only connect via localhost');
  expect(open.authenticate(login('hare', 'förm'), '10.0.0.1')).toEqual({ name: 'hare' });
});

test('a wrong password is not told apart by where it comes from', () => {
  expect(users.authenticate(login('hare', 'wrong'), '10.0.0.1')).toBe('unknown user or wrong password');
});

test('an anonymous login is the default user, with the same limits', () => {
  expect(users.authenticate({ kind: 'anonymous' }, '::1')).toEqual({ name: 'hare' });
  expect(users.authenticate({ kind: 'anonymous' }, '10.0.0.1')).toBe('user can only connect via localhost');
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
