import type { BrokerOptions } from './broker.ts';
import type { ManagementParts } from './management/context.ts';
import type { HttpServer } from './management/http_server.ts';

const DEFAULT_HOST = '127.0.0.1';

/** The management API of a broker, if it has one. */
export class ManagementApi {
  readonly url: string | undefined;
  readonly #server: HttpServer | undefined;

  private constructor(server?: HttpServer, host: string = DEFAULT_HOST) {
    this.#server = server;
    if (server !== undefined) this.url = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
  }

  /** When the broker takes connections already: its start does not wait for what this loads. Rejects with a StartError. */
  static async open(
    { management, host = DEFAULT_HOST }: BrokerOptions,
    parts: ManagementParts,
  ): Promise<ManagementApi> {
    if (management === undefined) return new ManagementApi();
    const { openManagement } = await import('./management/management.ts');
    return new ManagementApi(await openManagement(parts, management, host), management.host ?? host);
  }

  get port(): number | undefined {
    return this.#server?.port;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }
}
