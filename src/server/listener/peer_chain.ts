import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

/** OpenSSL looks no further either. */
const CERTIFICATES_MAX = 100;

/**
 * How many certificates stand between a client's own and the authority that is believed: 0 where the authority itself signed it.
 * A resumed session has only the client's own; it was looked at when the session began.
 */
export function intermediates(tls: TLSSocket): number {
  let certificate: DetailedPeerCertificate | undefined = tls.getPeerCertificate(true).issuerCertificate;
  let count = 0;
  while (count < CERTIFICATES_MAX && certificate?.issuerCertificate !== undefined && !isRoot(certificate)) {
    certificate = certificate.issuerCertificate;
    count += 1;
  }
  return count;
}

/** Node has a root certificate be its own issuer. */
function isRoot(certificate: DetailedPeerCertificate): boolean {
  return certificate.issuerCertificate.fingerprint256 === certificate.fingerprint256;
}
