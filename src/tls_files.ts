import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from './lib/start_error.ts';
import type { TlsIdentity, TlsMaterial } from './server/listener/tls_gate.ts';

/** Where the certificates are. All are read again by `reloadCertificates`. */
export interface TlsFiles {
  /** The broker's certificate with those that lead to its authority, and its key: PEM files. */
  readonly certfile: string;
  readonly keyfile: string;
  /** Of the key, where it has one. */
  readonly password?: string | undefined;
  /** The authorities whose client certificates are believed: a PEM file. */
  readonly cacertfile?: string | undefined;
  /**
   * A folder for other host names that clients ask for (SNI). It has a folder for each, of its name, with fullchain.pem and
   * privkey.pem, as certbot keeps them. `*.example.com` stands for all names one level below.
   */
  readonly sniDir?: string | undefined;
}

/** Rejects with a StartError when something cannot be read. Whether it is sound is seen when it is used. */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  const { certfile, keyfile, password: passphrase, cacertfile, sniDir } = files;
  const identity = { ...(await readIdentity(certfile, keyfile)), passphrase };
  const authorities = cacertfile === undefined ? undefined : await readAuthorities(cacertfile);
  const hosts = sniDir === undefined ? new Map<string, TlsIdentity>() : await readHosts(sniDir);
  return { identity, authorities, hosts };
}

async function readHosts(folder: string): Promise<ReadonlyMap<string, TlsIdentity>> {
  const hosts = new Map<string, TlsIdentity>();
  for (const entry of await readdir(folder, { withFileTypes: true }).catch((error) => cannotRead(folder, error))) {
    // What certbot keeps there besides is a README.
    if (entry.isFile()) continue;
    const [certfile, keyfile] = [join(folder, entry.name, 'fullchain.pem'), join(folder, entry.name, 'privkey.pem')];
    hosts.set(entry.name.toLowerCase(), await readIdentity(certfile, keyfile));
  }
  return hosts;
}

async function readIdentity(certfile: string, keyfile: string): Promise<TlsIdentity> {
  return { cert: await readPem(certfile), key: await readPem(keyfile) };
}

/** Node passes over what is no certificate, and then believes nobody. */
async function readAuthorities(path: string): Promise<Buffer> {
  const pem = await readPem(path);
  if (pem.includes('-----BEGIN CERTIFICATE-----') || pem.includes('-----BEGIN TRUSTED CERTIFICATE-----')) return pem;
  throw new StartError('certificate', `TLS cannot use ${path}: it holds no certificate.`);
}

/** Whether clients are asked for a certificate, and must have one. */
export interface ClientCertificates {
  readonly verify?: 'verify_none' | 'verify_peer' | undefined;
  readonly failIfNoPeerCert?: boolean | undefined;
}

/** Throws a StartError for what would not keep out whom it seems to. */
export function checkClientCertificates(
  { verify, failIfNoPeerCert }: ClientCertificates,
  authorities: Buffer | undefined,
): void {
  if (verify !== 'verify_peer') {
    if (failIfNoPeerCert !== true) return;
    // As in RabbitMQ: nobody is asked for what everybody must have.
    throw new StartError('option', 'fail_if_no_peer_cert needs verify_peer: clients are asked for no certificate.');
  }
  // Node would take the authorities that browsers believe: anybody can have a certificate from those.
  if (authorities !== undefined) return;
  throw new StartError('option', 'verify_peer needs the certificates of the authorities to believe (cacertfile).');
}

function readPem(path: string): Promise<Buffer> {
  return readFile(path).catch((error) => cannotRead(path, error));
}

function cannotRead(path: string, error: NodeJS.ErrnoException): never {
  throw new StartError('certificate', `Cannot read ${path}, which TLS needs: ${error.code ?? error.message}.`);
}
