import type { TLSSocket } from 'node:tls';
import { distinguishedName } from '../auth/certificate_name.ts';
import type { EventFields } from '../core/events.ts';

/** What RabbitMQ's events tell of a connection's TLS, in its words. */
export function tlsFacts(tls: TLSSocket | undefined): EventFields {
  if (tls === undefined) return NO_TLS;
  // Of a socket that is closed nothing is known any more.
  return tls.destroyed ? { ...NO_TLS, ssl: true } : { ssl: true, ...cipherFacts(tls), ...certificateFacts(tls) };
}

/** What there is without TLS, or without a client's certificate. */
const NO_CERTIFICATE = {
  peer_cert_subject: '',
  peer_cert_issuer: '',
  peer_cert_serial_number: '',
  peer_cert_validity: '',
} as const;

const NO_TLS = {
  ssl: false,
  ssl_protocol: '',
  ssl_key_exchange: '',
  ssl_cipher: '',
  ssl_hash: '',
  ...NO_CERTIFICATE,
} as const;

/**
 * From the name that the standards have for the suite: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`, or in TLS 1.3, where the key
 * exchange is no part of it, `TLS_AES_256_GCM_SHA384`.
 */
function cipherFacts(tls: TLSSocket): EventFields {
  const words = tls.getCipher().standardName.toLowerCase().replace(/^tls_/, '');
  const [exchange, suite] = words.includes('_with_') ? words.split('_with_', 2) : ['any', words];
  const [, cipher = '', hash = ''] = /^(.*)_([^_]+)$/.exec(suite ?? '') ?? [];
  // What authenticates by itself has no hash of its own.
  const aead = /gcm|ccm|poly1305/.test(cipher);
  return {
    ssl_protocol: (tls.getProtocol() ?? '').toLowerCase(),
    ssl_key_exchange: exchange ?? '',
    ssl_cipher: cipher,
    ssl_hash: aead ? 'aead' : hash,
  };
}

function certificateFacts(tls: TLSSocket): EventFields {
  const certificate = tls.getPeerX509Certificate();
  if (certificate === undefined) return NO_CERTIFICATE;
  const { subject, issuer, serialNumber, validFrom, validTo } = certificate;
  return {
    peer_cert_subject: distinguishedName(subject),
    peer_cert_issuer: distinguishedName(issuer),
    peer_cert_serial_number: serialNumber.replace(/^0+(?=.)/, ''),
    peer_cert_validity: `${isoTime(validFrom)} - ${isoTime(validTo)}`,
  };
}

function isoTime(text: string): string {
  return `${new Date(text).toISOString().slice(0, -'.000Z'.length)}Z`;
}
