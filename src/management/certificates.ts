import { X509Certificate } from 'node:crypto';
import type { CertificateFile } from './context.ts';

/** A certificate that will be no use soon, or is none already. */
export interface ExpiringCertificate {
  readonly certfile: string;
  readonly subject: string;
  readonly certfile_expires_on: string;
}

const PEM = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/** Those in the files that are not valid any more at that time, in milliseconds since 1970. */
export function expiringBefore(untilMs: number, files: readonly CertificateFile[]): readonly ExpiringCertificate[] {
  return files.flatMap(({ path, pem }) => {
    const certificates = [...pem.toString().matchAll(PEM)].map(([text]) => new X509Certificate(text));
    const expiring = certificates.filter(({ validTo }) => Date.parse(validTo) < untilMs);
    return expiring.map(({ subject, validTo }) => ({
      certfile: path,
      subject: subject.replaceAll('\n', ','),
      certfile_expires_on: new Date(validTo).toISOString(),
    }));
  });
}
