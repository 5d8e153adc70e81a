import { expect, test } from 'vitest';
import { ctl } from '../../../support/ctl.ts';
import { failing, fakeApi } from '../../../support/fake_api.ts';

test.each([
  [['add_user'], 'not enough arguments.'],
  [['delete_user', 'a', 'b'], 'too many arguments.'],
  [['list_users', '--bogus'], "unknown option '--bogus'"],
  [['list_users', '--formatter', 'xml'], "option '--formatter <format>' argument 'xml' is invalid."],
  [['list_users', '-t', 'soon'], "option '-t, --timeout <seconds>' argument 'soon' is invalid."],
])('%j is a mistake of usage', async (words, what) => {
  const { stdout, stderr, code } = await ctl('http://127.0.0.1:1', ...words);
  expect(stdout).toBe('');
  expect(stderr).toContain(`Error (argument validation): ${what}`);
  expect(stderr).toContain(`Usage\n\nleveret ctl ${words[0]} `);
  expect(code).toBe(64);
});

test('a verb that there is not is told, with the one that is nearest', async () => {
  const { stderr, code } = await ctl('http://127.0.0.1:1', 'list_queu');
  expect(stderr).toMatch(/^\nCommand 'list_queu' not found\.\nDid you mean 'list_queues'\?\n/);
  expect(code).toBe(64);
});

test('where nothing listens, the sentence says what was tried', async () => {
  const { stderr, code } = await ctl('http://guest:secret@127.0.0.1:9', 'list_users');
  expect(stderr).toBe(
    'Error:\nunable to reach http://127.0.0.1:9 (bad port). Does the broker run, and is its management API on?\n',
  );
  expect(code).toBe(69);
});

test('an API that gives no answer is waited for as long as --timeout says', async () => {
  const { url } = await fakeApi({ 'GET /api/users': 'silence' });
  const { stderr, code } = await ctl(url, '-t', '0.05', 'list_users');
  expect(stderr).toMatch(/gave no answer within 0\.05 seconds\n$/);
  expect(code).toBe(75);
});

test('a login that is refused ends with 77', async () => {
  const { url } = await fakeApi({ 'GET /api/users': failing(401, 'Not_Authorized') });
  expect(await ctl(url, '-q', 'list_users')).toEqual({ stdout: '', stderr: 'Error:\nNot_Authorized\n', code: 77 });
});

test("a reason that is an Erlang term is made readable, and RabbitMQ's own texts are printed as they are", async () => {
  const term = ['invalid_regexp', [40], [[109, 105, 115, 115], 1]];
  const validation = 'Validation failed\n\n-10 is not a valid maximum length\n';
  const { url } = await fakeApi({
    'PUT /api/permissions/%2F/ann': failing(400, term),
    'PUT /api/policies/%2F/p': failing(400, validation),
    'GET /api/vhosts/%2F': {},
    'GET /api/users/ann': {},
  });
  const permissions = await ctl(url, '-q', 'set_permissions', 'ann', '(', '', '');
  expect(permissions).toEqual({ stdout: '', stderr: 'Error:\ninvalid_regexp ( miss 1\n', code: 69 });
  const policy = await ctl(url, '-q', 'set_policy', 'p', '^q', '{"max-length":-10}');
  expect(policy).toEqual({ stdout: '', stderr: `Error:\n${validation}\n`, code: 69 });
});

test.each(['ftp://127.0.0.1', 'nonsense'])('%s is no URL of a management API', async (url) => {
  const { stderr, code } = await ctl(url, 'list_users');
  expect(stderr).toMatch(/^Error:\n--url is not the URL of a management API/);
  expect(code).toBe(64);
});
