import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { listenError } from '../lib/start_error.ts';
import { Connection } from './connection/connection.ts';
import { UNSENT_BYTES_MAX } from './outbox.ts';
import type { Server } from './server.ts';

/** Connections the kernel holds while the loop is busy. */
const BACKLOG = 1024;

/** The TCP port that clients connect to. */
export class Listener {
  readonly #net: NetServer;

  private constructor(net: NetServer) {
    this.#net = net;
  }

  /** Rejects with a StartError when it cannot listen there. */
  static async open(server: Server, host: string, port: number): Promise<Listener> {
    const net = createServer({ highWaterMark: UNSENT_BYTES_MAX, allowHalfOpen: false }, (socket: Socket) => {
      new Connection(server, socket);
    });
    await new Promise<void>((done, fail) => {
      net.once('error', (error: NodeJS.ErrnoException) => fail(listenError(error, host, port)));
      net.listen({ host, port, backlog: BACKLOG }, done);
    });
    net.on('error', (error) => server.logger.error({ err: error }, 'listener error'));
    return new Listener(net);
  }

  get port(): number {
    return (this.#net.address() as AddressInfo).port;
  }

  /** Takes no more connections; those that are open stay. Resolves when the last of them has ended. */
  close(): Promise<void> {
    return new Promise((done) => this.#net.close(() => done()));
  }
}
