import type { SecureContextOptions } from 'node:tls';
import { assert } from './lib/assert.ts';
import { StartError } from './lib/start_error.ts';
import type { ManagementParts } from './management/context.ts';
import type { HttpServer } from './management/http_server.ts';
import type { Management } from './management/management.ts';
import type { ManagementOptions, PrometheusPortOptions } from './management/options.ts';
import { readTlsFiles } from './tls_files.ts';

/** What a broker serves over HTTP: the management API, and what Prometheus reads. */
export class BrokerManagement {
  readonly #brokerHost: string;
  readonly #parts: ManagementParts;
  #options: ManagementOptions | undefined;
  #management: Management | undefined;
  #prometheus: HttpServer | undefined;

  constructor(brokerHost: string, parts: ManagementParts) {
    this.#brokerHost = brokerHost;
    this.#parts = parts;
  }

  /** Loads what it takes, which a broker without does not. Rejects with a StartError. */
  async open(options: ManagementOptions): Promise<void> {
    assert(this.#management === undefined, 'the management API is opened once');
    const { Management: Loaded } = await import('./management/management.ts');
    const material = await readMaterial(options);
    this.#management = await usable(options, () => Loaded.open(this.#parts, options, this.#brokerHost, material));
    this.#options = options;
  }

  get url(): string | undefined {
    if (this.#management === undefined) return undefined;
    const { port, tlsPort } = this.#management;
    const { host = this.#brokerHost, tls } = this.#options ?? {};
    if (port !== undefined) return `http://${shown(host)}:${port}`;
    return tlsPort === undefined ? undefined : `https://${shown(tls?.host ?? host)}:${tlsPort}`;
  }

  get port(): number | undefined {
    return this.#management?.port;
  }

  get tlsPort(): number | undefined {
    return this.#management?.tlsPort;
  }

  get prometheusPort(): number | undefined {
    return this.#prometheus?.port;
  }

  /** Rejects with a StartError. */
  async openPrometheus(options: PrometheusPortOptions): Promise<void> {
    assert(this.#prometheus === undefined, 'the port for Prometheus is opened once');
    const { openPrometheus } = await import('./management/prometheus.ts');
    this.#prometheus = await openPrometheus(this.#parts, options, this.#brokerHost);
  }

  /** Reads the certificates again. Rejects with a StartError, and goes on with those it has, when they cannot be used. */
  async reloadCertificates(): Promise<void> {
    const options = this.#options;
    if (options?.tls === undefined) return;
    const material = await readMaterial(options);
    await usable(options, async () => this.#management?.replace(material));
  }

  async close(): Promise<void> {
    await Promise.all([this.#management?.close(), this.#prometheus?.close()]);
  }
}

function shown(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

async function readMaterial({ tls }: ManagementOptions): Promise<SecureContextOptions> {
  if (tls === undefined) return {};
  const { certfile, keyfile, password, cacertfile } = tls;
  const { identity, authorities } = await readTlsFiles({ certfile, keyfile, password, cacertfile });
  const { cert, key, passphrase } = identity;
  return {
    cert,
    key,
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(authorities === undefined ? {} : { ca: authorities }),
  };
}

/** What OpenSSL says of certificates and keys, in a sentence. */
async function usable<T>({ tls }: ManagementOptions, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof StartError || tls === undefined) throw error;
    const { message } = error as Error;
    throw new StartError('certificate', `The management API cannot use ${tls.certfile} and its key: ${message}.`);
  }
}
