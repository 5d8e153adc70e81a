import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import forge from 'node-forge';
import { onTestFinished } from 'vitest';
import { type DevCertificates, makeDevCertificates, type PemPair } from '../../src/cli/dev_certificates.ts';

let made: DevCertificates | undefined;
let strange: DevCertificates | undefined;

/** Certificates of localhost and the user guest, the same for all tests of a file: keys take a while to make. */
export function certificates(): DevCertificates {
  made ??= makeDevCertificates({ hosts: ['localhost', '127.0.0.1'], clientName: 'guest', now: new Date() });
  return made;
}

/** Others, signed by the same authority. */
export function certificatesFor(given: { readonly host?: string; readonly client?: string }): DevCertificates {
  const { host = 'localhost', client = 'guest' } = given;
  const { authority } = certificates();
  return makeDevCertificates({ hosts: [host], clientName: client, authority, now: new Date() });
}

/** From an authority that nobody believes. */
export function strangers(): DevCertificates {
  strange ??= makeDevCertificates({ hosts: ['localhost'], clientName: 'guest', now: new Date() });
  return strange;
}

/** A folder of the test's own. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The files that a broker is started with. */
export function tlsFiles(folder: string = temporaryFolder()): {
  certfile: string;
  keyfile: string;
  cacertfile: string;
} {
  const { server, authority } = certificates();
  const files = {
    certfile: join(folder, 'server.pem'),
    keyfile: join(folder, 'server.key'),
    cacertfile: join(folder, 'ca.pem'),
  };
  writePair(files.certfile, files.keyfile, server);
  writeFileSync(files.cacertfile, authority.cert);
  return files;
}

export function writePair(certfile: string, keyfile: string, { cert, key }: PemPair): void {
  writeFileSync(certfile, cert);
  writeFileSync(keyfile, key);
}

/** As certbot keeps them. */
export function writeHost(folder: string, host: string): void {
  mkdirSync(join(folder, host), { recursive: true });
  const { server } = certificatesFor({ host });
  writePair(join(folder, host, 'fullchain.pem'), join(folder, host, 'privkey.pem'), server);
}

/** A client's certificate with so many authorities between it and the one that is believed. */
export function clientBehind(intermediates: number): PemPair {
  let issuer = certificates().authority;
  const chain: string[] = [];
  for (let level = 0; level < intermediates; level += 1) {
    issuer = signedBy(issuer, `authority ${level}`, true);
    chain.unshift(issuer.cert);
  }
  const { cert, key } = signedBy(issuer, 'guest', false);
  return { cert: [cert, ...chain].join(''), key };
}

function signedBy(issuer: PemPair, commonName: string, cA: boolean): PemPair {
  const { publicKey, privateKey: key } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(publicKey);
  made.serialNumber = `00${Buffer.from(commonName).toString('hex')}`;
  made.validity.notBefore = new Date(Date.now() - 86_400_000);
  made.validity.notAfter = new Date(Date.now() + 86_400_000);
  made.setSubject([{ name: 'commonName', value: commonName }]);
  made.setIssuer(forge.pki.certificateFromPem(issuer.cert).subject.attributes);
  made.setExtensions([{ name: 'basicConstraints', cA }]);
  made.sign(forge.pki.privateKeyFromPem(issuer.key), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(made), key };
}
