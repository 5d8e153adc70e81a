import { join } from 'node:path';
import type { Traces } from './admin/tracing/traces.ts';
import type { BrokerOptions } from './broker.ts';
import type { Server } from './server/server.ts';

/** The traces of a broker: loaded when somebody asks for them, so that its start need not wait. */
export class BrokerTraces {
  readonly #server: Server;
  readonly #dir: string | undefined;
  #loaded: Promise<Traces> | undefined;

  constructor(server: Server, { tracingDir, dataDir }: BrokerOptions) {
    this.#server = server;
    this.#dir = tracingDir ?? (dataDir === undefined ? undefined : join(dataDir, 'traces'));
  }

  load(): Promise<Traces> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  async close(): Promise<void> {
    await (await this.#loaded)?.close();
  }

  async #load(): Promise<Traces> {
    const { Traces: Loaded } = await import('./admin/tracing/traces.ts');
    return new Loaded(this.#server, this.#dir);
  }
}
