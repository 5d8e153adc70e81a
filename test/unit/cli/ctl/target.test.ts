import { expect, test } from 'vitest';
import { readTarget } from '../../../../src/cli/ctl/target.ts';

const base = 'http://127.0.0.1:15672';

test.each([
  [{}, {}, { base, user: 'guest', password: 'guest' }],
  [{}, { RABBITMQ_DEFAULT_USER: 'shop', RABBITMQ_DEFAULT_PASS: 'clover' }, { base, user: 'shop', password: 'clover' }],
  [{ node: 'rabbit@b' }, { LEVERET_DEFAULT_USER: 'shop' }, { base: 'http://b:15672', user: 'shop', password: 'guest' }],
  [{ url: 'http://a%40b:c%3Ad@h:1/x/' }, {}, { base: 'http://h:1/x', user: 'a@b', password: 'c:d' }],
  [{ url: 'http://a@h:1' }, { LEVERET_DEFAULT_PASS: 'clover' }, { base: 'http://h:1', user: 'a', password: '' }],
  [{}, { LEVERET_URL: 'https://h' }, { base: 'https://h', user: 'guest', password: 'guest' }],
])('with %j and %j, it is asked as %j', (flags, environment, target) => {
  expect(readTarget(flags, environment)).toEqual(target);
});
