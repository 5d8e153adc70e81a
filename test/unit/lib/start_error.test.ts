import { expect, test } from 'vitest';
import { listenError, StartError } from '../../../src/lib/start_error.ts';

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

test.each([
  ['EADDRINUSE', 'port-in-use', 'Cannot listen on 0.0.0.0:5672: another program is using this port.'],
  ['EACCES', 'address', 'Cannot listen on 0.0.0.0:5672: the system does not permit this port to this user.'],
  ['EADDRNOTAVAIL', 'address', 'Cannot listen on 0.0.0.0:5672: this machine does not have that address.'],
  ['ENOTFOUND', 'address', 'Cannot listen on 0.0.0.0:5672: the host name "0.0.0.0" is not known.'],
])('%s is told in a sentence', (code, startCode, sentence) => {
  const error = listenError(failure(code), { host: '0.0.0.0', port: 5672 });
  expect(error).toBeInstanceOf(StartError);
  expect([(error as StartError).code, error.message]).toEqual([startCode, sentence]);
});

test('an IPv6 address stands in brackets', () => {
  expect(listenError(failure('EADDRINUSE'), { host: '::1', port: 5672 }).message).toContain('[::1]:5672');
});

test('a Unix domain socket is named by its path', () => {
  const { message } = listenError(failure('EADDRINUSE'), { path: '/run/leveret.sock' });
  expect(message).toBe('Cannot listen on /run/leveret.sock: another program is using this path.');
});

test('what nobody can mend is left as it came', () => {
  const error = failure('EMFILE');
  expect(listenError(error, { host: 'h', port: 1 })).toBe(error);
});
