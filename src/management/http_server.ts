import { createServer, type Server as NetServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { listenError } from '../lib/start_error.ts';
import type { Logger } from '../server/logger.ts';

/** What answers requests: a Hono app. */
export interface Answering {
  fetch(request: Request, env: object): Response | Promise<Response>;
}

/** How long a client may take to send its headers, and a whole request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** An HTTP server of the broker's. */
export class HttpServer {
  readonly #net: NetServer;

  private constructor(net: NetServer) {
    this.#net = net;
  }

  /** Rejects with a StartError when it cannot listen there. */
  static async open(
    app: Answering,
    place: { readonly host: string; readonly port: number },
    logger: Logger,
  ): Promise<HttpServer> {
    const serverOptions = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
    const net = createAdaptorServer({
      fetch: (request, env) => app.fetch(request, env),
      createServer,
      serverOptions,
      overrideGlobalObjects: false,
    }) as NetServer;
    await new Promise<void>((done, fail) => {
      net.once('error', (error: NodeJS.ErrnoException) => fail(listenError(error, place)));
      net.listen(place, done);
    });
    net.removeAllListeners('error').on('error', (error) => logger.error({ err: error }, 'HTTP listener error'));
    return new HttpServer(net);
  }

  get port(): number {
    return (this.#net.address() as AddressInfo).port;
  }

  /** Requests under way are cut. */
  close(): Promise<void> {
    const closed = new Promise<void>((done) => this.#net.close(() => done()));
    this.#net.closeAllConnections();
    return closed;
  }
}
