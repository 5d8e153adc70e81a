import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import type { Timer } from '../../lib/clock.ts';
import { listenError } from '../../lib/start_error.ts';
import { Connection } from '../connection/connection.ts';
import { originOf } from '../origin.ts';
import type { Server } from '../server.ts';
import type { Arrival, Gate } from './arrival.ts';
import { acceptInPlace, type Newcomer, SOCKET_OPTIONS } from './read_in_place.ts';

/** Connections the kernel holds while the loop is busy. */
const BACKLOG = 1024;

/** Where to listen: a TCP port, or the path of a Unix domain socket. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Where clients come in. Each passes the gates in their order (PROXY protocol, TLS, WebSocket), within the handshake's
 * time, and then has its connection.
 */
export class Listener {
  readonly #server: Server;
  readonly #gates: readonly Gate[];
  readonly #net: NetServer;
  /** Those still at a gate, with their deadlines. */
  readonly #entering: Map<Socket, Timer> = new Map();
  /** Those that the net server does not know of, see acceptInPlace. */
  readonly #inPlace: Set<Socket> = new Set();
  #emptied: (() => void) | undefined;

  private constructor(server: Server, gates: readonly Gate[]) {
    this.#server = server;
    this.#gates = gates;
    const open = gates.length === 0;
    this.#net = createServer({ ...SOCKET_OPTIONS, pauseOnConnect: open }, open ? undefined : this.#examine);
  }

  /** Rejects with a StartError when it cannot listen there. */
  static async open(server: Server, place: Place, gates: readonly Gate[] = []): Promise<Listener> {
    const listener = new Listener(server, gates);
    const net = listener.#net;
    await new Promise<void>((done, fail) => {
      net.once('error', (error: NodeJS.ErrnoException) => fail(listenError(error, place)));
      // Who may open a Unix domain socket is said by its folder.
      net.listen({ ...place, backlog: BACKLOG, readableAll: true, writableAll: true }, done);
    });
    if (gates.length === 0) acceptInPlace(net, listener.#welcome);
    net.removeAllListeners('error').on('error', (error) => server.logger.error({ err: error }, 'listener error'));
    return listener;
  }

  /** Of a TCP listener. */
  get port(): number {
    return (this.#net.address() as AddressInfo).port;
  }

  /** Takes no more connections; those that are open stay. Resolves when the last of them has ended. */
  async close(): Promise<void> {
    const closed = new Promise<void>((done) => this.#net.close(() => done()));
    for (const socket of this.#entering.keys()) socket.destroy();
    await closed;
    if (this.#inPlace.size > 0) await new Promise<void>((done) => (this.#emptied = done));
  }

  readonly #welcome = (newcomer: Newcomer): void => {
    this.#server.turn.whenTime(() => {
      if (this.#net.listening) this.#connect(newcomer.welcome());
      else newcomer.turnAway();
    });
  };

  #connect(socket: Socket): void {
    this.#inPlace.add(socket);
    socket.once('close', () => {
      this.#inPlace.delete(socket);
      if (this.#inPlace.size === 0) this.#emptied?.();
    });
    new Connection(this.#server, socket, originOf(socket));
  }

  readonly #examine = (socket: Socket): void => {
    const { wheel, handshakeTimeoutMs } = this.#server;
    this.#entering.set(
      socket,
      wheel.after(handshakeTimeoutMs, () => socket.destroy()),
    );
    // The gate at hand says what went wrong, where that is worth a line.
    socket.on('error', () => {});
    socket.once('close', () => this.#entered(socket));
    this.#pass({ socket, stream: socket, origin: originOf(socket) }, 0);
  };

  #pass(arrival: Arrival, index: number): void {
    const gate = this.#gates[index];
    if (gate !== undefined) {
      gate.pass(arrival, (passed) => this.#pass(passed, index + 1));
      return;
    }
    this.#entered(arrival.socket);
    new Connection(this.#server, arrival.stream, arrival.origin);
  }

  #entered(socket: Socket): void {
    this.#entering.get(socket)?.cancel();
    this.#entering.delete(socket);
  }
}
