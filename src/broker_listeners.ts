import { StartError } from './lib/start_error.ts';
import type { CertificateFile, ListenerFacts } from './management/context.ts';
import type { Gate } from './server/listener/arrival.ts';
import { Listener, type Place } from './server/listener/listener.ts';
import { ProxyGate } from './server/listener/proxy_gate.ts';
import type { TlsGate, TlsMaterial, TlsRules, TlsVersion } from './server/listener/tls_gate.ts';
import { removeStaleSocket } from './server/listener/unix_socket.ts';
import type { Server } from './server/server.ts';
import { checkClientCertificates, readTlsFiles, type TlsFiles } from './tls_files.ts';

/** TLS, on a port of its own. */
export interface TlsOptions extends TlsFiles {
  /** Port for AMQP over TLS; 0, the default, takes any free one. `false` for WebSocket only. */
  readonly port?: number | false;
  /** Address to listen on; unless given, the broker's. */
  readonly host?: string | undefined;
  /** Further addresses to listen on. */
  readonly more?: readonly Address[];
  /** Whether clients are asked for a certificate; the default is verify_none. */
  readonly verify?: 'verify_none' | 'verify_peer';
  /** With verify_peer: whether a client without a certificate is refused. */
  readonly failIfNoPeerCert?: boolean;
  /** With verify_peer: most certificates between a client's and the authority that is believed; the default is 10. */
  readonly depth?: number;
  /** Both unless told otherwise. */
  readonly versions?: readonly TlsVersion[];
  /** OpenSSL's names; Node's choice unless given. */
  readonly ciphers?: readonly string[];
  readonly honorCipherOrder?: boolean;
  readonly handshakeTimeoutMs?: number;
}

/** No host is the broker's. */
export interface Address {
  readonly host: string | undefined;
  readonly port: number;
}

/** Where and how clients come in. */
export interface ListenerOptions {
  /** Further addresses to listen on. */
  readonly moreListeners?: readonly Address[];
  readonly tls?: TlsOptions | undefined;
  /** Path of a Unix domain socket to listen on as well. */
  readonly unixSocket?: string | undefined;
  /** Port for AMQP over WebSocket; 0 takes any free one. */
  readonly webSocketPort?: number | undefined;
  /** The same over TLS, with the certificates of `tls`. */
  readonly webSocketTlsPort?: number | undefined;
  /** Expect the PROXY protocol on every port: from everybody, or from these addresses and networks. */
  readonly proxyProtocol?: boolean | readonly string[];
}

/** Undefined where there is none of that kind. */
export interface Ports {
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  readonly webSocketPort: number | undefined;
  readonly webSocketTlsPort: number | undefined;
}

/** Of the system; that of macOS is the smaller. */
const SOCKET_PATH_BYTES_MAX = process.platform === 'darwin' ? 103 : 107;
const TLS_HANDSHAKE_TIMEOUT_MS = 5_000;
/** As Erlang has it, and so RabbitMQ. */
const CHAIN_DEPTH = 10;

/** Everything that a broker listens on. */
export class Listeners {
  readonly #open: Listener[] = [];
  /** What is listened on, but Unix domain sockets. */
  readonly facts: ListenerFacts[] = [];
  readonly #server: Server;
  readonly #options: ListenerOptions;
  #tls: TlsGate | undefined;
  #material: TlsMaterial | undefined;

