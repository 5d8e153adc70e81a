import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect as dialPlain } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, connect as dialTls, type TLSSocket } from 'node:tls';
import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import type { Broker, TlsOptions } from '../../../src/index.ts';
import { closing, startBroker, until } from '../../support/broker.ts';
import {
  certificates,
  certificatesFor,
  clientBehind,
  strangers,
  temporaryFolder,
  tlsFiles,
  writeHost,
  writePair,
} from '../../support/certificates.ts';
import { frameOf, handshakeBytes } from '../../support/fake_client.ts';
import { keptLog } from '../../support/kept_log.ts';
import { channelOn, confirmChannelOn, depth, Subscription } from '../amqplib/support.ts';

const START = Buffer.from('000a000a', 'hex');

async function tlsBroker(given: Partial<TlsOptions> = {}) {
  const files = tlsFiles();
  const { logger, lines } = keptLog();
  return { broker: await startBroker({ logger, tls: { ...files, ...given } }), files, lines };
}

function amqps(broker: Broker, options: ConnectionOptions = {}) {
  const url = `amqps://guest:guest@localhost:${broker.tlsPort}`;
  const socketOptions: object = { ca: certificates().authority.cert, ...options };
  return connect(url, socketOptions);
}

/** A TLS socket whose handshake is done, as the client sees it. */
async function dial(broker: Broker, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const ca = certificates().authority.cert;
  const socket = dialTls({ host: '127.0.0.1', port: broker.tlsPort ?? 0, servername: 'localhost', ca, ...options });
  socket.on('error', () => {});
  closing({ close: () => socket.destroy() });
  await once(socket, 'secureConnect');
  return socket;
}

/** Whether the broker speaks AMQP to who comes like this. */
async function isServed(broker: Broker, options: ConnectionOptions = {}): Promise<boolean> {
  const socket = dialTls({
    host: '127.0.0.1',
    port: broker.tlsPort ?? 0,
    servername: 'localhost',
    ca: certificates().authority.cert,
    ...options,
  });
  closing({ close: () => socket.destroy() });
  return new Promise((resolve) => {
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
    socket.once('secureConnect', () => socket.write('AMQP\0\0\x09\x01'));
    socket.once('data', (data: Buffer) => resolve(data.includes(START)));
  });
}

test.each(['TLSv1.2', 'TLSv1.3'] as const)('messages of all sizes go both ways over %s', async (version) => {
  const { broker } = await tlsBroker();
  const connection = closing(await amqps(broker, { minVersion: version, maxVersion: version }));
  const channel = await confirmChannelOn(connection);
  await channel.assertQueue('q');
  const subscription = await Subscription.to(channel, 'q', { noAck: true });
  const bodies = [0, 1, 1000, 16_384, 131_072, 3_000_000].map((size) => Buffer.alloc(size, `${size}`));
  for (const body of bodies) channel.sendToQueue('q', body);
  await channel.waitForConfirms();
  await subscription.received(bodies.length);
  expect(subscription.messages.every(({ content }, index) => content.equals(bodies[index] as Buffer))).toBe(true);
});

test('only the versions that are configured are spoken', async () => {
  const { broker, lines } = await tlsBroker({ versions: ['tlsv1.3'] });
  expect(await isServed(broker, { maxVersion: 'TLSv1.2' })).toBe(false);
  expect(await isServed(broker)).toBe(true);
  const refused = lines.filter(({ message }) => message === 'TLS handshake failed');
  expect(refused.map(({ level, fields }) => [level, fields['reason']])).toEqual([
    ['warn', 'ERR_SSL_UNSUPPORTED_PROTOCOL'],
  ]);
});

