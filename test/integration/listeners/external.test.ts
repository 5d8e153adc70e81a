import { connect, credentials } from 'amqplib';
import { expect, test } from 'vitest';
import type { BrokerOptions, CertificateLogin } from '../../../src/index.ts';
import { closing, dial, startBroker } from '../../support/broker.ts';
import { certificates, certificatesFor, tlsFiles } from '../../support/certificates.ts';
import { keptLog } from '../../support/kept_log.ts';

async function externalBroker(certificateLogin: Partial<CertificateLogin>, given: BrokerOptions = {}) {
  const { logger, lines } = keptLog();
  const broker = await startBroker({
    logger,
    tls: { ...tlsFiles(), verify: 'verify_peer' },
    authMechanisms: ['EXTERNAL', 'PLAIN'],
    certificateLogin,
    ...given,
  });
  return { broker, lines };
}

function login(port: number | undefined, certificate: object): Promise<unknown> {
  const options = { ca: certificates().authority.cert, ...certificate, credentials: credentials.external() };
  return connect(`amqps://localhost:${port}`, options).then((connection) => closing(connection));
}

test('the common name of a certificate logs its user in, without a password', async () => {
  const { broker, lines } = await externalBroker({ from: 'common_name' });
  await login(broker.tlsPort, certificates().client);
  const opened = lines.find(({ message }) => message === 'connection authenticated');
  expect(opened?.fields).toMatchObject({ user: 'guest', vhost: '/' });
});

test('the distinguished name is the user, in the order of RFC 4514', async () => {
  const defaultUser = 'CN=hare,O=Leveret development';
  const { broker } = await externalBroker({}, { defaultUser });
  await login(broker.tlsPort, certificatesFor({ client: 'hare' }).client);
});

test('a name that nobody has is refused', async () => {
  const { broker, lines } = await externalBroker({ from: 'common_name' });
  await expect(login(broker.tlsPort, certificatesFor({ client: 'stranger' }).client)).rejects.toThrow(
    /ACCESS.REFUSED - Login was refused using authentication mechanism EXTERNAL/,
  );
  expect(lines.find(({ message }) => message === 'login refused')?.fields).toMatchObject({ user: 'stranger' });
});

test('without a certificate, or a name of the kind that is asked for, nobody is let in', async () => {
  const { broker, lines } = await externalBroker({ from: 'subject_alternative_name', sanType: 'email' });
  await expect(login(broker.tlsPort, {})).rejects.toThrow(/ACCESS.REFUSED/);
  await expect(login(broker.tlsPort, certificates().client)).rejects.toThrow(/ACCESS.REFUSED/);
  const warned = lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  expect(warned).toEqual(
    expect.arrayContaining(['EXTERNAL login without a client certificate', 'no user name in the client certificate']),
  );
});

test('the mechanism is not offered where there is no TLS', async () => {
  const { broker } = await externalBroker({ from: 'common_name' });
  const { client, transcript } = await dial(broker);
  client.header();
  await client.answer(0, ['connection.start']);
  expect(transcript.at(-1)).toContain('mechanisms:PLAIN,');
  await client.call(0, 'connection.start-ok', { mechanism: 'EXTERNAL', response: Buffer.alloc(0) });
  expect(transcript.at(-1)).toContain('replyCode:503');
});
