import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { createApp } from './app.ts';
import type { ManagementContext, ManagementParts } from './context.ts';
import { HttpServer } from './http_server.ts';
import { openApi } from './openapi.ts';
import type { ManagementOptions, ManagementTlsOptions } from './options.ts';
import { ENDPOINTS } from './table.ts';

/** The ports of the management API. */
export class Management {
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
    parts: ManagementParts,
    options: ManagementOptions,
    brokerHost: string,
    material: SecureContextOptions,
  ): Promise<Management> {
    const { port = 0, host = brokerHost, tls } = options;
    const metrics = await parts.loadMetrics();
    metrics.start();
    const context: ManagementContext = { ...parts, metrics, httpLogins: { accepted: 0, refused: 0 } };
    const app = createApp(context, [...ENDPOINTS, openApi(ENDPOINTS)], options);
    const { listeners, server } = parts;
    const { logger } = server;
    const plain = port === false ? undefined : await HttpServer.open(app, { host, port }, logger);
    if (plain !== undefined) listeners.push({ protocol: 'http', host, port: plain.port });
    if (tls === undefined) return new Management(plain, undefined);
    const tlsHost = tls.host ?? host;
    try {
      const place = { host: tlsHost, port: tls.port ?? 0, tls: { ...rules(tls), ...material } };
      const secured = await HttpServer.open(app, place, logger);
      listeners.push({ protocol: 'https', host: tlsHost, port: secured.port });
      return new Management(plain, secured);
    } catch (error) {
      await plain?.close();
      throw error;
    }
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

function rules(tls: ManagementTlsOptions): TlsOptions {
  const { verify = 'verify_none', failIfNoPeerCert = false, versions = ['tlsv1.2', 'tlsv1.3'] } = tls;
  return {
    minVersion: VERSIONS[versions.includes('tlsv1.2') ? 'tlsv1.2' : 'tlsv1.3'],
    maxVersion: VERSIONS[versions.includes('tlsv1.3') ? 'tlsv1.3' : 'tlsv1.2'],
    requestCert: verify === 'verify_peer',
    rejectUnauthorized: verify === 'verify_peer' && failIfNoPeerCert,
  };
}