  private constructor(server: Server, options: ListenerOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** Rejects with a StartError, and nothing is open then. */
  static async open(
    server: Server,
    host: string,
    port: number | false,
    options: ListenerOptions,
  ): Promise<{ readonly listeners: Listeners; readonly ports: Ports }> {
    const listeners = new Listeners(server, options);
    try {
      return { listeners, ports: await listeners.#openAll(host, port) };
    } catch (error) {
      await listeners.close();
      throw error;
    }
  }

  /** Reads the certificates again. Rejects with a StartError, and goes on with those it has, when they cannot be used. */
  async reloadCertificates(): Promise<void> {
    const { tls } = this.#options;
    const gate = this.#tls;
    if (tls === undefined || gate === undefined) return;
    const material = await readTlsFiles(tls);
    usable(tls, () => gate.replace(material));
    this.#material = material;
  }

  /** Those that clients are shown, and those of the authorities that their own are checked with: PEM files. */
  certificates(): readonly CertificateFile[] {
    const { tls } = this.#options;
    if (tls === undefined || this.#material === undefined) return [];
    const { identity, authorities } = this.#material;
    const own = { path: tls.certfile, pem: identity.cert };
    return authorities === undefined ? [own] : [own, { path: tls.cacertfile ?? '', pem: authorities }];
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((listener) => listener.close()));
  }

  async #openAll(host: string, port: number | false): Promise<Ports> {
    const { tls, unixSocket, webSocketPort, webSocketTlsPort, moreListeners = [] } = this.#options;
    const proxied = this.#proxyGates();
    const plain = await this.#listenToAll({ host, port }, moreListeners, proxied, 'amqp');
    if (tls === undefined && webSocketTlsPort !== undefined) {
      throw new StartError('option', 'WebSocket over TLS needs a certificate and a key.');
    }
    const secured = tls === undefined ? [] : [...proxied, await this.#tlsGate(tls)];
    const tlsPort =
      tls === undefined
        ? undefined
        : await this.#listenToAll({ host: tls.host ?? host, port: tls.port ?? 0 }, tls.more ?? [], secured, 'amqp/ssl');
    if (unixSocket !== undefined) {
      checkPath(unixSocket);
      await removeStaleSocket(unixSocket);
      await this.#listen({ path: unixSocket }, [], 'amqp');
    }
    return {
      port: plain,
      tlsPort,
      webSocketPort: await this.#listenToWebSockets(host, webSocketPort, proxied, 'http/web-amqp'),
      webSocketTlsPort: await this.#listenToWebSockets(host, webSocketTlsPort, secured, 'https/web-amqp'),
    };
  }

  async #listen(place: Place, gates: readonly Gate[], protocol: string): Promise<Listener> {
    const listener = await Listener.open(this.#server, place, gates);
    this.#open.push(listener);
    if ('host' in place) this.facts.push({ protocol, host: place.host, port: listener.port });
    return listener;
  }

  /** The port of the first. */
  async #listenToAll(
    first: { readonly host: string; readonly port: number | false },
    more: readonly Address[],
    gates: readonly Gate[],
    protocol: string,
  ): Promise<number | undefined> {
    const { host, port } = first;
    const listener = port === false ? undefined : await this.#listen({ host, port }, gates, protocol);
    for (const other of more) await this.#listen({ host: other.host ?? host, port: other.port }, gates, protocol);
    return listener?.port;
  }

  async #listenToWebSockets(
    host: string,
    port: number | undefined,
    gates: readonly Gate[],
    protocol: string,
  ): Promise<number | undefined> {
    if (port === undefined) return undefined;
    // Only who listens to WebSockets waits for their library to load.
    const { WebSocketGate } = await import('./server/listener/websocket_gate.ts');
    const listener = await this.#listen({ host, port }, [...gates, new WebSocketGate(this.#server)], protocol);
    return listener.port;
  }

  async #tlsGate(tls: TlsOptions): Promise<TlsGate> {
    const material: TlsMaterial = await readTlsFiles(tls);
    this.#material = material;
    const rules: TlsRules = {
      versions: tls.versions ?? ['tlsv1.2', 'tlsv1.3'],
      ciphers: tls.ciphers ?? [],
      honorCipherOrder: tls.honorCipherOrder ?? true,
      verify: tls.verify ?? 'verify_none',
      failIfNoPeerCert: tls.failIfNoPeerCert ?? false,
      depth: tls.depth ?? CHAIN_DEPTH,
      handshakeTimeoutMs: tls.handshakeTimeoutMs ?? TLS_HANDSHAKE_TIMEOUT_MS,
    };
    checkClientCertificates(rules, material.authorities);
    // Only who speaks TLS waits for it to load.
    const { TlsGate } = await import('./server/listener/tls_gate.ts');
    const gate = usable(tls, () => new TlsGate(rules, material, this.#server.logger));
    this.#tls = gate;
    return gate;
  }

  #proxyGates(): readonly Gate[] {
    const { proxyProtocol = false } = this.#options;
    if (proxyProtocol === false) return [];
    return [new ProxyGate(proxyProtocol === true ? undefined : proxyProtocol, this.#server.logger)];
  }
}

/** Node cuts a longer path in silence, and listens there. */
function checkPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= SOCKET_PATH_BYTES_MAX) return;
  const most = `at most ${SOCKET_PATH_BYTES_MAX} bytes long`;
  throw new StartError('option', `The path of a Unix domain socket is ${most}, and ${path} has ${bytes}.`);
}

/** What OpenSSL says of certificates and keys, in a sentence. */
function usable<T>({ certfile }: TlsFiles, use: () => T): T {
  try {
    return use();
  } catch (error) {
    const { message } = error as Error;
    throw new StartError('certificate', `TLS cannot use ${certfile} and what goes with it: ${message}.`);
  }
}
