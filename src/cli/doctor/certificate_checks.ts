import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { error, type Finding, warning } from './finding.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

export interface CertificateFiles {
  readonly certfile: string | undefined;
  readonly keyfile: string | undefined;
}

/** Whether the broker's certificate is valid now and for a while, is of its key, and whether the key is kept. */
export function checkCertificate({ certfile, keyfile }: CertificateFiles, nowMs: number): readonly Finding[] {
  if (certfile === undefined || keyfile === undefined) return [];
  try {
    return [...checkValidity(new X509Certificate(readFileSync(certfile)), certfile, nowMs), ...checkKey(keyfile)];
  } catch (cause) {
    return [error(`The certificate or its key cannot be used: ${(cause as Error).message}.`)];
  }
}

function checkValidity(certificate: X509Certificate, path: string, nowMs: number): readonly Finding[] {
  const days = Math.floor((Date.parse(certificate.validTo) - nowMs) / DAY_MS);
  if (Date.parse(certificate.validFrom) > nowMs) {
    return [error(`The certificate ${path} is valid only from ${certificate.validFrom}. Is the clock right?`)];
  }
  if (days < 0) return [error(`The certificate ${path} has expired: ${certificate.validTo}.`)];
  return days < SOON_DAYS ? [warning(`The certificate ${path} expires in ${days} days: ${certificate.validTo}.`)] : [];
}

function checkKey(path: string): readonly Finding[] {
  const mode = statSync(path).mode & 0o777;
  return (mode & 0o077) === 0
    ? []
    : [warning(`Others on this machine may read the key ${path} (mode ${mode.toString(8)}): chmod 600 it.`)];
}
