import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { ManagementContext, ManagementParts } from './context.ts';
import { type Answering, HttpServer } from './http_server.ts';
import type { ManagementOptions, ManagementTlsOptions } from './options.ts';

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
    const context: ManagementContext = { ...parts, metrics, httpLogins: { accepted: 0, refused: 0 } };
    const load = loader(context, options);
    const { listeners, server } = parts;
    const plain = port === false ? undefined : await HttpServer.open(load, { host, port }, server.logger);
    const tlsHost = tls?.host ?? host;
    let secured: HttpServer | undefined;
    try {
      if (tls !== undefined) {
        const place = { host: tlsHost, port: tls.port ?? 0, tls: { ...rules(tls), ...material } };
        secured = await HttpServer.open(load, place, server.logger);
      }
    } catch (error) {
      await plain?.close();
      throw error;
    }
    if (plain !== undefined) listeners.push({ protocol: 'http', host, port: plain.port });
    if (secured !== undefined) listeners.push({ protocol: 'https', host: tlsHost, port: secured.port });
    metrics.start();
    server.keepsIntroductions = true;
    return new Management(plain, secured);
  }

  /** Certificates and a key for connections from now on. Throws what OpenSSL says of what it cannot use. */
  replace(material: SecureContextOptions): void {
    for (const server of this.#servers) server.replace(material);
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}

/** One app for all ports, with what it takes to make it: nothing of it is in memory before somebody asks. */
function loader(context: ManagementContext, options: ManagementOptions): () => Promise<Answering> {
  let app: Promise<Answering> | undefined;
  const load = async (): Promise<Answering> => {
    const [{ createApp }, { ENDPOINTS }, { openApi }] = await Promise.all([
      import('./app.ts'),
      import('./table.ts'),
      import('./openapi.ts'),
    ]);
    return createApp(context, [...ENDPOINTS, openApi(ENDPOINTS)], options);
  };
  return () => {
    app ??= load();
    return app;
  };
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
