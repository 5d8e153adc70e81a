import { createServer, type Server as NetServer, type RequestListener, type ServerOptions } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls';
import { listenError } from '../lib/start_error.ts';
import type { Logger } from '../server/logger.ts';

/** What answers requests: a Hono app. */
export interface Answering {
  fetch(request: Request, env: object): Response | Promise<Response>;
}

/** Makes it, when the first request comes. */
export type HttpLoad = () => Promise<Answering>;

export interface HttpPlace {
  readonly host: string;
  readonly port: number;
  /** Undefined for plain HTTP. */
  readonly tls?: TlsOptions | undefined;
}

/** How long a client may take to send its headers, and a whole request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How often that is looked at; Node's own half a minute would be the longer of the two. */
const CHECK_EVERY_MS = 2_000;

/** A port on which the broker answers HTTP. What it answers with is loaded when the first request comes. */
export class HttpServer {
  readonly #net: NetServer | TlsServer;

  private constructor(net: NetServer | TlsServer) {
    this.#net = net;
  }

  /** Rejects with a StartError when it cannot listen there. Throws what OpenSSL says of what it cannot use. */
  static async open(load: HttpLoad, place: HttpPlace, logger: Logger): Promise<HttpServer> {
    const { host, port, tls } = place;
    const options = {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
    };
    const answer = answering(load, logger);
    const net = tls === undefined ? createServer(options, answer) : await secured({ ...options, ...tls }, answer);
    if (tls?.requestCert === true) net.on('secureConnection', refuseStrangers);
    await new Promise<void>((done, fail) => {
      net.once('error', (error: NodeJS.ErrnoException) => fail(listenError(error, { host, port })));
      net.listen({ host, port }, done);
    });
    net.removeAllListeners('error').on('error', (error) => logger.error({ err: error }, 'HTTP listener error'));
    return new HttpServer(net);
  }

  get port(): number {
    return (this.#net.address() as AddressInfo).port;
  }

  /** For connections from now on; of a port without TLS, nothing. Throws what OpenSSL says of what it cannot use. */
  replace(context: SecureContextOptions): void {
    if ('setSecureContext' in this.#net) this.#net.setSecureContext(context);
  }

  /** Requests under way are cut. */
  close(): Promise<void> {
    const closed = new Promise<void>((done) => this.#net.close(() => done()));
    this.#net.closeAllConnections();
    return closed;
  }
}

/** Where clients need no certificate, those that have one must still have one that is believed. */
function refuseStrangers(socket: TLSSocket): void {
  if (!socket.authorized && socket.getPeerX509Certificate() !== undefined) socket.destroy();
}

/** Only who speaks TLS waits for it to load. */
async function secured(options: TlsOptions & ServerOptions, answer: RequestListener): Promise<TlsServer> {
  const { createServer: createTlsServer } = await import('node:https');
  return createTlsServer(options, answer);
}

function answering(load: HttpLoad, logger: Logger): RequestListener {
  let loaded: Promise<RequestListener> | undefined;
  return (request, response) => {
    loaded ??= listenerOf(load);
    loaded
      .then((listener) => listener(request, response))
      .catch((error: Error) => {
        logger.error({ err: error }, 'an HTTP request failed');
        response.destroy();
      });
  };
}

async function listenerOf(load: HttpLoad): Promise<RequestListener> {
  const [{ getRequestListener }, app] = await Promise.all([import('@hono/node-server'), load()]);
  return getRequestListener((request, env) => app.fetch(request, env), { overrideGlobalObjects: false });
}
