import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { closing, startBroker } from '../support/broker.ts';

const SHA_512_BYTES = 4 + 64;

test('passwords of new users are hashed as the operator says', async () => {
  const broker = await startBroker({
    passwordHashing: 'rabbit_password_hashing_sha512',
    vhostDefaults: { users: [{ name: 'tester', password: 'clover' }] },
    management: { port: 0 },
  });
  await broker.users.set('hare', { password: 'clover' });
  await broker.users.set('hound', { password: 'bone', hashingAlgorithm: 'rabbit_password_hashing_sha256' });
  expect(broker.users.list().map(({ name, hashingAlgorithm }) => [name, hashingAlgorithm])).toEqual([
    ['guest', 'rabbit_password_hashing_sha512'],
    ['tester', 'rabbit_password_hashing_sha512'],
    ['hare', 'rabbit_password_hashing_sha512'],
    ['hound', 'rabbit_password_hashing_sha256'],
  ]);
  const { json } = await Api.of(broker).get('auth/hash_password/secret');
  expect(Buffer.from(json.ok, 'base64')).toHaveLength(SHA_512_BYTES);
  closing(await connect(`amqp://guest:guest@127.0.0.1:${broker.port}`));
  await expect(connect(`amqp://guest:wrong@127.0.0.1:${broker.port}`)).rejects.toThrow('ACCESS_REFUSED');
});
