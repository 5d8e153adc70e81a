import type { X509Certificate } from 'node:crypto';

/** Who a client's certificate says it is: the user name of an EXTERNAL login, taken from where RabbitMQ's plugin takes it. */

export type CertificateLoginFrom = 'distinguished_name' | 'common_name' | 'subject_alternative_name';
export type AlternativeNameType = 'dns' | 'ip' | 'email' | 'uri';

export interface CertificateLogin {
  readonly from: CertificateLoginFrom;
  /** Of the alternative names of this type, the one at this index counts. */
  readonly sanType: AlternativeNameType;
  readonly sanIndex: number;
}

/** What Node calls the types. */
const ALTERNATIVE_NAMES: { readonly [Type in AlternativeNameType]: string } = {
  dns: 'DNS',
  ip: 'IP Address',
  email: 'email',
  uri: 'URI',
};

/** Undefined when the certificate has no such name. */
export function certificateName(certificate: X509Certificate, login: CertificateLogin): string | undefined {
  switch (login.from) {
    case 'distinguished_name':
      return distinguishedName(certificate.subject);
    case 'common_name':
      return commonName(certificate);
    case 'subject_alternative_name':
      return alternativeNames(certificate.subjectAltName ?? '', login.sanType)[login.sanIndex];
  }
}

/**
 * In RFC 4514's form and order, which is the reverse of the certificate's: `CN=hare,O=Leveret`. Node gives one relative name
 * a line, its values already escaped.
 */
export function distinguishedName(lines: string | undefined): string {
  const names = (lines ?? '').split('\n').filter((line) => line !== '');
  return names.reverse().map(relativeName).join(',');
}

function relativeName(line: string): string {
  // A plus sign that is part of a value is escaped.
  const parts = line.split(/(?<!\\) \+ /);
  const named = parts.map((part) => part.replace(/^[^=]+/, (type) => ATTRIBUTES[type] ?? type.toUpperCase()));
  // RabbitMQ writes every octet that is not printable ASCII as `\C3`.
  return named.join('+').replace(/[^ -~]+/gu, octets);
}

function octets(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase().replace(/../g, '\\$&');
}

/** Where OpenSSL's short name is another than RabbitMQ's. */
const ATTRIBUTES: Readonly<Record<string, string>> = { GN: 'GIVENNAME' };

/** A name in several parts is put together, as RabbitMQ does. */
function commonName(certificate: X509Certificate): string | undefined {
  const { CN } = certificate.toLegacyObject().subject as { readonly CN?: string | readonly string[] };
  return typeof CN === 'object' ? CN.join(',') : CN;
}

/**
 * Node writes `DNS:a.example, email:"a, b@example.com"`: a value that holds what could be taken for the next one is a JSON
 * string.
 */
function alternativeNames(text: string, type: AlternativeNameType): string[] {
  const names: string[] = [];
  for (const [, kind, value = ''] of text.matchAll(/([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)) {
    if (kind !== ALTERNATIVE_NAMES[type]) continue;
    names.push(value.startsWith('"') ? JSON.parse(value) : value);
  }
  return names;
}
