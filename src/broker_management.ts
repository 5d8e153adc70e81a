import type { SecureContextOptions } from 'node:tls';
import { assert } from './lib/assert.ts';
import { StartError } from './lib/start_error.ts';
import type { ManagementParts } from './management/context.ts';
import type { HttpPorts } from './management/http_ports.ts';
import type { HttpTlsOptions, ManagementOptions, PrometheusPortOptions } from './management/options.ts';
import { checkClientCertificates, readTlsFiles } from './tls_files.ts';

/** Ports that are open, and what they were opened with. */
interface Opened<Options> {
  readonly options: Options;
  readonly ports: HttpPorts;
}

/** What a broker serves over HTTP: the management API, and what Prometheus reads. */
export class BrokerManagement {
  readonly #brokerHost: string;
  readonly #parts: ManagementParts;
  #management: Opened<ManagementOptions> | undefined;
  #prometheus: Opened<PrometheusPortOptions> | undefined;

  constructor(brokerHost: string, parts: ManagementParts) {
    this.#brokerHost = brokerHost;
    this.#parts = parts;
  }

  /** Loads what it takes, which a broker without does not. Rejects with a StartError. */
  async open(options: ManagementOptions): Promise<void> {
    assert(this.#management === undefined, 'the management API is opened once');
    const { openManagement } = await import('./management/management.ts');
    const ports = await withMaterial(MANAGEMENT, options.tls, (material) =>
      openManagement(this.#parts, options, this.#brokerHost, material),
    );
    this.#management = { options, ports };
  }

  get url(): string | undefined {
    if (this.#management === undefined) return undefined;
    const { options, ports } = this.#management;
    const { host = this.#brokerHost, tls } = options;
    if (ports.port !== undefined) return `http://${shown(host)}:${ports.port}`;
    return ports.tlsPort === undefined ? undefined : `https://${shown(tls?.host ?? host)}:${ports.tlsPort}`;
  }

  get port(): number | undefined {
    return this.#management?.ports.port;
  }

  get tlsPort(): number | undefined {
    return this.#management?.ports.tlsPort;
  }

  get prometheusPort(): number | undefined {
    return this.#prometheus?.ports.port;
  }

  get prometheusTlsPort(): number | undefined {
    return this.#prometheus?.ports.tlsPort;
  }

  /** Rejects with a StartError. */
  async openPrometheus(options: PrometheusPortOptions): Promise<void> {
    assert(this.#prometheus === undefined, 'the port for Prometheus is opened once');
    const { openPrometheus } = await import('./management/prometheus.ts');
    const ports = await withMaterial(PROMETHEUS, options.tls, (material) =>
      openPrometheus(this.#parts, options, this.#brokerHost, material),
    );
    this.#prometheus = { options, ports };
  }

  /** Reads the certificates again. Rejects with a StartError, and goes on with those it has, when they cannot be used. */
  async reloadCertificates(): Promise<void> {
    await replaced(MANAGEMENT, this.#management);
    await replaced(PROMETHEUS, this.#prometheus);
  }

  async close(): Promise<void> {
    await Promise.all([this.#management?.ports.close(), this.#prometheus?.ports.close()]);
  }
}

const MANAGEMENT = 'The management API';
const PROMETHEUS = 'The port for Prometheus';

function shown(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

async function replaced(
  what: string,
  opened: Opened<{ readonly tls?: HttpTlsOptions | undefined }> | undefined,
): Promise<void> {
  if (opened?.options.tls === undefined) return;
  await withMaterial(what, opened.options.tls, async (material) => opened.ports.replace(material));
}

/** What OpenSSL says of certificates and keys becomes a sentence. */
async function withMaterial<T>(
  what: string,
  tls: HttpTlsOptions | undefined,
  use: (material: SecureContextOptions) => Promise<T>,
): Promise<T> {
  if (tls === undefined) return await use({});
  const material = await readMaterial(tls);
  try {
    return await use(material);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError('certificate', `${what} cannot use ${tls.certfile} and its key: ${(error as Error).message}.`);
  }
}

async function readMaterial(tls: HttpTlsOptions): Promise<SecureContextOptions> {
  const { certfile, keyfile, password, cacertfile } = tls;
  const { identity, authorities } = await readTlsFiles({ certfile, keyfile, password, cacertfile });
  checkClientCertificates(tls, authorities);
  const { cert, key, passphrase } = identity;
  return {
    cert,
    key,
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(authorities === undefined ? {} : { ca: authorities }),
  };
}