test('only the cipher suites that are configured are spoken', async () => {
  const { broker } = await tlsBroker({ versions: ['tlsv1.2'], ciphers: ['ECDHE-RSA-AES256-GCM-SHA384'] });
  expect((await dial(broker)).getCipher().name).toBe('ECDHE-RSA-AES256-GCM-SHA384');
  expect(await isServed(broker, { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' })).toBe(false);
});

test.each([
  { verify: 'verify_none', must: false, none: true, good: true, strange: true },
  { verify: 'verify_peer', must: false, none: true, good: true, strange: false },
  { verify: 'verify_peer', must: true, none: false, good: true, strange: false },
] as const)('$verify, certificate needed: $must', async ({ verify, must, none, good, strange }) => {
  const { broker, lines } = await tlsBroker({ verify, failIfNoPeerCert: must });
  expect(await isServed(broker)).toBe(none);
  expect(await isServed(broker, certificates().client)).toBe(good);
  expect(await isServed(broker, strangers().client)).toBe(strange);
  const reasons = lines
    .filter(({ message }) => message === 'TLS handshake failed')
    .map(({ fields }) => fields['reason']);
  const expected = [
    ...(none ? [] : ['no client certificate']),
    ...(strange ? [] : ['UNABLE_TO_VERIFY_LEAF_SIGNATURE']),
  ];
  expect(reasons).toEqual(expected);
});

test('what would not keep out whom it seems to is refused', async () => {
  const { certfile, keyfile, cacertfile } = tlsFiles();
  const needing = { verify: 'verify_none', failIfNoPeerCert: true } as const;
  const files = { certfile, keyfile };
  const refused = 'fail_if_no_peer_cert needs verify_peer';
  await expect(startBroker({ tls: { ...files, ...needing } })).rejects.toThrow(refused);
  const management = (tls: object) => startBroker({ management: { port: false, tls: { port: 0, ...files, ...tls } } });
  await expect(management(needing)).rejects.toThrow(refused);
  await expect(management({ verify: 'verify_peer' })).rejects.toThrow('verify_peer needs the certificates');
  writeFileSync(cacertfile, 'no certificate');
  await expect(startBroker({ tls: { ...files, cacertfile, verify: 'verify_peer' } })).rejects.toThrow(
    `TLS cannot use ${cacertfile}: it holds no certificate.`,
  );
});

test('verify_peer without authorities to believe is refused, and so is a certificate that cannot be used', async () => {
  const { certfile, keyfile } = tlsFiles();
  await expect(startBroker({ tls: { certfile, keyfile, verify: 'verify_peer' } })).rejects.toMatchObject({
    code: 'option',
  });
  writeFileSync(keyfile, strangers().server.key);
  await expect(startBroker({ tls: { certfile, keyfile } })).rejects.toMatchObject({ code: 'certificate' });
  await expect(startBroker({ tls: { certfile: `${certfile}.missing`, keyfile } })).rejects.toThrow(
    /Cannot read .*\.missing, which TLS needs: ENOENT/,
  );
});

test('new certificates are for new connections; those that are open stay', async () => {
  const { broker, files } = await tlsBroker();
  const before = await dial(broker);
  const connection = closing(await amqps(broker));
  const channel = await channelOn(connection);
  writePair(files.certfile, files.keyfile, certificatesFor({ host: 'reloaded' }).server);
  await broker.reloadCertificates();
  const after = await dial(broker, { servername: 'reloaded' });
  expect([before, after].map((socket) => socket.getPeerCertificate().subject.CN)).toEqual(['localhost', 'reloaded']);
  expect((await channel.assertQueue('q')).queue).toBe('q');
});

test('certificates that cannot be used change nothing', async () => {
  const { broker, files } = await tlsBroker();
  writeFileSync(files.certfile, 'no certificate');
  await expect(broker.reloadCertificates()).rejects.toMatchObject({ code: 'certificate' });
  expect((await dial(broker)).getPeerCertificate().subject.CN).toBe('localhost');
});

test('a client gets the certificate of the host name that it asks for', async () => {
  const sniDir = temporaryFolder();
  writeHost(sniDir, 'a.example');
  writeHost(sniDir, '*.b.example');
  writeFileSync(join(sniDir, 'README'), 'as certbot writes it');
  const { broker } = await tlsBroker({ sniDir });
  const names = [];
  for (const servername of ['a.example', 'A.Example', 'x.b.example', 'localhost']) {
    names.push(
      (await dial(broker, { servername, checkServerIdentity: () => undefined })).getPeerCertificate().subject.CN,
    );
  }
  expect(names).toEqual(['a.example', 'a.example', '*.b.example', 'localhost']);
  writeHost(sniDir, 'c.example');
  await broker.reloadCertificates();
  expect((await dial(broker, { servername: 'c.example' })).getPeerCertificate().subject.CN).toBe('c.example');
});

test('who speaks plain text, says nothing, or goes away in the middle, harms nobody', async () => {
  const { broker, lines } = await tlsBroker({ handshakeTimeoutMs: 300 });
  const port = broker.tlsPort ?? 0;
  const plain = dialPlain(port, '127.0.0.1');
  plain.on('error', () => {});
  plain.write('AMQP\0\0\x09\x01');
  await once(plain, 'close');
  const silent = dialPlain(port, '127.0.0.1');
  const brief = dialPlain(port, '127.0.0.1');
  brief.write(Buffer.from('160301', 'hex'), () => brief.resetAndDestroy());
  expect(await isServed(broker)).toBe(true);
  await once(silent, 'close');
  const reasons = lines
    .filter(({ message }) => message === 'TLS handshake failed')
    .map(({ fields }) => fields['reason']);
  expect(reasons).toEqual(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_TLS_HANDSHAKE_TIMEOUT']);
});

test('a broker closes without waiting for handshakes', async () => {
  const { broker } = await tlsBroker();
  const silent = dialPlain(broker.tlsPort ?? 0, '127.0.0.1');
  await once(silent, 'connect');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = once(silent, 'close');
  const started = performance.now();
  await broker.close();
  await closed;
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('a consumer that does not read over TLS costs bounded memory, and gets all of it in the end', async () => {
  const { broker } = await tlsBroker();
  const channel = await confirmChannelOn(closing(await connect(broker.url)));
  await channel.assertQueue('deaf');
  const deaf = await dial(broker);
  deaf.pause();
  deaf.write(Buffer.concat([handshakeBytes(), frameOf(1, 'basic.consume', { queue: 'deaf', noAck: true })]));
  await until(async () => (await channel.checkQueue('deaf')).consumerCount === 1);
  for (let i = 0; i < 30; i++) {
    for (let j = 0; j < 1_000; j++) channel.sendToQueue('deaf', Buffer.alloc(1_000));
    await channel.waitForConfirms();
  }
  expect(await depth(channel, 'deaf')).toBeGreaterThan(15_000);
  let read = 0;
  deaf.on('data', (chunk: Buffer) => {
    read += chunk.length;
  });
  deaf.resume();
  await until(async () => (await depth(channel, 'deaf')) === 0, 10_000);
  await until(() => read > 30_000 * 1_000);
});

test.each<[number | undefined, boolean[]]>([
  [0, [true, false, false]],
  [1, [true, true, false]],
  [undefined, [true, true, true]],
])('with a depth of %s, clients are served by how far their authority is: %j', async (depth, served) => {
  const given = depth === undefined ? {} : { depth };
  const { broker, lines } = await tlsBroker({ verify: 'verify_peer', ...given });
  for (const [intermediates, isExpected] of served.entries()) {
    expect(await isServed(broker, clientBehind(intermediates))).toBe(isExpected);
  }
  const reasons = lines
    .filter(({ message }) => message === 'TLS handshake failed')
    .map(({ fields }) => fields['reason']);
  expect(new Set(reasons)).toEqual(new Set(served.includes(false) ? ['CERT_CHAIN_TOO_LONG'] : []));
});
