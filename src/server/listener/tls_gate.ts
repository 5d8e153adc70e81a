import type { Socket } from 'node:net';
import {
  createSecureContext,
  createServer,
  type SecureContext,
  type TLSSocket,
  type Server as TlsServer,
} from 'node:tls';
import type { Logger } from '../logger.ts';
import type { Origin } from '../origin.ts';
import type { Arrival, Gate } from './arrival.ts';
import { intermediates } from './peer_chain.ts';

/** A certificate with its chain, and its key, as PEM. */
export interface TlsIdentity {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly passphrase?: string | undefined;
}

/** What there is to prove who the broker is, and to check who its clients are. May change while it runs. */
export interface TlsMaterial {
  readonly identity: TlsIdentity;
  /** Those whose certificates are believed, as PEM. */
  readonly authorities: Buffer | undefined;
  /** By the host name that clients ask for (SNI); `*.example.com` stands for all names one level below. */
  readonly hosts: ReadonlyMap<string, TlsIdentity>;
}

/** How TLS is spoken. Does not change while the broker runs. */
export interface TlsRules {
  readonly versions: readonly TlsVersion[];
  /** OpenSSL's names. */
  readonly ciphers: readonly string[];
  readonly honorCipherOrder: boolean;
  /** Whether clients are asked for a certificate, and must have one. */
  readonly verify: 'verify_none' | 'verify_peer';
  readonly failIfNoPeerCert: boolean;
  /** Most certificates between a client's and the authority that is believed. */
  readonly depth: number;
  readonly handshakeTimeoutMs: number;
}

/** RabbitMQ's names. */
export type TlsVersion = 'tlsv1.2' | 'tlsv1.3';

/** What a peer that went away again does: a port scan or a health check, and no news. */
const GONE: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Lets in who completes a TLS handshake, with a certificate that is believed where one is asked for. */
export class TlsGate implements Gate {
  readonly #tls: TlsServer;
  readonly #rules: TlsRules;
  readonly #logger: Logger;
  #hosts: ReadonlyMap<string, SecureContext> = new Map();
  /** Those in the middle of a handshake, by both ends of their sockets: all that a TLSSocket tells of what is below it. */
  readonly #entering: Map<string, { readonly arrival: Arrival; readonly next: (arrival: Arrival) => void }> = new Map();

  /** Throws what OpenSSL says of a certificate or key that it cannot use. */
  constructor(rules: TlsRules, material: TlsMaterial, logger: Logger) {
    this.#rules = rules;
    this.#logger = logger;
    this.#tls = createServer({
      ...contextOptions(rules, material.identity, material.authorities),
      handshakeTimeout: rules.handshakeTimeoutMs,
      requestCert: rules.verify === 'verify_peer',
      // Node would refuse in silence; #welcome says why.
      rejectUnauthorized: false,
      SNICallback: (host, done) => done(null, this.#contextOf(host)),
    });
    this.#use(material);
    this.#tls.on('secureConnection', this.#welcome);
    this.#tls.on('tlsClientError', this.#failed);
  }

  /** For handshakes from now on; connections that are open keep what they have. Throws as the constructor does. */
  replace(material: TlsMaterial): void {
    this.#use(material);
    this.#tls.setSecureContext(contextOptions(this.#rules, material.identity, material.authorities));
  }

  pass(arrival: Arrival, next: (arrival: Arrival) => void): void {
    const { socket } = arrival;
    const key = endsOf(socket);
    this.#entering.set(key, { arrival, next });
    socket.once('close', () => this.#entering.delete(key));
    this.#tls.emit('connection', socket);
  }

  #use({ hosts, authorities }: TlsMaterial): void {
    const contexts = [...hosts].map(
      ([host, identity]) => [host, createSecureContext(contextOptions(this.#rules, identity, authorities))] as const,
    );
    this.#hosts = new Map(contexts);
  }

  /** Undefined where it is the listener's own. */
  #contextOf(host: string): SecureContext | undefined {
    const name = host.toLowerCase();
    return this.#hosts.get(name) ?? this.#hosts.get(name.replace(/^[^.]+/, '*'));
  }

  readonly #welcome = (tls: TLSSocket): void => {
    const key = endsOf(tls);
    const entering = this.#entering.get(key);
    this.#entering.delete(key);
    if (entering === undefined) {
      tls.destroy();
      return;
    }
    const { arrival, next } = entering;
    const problem = this.#problemOf(tls);
    if (problem !== undefined) {
      this.#refused(arrival.origin, problem);
      tls.destroy();
      return;
    }
    next({ ...arrival, stream: tls, origin: { ...arrival.origin, tls } });
  };

  /** What keeps a client out whose handshake is done. */
  #problemOf(tls: TLSSocket): string | undefined {
    const { verify, failIfNoPeerCert, depth } = this.#rules;
    if (verify === 'verify_none') return undefined;
    if (tls.authorized) return intermediates(tls) > depth ? 'CERT_CHAIN_TOO_LONG' : undefined;
    if (tls.getPeerX509Certificate() !== undefined) return String(tls.authorizationError);
    return failIfNoPeerCert ? 'no client certificate' : undefined;
  }

  readonly #failed = (error: NodeJS.ErrnoException, tls: TLSSocket): void => {
    const arrival = this.#entering.get(endsOf(tls))?.arrival;
    if (arrival !== undefined && !GONE.has(error.code)) this.#refused(arrival.origin, error.code ?? error.message);
    (arrival?.socket ?? tls).destroy();
  };

  #refused({ remoteAddress, remotePort }: Origin, reason: string): void {
    this.#logger.warn({ peer: `${remoteAddress}:${remotePort}`, reason }, 'TLS handshake failed');
  }
}

function contextOptions(rules: TlsRules, identity: TlsIdentity, authorities: Buffer | undefined) {
  const { versions, ciphers, honorCipherOrder } = rules;
  return {
    ...identity,
    ...(authorities && { ca: authorities }),
    ...(ciphers.length > 0 && { ciphers: ciphers.join(':') }),
    honorCipherOrder,
    minVersion: versions.includes('tlsv1.2') ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: versions.includes('tlsv1.3') ? 'TLSv1.3' : 'TLSv1.2',
  } as const;
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
