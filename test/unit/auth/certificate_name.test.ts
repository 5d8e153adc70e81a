import { X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { beforeAll, expect, test } from 'vitest';
import { type CertificateLogin, certificateName, distinguishedName } from '../../../src/auth/certificate_name.ts';

const SUBJECT = [
  { name: 'countryName', value: 'AT' },
  { name: 'organizationName', value: 'Hare, Hound + Sons' },
  { name: 'commonName', value: 'häre' },
  { name: 'commonName', value: 'second' },
];
const ALTERNATIVE_NAMES = [
  { type: 2, value: 'a.example' },
  { type: 1, value: 'hare@example.com' },
  { type: 2, value: 'b.example, DNS:admin' },
  { type: 7, ip: '192.0.2.1' },
  { type: 6, value: 'urn:hare' },
];

let certificate: X509Certificate;
let plain: X509Certificate;

beforeAll(() => {
  certificate = issue(SUBJECT, ALTERNATIVE_NAMES);
  plain = issue([{ name: 'organizationName', value: 'Leveret' }], []);
});

function issue(subject: { name: string; value: string }[], altNames: object[]): X509Certificate {
  const keys = forge.pki.rsa.generateKeyPair(1024);
  const made = forge.pki.createCertificate();
  made.publicKey = keys.publicKey;
  made.serialNumber = '01';
  made.setSubject(subject);
  made.setIssuer(subject);
  if (altNames.length > 0) made.setExtensions([{ name: 'subjectAltName', altNames }]);
  made.sign(keys.privateKey, forge.md.sha256.create());
  return new X509Certificate(forge.pki.certificateToPem(made));
}

function nameFrom(given: Partial<CertificateLogin>): string | undefined {
  return certificateName(certificate, { from: 'subject_alternative_name', sanType: 'dns', sanIndex: 0, ...given });
}

test('the distinguished name is escaped, and begins with what is most particular', () => {
  expect(nameFrom({ from: 'distinguished_name' })).toBe('CN=second,CN=h\\C3\\A4re,O=Hare\\, Hound \\+ Sons,C=AT');
});

test('several common names are one user name', () => {
  expect(nameFrom({ from: 'common_name' })).toBe('häre,second');
});

test.each([
  ['dns', 0, 'a.example'],
  ['dns', 1, 'b.example, DNS:admin'],
  ['dns', 2, undefined],
  ['email', 0, 'hare@example.com'],
  ['ip', 0, '192.0.2.1'],
  ['uri', 0, 'urn:hare'],
] as const)('alternative name of type %s at %i', (sanType, sanIndex, name) => {
  expect(nameFrom({ sanType, sanIndex })).toBe(name);
});

test('a certificate without such a name has none', () => {
  for (const from of ['common_name', 'subject_alternative_name'] as const) {
    expect(certificateName(plain, { from, sanType: 'dns', sanIndex: 0 })).toBe(undefined);
  }
});

test('a relative name of several parts, and types by the names that RabbitMQ has for them', () => {
  const lines = 'C=AT\nGN=Lepus + serialNumber=7\nemailAddress=a@b.example';
  expect(distinguishedName(lines)).toBe('EMAILADDRESS=a@b.example,GIVENNAME=Lepus+SERIALNUMBER=7,C=AT');
});
