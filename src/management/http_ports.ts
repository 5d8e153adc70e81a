import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Logger } from '../server/logger.ts';
import type { ListenerFacts } from './context.ts';
import { type HttpLoad, HttpServer } from './http_server.ts';
import type { HttpTlsOptions } from './options.ts';

/** Where to listen, without TLS and with it. */
export interface HttpPlaces {
  /** 0, the default, takes any free one; false is none. */
  readonly port?: number | false;
  readonly host: string;
  readonly tls?: HttpTlsOptions | undefined;
}

/** The ports on which one thing is served: HTTP, HTTPS, or both. */
export class HttpPorts {
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  readonly #servers: readonly HttpServer[];

  private constructor(plain: HttpServer | undefined, secured: HttpServer | undefined) {
    this.port = plain?.port;
    this.tlsPort = secured?.port;
    this.#servers = [plain, secured].filter((server) => server !== undefined);
  }

  /** `material` is what the files of TLS hold. Rejects with a StartError, and nothing is open then. */
  static async open(
    load: HttpLoad,
    { port = 0, host, tls }: HttpPlaces,
    material: SecureContextOptions,
    logger: Logger,
  ): Promise<HttpPorts> {
    const plain = port === false ? undefined : await HttpServer.open(load, { host, port }, logger);
    try {
      if (tls === undefined) return new HttpPorts(plain, undefined);
      const place = { host: tls.host ?? host, port: tls.port ?? 0, tls: { ...rules(tls), ...material } };
      return new HttpPorts(plain, await HttpServer.open(load, place, logger));
    } catch (error) {
      await plain?.close();
      throw error;
    }
  }

  /** As the API tells of them, under these names. */
  facts({ host, tls }: HttpPlaces, names: { readonly plain: string; readonly secured: string }): ListenerFacts[] {
    const { port, tlsPort } = this;
    const plain = port === undefined ? [] : [{ protocol: names.plain, host, port }];
    const secured = tlsPort === undefined ? [] : [{ protocol: names.secured, host: tls?.host ?? host, port: tlsPort }];
    return [...plain, ...secured];
  }

  /** Certificates and a key for connections from now on. Throws what OpenSSL says of what it cannot use. */
  replace(material: SecureContextOptions): void {
    for (const server of this.#servers) server.replace(material);
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}

const VERSIONS = { 'tlsv1.2': 'TLSv1.2', 'tlsv1.3': 'TLSv1.3' } as const;

function rules(tls: HttpTlsOptions): TlsOptions {
  const { verify = 'verify_none', failIfNoPeerCert = false, versions = ['tlsv1.2', 'tlsv1.3'] } = tls;
  return {
    minVersion: VERSIONS[versions.includes('tlsv1.2') ? 'tlsv1.2' : 'tlsv1.3'],
    maxVersion: VERSIONS[versions.includes('tlsv1.3') ? 'tlsv1.3' : 'tlsv1.2'],
    requestCert: verify === 'verify_peer',
    rejectUnauthorized: verify === 'verify_peer' && failIfNoPeerCert,
  };
}
