import { connect, credentials } from 'amqplib';
import { expect, test } from 'vitest';
import { closing, startBroker, until } from '../../support/broker.ts';
import { certificates, tlsFiles } from '../../support/certificates.ts';
import { channelOn, connectTo } from '../amqplib/support.ts';

test.each([
  ['TLSv1.3', { ssl_protocol: 'tlsv1.3', ssl_key_exchange: 'any', ssl_cipher: 'aes_256_gcm', ssl_hash: 'aead' }],
  [
    'TLSv1.2',
    { ssl_protocol: 'tlsv1.2', ssl_key_exchange: 'ecdhe_rsa', ssl_cipher: 'aes_128_cbc', ssl_hash: 'sha256' },
  ],
] as const)('events tell of the TLS of a connection and of the certificate: %s', async (version, facts) => {
  const broker = await startBroker({
    events: true,
    tls: { ...tlsFiles(), verify: 'verify_peer', ciphers: ['TLS_AES_256_GCM_SHA384', 'ECDHE-RSA-AES128-SHA256'] },
    authMechanisms: ['PLAIN', 'EXTERNAL'],
    certificateLogin: { from: 'common_name' },
  });
  const channel = await channelOn((await connectTo(broker)).connection);
  await channel.assertQueue('events');
  await channel.bindQueue('events', 'amq.rabbitmq.event', 'connection.created');
  const { authority, client } = certificates();
  const options: object = { ca: authority.cert, ...client, maxVersion: version, credentials: credentials.external() };
  closing(await connect(`amqps://localhost:${broker.tlsPort}`, options));
  let headers: Record<string, unknown> = {};
  await until(async () => {
    const message = await channel.get('events', { noAck: true });
    headers = message === false ? {} : (message.properties.headers ?? {});
    return message !== false;
  });
  expect(headers).toMatchObject({
    ...facts,
    ssl: true,
    auth_mechanism: 'EXTERNAL',
    user: 'guest',
    peer_cert_subject: 'CN=guest,O=Leveret development',
    peer_cert_issuer: 'CN=Leveret development CA,O=Leveret development',
    peer_cert_serial_number: expect.stringMatching(/^[0-9A-F]{1,32}$/),
    peer_cert_validity: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ - \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
});
