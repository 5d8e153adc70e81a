import { expect, test } from 'vitest';
import { passwordProblem } from '../../../src/auth/credential_validator.ts';

const NO_MATCH = 'provided password does not match the validator regular expression';

test('any password will do where nothing is asked of them', async () => {
  expect((await passwordProblem(undefined))('')).toBeUndefined();
});

test.each([
  ['1234', 'minimum required password length is 5'],
  ['12345', undefined],
  // In bytes, as RabbitMQ counts.
  ['ööx', undefined],
  ['öö', 'minimum required password length is 5'],
])('a length that passwords have at least: %s', async (password, problem) => {
  expect((await passwordProblem({ minLength: 5 }))(password)).toBe(problem);
});

test.each([
  ['^\\d+$', '123', undefined],
  ['^\\d+$', '12x', NO_MATCH],
  ['[A-Z]', 'aBc', undefined],
  ['^(?=.*[A-Z])(?=.*\\d).{4,}$', 'aB1c', undefined],
  ['^(?=.*[A-Z])(?=.*\\d).{4,}$', 'ab1c', NO_MATCH],
])('a regular expression that is found in passwords: %s in %s', async (regexp, password, problem) => {
  expect((await passwordProblem({ regexp }))(password)).toBe(problem);
});

test('an expression that could take for ever does not', async () => {
  const problemOf = await passwordProblem({ regexp: '^(a+)+$' });
  expect(problemOf(`${'a'.repeat(50_000)}!`)).toBe(NO_MATCH);
});
