import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hashPassword } from '../../src/auth/passwords.ts';
import { type Broker, createBroker } from '../../src/index.ts';
import { Api } from '../support/api.ts';
import { startBroker } from '../support/broker.ts';
import { ctl } from '../support/ctl.ts';

const SHORT = 'minimum required password length is 8';
const REFUSED = { error: 'bad_request', reason: 'credential_validation_failed', detail: SHORT };

function strict(): Promise<Broker> {
  return startBroker({
    credentialValidator: { minLength: 8 },
    defaultPassword: 'guest-guest',
    management: { port: 0 },
  });
}

test('a password that is too short makes no user, and takes no place of another', async () => {
  const broker = await strict();
  await expect(broker.users.set('hare', { password: 'clover' })).rejects.toMatchObject({
    code: 'credentials',
    message: SHORT,
  });
  expect(broker.users.get('hare')).toBeUndefined();
  await broker.users.set('hare', { password: 'clover-clover' });
  const before = broker.users.get('hare');
  await expect(broker.users.changePassword('hare', 'clover')).rejects.toThrow(SHORT);
  await expect(broker.users.set('hare', { password: 'clover' })).rejects.toThrow(SHORT);
  expect(broker.users.get('hare')).toEqual(before);
});

test('a hash, or no password, is not looked at', async () => {
  const broker = await strict();
  await broker.users.set('hare', { passwordHash: hashPassword('clover') });
  await broker.users.set('fox', {});
  expect(broker.users.list().map(({ name }) => name)).toEqual(['guest', 'hare', 'fox']);
});

test('the API answers as RabbitMQ does, and says why', async () => {
  const api = Api.of(await strict(), 'guest', 'guest-guest');
  expect(await api.put('users/hare', { password: 'clover', tags: '' })).toMatchObject({ status: 400, json: REFUSED });
  expect(await api.put('users/hare', { password: '', tags: '' })).toMatchObject({ status: 400, json: REFUSED });
  const users = [{ name: 'hare', password: 'clover', tags: '' }];
  expect(await api.post('definitions', { users })).toMatchObject({ status: 400, json: REFUSED });
  expect((await api.get('users/hare')).status).toBe(404);
  expect((await api.put('users/hare', { tags: '' })).status).toBe(201);
});

test('ctl says what is wrong with a password', async () => {
  const broker = await strict();
  const url = `http://guest:guest-guest@127.0.0.1:${broker.managementPort}`;
  const refused = { stderr: `Error:\n${SHORT}\n`, code: 69 };
  expect(await ctl(url, '-q', 'add_user', 'hare', 'clover')).toMatchObject(refused);
  expect(await ctl(url, '-q', 'change_password', 'guest', 'clover')).toMatchObject(refused);
  expect((await ctl(url, '-q', 'add_user', 'hare', 'clover-clover')).code).toBe(0);
});

test('the users that a broker is to have from the start are looked at too', async () => {
  const credentialValidator = { regexp: '[0-9]' };
  const problem = 'provided password does not match the validator regular expression';
  await expect(createBroker({ credentialValidator })).rejects.toThrow(`The default user cannot be made: ${problem}.`);
  const vhostDefaults = { users: [{ name: 'hare', password: 'clover' }] };
  await expect(createBroker({ credentialValidator, defaultPassword: 'guest1', vhostDefaults })).rejects.toThrow(
    `The default users cannot be used: ${problem}.`,
  );
});

test('who has a password already keeps it when more is asked for', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'leveret-credentials-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  await (await createBroker({ dataDir })).close();
  const broker = await startBroker({ dataDir, credentialValidator: { minLength: 8 }, management: { port: 0 } });
  expect((await Api.of(broker).get('whoami')).status).toBe(200);
});

test('an expression that cannot be used keeps the broker from starting', async () => {
  await expect(createBroker({ credentialValidator: { regexp: '(' } })).rejects.toThrow(
    /^The regular expression for passwords should be regular expression but is invalid: .*\.$/,
  );
});
