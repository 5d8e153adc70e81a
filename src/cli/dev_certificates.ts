import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';

/** A certificate and its key, as PEM. */
export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

export interface DevCertificates {
  readonly authority: PemPair;
  readonly server: PemPair;
  readonly client: PemPair;
}

export interface DevCertificatesWanted {
  /** Names and addresses by which clients reach the broker. */
  readonly hosts: readonly string[];
  /** The user that the client's certificate is of, as its common name. */
  readonly clientName: string;
  /** Made before, and used again: whoever believes it goes on to do so. */
  readonly authority?: PemPair | undefined;
  readonly now: Date;
}

const SERIAL_BYTES = 16;
const KEY_BITS = 2048;
const AUTHORITY_DAYS = 10 * 365;
/** What Apple's systems still take from an authority that was added by hand. */
const DAYS = 825;
const DAY_MS = 86_400_000;
/** Clocks differ; a certificate that is not valid yet puzzles everybody. */
const SLACK_MS = DAY_MS;

const SAN_DNS = 2;
const SAN_IP = 7;

/** Makes an authority, unless there is one, and lets it sign a certificate for the broker and one for a client. */
export function makeDevCertificates(wanted: DevCertificatesWanted): DevCertificates {
  const { hosts, clientName, now } = wanted;
  const authority = wanted.authority ?? makeAuthority(now);
  const altNames = hosts.map((host) => (isIP(host) ? { type: SAN_IP, ip: host } : { type: SAN_DNS, value: host }));
  const server = issue(authority, hosts[0] ?? 'localhost', now, [
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ]);
  const client = issue(authority, clientName, now, [{ name: 'extKeyUsage', clientAuth: true }]);
  return { authority, server, client };
}

function makeAuthority(now: Date): PemPair {
  const { certificate, key } = begin('Leveret development CA', now, AUTHORITY_DAYS);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return sign(certificate, key, key);
}

function issue(authority: PemPair, commonName: string, now: Date, extensions: readonly object[]): PemPair {
  const issuer = forge.pki.certificateFromPem(authority.cert);
  const { certificate, key } = begin(commonName, now, DAYS);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
    ...extensions,
  ]);
  return sign(certificate, key, authority.key);
}

function begin(commonName: string, now: Date, days: number): { certificate: forge.pki.Certificate; key: string } {
  // Node's keys: made in a tenth of the time that JavaScript takes.
  const { publicKey, privateKey: key } = generateKeyPairSync('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = serialNumberOf(randomBytes(SERIAL_BYTES));
  certificate.validity.notBefore = new Date(now.getTime() - SLACK_MS);
  certificate.validity.notAfter = new Date(now.getTime() + days * DAY_MS);
  certificate.setSubject([
    { name: 'organizationName', value: 'Leveret development' },
    { name: 'commonName', value: commonName },
  ]);
  return { certificate, key };
}

/**
 * In hex. Positive, and as short as it can be written: a first octet of 00 would do for the one, but not before another such, and
 * OpenSSL refuses it then.
 */
export function serialNumberOf(random: Buffer): string {
  random.writeUInt8((random.readUInt8(0) & 0x3f) | 0x40, 0);
  return random.toString('hex');
}

function sign(certificate: forge.pki.Certificate, key: string, authorityKey: string): PemPair {
  certificate.sign(forge.pki.privateKeyFromPem(authorityKey), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n'), key };
}
