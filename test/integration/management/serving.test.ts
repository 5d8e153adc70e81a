import { get } from 'node:https';
import { join } from 'node:path';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { PemPair } from '../../../src/cli/dev_certificates.ts';
import type { Broker, HttpTlsOptions } from '../../../src/index.ts';
import { Api, basic } from '../../support/api.ts';
import { startBroker } from '../../support/broker.ts';
import { certificates, certificatesFor, strangers, temporaryFolder, writePair } from '../../support/certificates.ts';
import { Issuer } from '../../support/tokens.ts';

const GUEST = { authorization: basic('guest', 'guest') };

/** Over TLS: the status, and who the broker said it was. */
function secured(
  broker: Broker,
  more: { readonly cert?: string; readonly key?: string } = {},
): Promise<{ readonly status: number | undefined; readonly peer: PeerCertificate }> {
  const url = `https://localhost:${broker.managementTlsPort}/api/whoami`;
  return new Promise((resolve, reject) => {
    const request = get(
      url,
      { ca: certificates().authority.cert, agent: false, headers: GUEST, ...more },
      (response) => {
        const peer = (response.socket as TLSSocket).getPeerCertificate();
        response.resume().on('end', () => resolve({ status: response.statusCode, peer }));
      },
    );
    request.on('error', reject);
  });
}

function written(folder: string, name: string, pair: PemPair): { readonly certfile: string; readonly keyfile: string } {
  const [certfile, keyfile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  writePair(certfile, keyfile, pair);
  return { certfile, keyfile };
}

function tls(folder: string): HttpTlsOptions {
  return { ...written(folder, 'server', certificates().server), host: '127.0.0.1' };
}

describe('over TLS', () => {
  test('the API is the same, and plain HTTP may be off', async () => {
    const broker = await startBroker({ management: { port: false, tls: tls(temporaryFolder()) } });
    expect(broker.managementPort).toBeUndefined();
    expect(broker.managementUrl).toBe(`https://127.0.0.1:${broker.managementTlsPort}`);
    expect(await secured(broker)).toMatchObject({ status: 200 });
  });

  test('certificates that were changed are shown once they are read again', async () => {
    const folder = temporaryFolder();
    const broker = await startBroker({ management: { tls: tls(folder) } });
    const before = (await secured(broker)).peer.serialNumber;
    written(folder, 'server', certificatesFor({}).server);
    await broker.reloadCertificates();
    expect((await secured(broker)).peer.serialNumber).not.toBe(before);
  });

  test('a client without a certificate is refused where one is asked for', async () => {
    const folder = temporaryFolder();
    const { certfile: cacertfile } = written(folder, 'authority', certificates().authority);
    const given = { ...tls(folder), cacertfile, verify: 'verify_peer', failIfNoPeerCert: true } as const;
    const broker = await startBroker({ management: { tls: given } });
    await expect(secured(broker)).rejects.toThrow();
    expect(await secured(broker, certificates().client)).toMatchObject({ status: 200 });
    await expect(secured(broker, strangers().client)).rejects.toThrow();
  });

  test('where one is only asked for, a client may have none, and none that is not believed', async () => {
    const folder = temporaryFolder();
    const { certfile: cacertfile } = written(folder, 'authority', certificates().authority);
    const broker = await startBroker({ management: { tls: { ...tls(folder), cacertfile, verify: 'verify_peer' } } });
    expect(await secured(broker)).toMatchObject({ status: 200 });
    expect(await secured(broker, certificates().client)).toMatchObject({ status: 200 });
    await expect(secured(broker, strangers().client)).rejects.toThrow();
  });

  test('a key of another certificate is refused with a sentence', async () => {
    const folder = temporaryFolder();
    const { certfile } = written(folder, 'server', certificates().server);
    const { keyfile } = written(folder, 'other', certificates().client);
    const starting = startBroker({ management: { tls: { certfile, keyfile } } });
    await expect(starting).rejects.toThrow(/^The management API cannot use .* and its key: /);
  });
});

describe('pages of other origins', () => {
  const management = { corsAllowOrigins: ['https://hares.example'], corsMaxAgeSeconds: 60 };

  test('may ask where they are allowed to, and others may not', async () => {
    const broker = await startBroker({ management });
    const api = Api.of(broker);
    const allowed = await api.call('GET', 'whoami', undefined, { origin: 'https://hares.example' });
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://hares.example');
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true');
    const other = await api.call('GET', 'whoami', undefined, { origin: 'https://foxes.example' });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('ask first, without a login', async () => {
    const broker = await startBroker({ management });
    const { status, headers } = await new Api(broker.managementUrl).call('OPTIONS', 'users', undefined, {
      origin: 'https://hares.example',
      'access-control-request-method': 'GET',
    });
    expect([status, headers.get('access-control-max-age')]).toEqual([204, '60']);
    expect(headers.get('access-control-allow-methods')).toContain('DELETE');
  });

  test('may not unless told otherwise', async () => {
    const { headers } = await Api.of(await startBroker({ management: {} })).call('GET', 'whoami', undefined, {
      origin: 'https://hares.example',
    });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('a body that is too long is refused, whether or not its length is told', async () => {
  const broker = await startBroker({ management: { maxBodySizeBytes: 100 } });
  const body = JSON.stringify({ value: 'x'.repeat(200) });
  const reason = { error: 'bad_request', reason: 'Exceeded HTTP request body size limit' };
  expect(await Api.of(broker).put('global-parameters/x', body)).toMatchObject({ status: 400, json: reason });
  const stream = new Blob([body]).stream();
  const chunked = { method: 'PUT', headers: GUEST, body: stream, duplex: 'half' } as const;
  const answer = await fetch(`${broker.managementUrl}/api/global-parameters/x`, chunked);
  expect([answer.status, await answer.json()]).toEqual([400, reason]);
});

describe('tokens', () => {
  test('a bearer token says who asks, and what he may', async () => {
    const issuer = new Issuer();
    const oauth2 = { resourceServerId: 'leveret', signingKeys: { 'key-1': issuer.pem } };
    const broker = await startBroker({ management: {}, oauth2 });
    const token = await issuer.token({ scope: 'leveret.tag:monitoring leveret.read:*/*' });
    const api = new Api(broker.managementUrl, `Bearer ${token}`);
    expect((await api.get('whoami')).json).toEqual({ name: 'hare', tags: ['monitoring'], is_internal_user: false });
    expect((await api.get('nodes')).status).toBe(200);
    expect((await api.get('users')).json.reason).toBe('Not administrator user');
    // In the place of a password, too.
    expect((await Api.of(broker, 'anybody', token).get('whoami')).json.name).toBe('hare');
    expect((await new Api(broker.managementUrl, 'Bearer nonsense').get('whoami')).status).toBe(401);
    expect((await Api.of(broker).get('whoami')).status).toBe(200);
  });

  test('no token is taken where none is believed', async () => {
    const broker = await startBroker({ management: {} });
    expect((await new Api(broker.managementUrl, 'Bearer guest').get('whoami')).status).toBe(401);
    expect((await new Api(broker.managementUrl, 'Hare x').get('whoami')).status).toBe(400);
  });
});
